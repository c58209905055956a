import { registry } from "@web/core/registry";

const HEADER =
    "customer_ref,customer_name,country,date,document,line,service,quantity,weight_kg,amount,cost," +
    "currency,promised_date,delivered_date,due_date,paid_date,disputed";

/** Put a CSV text into the file input of the import dialog, as a user's file chooser would. */
function chooseFile(rows) {
    return ({ anchor }) => {
        const text = [HEADER, ...rows].join("\n");
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], "history.csv", { type: "text/csv" }));
        anchor.files = transfer.files;
        anchor.dispatchEvent(new Event("change", { bubbles: true }));
    };
}

const GOOD = [
    "T-1,Tour Big,China,2014-03-05,D1,1,Air,10,5,1000.00,800.00,USD,2014-03-09,2014-03-10,,,",
    "T-1,Tour Big,China,2014-06-05,D2,1,Truck,20,5,3000.00,2000.00,USD,2014-06-09,2014-06-09,,,",
    "T-2,Tour Small,France,2014-06-07,D3,1,Air,1,,50.00,,USD,,,,,",
    "T-3,Tour Gone,France,2013-06-07,D4,1,Air,1,,70.00,,USD,,,,,",
];

registry.category("web_tour.tours").add("logistics_import_refused_tour", {
    steps: () => [
        {
            content: "choose a file with a bad row",
            trigger: ".modal .o_field_widget[name=file] input[type=file]:not(:visible)",
            run: chooseFile([...GOOD, "T-4,Bad,France,2014-02-30,D5,1,Air,1,,70.00,,USD,,,,,"]),
        },
        {
            content: "check it",
            trigger: ".modal button[name=action_check]",
            run: "click",
        },
        {
            content: "the refusal names the line and the column",
            trigger: ".modal .o_data_row:contains(6):contains(date)",
        },
        {
            content: "nothing can be imported by accident",
            trigger: ".modal:not(:has(button[name=action_import]:visible))",
        },
    ],
});

registry.category("web_tour.tours").add("logistics_import_tour", {
    steps: () => [
        {
            content: "choose the file",
            trigger: ".modal .o_field_widget[name=file] input[type=file]:not(:visible)",
            run: chooseFile(GOOD),
        },
        {
            content: "check it",
            trigger: ".modal button[name=action_check]",
            run: "click",
        },
        {
            content: "import it",
            trigger: ".modal button[name=action_import]",
            run: "click",
        },
        {
            content: "see the customers",
            trigger: ".modal button[name=action_open_customers]",
            run: "click",
        },
        {
            content: "a customer of the file is listed",
            trigger: ".o_list_view .o_data_row:contains(Tour Big)",
        },
    ],
});

registry.category("web_tour.tours").add("logistics_screening_tour", {
    steps: () => [
        {
            content: "open a new campaign",
            trigger: ".o_list_button_add, .o-kanban-button-new",
            run: "click",
        },
        {
            content: "of the year 2014",
            trigger: ".o_field_widget[name=year] input",
            run: "edit 2014",
        },
        {
            content: "compute it",
            trigger: "button[name=action_compute]",
            run: "click",
        },
        {
            content: "open its customers",
            trigger: "button[name=action_open_lines]:contains(3)",
            run: "click",
        },
        {
            content: "two traded in the year; sort by revenue",
            trigger: ".o_list_view:has(.o_data_row) th[data-name=revenue]",
            run: "click",
        },
        {
            content: "upwards the small one comes first; sort down",
            trigger: "tbody tr.o_data_row:first:contains(Tour Small)",
        },
        {
            trigger: "th[data-name=revenue]",
            run: "click",
        },
        {
            content: "downwards the big one comes first",
            trigger: "tbody tr.o_data_row:first:contains(Tour Big)",
        },
        {
            content: "group by country",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_group_by_menu .o_menu_item:contains(Country)",
            run: "click",
        },
        {
            content: "China has one customer",
            trigger: ".o_group_header:contains(China):contains(1)",
            run: "click",
        },
        {
            content: "select it",
            trigger: ".o_data_row:contains(Tour Big) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "and export it",
            trigger:
                ".o_control_panel_actions .dropdown-toggle:contains(Actions), .o_cp_action_menus .dropdown-toggle",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Export)",
            run: "click",
        },
        {
            content: "the export dialog offers the figures",
            trigger: ".o_export_data_dialog .o_export_field:contains(Revenue)",
        },
        {
            trigger:
                ".o_export_data_dialog .o_form_button_cancel, .modal-footer .btn:contains(Close)",
            run: "click",
        },
        {
            content: "clear the selection, which would edit the cell instead of opening the sheet",
            trigger: ".o_data_row:contains(Tour Big) .o_list_record_selector input:checked",
            run: "click",
        },
        {
            content: "open the sheet",
            trigger:
                ".o_data_row:contains(Tour Big) td[name=customer_name], .o_data_row:contains(Tour Big) td.o_data_cell:first",
            run: "click",
        },
        {
            content: "the radar of the five criteria is drawn",
            trigger: ".o_form_view canvas",
        },
    ],
});
