import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Names of customers that may be the same one, with what they share. */
export class DuplicateHint extends Component {
    static template = "logistics_crm.DuplicateHint";
    static props = { ...standardFieldProps };

    get hints() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("logistics_duplicate_hint", {
    component: DuplicateHint,
    displayName: _t("Possible Duplicates"),
    supportedTypes: ["json"],
});
