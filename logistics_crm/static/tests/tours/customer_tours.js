import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("logistics_customer_seller_tour", {
    steps: () => [
        {
            content: "the salesperson opens the own customer",
            trigger: ".o_list_view .o_data_row td[name=name]:contains(Tour Harbour)",
            run: "click",
        },
        {
            content: "the year is drawn, what is open is listed, the limit is one word",
            trigger: ".o_form_view .o_logistics_sparkline canvas",
        },
        {
            trigger: ".o_field_widget[name=limit_gauge] .badge:contains(Limit not set)",
        },
        {
            content: "open the quotation that waits",
            trigger: ".o_field_widget[name=open_points] button[data-code=quotation]",
            run: "click",
        },
        {
            trigger:
                ".o_list_view .o_data_row td[name=name]:first, .o_list_view .o_data_row td:eq(1)",
            run: "click",
        },
        {
            content: "the quotation says what the customer is entitled to",
            trigger: ".o_logistics_essentials:contains(Key Account):contains(answer within 4 h)",
        },
        {
            content: "and leads back to the file",
            trigger: ".o_logistics_essentials button:contains(Customer file)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_logistics_sparkline canvas",
        },
    ],
});

registry.category("web_tour.tours").add("logistics_customer_rep_tour", {
    steps: () => [
        {
            content: "the new representative finds the handover",
            trigger: ".o_list_view .o_data_row:contains(Waiting for Acknowledgement) td:eq(1)",
            run: "click",
        },
        {
            content: "reads the sheet",
            trigger: ".o_field_widget[name=line_ids] td[name=sheet]:contains(open quotation)",
        },
        {
            content: "and takes over",
            trigger: "button[name=action_acknowledge]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Taken Over)",
        },
    ],
});

registry.category("web_tour.tours").add("logistics_customer_manager_tour", {
    steps: () => [
        {
            content: "the curve of the profit is drawn",
            trigger: ".o_logistics_pareto canvas",
        },
        {
            content: "the largest customer comes first",
            trigger: "tbody tr.o_data_row:first:contains(Tour Harbour) td[name=name]",
            run: "click",
        },
        {
            content: "the class explains itself",
            trigger: ".o_notebook .nav-link[name=value_class]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=value_class_explanation]:contains(Key Account because)",
        },
    ],
});
