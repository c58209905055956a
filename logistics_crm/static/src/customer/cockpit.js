import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { useChart } from "../chart/use_chart";

const { DateTime } = luxon;

function money(record, value) {
    const currency = record.data.currency_id;
    return formatMonetary(value, { currencyId: currency && currency.id });
}

/** Twelve months of revenue as bars, the same months of the year before behind them. */
export class MonthSparkline extends Component {
    static template = "logistics_crm.MonthSparkline";
    static props = { ...standardFieldProps };

    setup() {
        useChart(
            (colors) => this.chartConfig(colors),
            () => [this.series],
        );
    }

    get series() {
        return this.props.record.data[this.props.name];
    }

    get hasTrade() {
        const { series } = this;
        return series && [...series.this, ...series.last].some((value) => value !== 0);
    }

    get labels() {
        return this.series.months.map((month) => DateTime.fromISO(month).toFormat("LLL"));
    }

    amount(value) {
        return value === null ? _t("unknown") : money(this.props.record, value);
    }

    get description() {
        return this.labels
            .map((label, index) => `${label} ${this.amount(this.series.this[index])}`)
            .join(", ");
    }

    chartConfig({ text, grid, bar, behind }) {
        const { series } = this;
        return {
            data: {
                labels: this.labels.map((label, index) =>
                    series.this[index] === null ? [label, "?"] : label,
                ),
                datasets: [
                    {
                        type: "bar",
                        label: _t("This year"),
                        data: series.this,
                        backgroundColor: bar,
                        grouped: false,
                        barPercentage: 0.6,
                        order: 1,
                    },
                    {
                        type: "bar",
                        label: _t("A year before"),
                        data: series.last,
                        backgroundColor: behind,
                        grouped: false,
                        barPercentage: 1.05,
                        order: 2,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: { color: text, boxWidth: 10, font: { size: 11 } },
                    },
                    tooltip: {
                        callbacks: {
                            label: ({ dataset, dataIndex }) =>
                                `${dataset.label}: ${this.amount(dataset.data[dataIndex])}`,
                        },
                    },
                },
                scales: {
                    x: { ticks: { color: text, font: { size: 10 } }, grid: { display: false } },
                    y: {
                        ticks: {
                            color: text,
                            maxTicksLimit: 4,
                            font: { size: 10 },
                            callback: (value) =>
                                formatFloat(value, { humanReadable: true, decimals: 0 }),
                        },
                        grid: { color: grid },
                    },
                },
            },
        };
    }
}

registry.category("fields").add("logistics_month_sparkline", {
    component: MonthSparkline,
    displayName: _t("Twelve Months"),
    supportedTypes: ["json"],
    isEmpty: () => false,
    fieldDependencies: [{ name: "currency_id", type: "many2one" }],
});

const GAUGE_STATES = {
    within: ["success", _t("Within the limit")],
    near: ["warning", _t("Near the limit")],
    over: ["danger", _t("Over the limit")],
    cash: ["danger", _t("Cash only")],
    unlimited: ["success", _t("No limit")],
    not_set: ["secondary", _t("Limit not set")],
};

/** How far the credit limit is used; in one word for those who may not see the ledger. */
export class LimitGauge extends Component {
    static template = "logistics_crm.LimitGauge";
    static props = { ...standardFieldProps };

    get data() {
        return this.props.record.data[this.props.name];
    }

    get color() {
        return GAUGE_STATES[this.data.state][0];
    }

    get text() {
        return GAUGE_STATES[this.data.state][1];
    }

    get hasShare() {
        return this.data.share !== undefined && this.data.share !== null;
    }

    get width() {
        return Math.max(0, Math.min(100, this.data.share * 100));
    }

    get percent() {
        return formatPercentage(this.data.share, { digits: [16, 0] });
    }

    get words() {
        const { exposure, limit } = this.data;
        const { record } = this.props;
        if (exposure === undefined) {
            return "";
        }
        if (limit === undefined) {
            return _t("exposure %s", money(record, exposure));
        }
        return _t("%(exposure)s of %(limit)s", {
            exposure: money(record, exposure),
            limit: money(record, limit),
        });
    }
}

registry.category("fields").add("logistics_limit_gauge", {
    component: LimitGauge,
    displayName: _t("Limit Gauge"),
    supportedTypes: ["json"],
    isEmpty: () => false,
    fieldDependencies: [{ name: "currency_id", type: "many2one" }],
});

/** What waits at this customer, each line leading to its records. */
export class OpenPoints extends Component {
    static template = "logistics_crm.OpenPoints";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get points() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(point) {
        const { record } = this.props;
        if (point.page) {
            const tab = document.querySelector(
                `.o_form_view .o_notebook_headers [name='${point.page}']`,
            );
            tab?.click();
            tab?.scrollIntoView({ behavior: "smooth", block: "start" });
            return;
        }
        if (await record.save()) {
            this.action.doActionButton({
                type: "object",
                name: point.action,
                resModel: record.resModel,
                resId: record.resId,
                resIds: [record.resId],
                context: record.context,
            });
        }
    }
}

registry.category("fields").add("logistics_open_points", {
    component: OpenPoints,
    displayName: _t("What Is Open"),
    supportedTypes: ["json"],
    isEmpty: () => false,
});
