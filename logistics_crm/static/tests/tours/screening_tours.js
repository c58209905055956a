import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function confirm() {
    return [{ trigger: ".modal .modal-footer button.btn-primary", run: "click" }];
}

function header(name) {
    return [{ trigger: `.o_statusbar_buttons button[name=${name}]:not([disabled])`, run: "click" }];
}

// The representative sees what the files lack, completes one, and signs.
tours.add("logistics_screening_prepare_tour", {
    steps: () => [
        {
            content: "the progress names the own customers",
            trigger: "div[name=progress_ids] .o_data_row",
        },
        { trigger: "button[name=action_open_my_gaps]", run: "click" },
        {
            content: "missing facts stand under their customer",
            trigger: ".o_list_view .o_group_header:contains(Tour Harbour)",
            run: "click",
        },
        {
            trigger: ".o_data_row .o_data_cell[name=item_id]:contains(Phone)",
            run: "click",
        },
        {
            content: "a row leads to the file",
            trigger: ".o_form_view .o_field_widget[name=phone] input",
            run: "edit +1 555 0100",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_view .o_form_saved" },
        {
            content: "back to the campaign",
            trigger:
                ".o_breadcrumb .breadcrumb-item a:contains(Screening 2021), .o_breadcrumb .o_back_button",
            run: "click",
        },
        { trigger: ".o_list_view, .o_form_view" },
    ],
});

tours.add("logistics_screening_sign_tour", {
    steps: () => [
        ...header("action_sign"),
        ...confirm(),
        {
            content: "the signature is on the campaign",
            trigger: "div[name=signature_ids] .o_data_row:contains(Files Are Complete)",
        },
    ],
});

// The representative judges a customer on the guided scale; an end of it needs evidence.
tours.add("logistics_screening_judge_tour", {
    steps: () => [
        ...header("action_judge"),
        {
            content: "the scale says what each step means",
            trigger: ".modal .o_field_widget[name=future] label:contains(Leads its market)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=evidence] textarea",
            run: "edit Saw the order book for next year on the 3rd of December",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_notebook a[name=judgements]", run: "click" },
        {
            trigger: "div[name=judgement_ids] .o_data_row:contains(Leads its market)",
        },
    ],
});

// The manager tries a limit, decides, looks at the effects and closes.
tours.add("logistics_screening_manager_tour", {
    steps: () => [
        ...header("action_what_if"),
        {
            content: "nothing is moved yet",
            trigger: ".modal .o_logistics_what_if:contains(of 3 customers)",
        },
        {
            content: "overdue money of any size now asks to rectify",
            trigger: ".modal .o_field_widget[name=threshold_overdue] input[type=range]",
            run() {
                this.anchor.value = this.anchor.max;
                this.anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "at once, before anything is saved",
            trigger: ".modal .o_logistics_what_if p:contains(1 of 3 customers)",
        },
        { trigger: ".modal .modal-header .btn-close, .modal button[special=cancel]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        ...header("action_start_deciding"),
        { trigger: ".o_arrow_button_current:contains(Decide)" },
        { trigger: "button[name=action_open_lines]", run: "click" },
        {
            content: "decide for everybody as proposed",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        { trigger: "button[name=action_accept_proposal]", run: "click" },
        { trigger: ".o_list_view .o_data_cell[name=decision]:contains(Rectify)" },
        { trigger: ".breadcrumb-item.o_back_button a", run: "click" },
        ...header("action_plan_effects"),
        {
            content: "what closing does is a list",
            trigger: ".o_list_view .o_group_header:contains(Rectification Order)",
        },
        { trigger: ".breadcrumb-item.o_back_button a", run: "click" },
        ...header("action_close"),
        ...confirm(),
        { trigger: ".o_arrow_button_current:contains(Closed)" },
        {
            content: "frozen: nothing but reopening changes it",
            trigger: ".o_statusbar_buttons:not(:has(button[name=action_compute]))",
        },
    ],
});

// A member of the board signs the decisions as they stand.
tours.add("logistics_screening_board_sign_tour", {
    steps: () => [
        ...header("action_sign_board"),
        ...confirm(),
        {
            content: "the signature is on the campaign",
            trigger: "div[name=signature_ids] .o_data_row:contains(The Board Has Signed)",
        },
        { trigger: ".o_statusbar_buttons:not(:has(button[name=action_close]))" },
    ],
});

// A member of the board reads the closed campaign and can change nothing.
tours.add("logistics_screening_board_tour", {
    steps: () => [
        { trigger: ".o_arrow_button_current:contains(Closed)" },
        {
            content: "the paper for the board is there",
            trigger: ".o_statusbar_buttons button[name=action_print_board]",
        },
        {
            content: "no button changes anything",
            trigger:
                ".o_statusbar_buttons:not(:has(button[name=action_reopen])):not(:has(button[name=action_close])):not(:has(button[name=action_compute]))",
        },
        { trigger: "button[name=action_open_lines]", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Tour Harbour) .o_data_cell", run: "click" },
        {
            content: "decision and figures are read, not typed",
            trigger: ".o_form_view .o_field_widget[name=decision].o_readonly_modifier",
        },
        { trigger: ".o_form_view:not(:has(button[name=action_accept_proposal]))" },
        { trigger: ".o_form_view canvas" },
    ],
});
