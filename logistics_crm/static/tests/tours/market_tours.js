import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The representative sees who is after the customers, and loses a quotation to one of them.
tours.add("logistics_threatened_tour", {
    steps: () => [
        {
            content: "the threatened customer with the reasons",
            trigger:
                ".o_data_row:contains(Tour Wanted):contains(a competitor is cheaper):contains(Serious)",
        },
        {
            content: "not those of a colleague",
            trigger: ".o_list_view:not(:contains(Tour Elsewhere))",
        },
        { trigger: ".o_data_row:contains(Tour Wanted) td[name=name]", run: "click" },
        { trigger: ".o_notebook a[name=competition]", run: "click" },
        {
            content: "own against theirs",
            trigger: ".o_logistics_comparison tr:contains(Price):contains(they by 2.0)",
        },
    ],
});

tours.add("logistics_lost_quote_tour", {
    steps: () => [
        { trigger: "button[name=action_lost_to_competitor]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=competitor_id] input",
            run: "edit Tour Rival",
        },
        { trigger: ".ui-autocomplete .dropdown-item:contains(Tour Rival)", run: "click" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "cancelled, and the order says to whom it went",
            trigger: ".o_field_widget[name=logistics_competitor_id]:contains(Tour Rival)",
        },
    ],
});

// The manager compares with every competitor, and opens one of them.
tours.add("logistics_competitors_tour", {
    steps: () => [
        { trigger: ".o_pivot th:contains(Tour Rival)" },
        { trigger: ".o_pivot tr:contains(Price)" },
    ],
});

tours.add("logistics_competitor_tour", {
    steps: () => [
        { trigger: ".o_data_row:contains(Tour Rival) td[name=name]", run: "click" },
        {
            content: "two customers, and the picture",
            trigger: "button[name=action_open_customers]:contains(2)",
        },
        { trigger: ".o_logistics_comparison tr:contains(Price)" },
        { trigger: "button[name=action_open_voices]", run: "click" },
        { trigger: ".o_data_row:contains(Tour Voice) td[name=speaker]", run: "click" },
        { trigger: "button[name=action_target]:contains(Add to Target)", run: "click" },
        { trigger: ".o_last_breadcrumb_item:contains(Tour Voice)" },
        {
            content: "the competitor who has the customer today",
            trigger: ".o_field_widget[name=competitor_id] input:value(Tour Rival)",
        },
    ],
});
