import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

import { useChart } from "../chart/use_chart";

const { DateTime } = luxon;

/**
 * The months of a screened customer: amounts as bars, quantities as a line. A month that
 * traded without a known amount has no bar and is marked on the axis, because an empty place
 * would read as "no trade".
 *
 * The value is `{place of the month, 1 to 12: [lines, lines with amount, quantity, their quantity, amount]}`.
 */
export class YearBars extends Component {
    static template = "logistics_crm.YearBars";
    static props = { ...standardFieldProps };

    setup() {
        useChart(
            (colors) => this.chartConfig(colors),
            () => [this.props.record.data[this.props.name]],
        );
    }

    get months() {
        const data = this.props.record.data[this.props.name] || {};
        const first = this.props.record.data.date_from || DateTime.local(2000, 1, 1);
        return Array.from({ length: Number(this.props.record.data.span || 12) }, (_, index) => {
            const row = data[index + 1];
            const label = first.plus({ months: index }).toFormat("LLL");
            if (!row) {
                return { label, lines: 0, quantity: 0, amount: 0, unknown: false };
            }
            const [lines, known, quantity, , amount] = row;
            return { label, lines, known, quantity, amount, unknown: amount === null };
        });
    }

    get hasUnknown() {
        return this.months.some((month) => month.unknown);
    }

    get description() {
        return this.months
            .map(
                (month) =>
                    `${month.label} ${month.unknown ? _t("unknown") : this.money(month.amount)}`,
            )
            .join(", ");
    }

    money(value) {
        const currency = this.props.record.data.currency_id;
        return formatMonetary(value, { currencyId: currency && currency.id });
    }

    shortNumber(value) {
        return formatFloat(value, { humanReadable: true, decimals: value % 1000 ? 1 : 0 });
    }

    tooltipLabel(item) {
        const month = this.months[item.dataIndex];
        if (item.dataset.yAxisID === "quantity") {
            return `${item.dataset.label}: ${formatFloat(month.quantity)}`;
        }
        return `${item.dataset.label}: ${month.unknown ? _t("unknown") : this.money(month.amount)}`;
    }

    tooltipFooter([item]) {
        const month = this.months[item.dataIndex];
        if (!month.lines) {
            return _t("No trade");
        }
        return _t("%(lines)s lines, amount known for %(known)s", {
            lines: month.lines,
            known: month.known,
        });
    }

    chartConfig({ text, grid, bar, second }) {
        const months = this.months;
        const axis = { ticks: { color: text }, border: { color: grid }, beginAtZero: true };
        return {
            data: {
                labels: months.map((month) => (month.unknown ? [month.label, "?"] : month.label)),
                datasets: [
                    {
                        type: "line",
                        label: _t("Quantity"),
                        data: months.map((month) => month.quantity),
                        borderColor: second,
                        backgroundColor: second,
                        borderWidth: 2,
                        pointRadius: 2,
                        yAxisID: "quantity",
                    },
                    {
                        type: "bar",
                        label: _t("Amount"),
                        data: months.map((month) => month.amount),
                        backgroundColor: bar,
                        yAxisID: "amount",
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: { labels: { color: text, boxWidth: 12 } },
                    tooltip: {
                        callbacks: {
                            label: (item) => this.tooltipLabel(item),
                            footer: (items) => this.tooltipFooter(items),
                        },
                    },
                },
                scales: {
                    x: {
                        ticks: { color: text },
                        grid: { display: false },
                        border: { color: grid },
                    },
                    amount: {
                        ...axis,
                        position: "left",
                        grid: { color: grid },
                        ticks: {
                            color: text,
                            maxTicksLimit: 6,
                            callback: (value) => this.shortNumber(value),
                        },
                    },
                    quantity: {
                        ...axis,
                        position: "right",
                        grid: { display: false },
                        ticks: {
                            color: text,
                            maxTicksLimit: 6,
                            callback: (value) => this.shortNumber(value),
                        },
                    },
                },
            },
        };
    }
}

export const yearBars = {
    component: YearBars,
    displayName: _t("Twelve Months"),
    supportedTypes: ["json"],
    isEmpty: () => false,
    fieldDependencies: [
        { name: "currency_id", type: "many2one" },
        { name: "date_from", type: "date" },
        { name: "span", type: "selection" },
    ],
};

registry.category("fields").add("logistics_year_bars", yearBars);
