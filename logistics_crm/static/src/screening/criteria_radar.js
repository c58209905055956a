import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

import { useChart } from "../chart/use_chart";

const CRITERIA = [
    ["score_volume", _t("Volume")],
    ["score_margin", _t("Margin")],
    ["score_safety", _t("Safety")],
    ["score_future", _t("Future")],
    ["score_cooperation", _t("Cooperation")],
];

const isKnown = (value) => typeof value === "number";

/**
 * The five criteria of a screened customer as a radar. A criterion that is not known has no
 * point on its axis: the label says so, because a point in the centre would read as "zero".
 */
export class CriteriaRadar extends Component {
    static template = "logistics_crm.CriteriaRadar";
    static props = { ...standardFieldProps };

    setup() {
        useChart(
            (colors) => this.chartConfig(colors),
            () => CRITERIA.map(([name]) => this.data[name]),
        );
    }

    get data() {
        return this.props.record.data;
    }

    get total() {
        const value = this.data[this.props.name];
        return isKnown(value) ? formatFloat(value, { digits: [16, 0] }) : _t("unknown");
    }

    get confidence() {
        return Math.round(100 * (this.data.confidence || 0));
    }

    get description() {
        return CRITERIA.map(([name, label]) => this.pointLabel(name, label).join(" ")).join(", ");
    }

    pointLabel(name, label) {
        const value = this.data[name];
        return [
            label.toString(),
            isKnown(value) ? formatFloat(value, { digits: [16, 0] }) : _t("unknown"),
        ];
    }

    chartConfig(colors) {
        return {
            type: "radar",
            data: {
                labels: CRITERIA.map(([name, label]) => this.pointLabel(name, label)),
                datasets: [
                    {
                        label: _t("Points"),
                        data: CRITERIA.map(([name]) =>
                            isKnown(this.data[name]) ? this.data[name] : null,
                        ),
                        backgroundColor: colors.mainFill,
                        borderColor: colors.main,
                        borderWidth: 2,
                        pointBackgroundColor: colors.main,
                        pointRadius: 4,
                        // close the shape across a criterion that is not known
                        spanGaps: true,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: { title: ([item]) => CRITERIA[item.dataIndex][1].toString() },
                    },
                },
                scales: {
                    r: {
                        min: 0,
                        max: 100,
                        ticks: { display: false, stepSize: 25 },
                        grid: { color: colors.grid },
                        angleLines: { color: colors.grid },
                        pointLabels: {
                            font: { size: 13 },
                            color: (context) =>
                                isKnown(this.data[CRITERIA[context.index]?.[0]])
                                    ? colors.text
                                    : colors.muted,
                        },
                    },
                },
            },
        };
    }
}

export const criteriaRadar = {
    component: CriteriaRadar,
    displayName: _t("Five Criteria Radar"),
    supportedTypes: ["float"],
    isEmpty: () => false,
    fieldDependencies: [
        ...CRITERIA.map(([name]) => ({ name, type: "float" })),
        { name: "confidence", type: "float" },
    ],
};

registry.category("fields").add("logistics_radar", criteriaRadar);
