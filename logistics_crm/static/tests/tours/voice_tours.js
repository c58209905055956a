import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// A customer in the portal: what arrived on time, a visit asked for, a questionnaire answered.
tours.add("logistics_portal_customer_tour", {
    steps: () => [
        {
            content: "deliveries are among the entries of the portal",
            trigger: ".o_portal_index_card a[href='/my/deliveries']",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "the share on time", trigger: "[name=on_time]:contains(on time)" },
        {
            content: "what was late",
            trigger: ".badge:contains(2 days late)",
        },
        {
            trigger: ".o_portal_submenu a[href^='/my/home']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_portal_index_card a[href='/my/visits']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "input[name=subject]", run: "edit New warehouse in spring" },
        { trigger: "label[for=channel_phone]", run: "click" },
        {
            trigger: "form[action='/my/visits/ask'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "[name=thanks]" },
        { trigger: ".list-group-item:contains(New warehouse in spring):contains(We will answer)" },
        {
            trigger: ".o_portal_submenu a[href^='/my/home']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_portal_index_card a[href='/my/surveys']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "a.btn:contains(Answer)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "core's survey begins",
            trigger: "button.btn-primary[type=submit]:contains(Start)",
            run: "click",
        },
        {
            trigger:
                ".js_question-wrapper:contains(delivery on the promised day) label:contains(5)",
            run: "click",
        },
        { trigger: "button[type=submit]:contains(Continue)", run: "click" },
        {
            content: "the promoter question is on the last page",
            trigger: ".js_question-wrapper:contains(recommend us)",
        },
        {
            trigger: ".js_question-wrapper:contains(recommend us) label:contains(9)",
            run: "click",
        },
        {
            trigger: ".js_question-wrapper:contains(better first) textarea",
            run: "edit Faster claims",
        },
        { trigger: "button[type=submit][value=finish]", run: "click" },
        {
            content: "core asks once more",
            trigger: ".modal-footer .btn-primary:contains(Submit)",
            run: "click",
        },
        { content: "thanked", trigger: ".o_survey_finished" },
    ],
});

// The manager at a symposium: who came, held, an opinion, the results.
tours.add("logistics_symposium_manager_tour", {
    steps: () => [
        { trigger: ".o_data_cell:contains(Spring Symposium)", run: "click" },
        {
            content: "invite the key accounts",
            trigger: "button[name=action_add_invitees]",
            run: "click",
        },
        {
            content: "coverage of the class",
            trigger: ".o_field_widget[name=coverage] tr:contains(Key Account):contains(100)",
        },
        {
            trigger: ".o_field_widget[name=invitee_ids] .o_data_row .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=invitee_ids] .o_selected_row [name=attended] input",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=invitee_ids] .o_selected_row [name=attended] input:checked",
        },
        {
            content: "the first point of the agenda",
            trigger: ".o_notebook_headers a[name=agenda]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=agenda_ids] .o_data_row:first-child:contains(last time)",
        },
        {
            content: "what was said last time, and what is said again",
            trigger: ".o_field_widget[name=last_opinion_ids] .o_data_row:contains(Slow claims)",
        },
        {
            trigger: ".o_field_widget[name=repeated_topics] tr:contains(Claims Again)",
        },
        { trigger: "button[name=action_held]", run: "click" },
        { trigger: ".o_arrow_button_current[data-value=held]" },
        { trigger: ".o_notebook_headers a[name=opinions]", run: "click" },
        {
            trigger: ".o_field_widget[name=opinion_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=opinion_ids] .o_selected_row [name=customer_id] input",
            run: "edit Tour Harbour",
        },
        { trigger: ".ui-menu-item a:contains(Tour Harbour)", run: "click" },
        {
            trigger: ".o_field_widget[name=opinion_ids] .o_selected_row [name=name] input",
            run: "edit Pay claims faster",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: "button[name=action_hand_out]", run: "click" },
        { trigger: "button[name=action_open_round]", run: "click" },
        { trigger: ".o_notebook_headers a[name=invited]", run: "click" },
        { trigger: ".o_form_view .o_data_row:contains(Tour Harbour):contains(Waiting)" },
    ],
});
