import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PATIENCE_MS = 8000;

// Ask for the position when the user checks in, and only then; without it the check-in goes on.
// The browser's own timeout does not run while its question waits for an answer, ours does.
function position() {
    return new Promise((resolve) => {
        setTimeout(() => resolve(null), 2 * PATIENCE_MS);
        if (!navigator.geolocation || !window.isSecureContext) {
            resolve(null);
            return;
        }
        navigator.geolocation.getCurrentPosition(
            ({ coords }) => resolve(coords),
            () => resolve(null),
            { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60000 },
        );
    });
}

export class LogisticsCheckIn extends Component {
    static template = "logistics_crm.CheckIn";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ busy: false });
        this.title = _t("Shares your position once, if you allow it.");
    }

    async checkIn() {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const record = this.props.record;
            if (!(await record.save())) {
                return;
            }
            const coords = await position();
            const args = coords ? [coords.latitude, coords.longitude] : [];
            const action = await this.orm.call("logistics.visit", "action_check_in", [
                [record.resId],
                ...args,
            ]);
            await record.load();
            const { next, ...params } = action.params;
            await this.action.doAction({ ...action, params });
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("view_widgets").add("logistics_check_in", { component: LogisticsCheckIn });
