import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The representative sees who is due this week, plans the call, and reports it as done.
tours.add("logistics_call_list_tour", {
    steps: () => [
        {
            content: "the customer whose rhythm says so is due",
            trigger: ".o_data_row:contains(Tour Rhythm):contains(+1 555 7000)",
        },
        {
            content: "somebody else's customer is not on the list",
            trigger: ".o_list_view:not(:contains(Tour Foreign))",
        },
        {
            trigger: ".o_data_row:contains(Tour Rhythm) button[name=action_plan_call]",
            run: "click",
        },
        {
            content: "the call is planned: now it can be reported",
            trigger: ".o_data_row:contains(Tour Rhythm) button[name=action_call_done]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Tour Rhythm) button[name=action_plan_call]",
        },
    ],
});

// A proposal says why, and one click makes the opportunity in CRM.
tours.add("logistics_white_space_tour", {
    steps: () => [
        {
            content: "what is not bought yet, and why it is proposed",
            trigger:
                ".o_data_row:contains(Tour Single):contains(Tour Pallets):contains(similar customers)",
        },
        {
            trigger: ".o_data_row:contains(Tour Single) button[name=action_create_opportunity]",
            run: "click",
        },
        {
            content: "the opportunity is open, named and linked",
            trigger: ".o_last_breadcrumb_item:contains(Tour Pallets for Tour Single)",
        },
    ],
});

// The manager looks at the true margin, then turns a filter into a campaign.
tours.add("logistics_true_margin_tour", {
    steps: () => [
        {
            trigger: ".o_pivot th:contains(True Margin)",
        },
        {
            content: "the customer and what is left of the margin",
            trigger: ".o_pivot tr:contains(Tour Single)",
        },
    ],
});

tours.add("logistics_campaign_tour", {
    steps: () => [
        {
            content: "the filter of the list becomes a segment",
            trigger:
                ".o_control_panel button:contains(Save as Segment), .o_cp_buttons button:contains(Save as Segment)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Tour Segment",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_new_outreach]",
            run: "click",
        },
        {
            content: "the campaign knows its segment",
            trigger: ".o_form_view .o_field_widget[name=segment_id] input:value(Tour Segment)",
        },
        {
            content: "nobody is held out of three customers",
            trigger: ".o_field_widget[name=holdout_share] input",
            run: "edit 0",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Running)",
        },
    ],
});
