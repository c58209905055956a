import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/**
 * A number that is moved: the server answers each time the handle is let go.
 */
export class RangeField extends Component {
    static template = "logistics_crm.RangeField";
    static props = {
        ...standardFieldProps,
        min: { type: Number, optional: true },
        max: { type: Number, optional: true },
        step: { type: Number, optional: true },
        percentage: { type: Boolean, optional: true },
    };
    static defaultProps = { min: 0, max: 100, step: 1, percentage: false };

    get value() {
        return this.props.record.data[this.props.name] || 0;
    }

    get shown() {
        return this.props.percentage
            ? formatPercentage(this.value)
            : formatFloat(this.value, { digits: [16, this.value % 1 ? 1 : 0] });
    }

    onChange(ev) {
        this.props.record.update({ [this.props.name]: Number(ev.target.value) });
    }
}

export const rangeField = {
    component: RangeField,
    displayName: _t("Range"),
    supportedTypes: ["float", "integer"],
    isEmpty: () => false,
    extractProps: ({ options }) => ({
        min: options.min,
        max: options.max,
        step: options.step,
        percentage: options.percentage,
    }),
};

registry.category("fields").add("logistics_range", rangeField);
