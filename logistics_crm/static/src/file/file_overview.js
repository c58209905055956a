import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatPercentage } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SHOWN_MISSING = 4;

/**
 * The sections of a customer file: how complete each is, what is missing (heaviest first), who
 * verified it and when, and one click to verify it now.
 */
export class FileOverview extends Component {
    static template = "logistics_crm.FileOverview";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.shownMissing = SHOWN_MISSING;
    }

    get sections() {
        return this.props.record.data[this.props.name] || [];
    }

    get mayVerify() {
        return Boolean(this.props.record.resId) && this.props.record.isInEdition;
    }

    percent(share) {
        return share === false ? "–" : formatPercentage(share, { digits: [16, 0] });
    }

    barClass(section) {
        if (section.completeness >= 0.8) {
            return "bg-success";
        }
        return section.completeness >= 0.4 ? "bg-warning" : "bg-danger";
    }

    missingText(section) {
        return section.missing
            .slice(0, SHOWN_MISSING)
            .map((item) => `${item.name} (${this.percent(item.weight)})`)
            .join(", ");
    }

    moreText(section) {
        const more = section.missing.length - SHOWN_MISSING;
        return more > 0 ? _t("and %s more", more) : "";
    }

    missingTitle(section) {
        return section.missing.map((item) => item.name).join("\n");
    }

    date(text) {
        return text ? formatDate(deserializeDate(text)) : "";
    }

    async verify(section) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        await this.orm.call(record.resModel, "action_verify_section", [
            [record.resId],
            section.section,
        ]);
        await record.load();
    }
}

export const fileOverview = {
    component: FileOverview,
    displayName: _t("File Overview"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("logistics_file_overview", fileOverview);
