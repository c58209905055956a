import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// A customer files a complaint on the portal and finds it in the list.
tours.add("logistics_complaint_portal_tour", {
    url: "/my/complaints",
    steps: () => [
        {
            trigger: "a[name=new_complaint]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "select[name=type_id]",
            run: "selectByLabel Damaged",
        },
        {
            trigger: "input[name=name]",
            run: "edit Tour: crate broken",
        },
        {
            trigger: "textarea[name=description]",
            run: "edit It arrived in two parts.",
        },
        {
            trigger: "input[name=claim_amount]",
            run: "edit 120.50",
        },
        {
            trigger: ".o_logistics_new_complaint button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the customer sees where it stands and may write",
            trigger: "ol[name=progress] .text-bg-primary:contains(New)",
        },
        {
            trigger: "body:contains(It arrived in two parts.)",
        },
        {
            trigger: ".breadcrumb a:contains(Complaints)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "td:contains(Tour: crate broken)",
        },
    ],
});

// The handler accepts, finds the cause, compensates within the own authority and closes.
tours.add("logistics_complaint_handler_tour", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Tour complaint) td[name=name]",
            run: "click",
        },
        {
            trigger: "button[name=action_accept]",
            run: "click",
        },
        {
            content: "somebody sees to it now",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Accepted)",
        },
        {
            trigger: ".nav-link[name=compensation]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=compensation_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=amount] input",
            run: "edit 40",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Broken crate",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_data_row:contains(Broken crate)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "it is saved",
            trigger: ".o_form_saved",
        },
        {
            content: "within the own authority: approved at once",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "the credit note is there",
            trigger: ".o_field_widget[name=compensation_ids] .o_data_row:contains(Approved)",
        },
        {
            trigger: ".nav-link[name=finding]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=root_cause] textarea",
            run: "edit A worn belt",
        },
        {
            trigger: ".o_field_widget[name=answer] textarea",
            run: "edit We credit the damage.",
        },
        {
            trigger: "button[name=action_answer]",
            run: "click",
        },
        {
            trigger: "button[name=action_close]",
        },
    ],
});

// The manager sees which causes make most complaints, and opens those behind the first.
tours.add("logistics_complaint_manager_tour", {
    steps: () => [
        {
            trigger: ".o_data_row:first",
        },
        {
            trigger: ".o_data_row:first button[name=action_open]",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains(Complaints)",
        },
        {
            trigger: ".o_data_row:contains(Tour complaint)",
        },
    ],
});

// The executive finds what was escalated, and reads who was told when.
tours.add("logistics_complaint_executive_tour", {
    steps: () => [
        {
            trigger: ".o_facet_value:contains(Escalated to Me)",
        },
        {
            trigger: ".o_data_row:contains(Tour complaint) td[name=name]",
            run: "click",
        },
        {
            content: "what has passed stands on top",
            trigger: ".alert-danger:contains(A term has passed)",
        },
        {
            trigger: ".nav-link[name=escalations]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=escalation_log_ids] .o_data_row",
        },
    ],
});
