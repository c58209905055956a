import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The manager sees the tree, opens a branch, and runs the checks.
tours.add("logistics_network_tour", {
    steps: () => [
        {
            content: "the general distributor with its branch",
            trigger: ".o_hierarchy_node:contains(Tour General):contains(3 customers)",
        },
        {
            trigger: ".o_hierarchy_node:contains(Tour General) button:contains(Unfold)",
            run: "click",
        },
        { trigger: ".o_hierarchy_node:contains(Tour Second)" },
    ],
});

tours.add("logistics_network_finding_tour", {
    steps: () => [
        {
            trigger:
                ".o_control_panel button[name=action_run_checks], .o_cp_buttons button[name=action_run_checks]",
            run: "click",
        },
        {
            content: "the customer outside every territory is found",
            trigger: ".o_data_row:contains(Tour Leaf) td[name=explanation]",
            run: "click",
        },
        { trigger: "button[name=action_start]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(In Work)" },
        { trigger: ".o_field_widget[name=outcome] input", run: "click" },
        { trigger: ".o_select_menu_item:contains(Accepted)", run: "click" },
        { trigger: "button[name=action_close]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Closed)" },
    ],
});

// The representative of a key account writes the year's plan and starts it.
tours.add("logistics_account_plan_tour", {
    steps: () => [
        { trigger: "button[name=action_new_account_plan]", run: "click" },
        { trigger: ".o_notebook a[name=goals]", run: "click" },
        {
            trigger: ".o_field_widget[name=goal_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=goal_ids] .o_selected_row [name=target] input",
            run: "edit 5000",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved button[name=action_start]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Running)" },
        {
            content: "nothing was traded this year: the goal is behind",
            trigger:
                ".o_field_widget[name=goal_ids] .o_data_row:contains(Behind), .o_field_widget[name=goal_ids] .o_data_row:contains(On Track)",
        },
        { trigger: ".o_notebook a[name=reviews]", run: "click" },
    ],
});

// The manager shares out a short capacity.
tours.add("logistics_allocation_tour", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Tour Linehaul) button[name=action_allocate]",
            run: "click",
        },
        {
            content: "who gets how much, and why",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Tour General)",
        },
        { trigger: "button[name=action_accept]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Accepted)" },
    ],
});
