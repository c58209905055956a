import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The controller works the worklist: a call with a promise, then the reminder.
tours.add("logistics_collection_worklist_tour", {
    steps: () => [
        {
            content: "the case is on the worklist, with what it is worth",
            trigger: ".o_data_row:contains(Tour Debtor)",
        },
        {
            content: "open it",
            trigger: ".o_data_row:contains(Tour Debtor) td[name=customer_id]",
            run: "click",
        },
        {
            content: "it says what comes next",
            trigger: ".o_form_view .o_field_widget[name=next_step_id]:contains(Tour Reminder)",
        },
        {
            content: "read the letter first",
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=mail_to]:contains(debtor@)",
        },
        {
            trigger: ".modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "send it",
            trigger: "body:not(:has(.modal)) button[name=action_take_step]",
            run: "click",
        },
        {
            trigger: ".modal-footer button.btn-primary",
            run: "click",
        },
        {
            content: "the letter is among the touches and the next step is another one",
            trigger: ".o_field_widget[name=last_step_id]:contains(Tour Reminder)",
        },
        {
            content: "then call",
            trigger: "button[name=action_log_call]",
            run: "click",
        },
        {
            content: "the customer promises to pay",
            trigger: ".modal .o_field_widget[name=result] .o_radio_item:contains(Promised) input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=promise_date] input",
            run: "edit 12/31/2099",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Pays with the next run",
        },
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            content: "the promise is waited for",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=promise_date]",
        },
        {
            trigger: ".nav-link[name=touches]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=touch_ids] .o_data_row:contains(Pays with the next run)",
        },
    ],
});
