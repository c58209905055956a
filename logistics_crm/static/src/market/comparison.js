import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Own service against the competitors', one bar per dimension around the line of equality. */
export class Comparison extends Component {
    static template = "logistics_crm.Comparison";
    static props = { ...standardFieldProps };

    get lines() {
        return (this.props.record.data[this.props.name] || []).map((line) => {
            const known = typeof line.difference === "number";
            return {
                ...line,
                known,
                we: this.score(line.own),
                they: this.score(line.theirs),
                text: known ? this.words(line.difference) : _t("only one side is rated"),
                behind: known && line.difference > 0,
                // Four points are the most two ratings can lie apart.
                width: known ? (Math.min(Math.abs(line.difference), 4) / 4) * 50 : 0,
            };
        });
    }

    score(value) {
        return typeof value === "number" ? formatFloat(value, { digits: [16, 1] }) : "–";
    }

    words(difference) {
        const points = formatFloat(Math.abs(difference), { digits: [16, 1] });
        if (!difference) {
            return _t("equal");
        }
        return difference > 0 ? _t("they by %s", points) : _t("we by %s", points);
    }
}

registry.category("fields").add("logistics_comparison", {
    component: Comparison,
    displayName: _t("Own against Competitors"),
    supportedTypes: ["json"],
});
