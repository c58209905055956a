import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { STATIC_ACTIONS_GROUP_NUMBER } from "@web/search/action_menus/action_menus";

const ADDRESS = "/logistics_crm/manual";

/** Open the manual where it tells about the screen in front; the server knows which chapter. */
function openManual(env) {
    const action = env.services.action.currentController?.action || {};
    const query = new URLSearchParams({
        action: action.xml_id || "",
        model: action.res_model || action.tag || "",
    });
    browser.open(`${ADDRESS}?${query}`, "_blank");
}

function userMenuItem(env) {
    return {
        type: "item",
        id: "logistics_manual",
        description: _t("Logistics CRM Manual"),
        href: ADDRESS,
        callback: () => openManual(env),
        // Those who work with the application; others' user menu stays as it is.
        show: () =>
            env.services.menu.getApps().some((app) => app.xmlid === "logistics_crm.menu_root"),
        sequence: 22,
    };
}

class ManualCogItem extends Component {
    static template = "logistics_crm.ManualCogItem";
    static components = { DropdownItem };
    static props = {};

    onSelected() {
        openManual(this.env);
    }
}

registry.category("user_menuitems").add("logistics_crm.manual", userMenuItem);
registry.category("cogMenu").add(
    "logistics_crm.manual",
    {
        Component: ManualCogItem,
        groupNumber: STATIC_ACTIONS_GROUP_NUMBER,
        isDisplayed: (env) =>
            env.config?.actionType === "ir.actions.act_window" &&
            Boolean(env.searchModel?.resModel?.startsWith("logistics.")),
    },
    { sequence: 90 },
);
