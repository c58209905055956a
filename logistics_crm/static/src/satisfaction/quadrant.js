import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

import { useChart } from "../chart/use_chart";

const QUADRANTS = {
    concentrate: [_t("Improve First"), "text-bg-danger"],
    keep: [_t("Keep It Up"), "text-bg-success"],
    low: [_t("Low Priority"), "text-bg-light"],
    overkill: [_t("More Than Asked"), "text-bg-info"],
};
const isKnown = (value) => typeof value === "number";

/** Lines through the mean importance and perception, which part the grid in four. */
const cross = {
    id: "logisticsCross",
    beforeDatasetsDraw(chart, _args, { x, y, color }) {
        if (!isKnown(x) || !isKnown(y)) {
            return;
        }
        const { ctx, chartArea, scales } = chart;
        ctx.save();
        ctx.strokeStyle = color;
        ctx.setLineDash([4, 4]);
        ctx.beginPath();
        ctx.moveTo(scales.x.getPixelForValue(x), chartArea.top);
        ctx.lineTo(scales.x.getPixelForValue(x), chartArea.bottom);
        ctx.moveTo(chartArea.left, scales.y.getPixelForValue(y));
        ctx.lineTo(chartArea.right, scales.y.getPixelForValue(y));
        ctx.stroke();
        ctx.restore();
    },
};

/** Numbers the points as the table beside the chart does. */
const numbers = {
    id: "logisticsNumbers",
    afterDatasetsDraw(chart, _args, { color }) {
        const { ctx } = chart;
        ctx.save();
        ctx.fillStyle = color;
        ctx.font = "bold 11px sans-serif";
        chart.getDatasetMeta(0).data.forEach((point, index) => {
            const label = chart.data.datasets[0].data[index].number;
            ctx.fillText(label, point.x + 7, point.y - 5);
        });
        ctx.restore();
    },
};

/**
 * Results of a satisfaction survey: the importance-performance grid, and the figures beside it.
 * What nobody answered is shown as unknown and has no point in the grid.
 */
export class SatisfactionResults extends Component {
    static template = "logistics_crm.SatisfactionResults";
    static props = { ...standardFieldProps };

    setup() {
        useChart(
            (colors) => this.chartConfig(colors),
            () => [JSON.stringify(this.results)],
        );
    }

    get results() {
        return this.props.record.data[this.props.name] || { dimensions: [], cross: [] };
    }

    get rows() {
        return this.results.dimensions.map((row, index) => ({
            ...row,
            number: index + 1,
            place: QUADRANTS[row.quadrant],
        }));
    }

    get hasChart() {
        return this.rows.some((row) => row.quadrant);
    }

    number(value) {
        return isKnown(value) ? formatFloat(value, { digits: [16, 0] }) : "–";
    }

    get nps() {
        const value = this.results.nps;
        if (!isKnown(value)) {
            return _t("unknown");
        }
        return (value > 0 ? "+" : "") + formatFloat(value, { digits: [16, 0] });
    }

    chartConfig(colors) {
        const rows = this.rows.filter((row) => row.quadrant);
        const [x, y] = this.results.cross;
        return {
            type: "scatter",
            data: {
                datasets: [
                    {
                        data: rows.map((row) => ({
                            x: row.expected,
                            y: row.perceived,
                            number: String(row.number),
                            name: row.name,
                        })),
                        backgroundColor: colors.main,
                        pointRadius: 5,
                        pointHoverRadius: 7,
                    },
                ],
            },
            plugins: [cross, numbers],
            options: {
                animation: false,
                maintainAspectRatio: false,
                layout: { padding: 12 },
                plugins: {
                    legend: { display: false },
                    logisticsCross: { x, y, color: colors.muted },
                    logisticsNumbers: { color: colors.text },
                    tooltip: { callbacks: { label: ({ raw }) => raw.name } },
                },
                scales: {
                    x: this.axis(_t("Importance"), colors),
                    y: this.axis(_t("Perception"), colors),
                },
            },
        };
    }

    axis(title, colors) {
        return {
            title: { display: true, text: title.toString(), color: colors.text },
            suggestedMin: 40,
            suggestedMax: 100,
            ticks: { color: colors.muted },
            grid: { color: colors.grid },
        };
    }
}

export const satisfactionResults = {
    component: SatisfactionResults,
    displayName: _t("Satisfaction Results"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("logistics_satisfaction_results", satisfactionResults);
