import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { parseFloat, parsePercentage } from "@web/views/fields/parsers";
import { useInputField } from "@web/views/fields/input_field_hook";
import { useNumpadDecimal } from "@web/views/fields/numpad_decimal_hook";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * An editable number that may be left empty, because "no rule" is not the same as zero. Odoo's
 * own widgets read an emptied input as 0, which in a credit policy is the strictest rule of all.
 */
export class OptionalNumberField extends Component {
    static template = "logistics_crm.OptionalNumberField";
    static props = {
        ...standardFieldProps,
        percentage: { type: Boolean, optional: true },
        digits: { type: Array, optional: true },
        empty: { type: String, optional: true },
    };

    setup() {
        useInputField({
            getValue: () => this.format(true),
            refName: "numpadDecimal",
            parse: (text) => this.parse(text),
        });
        useNumpadDecimal();
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get isKnown() {
        return this.value !== false && this.value !== undefined && this.value !== null;
    }

    get formatted() {
        return this.format(false);
    }

    get emptyText() {
        return this.props.empty || "–";
    }

    format(noSymbol) {
        if (!this.isKnown) {
            return "";
        }
        const digits = this.props.digits || [16, 2];
        return this.props.percentage
            ? formatPercentage(this.value, { digits, noSymbol })
            : formatFloat(this.value, { digits, trailingZeros: false });
    }

    parse(text) {
        if (!text.trim()) {
            return false;
        }
        return this.props.percentage ? parsePercentage(text) : parseFloat(text);
    }
}

export const optionalNumberField = {
    component: OptionalNumberField,
    displayName: _t("Number or Empty"),
    supportedTypes: ["float", "monetary"],
    isEmpty: () => false,
    extractProps: ({ attrs, options, placeholder }) => ({
        percentage: Boolean(options.percentage),
        digits: attrs.digits ? JSON.parse(attrs.digits) : options.digits,
        empty: placeholder || attrs.placeholder,
    }),
};

registry.category("fields").add("logistics_optional", optionalNumberField);
