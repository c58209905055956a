import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The twelve questions about a customer: what is known, where from, and what is to be asked. */
export class ProfileQuestions extends Component {
    static template = "logistics_crm.ProfileQuestions";
    static props = { ...standardFieldProps };

    get questions() {
        return this.props.record.data[this.props.name] || [];
    }

    get answered() {
        return this.questions.filter((question) => question.answers.length).length;
    }

    get summary() {
        return _t("%(answered)s of %(all)s answered", {
            answered: this.answered,
            all: this.questions.length,
        });
    }

    sourceText(question) {
        return question.source === "books" ? _t("from the books") : _t("from the file");
    }
}

registry.category("fields").add("logistics_profile_questions", {
    component: ProfileQuestions,
    displayName: _t("Twelve Questions"),
    supportedTypes: ["json"],
    isEmpty: () => false,
});
