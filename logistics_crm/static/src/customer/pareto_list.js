import { Component, onWillStart, useState } from "@odoo/owl";

import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatPercentage } from "@web/views/fields/formatters";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";

import { useChart } from "../chart/use_chart";

/** The curve of the cumulated profit above the list of customers by rank. */
export class ParetoChart extends Component {
    static template = "logistics_crm.ParetoChart";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.state = useState({ curve: null });
        onWillStart(async () => {
            this.state.curve = await this.orm.call("logistics.customer", "pareto_curve", []);
        });
        useChart(
            (colors) => this.chartConfig(colors),
            () => [this.state.curve],
        );
    }

    get curve() {
        return this.state.curve;
    }

    percent(value) {
        return formatPercentage(value, { digits: [16, 0] });
    }

    get asOf() {
        return this.curve.as_of ? formatDate(deserializeDate(this.curve.as_of)) : "";
    }

    get worthName() {
        return this.curve.basis === "revenue" ? _t("revenue") : _t("profit");
    }

    chartConfig({ text, grid, main, mainFill }) {
        const percentTicks = {
            color: text,
            maxTicksLimit: 6,
            callback: (value) => `${value} %`,
        };
        return {
            type: "line",
            data: {
                datasets: [
                    {
                        label: _t("Cumulated share"),
                        data: this.curve.points.map(([x, y]) => ({ x: x * 100, y: y * 100 })),
                        borderColor: main,
                        backgroundColor: mainFill,
                        fill: true,
                        pointRadius: 0,
                        pointHitRadius: 12,
                        borderWidth: 2,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            title: () => "",
                            label: ({ parsed }) =>
                                _t("%(customers)s % of the customers earn %(profit)s %", {
                                    customers: parsed.x.toFixed(0),
                                    profit: parsed.y.toFixed(0),
                                }),
                        },
                    },
                },
                scales: {
                    x: {
                        type: "linear",
                        min: 0,
                        max: 100,
                        title: { display: true, text: _t("Customers, largest first"), color: text },
                        ticks: percentTicks,
                        grid: { color: grid },
                    },
                    y: { min: 0, max: 100, ticks: percentTicks, grid: { color: grid } },
                },
            },
        };
    }
}

export class ParetoListRenderer extends ListRenderer {
    static template = "logistics_crm.ParetoListRenderer";
    static components = { ...ListRenderer.components, ParetoChart };
}

registry.category("views").add("logistics_pareto_list", {
    ...listView,
    Renderer: ParetoListRenderer,
});
