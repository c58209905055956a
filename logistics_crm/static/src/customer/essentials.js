import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const CLASS_COLORS = { key: "text-bg-success", core: "text-bg-info" };
const STAGE_COLORS = {
    at_risk: "text-bg-warning",
    dormant: "text-bg-warning",
    lost: "text-bg-danger",
};
const GRADE_COLORS = {
    A: "text-bg-success",
    B: "text-bg-info",
    C: "text-bg-warning",
    D: "text-bg-danger",
};

/** Class, stage, grade and entitlements of a document's customer in one line. */
export class Essentials extends Component {
    static template = "logistics_crm.Essentials";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get data() {
        return this.props.record.data[this.props.name];
    }

    get badges() {
        const { value_class, value_label, stage, stage_label, grade } = this.data;
        const badges = [];
        if (value_class) {
            badges.push([value_label, CLASS_COLORS[value_class] || "text-bg-light"]);
        }
        if (stage) {
            badges.push([stage_label, STAGE_COLORS[stage] || "text-bg-light"]);
        }
        if (grade) {
            badges.push([_t("Grade %s", grade), GRADE_COLORS[grade]]);
        }
        return badges;
    }

    openAccount() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "logistics.customer",
            res_id: this.data.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("logistics_essentials", {
    component: Essentials,
    displayName: _t("Customer Essentials"),
    supportedTypes: ["json"],
});
