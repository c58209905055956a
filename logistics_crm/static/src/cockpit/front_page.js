import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

const LAST_ROLE = "logistics_crm.front_page_role";

/**
 * The page a role opens first: what waits today, and its few numbers, each opening its list.
 */
export class FrontPage extends Component {
    static template = "logistics_crm.FrontPage";
    static components = { ControlPanel };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Today");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.controlPanelDisplay = {};
        this.state = useState({ page: null });
        onWillStart(() => this.load(browser.localStorage.getItem(LAST_ROLE) || false));
    }

    async load(role) {
        this.state.page = await this.orm.call("logistics.front.page", "get_page", [role]);
    }

    async chooseRole(role) {
        browser.localStorage.setItem(LAST_ROLE, role);
        await this.load(role);
    }

    /** A count as the reader writes numbers: a large company has many. */
    number(item) {
        return formatInteger(item.count);
    }

    /** Classes of the badge of a number. */
    badge(item) {
        return item.level === "muted"
            ? "text-bg-light text-muted"
            : `text-bg-${item.level === "info" ? "primary" : item.level}`;
    }

    async open(item) {
        const role = this.state.page.role;
        this.action.doAction(
            await this.orm.call("logistics.front.page", "open_item", [role, item.code]),
        );
    }

    openDashboard() {
        this.action.doAction({
            type: "ir.actions.client",
            tag: "action_spreadsheet_dashboard",
            params: { dashboard_id: this.state.page.dashboard },
            name: _t("Dashboards"),
        });
    }

    openSetup() {
        this.action.doAction("logistics_crm.action_setup");
    }

    async refreshNow() {
        await this.orm.call("logistics.front.page", "refresh_now", []);
        this.notification.add(
            _t("The figures are being computed. Come back to this page in a few minutes."),
            { type: "success" },
        );
    }
}

registry.category("actions").add("logistics_front_page", FrontPage);
