import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("logistics_file_complete_tour", {
    steps: () => [
        {
            content: "the file says what is missing",
            trigger: ".o_logistics_file_section[data-section=identity]:contains(Tax Number)",
        },
        {
            content: "fill in the tax number",
            trigger: ".o_field_widget[name=vat]:last input",
            run: "edit BE0477472701",
        },
        {
            content: "and the registration number",
            trigger: ".o_field_widget[name=company_registry] input",
            run: "edit HRB-1",
        },
        {
            content: "how much there is to win",
            trigger: ".o_field_widget[name=development_potential] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Very High)",
            run: "click",
        },
        {
            content: "verify the section: what was typed is saved first",
            trigger: ".o_logistics_file_section[data-section=identity] button:contains(Verified)",
            run: "click",
        },
        {
            content: "it says who and is no longer missing",
            trigger:
                ".o_logistics_file_section[data-section=identity]:contains(tour_file_rep):not(:contains(Tax Number))",
        },
        {
            content: "the persons are missing: add one",
            trigger: ".o_notebook a.nav-link:contains(Key Persons)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=key_person_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Greta Buyer",
        },
        {
            trigger: ".modal .o_field_widget[name=role_ids] input",
            run: "edit Decision Maker",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Decision Maker)",
            run: "click",
        },
        {
            content: "no dossier is offered to a representative",
            trigger: ".modal:not(:has(button[name=action_open_dossier]))",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=key_person_ids] .o_data_row:contains(Greta Buyer)",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: ".o_notebook a.nav-link:contains(File)",
            run: "click",
        },
        {
            content: "the decision maker is known now",
            trigger:
                ".o_logistics_file_section[data-section=people]:not(:contains(Decision Maker))",
        },
    ],
});

registry.category("web_tour.tours").add("logistics_file_stale_tour", {
    steps: () => [
        {
            content: "stale files by representative",
            trigger: ".o_list_view .o_group_header:contains(tour_file_rep)",
        },
        {
            content: "open one",
            trigger: ".o_data_row:contains(Stale Ltd) td[name=name]",
            run: "click",
        },
        {
            content: "the section is marked",
            trigger: ".o_logistics_file_section[data-section=people] .badge:contains(Stale)",
        },
        {
            trigger: ".o_logistics_file_section[data-section=people] button:contains(Verified)",
            run: "click",
        },
        {
            trigger:
                ".o_logistics_file_section[data-section=people]:not(:has(.text-bg-danger)):contains(tour_file_manager)",
        },
    ],
});
