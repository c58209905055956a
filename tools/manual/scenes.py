"""What the pictures of the manual show: who opens which screen of the sample company."""

from typing import NamedTuple

LIST = ".o_list_view .o_data_row"
FORM = ".o_form_view .o_form_sheet"
# Its cards are shown when their numbers are there.
SHOWN_IN_PORTAL = ".o_portal_index_card:not(.d-none) a[href='/my/statement']"
PHONE = (390, 780)
TALL = (1280, 1100)


class Scene(NamedTuple):
    """One picture."""

    name: str
    login: str
    path: object  # an address, or what makes one of the stage
    ready: str  # the element that has to be there
    steps: tuple = ()  # (what is clicked, what has to be there then) ...
    size: tuple = ()
    top: str = ""  # the element that is scrolled to the upper edge


def action(name):
    """The address of an action of the addon."""
    return f"/odoo/action-logistics_crm.{name}"


def form(name, model, *domain, order="id desc"):
    """What makes the address of a record that an action shows, of the manager's company."""

    def path(stage):
        own = [stage.own] if stage.has_company(model) else []
        return f"{action(name)}/{stage.record(model, *domain, *own, order=order)}"

    return path


def page_of(name):
    """The click on a page of a form, and that it is there."""
    tab = f".o_notebook .nav-link[name={name}]"
    return (tab, f"{tab}.active")


KEY = ("value_class", "=", "key")
RICH = "revenue_12m desc"

SCENES = (
    Scene(
        "today",
        "manager",
        "/odoo/logistics-today",
        ".o_logistics_todo",
        # The page remembers the role that was chosen last.
        steps=(("[data-role=manager]", "[data-pane=people]"),),
        size=(1280, 640),
    ),
    Scene(
        "today_executive",
        "manager",
        "/odoo/logistics-today",
        ".o_logistics_todo",
        steps=(("[data-role=executive]", "[data-pane=voice]"),),
        size=(1280, 560),
    ),
    Scene(
        "customer",
        "manager",
        form("action_customer", "logistics.customer", KEY, order=RICH),
        FORM,
        size=TALL,
    ),
    Scene(
        "due_customers",
        "anna",
        action("action_visit_status"),
        ".o_view_controller",
        size=(1280, 560),
    ),
    Scene("my_day", "anna", action("action_visit_my_day"), ".o_view_controller", size=PHONE),
    Scene(
        "visit_sheet",
        "anna",
        form(
            "action_visit",
            "logistics.visit",
            ("user_id.login", "=", "anna"),
            ("state", "=", "planned"),
            ("channel", "=", "onsite"),
            order="planned_date",
        ),
        FORM,
        steps=(("[name=action_prepare_sheet]", ".o_form_view"),),
    ),
    Scene(
        "alarms", "manager", action("action_churn_alarm"), ".o_view_controller", size=(1280, 560)
    ),
    Scene(
        "account_plan",
        "manager",
        form("action_account_plan", "logistics.account.plan"),
        FORM,
        size=(1280, 900),
    ),
    Scene("threatened", "manager", action("action_threatened_customer"), LIST, size=(1280, 560)),
    Scene(
        "held_order",
        "controller",
        lambda stage: f"/odoo/orders/{stage.held()}",
        "[name=credit_hold]",
    ),
    Scene(
        "customer_credit",
        "controller",
        form(
            "action_customer",
            "logistics.customer",
            ("credit_grade_code", "=", "C"),
            order="overdue_amount desc",
        ),
        FORM,
        steps=(page_of("credit"),),
        top=".o_notebook",
        size=(1280, 900),
    ),
    Scene(
        "ageing",
        "controller",
        form("action_receivable_report", "logistics.receivable.report"),
        FORM,
        size=(1280, 760),
    ),
    Scene("collections", "controller", action("action_collection_case"), LIST, size=(1280, 640)),
    Scene(
        "portfolio",
        "manager",
        action("action_portfolio_line"),
        ".o_view_controller",
        size=(1280, 640),
    ),
    Scene(
        "complaint",
        "manager",
        form("action_complaint", "logistics.complaint", ("state", "=", "investigating")),
        FORM,
        size=(1280, 900),
    ),
    Scene(
        "survey",
        "manager",
        form("action_satisfaction_round", "logistics.satisfaction.round", ("state", "=", "closed")),
        FORM,
        steps=(page_of("results"),),
        size=TALL,
    ),
    Scene(
        "screening_sheet",
        "manager",
        lambda stage: f"/odoo/logistics-screened-customers/{stage.sheet()}",
        ".o_form_view canvas",
        size=(1280, 1300),
    ),
    Scene("first_steps", "manager", action("action_setup"), ".o_form_view", size=(1280, 620)),
    Scene("portal_home", "customer", "/my", SHOWN_IN_PORTAL, size=(1000, 760)),
)
