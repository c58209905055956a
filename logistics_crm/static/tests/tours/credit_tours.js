import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function reason(text) {
    return [
        {
            content: "give the reason of the decision",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: `edit ${text}`,
        },
        {
            content: "decide",
            trigger: ".modal button[name=action_decide]",
            run: "click",
        },
    ];
}

// The salesperson confirms a quotation, is told why it waits, and asks for its release.
tours.add("logistics_credit_salesperson_tour", {
    steps: () => [
        {
            content: "the quotation says beforehand that it will wait",
            trigger: "div[name=credit_outlook]:contains(will wait for credit control)",
        },
        {
            content: "confirm it",
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "the notification names the order and the reason",
            trigger: ".o_notification:contains(On credit hold):contains(Over the credit limit)",
        },
        {
            content: "it is still a quotation and explains itself",
            trigger: "div[name=credit_hold]:contains(Over the credit limit)",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Quotation)",
        },
        {
            content: "ask for a release",
            trigger: ".o_statusbar_buttons button[name=action_request_credit_release]",
            run: "click",
        },
        {
            content: "the dialog repeats why it is held",
            trigger: ".modal .o_field_widget[name=explanation]:contains(Over the credit limit)",
        },
        {
            trigger: ".modal .o_field_widget[name=reason_code] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Payment Announced)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit The transfer is on its way",
        },
        {
            trigger: ".modal button[name=action_request]",
            run: "click",
        },
        {
            content: "the order says that the request waits for a decision",
            trigger: ".o_form_view .alert:contains(It waits for the controller)",
        },
        {
            content: "and offers no second request",
            trigger: ".o_statusbar_buttons:not(:has(button[name=action_request_credit_release]))",
        },
    ],
});

// The controller works through the list by amount at risk: approves one, declines the other.
tours.add("logistics_credit_controller_tour", {
    steps: () => [
        {
            content: "the largest amount at risk comes first",
            trigger: ".o_data_row:first:contains(Tour Harbour)",
        },
        {
            trigger: ".o_data_row:eq(1):contains(Tour Inland)",
        },
        {
            content: "open the first",
            trigger: ".o_data_row:first td[name=customer_id]",
            run: "click",
        },
        {
            content: "the controller sees the ledger's figures",
            trigger: ".o_field_widget[name=hold_explanation]:contains(Exposure)",
        },
        {
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "it is approved",
            trigger: ".o_arrow_button_current:contains(Approved)",
        },
        {
            content: "back to the list, where only the other one waits",
            trigger: ".o_breadcrumb .o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:contains(Tour Harbour)) .o_data_row:contains(Tour Inland)",
        },
        {
            trigger: ".o_data_row:first td[name=customer_id]",
            run: "click",
        },
        {
            trigger: "button[name=action_decline]",
            run: "click",
        },
        ...reason("Pay the oldest invoice first"),
        {
            content: "it is declined, with the reason",
            trigger: ".o_arrow_button_current:contains(Declined)",
        },
        {
            trigger: ".o_field_widget[name=decision_reason]:contains(Pay the oldest)",
        },
    ],
});

// After the decision the salesperson confirms the released order.
tours.add("logistics_credit_confirm_tour", {
    steps: () => [
        {
            content: "the order says that it is released",
            trigger: "div[name=credit_released]:contains(Released by credit control)",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Sales Order)",
        },
    ],
});

// The named manager sees what is left of last year, document by document, and lifts the gate.
tours.add("logistics_credit_gate_tour", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Tour Arrears) td[name=customer_id]",
            run: "click",
        },
        {
            content: "what is left, and of which document",
            trigger: ".o_field_widget[name=remaining]:contains(700.00)",
        },
        {
            trigger: ".o_data_row:contains(TOUR-1):contains(700.00)",
        },
        {
            content: "who may lift it",
            trigger: ".o_field_widget[name=who]:contains(tour_director)",
        },
        {
            trigger: "button[name=action_lift]",
            run: "click",
        },
        ...reason("Settled in court"),
        {
            trigger: ".o_arrow_button_current:contains(Lifted)",
        },
        {
            trigger: ".o_field_widget[name=lift_reason]:contains(Settled in court)",
        },
    ],
});
