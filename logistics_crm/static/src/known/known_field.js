import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A figure that may be unknown: shows the number, or says in words (the `placeholder`) that and
 * why it is not known, where Odoo's own widgets would show a zero or nothing at all.
 */
export class KnownField extends Component {
    static template = "logistics_crm.KnownField";
    static props = {
        ...standardFieldProps,
        kind: { type: String, optional: true },
        digits: { type: Array, optional: true },
        unit: { type: String, optional: true },
        unknown: { type: String, optional: true },
    };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get isKnown() {
        return this.value !== false && this.value !== undefined && this.value !== null;
    }

    get unknownText() {
        return this.props.unknown || "–";
    }

    get formatted() {
        const { record, name, kind, digits } = this.props;
        const field = record.fields[name];
        if (kind === "percentage") {
            return formatPercentage(this.value, { digits: digits || [16, 1] });
        }
        if (kind === "monetary" || (!kind && field.type === "monetary")) {
            const currency = record.data[field.currency_field || "currency_id"];
            return formatMonetary(this.value, { currencyId: currency && currency.id });
        }
        return formatFloat(this.value, { digits: digits || field.digits || [16, 2] });
    }
}

export const knownField = {
    component: KnownField,
    displayName: _t("Known or Unknown"),
    supportedTypes: ["float", "monetary"],
    isEmpty: () => false,
    extractProps: ({ attrs, options, placeholder }) => ({
        kind: options.kind,
        digits: attrs.digits ? JSON.parse(attrs.digits) : options.digits,
        unit: attrs.title,
        unknown: placeholder || attrs.placeholder,
    }),
};

registry.category("fields").add("logistics_known", knownField);

// A list formats the averages of its groups by the name of the widget alone: shares have their own.
registry.category("fields").add("logistics_known_share", {
    ...knownField,
    displayName: _t("Known Share"),
    supportedTypes: ["float"],
    extractProps: (info) => ({ ...knownField.extractProps(info), kind: "percentage" }),
});
registry
    .category("formatters")
    .add("logistics_known_share", (value, options) =>
        value === false || value === undefined || value === null
            ? "–"
            : formatPercentage(value, { digits: options?.digits || [16, 1] }),
    );
