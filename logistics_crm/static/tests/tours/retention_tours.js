import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The representative reads an alarm, writes what the customer says, and closes it with a verdict.
tours.add("logistics_alarm_verdict_tour", {
    steps: () => [
        {
            content: "the silent customer is on the list, in words",
            trigger: ".o_data_row:contains(Tour Silent):contains(usually orders every)",
        },
        {
            content: "somebody else's customer is not",
            trigger: ".o_list_view:not(:contains(Tour Distant))",
        },
        {
            trigger: ".o_data_row:contains(Tour Silent) td[name=rule]",
            run: "click",
        },
        {
            content: "what has been ordered, month by month",
            trigger: ".o_form_view .o_field_widget[name=months]",
        },
        {
            trigger: ".o_field_widget[name=opinion] textarea",
            run: "edit A competitor is cheaper",
        },
        {
            content: "no alarm ends without a verdict",
            trigger: "button[name=action_close]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(cause), .modal:contains(cause)",
        },
        {
            trigger: ".modal .modal-footer button, .o_notification_close",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=cause] :is(input, select)",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Theirs: Competitor)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=outcome] :is(input, select)",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Lost)",
            run: "click",
        },
        {
            trigger: "button[name=action_close]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Closed)",
        },
    ],
});

// The representative ticks what a newcomer has got.
tours.add("logistics_newcomer_tour", {
    steps: () => [
        {
            content: "the newcomer is stalled: a milestone is overdue",
            trigger: ".o_data_row:contains(Tour Newcomer):contains(0 / 1)",
        },
        {
            trigger: ".o_data_row:contains(Tour Newcomer) td[name=name]",
            run: "click",
        },
        {
            trigger: ".o_notebook .nav-link[name=onboarding]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=milestone_ids] button[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=milestone_ids] button[name=action_reopen]",
        },
        {
            trigger: ".o_field_widget[name=milestone_progress]:contains(1 / 1)",
        },
    ],
});

// The manager sees what the verdicts say about a rule, and accepts another threshold.
tours.add("logistics_threshold_tour", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Volume Down):contains(alarms were right)",
        },
        {
            trigger: ".o_data_row:contains(Volume Down) button[name=action_accept]",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Volume Down):contains(Accepted)",
        },
    ],
});

tours.add("logistics_conversion_tour", {
    steps: () => [
        {
            content: "newcomers by month, and the way to the second order",
            trigger: ".o_pivot th:contains(Order 2)",
        },
        {
            content: "too young is no rate",
            trigger: ".o_pivot td:contains(–)",
        },
    ],
});
