import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/** How many customers of each value class are invited and came. */
export class SymposiumCoverage extends Component {
    static template = "logistics_crm.SymposiumCoverage";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    share(value) {
        return typeof value === "number" ? formatPercentage(value, { digits: [16, 0] }) : "–";
    }
}

/** Topics that customers raised before the last meeting and again since. */
export class RepeatedTopics extends Component {
    static template = "logistics_crm.RepeatedTopics";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    number(value) {
        return formatFloat(value || 0, { digits: [16, 0] });
    }
}

registry.category("fields").add("logistics_symposium_coverage", {
    component: SymposiumCoverage,
    displayName: _t("Coverage by Value Class"),
    supportedTypes: ["json"],
    isEmpty: () => false,
});
registry.category("fields").add("logistics_repeated_topics", {
    component: RepeatedTopics,
    displayName: _t("Repeated Topics"),
    supportedTypes: ["json"],
    isEmpty: () => false,
});
