import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The accountant asks for the receivables of a day and sees in green that they are the ledger's.
tours.add("logistics_receivable_green_tour", {
    steps: () => [
        {
            content: "a day and buckets are proposed",
            trigger: ".modal .o_field_widget[name=bucket_set_id]",
        },
        {
            trigger: ".modal button[name=action_run]",
            run: "click",
        },
        {
            content: "the run says that it equals the ledger, and the amount",
            trigger:
                "div[name=reconciled]:visible:contains(add up to the balance):contains(350.00)",
        },
        {
            content: "what is overdue stands in its bucket",
            trigger: ".o_field_widget[name=total_ids] .o_data_row:contains(31-60):contains(250.00)",
        },
        {
            content: "down to the items",
            trigger: "button[name=action_open_items]:contains(Items)",
            run: "click",
        },
        {
            content: "by customer",
            trigger: ".o_group_header:contains(Tour Debtor)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(250.00)",
        },
        {
            content: "and as a pivot",
            trigger: "button.o_switch_view.o_pivot",
            run: "click",
        },
        {
            trigger: ".o_pivot:contains(Tour Debtor)",
        },
    ],
});

// A run that does not add up is red, and names who it is about.
tours.add("logistics_receivable_red_tour", {
    steps: () => [
        {
            trigger: "div[name=not_reconciled]:visible:contains(a difference of):contains(-25.00)",
        },
        {
            trigger: ".o_field_widget[name=difference_ids] .o_data_row:contains(Tour Debtor)",
        },
    ],
});

// The key figures of a month, each with its formula beside it.
tours.add("logistics_receivable_figures_tour", {
    steps: () => [
        {
            trigger: ".o_control_panel button[name=action_fill]",
            run: "click",
        },
        {
            content: "the running month is there",
            trigger: ".o_data_row:first td[name=month]",
            run: "click",
        },
        {
            trigger: "table[name=formulas] tr:contains(DSO):contains(receivable / sales)",
        },
        {
            content: "what is unknown says so",
            trigger: "table[name=formulas] tr:contains(Cost of Credit):contains(unknown)",
        },
    ],
});
