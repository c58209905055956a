import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

import { useChart } from "../chart/use_chart";

const { DateTime } = luxon;

/**
 * Two years of a customer, month by month: amounts as bars, trade days as a line.
 *
 * The value is `[["YYYY-MM", trade days, amount or null], …]`; months without trade are absent.
 */
export class MonthBars extends Component {
    static template = "logistics_crm.MonthBars";
    static props = { ...standardFieldProps };

    setup() {
        useChart(
            (colors) => this.chartConfig(colors),
            () => [this.props.record.data[this.props.name]],
        );
    }

    get months() {
        const rows = this.props.record.data[this.props.name] || [];
        const found = Object.fromEntries(rows.map((row) => [row[0], row]));
        const last = DateTime.now().startOf("month");
        return Array.from({ length: 24 }, (_, index) => {
            const month = last.minus({ months: 23 - index });
            const row = found[month.toFormat("yyyy-MM")];
            return {
                label: month.toFormat("LLL yy"),
                days: row ? row[1] : 0,
                amount: row ? row[2] : 0,
            };
        });
    }

    get description() {
        return this.months.map((month) => `${month.label}: ${month.days}`).join(", ");
    }

    chartConfig({ text, grid, bar, second }) {
        const months = this.months;
        const axis = { ticks: { color: text, maxTicksLimit: 5 }, beginAtZero: true };
        return {
            data: {
                labels: months.map((month) => month.label),
                datasets: [
                    {
                        type: "line",
                        label: _t("Trade Days"),
                        data: months.map((month) => month.days),
                        borderColor: second,
                        backgroundColor: second,
                        borderWidth: 2,
                        pointRadius: 2,
                        yAxisID: "days",
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
                plugins: { legend: { labels: { color: text, boxWidth: 12 } } },
                scales: {
                    x: { ticks: { color: text }, grid: { display: false } },
                    amount: { ...axis, position: "left", grid: { color: grid } },
                    days: { ...axis, position: "right", grid: { display: false } },
                },
            },
        };
    }
}

registry.category("fields").add("logistics_month_bars", {
    component: MonthBars,
    displayName: _t("Two Years by Month"),
    supportedTypes: ["json"],
    isEmpty: () => false,
});
