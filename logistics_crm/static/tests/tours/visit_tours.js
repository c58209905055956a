import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// Where the customer of the tours is, near enough to count as being there.
function standAtTheDoor() {
    navigator.geolocation.getCurrentPosition = (found) =>
        found({ coords: { latitude: 45.7641, longitude: 4.8357 } });
}

function openSheet() {
    return [
        {
            content: "the day as a round, the stop of today is on it",
            trigger: ".o_kanban_record:contains(Tour Harbour):contains(Planned)",
            run: standAtTheDoor,
        },
        {
            trigger: ".o_kanban_record:contains(Tour Harbour) a[name=action_prepare_sheet]",
            run: "click",
        },
        {
            content: "what to know before going in",
            trigger: ".o_form_view .o_field_widget[name=arrears_state]",
        },
        {
            content: "arrived",
            trigger: ".o_logistics_check_in",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Checked in)",
        },
    ];
}

function writeReport() {
    return [
        {
            content: "what we saw",
            trigger: ".o_field_widget[name=findings] textarea",
            run: "edit New warehouse in spring",
        },
        {
            content: "who we met was content",
            trigger: ".o_field_widget[name=next_step] input",
            run: "edit Send an offer",
        },
    ];
}

// The representative's way through a stop at a desk or on a tablet.
tours.add("logistics_visit_rep_tour", {
    steps: () => [
        ...openSheet(),
        {
            content: "no second check-in is offered, but the check-out",
            trigger: ".o_form_view:not(:has(.o_logistics_check_in)) button[name=action_check_out]",
        },
        ...writeReport(),
        {
            content: "the customer's answer to what the file does not know",
            trigger:
                ".o_field_widget[name=fact_ids] .o_data_row:contains(Decision Maker) td[name=new_value]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=fact_ids] .o_data_row td[name=new_value] input",
            run: "edit Claire Durand",
        },
        {
            content: "what the customer is not content with",
            trigger: ".o_field_widget[name=opinion_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=opinion_ids] .o_selected_row td[name=name] input",
            run: "edit Pick-up too late",
        },
        {
            trigger: "button[name=action_check_out]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Checked out)",
        },
        {
            trigger: "button[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Done)",
        },
    ],
});

// The same on a phone: cards instead of lists, the first button and a menu of the others.
tours.add("logistics_visit_phone_tour", {
    steps: () => [
        ...openSheet(),
        ...writeReport(),
        {
            content: "facts are cards on a phone",
            trigger: ".o_field_widget[name=fact_ids] .o_kanban_record:contains(Decision Maker)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=new_value] input",
            run: "edit Claire Durand",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=fact_ids] .o_kanban_record:contains(Claire Durand)",
        },
        {
            trigger: ".o_field_widget[name=opinion_ids] .o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Pick-up too late",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_statusbar_buttons button:has(.oi-ellipsis-v)",
            run: "click",
        },
        {
            trigger:
                ".o-dropdown-item button[name=action_done], button.o-dropdown-item[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status:contains(Done)",
        },
    ],
});

// The manager sees who is covered, then gives one representative's visits to another.
tours.add("logistics_visit_manager_tour", {
    steps: () => [
        {
            content: "coverage by representative",
            trigger: ".o_pivot:contains(visit_anna)",
        },
        {
            trigger: "button.o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Tour Harbour)",
        },
        {
            content: "to the visits that wait",
            trigger: ".o_menu_sections button:contains(Visits)",
            run: "click",
        },
        {
            trigger: ".dropdown-item:contains(Hand Over Visits)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=user_from_id] input",
            run: "edit visit_anna",
        },
        {
            trigger: ".ui-autocomplete .dropdown-item:contains(visit_anna)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=open_count]:contains(1)",
        },
        {
            trigger: ".modal .o_field_widget[name=user_to_id] input",
            run: "edit visit_ben",
        },
        {
            trigger: ".ui-autocomplete .dropdown-item:contains(visit_ben)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_hand_over]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(1 visits handed over)",
        },
    ],
});
