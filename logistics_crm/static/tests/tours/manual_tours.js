import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// Where the manual would open: another page would end the tour.
let opened;

function opens(expected) {
    return function () {
        if (!opened?.startsWith("/logistics_crm/manual?") || !opened.includes(expected)) {
            throw new Error(`${opened} was opened, not the manual at ${expected}`);
        }
        opened = undefined;
    };
}

registry.category("web_tour.tours").add("logistics_manual_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='logistics_crm.menu_root']",
            run(helpers) {
                browser.open = (address) => {
                    opened = address;
                };
                return helpers.click();
            },
        },
        { trigger: ".o_logistics_front_page" },
        { content: "the menu of the user", trigger: ".o_user_menu button", run: "click" },
        { trigger: ".dropdown-item[data-menu='logistics_manual']", run: "click" },
        {
            content: "opens the manual where it tells about Today",
            trigger: ".o_logistics_front_page",
            run: opens("logistics_front_page"),
        },
        {
            trigger: ".o_menu_sections [data-menu-xmlid='logistics_crm.menu_customers']",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row" },
        {
            content: "the cog of a list",
            trigger: ".o_control_panel .o_cp_action_menus button",
            run: "click",
        },
        { trigger: ".o_logistics_manual", run: "click" },
        {
            content: "opens the manual where it tells about customers",
            trigger: ".o_list_view .o_data_row",
            run: opens("model=logistics.customer"),
        },
        { trigger: ".o_data_row .o_data_cell", run: "click" },
        { trigger: ".o_form_view .o_cp_action_menus button", run: "click" },
        { content: "a form has it as well", trigger: ".o_logistics_manual", run: "click" },
        { trigger: ".o_form_view", run: opens("model=logistics.customer") },
    ],
});
