import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

function openApplication() {
    return [
        stepUtils.showAppsMenuItem(),
        {
            content: "the application opens with the front page",
            trigger: ".o_app[data-menu-xmlid='logistics_crm.menu_root']",
            run: "click",
        },
        { trigger: ".o_logistics_front_page .o_logistics_todo" },
    ];
}

// The number is kept until the list it opened is there.
let counted;

function numberOpensItsList(code) {
    const item = `.o_logistics_front_page [data-item='${code}']`;
    return [
        {
            content: `the number ${code}`,
            trigger: `${item} .o_logistics_number:not(:contains(/^0$/))`,
            run() {
                counted = this.anchor.textContent.trim();
            },
        },
        { trigger: item, run: "click" },
        {
            content: "opens a list of exactly so many",
            trigger: ".o_list_view .o_pager_limit",
            run() {
                if (this.anchor.textContent.trim() !== counted) {
                    throw new Error(`${counted} counted, ${this.anchor.textContent} listed`);
                }
            },
        },
        { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        { trigger: ".o_logistics_front_page" },
    ];
}

/** Cells of the open dashboard, once all data is there, hold no error. */
async function assertNoError() {
    const loader = odoo.__WOWL_DEBUG__.root.env.services.spreadsheet_dashboard_loader;
    for (let attempt = 0; attempt < 100; attempt++) {
        const model = loader.getActiveDashboard()?.model;
        if (model) {
            const cells = model.getters
                .getSheetIds()
                .flatMap((id) => Object.values(model.getters.getEvaluatedCells(id)));
            const texts = cells.map((cell) => String(cell.value ?? ""));
            const errors = texts.filter((text) => text.startsWith("#"));
            if (errors.length) {
                throw new Error(`the dashboard shows ${errors.join(", ")}`);
            }
            if (cells.length && !texts.some((text) => text.startsWith("Loading"))) {
                return;
            }
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("the dashboard was never loaded");
}

function dashboardShowsFigures() {
    return [
        { trigger: ".o_logistics_open_dashboard", run: "click" },
        { trigger: ".o-spreadsheet", run: assertNoError },
        { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        { trigger: ".o_logistics_front_page" },
    ];
}

function role(code) {
    return [
        {
            trigger: `.o_logistics_front_page [data-role='${code}']`,
            run: "click",
        },
        { trigger: `.o_logistics_front_page [data-role='${code}'].active` },
    ];
}

tours.add("logistics_front_manager_tour", {
    steps: () => [
        ...openApplication(),
        { trigger: "[data-pane='people']" },
        { trigger: "[data-pane='money']" },
        ...numberOpensItsList("receivables"),
        ...numberOpensItsList("dependence"),
        ...dashboardShowsFigures(),
        ...role("executive"),
        { trigger: "[data-pane='screening']" },
        ...numberOpensItsList("key_accounts"),
        ...dashboardShowsFigures(),
    ],
});

tours.add("logistics_front_rep_tour", {
    steps: () => [
        ...openApplication(),
        { trigger: "[data-pane='day']" },
        ...numberOpensItsList("customers"),
        {
            content: "what waits opens as well",
            trigger: "[data-todo='visits_today']",
            run: "click",
        },
        { trigger: ".o_list_view, .o_kanban_view, .o_calendar_view" },
        { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        ...dashboardShowsFigures(),
    ],
});

tours.add("logistics_front_controller_tour", {
    steps: () => [
        ...openApplication(),
        { trigger: "[data-pane='limits']" },
        ...numberOpensItsList("overdue"),
        ...dashboardShowsFigures(),
    ],
});

// On a phone the page is one column and everything is within the width.
tours.add("logistics_front_phone_tour", {
    steps: () => [
        {
            trigger: ".o_logistics_front_page .o_logistics_todo",
            run() {
                const page = document.querySelector(".o_logistics_front_content");
                if (page.scrollWidth > page.clientWidth) {
                    throw new Error("the page is wider than the phone");
                }
            },
        },
        { trigger: "[data-item='customers'] .o_logistics_number:contains(3)" },
        { trigger: "[data-todo='visits_today']", run: "click" },
        { trigger: ".o_kanban_view, .o_list_view" },
    ],
});

// From an empty company through the first steps to the front page.
tours.add("logistics_front_empty_tour", {
    steps: () => [
        { trigger: ".o_logistics_front_page [data-state='empty']" },
        { trigger: ".o_logistics_open_setup", run: "click" },
        { trigger: ".o_form_view h2:contains(Bring in what you know)" },
        { trigger: "button[name=action_next]", run: "click" },
        { trigger: "h2:contains(Who is a good payer?)" },
        { trigger: ".o_field_widget[name=preset] input[data-value=cautious]", run: "click" },
        { trigger: "button[name=action_apply]", run: "click" },
        { trigger: ".o_field_widget[name=applied_preset]:contains(Cautious)" },
        { trigger: "button[name=action_next]", run: "click" },
        { trigger: "button[name=action_create_plans]", run: "click" },
        { trigger: "button[name=action_open_plans]" },
        { trigger: "button[name=action_next]", run: "click" },
        { trigger: "h2:contains(Who does what?)" },
        { trigger: "button[name=action_next]", run: "click" },
        { trigger: "button[name=action_finish]", run: "click" },
        { trigger: ".o_logistics_front_page [data-state='empty']" },
    ],
});

// ------------------------------------------------- every role, whatever the company holds
function pageFits() {
    return [
        {
            content: "the page is there, within the width of the screen",
            trigger: ".o_logistics_front_page [data-pane]",
            run() {
                const page = document.querySelector(".o_logistics_front_content");
                if (page.scrollWidth > page.clientWidth) {
                    throw new Error("the page is wider than the screen");
                }
            },
        },
    ];
}

// The panes with a number in the light sample company: it has no screening yet, holds no order.
const EXECUTIVE = [0, 2];
const CONTROLLER = [1, 2];

/** The first number of each pane that is not 0 opens its list. */
function walk(places = [0, 1, 2]) {
    return [
        ...pageFits(),
        ...places.flatMap((place) => [
            {
                trigger: `[data-pane]:eq(${place}) [data-item]:has(.o_logistics_number:not(.text-muted)):eq(0)`,
                run: "click",
            },
            {
                content: "with at least one record",
                trigger: ".o_data_row, .o_group_header, .o_kanban_record, .fc-event, .o_pivot",
            },
            { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
            { trigger: ".o_logistics_front_page" },
        ]),
    ];
}

tours.add("logistics_front_walk_tour", {
    steps: () => [...walk(), ...dashboardShowsFigures()],
});

tours.add("logistics_front_walk_manager_tour", {
    steps: () => [
        ...role("manager"),
        ...walk(),
        ...dashboardShowsFigures(),
        ...role("executive"),
        ...walk(EXECUTIVE),
        ...dashboardShowsFigures(),
    ],
});

tours.add("logistics_front_walk_controller_tour", {
    steps: () => [...walk(CONTROLLER), ...dashboardShowsFigures()],
});

tours.add("logistics_front_walk_phone_tour", {
    steps: () => walk(),
});

tours.add("logistics_front_walk_phone_controller_tour", {
    steps: () => walk(CONTROLLER),
});

tours.add("logistics_front_walk_phone_manager_tour", {
    steps: () => [...walk(), ...role("executive"), ...walk(EXECUTIVE)],
});

// Without any customer: the page says what to do, and no dashboard shows an error.
tours.add("logistics_front_nothing_tour", {
    steps: () => [
        { trigger: ".o_logistics_front_page [data-state='empty']" },
        ...dashboardShowsFigures(),
    ],
});

tours.add("logistics_front_nothing_executive_tour", {
    steps: () => [
        ...role("executive"),
        { trigger: ".o_logistics_front_page [data-state='empty']" },
        ...dashboardShowsFigures(),
    ],
});
