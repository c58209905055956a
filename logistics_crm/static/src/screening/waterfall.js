import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

import { useChart } from "../chart/use_chart";

/**
 * From the screened year to the present: what volume, price, mix and new services did.
 *
 * The value is `{baseline, volume, price, mix, new, other, actual, unknown}`, amounts in the
 * company's currency; `unknown` counts the customer months without a known amount.
 */
export class Waterfall extends Component {
    static template = "logistics_crm.Waterfall";
    static props = { ...standardFieldProps };

    setup() {
        useChart(
            (colors) => this.chartConfig(colors),
            () => [this.data],
        );
    }

    get data() {
        return this.props.record.data[this.props.name];
    }

    get steps() {
        const data = this.data;
        const effects = [
            [_t("Volume"), data.volume],
            [_t("Price"), data.price],
            [_t("Mix"), data.mix],
            [_t("New"), data.new],
            [_t("Without Quantity"), data.other],
        ];
        const steps = [{ label: _t("Screened Year"), from: 0, to: data.baseline, total: true }];
        let level = data.baseline;
        for (const [label, value] of effects) {
            steps.push({ label, from: level, to: level + value });
            level += value;
        }
        const unexplained = data.actual - level;
        if (Math.abs(unexplained) > 0.005) {
            steps.push({ label: _t("Unknown Amounts"), from: level, to: data.actual });
        }
        steps.push({ label: _t("Now"), from: 0, to: data.actual, total: true });
        return steps;
    }

    get description() {
        return this.steps
            .map(
                (step) => `${step.label} ${this.money(step.total ? step.to : step.to - step.from)}`,
            )
            .join(", ");
    }

    money(value) {
        const currency = this.props.record.data.currency_id;
        return formatMonetary(value, { currencyId: currency && currency.id });
    }

    chartConfig({ text, grid, bar, second }) {
        const steps = this.steps;
        const colour = (step) => (step.total ? bar : step.to >= step.from ? "#28a745" : "#dc3545");
        return {
            type: "bar",
            data: {
                labels: steps.map((step) => step.label),
                datasets: [
                    {
                        data: steps.map((step) => [step.from, step.to]),
                        backgroundColor: steps.map(colour),
                        borderColor: second,
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
                            label: (item) => {
                                const step = steps[item.dataIndex];
                                return this.money(step.total ? step.to : step.to - step.from);
                            },
                        },
                    },
                },
                scales: {
                    x: {
                        ticks: { color: text },
                        grid: { display: false },
                        border: { color: grid },
                    },
                    y: {
                        ticks: {
                            color: text,
                            maxTicksLimit: 6,
                            callback: (value) => formatFloat(value, { humanReadable: true }),
                        },
                        grid: { color: grid },
                        border: { color: grid },
                    },
                },
            },
        };
    }
}

export const waterfall = {
    component: Waterfall,
    displayName: _t("Waterfall"),
    supportedTypes: ["json"],
    isEmpty: () => false,
    fieldDependencies: [{ name: "currency_id", type: "many2one" }],
};

registry.category("fields").add("logistics_waterfall", waterfall);
