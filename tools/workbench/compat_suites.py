"""Which tests of other people run with the addon installed, and beside which addons."""

from dataclasses import dataclass

# Tours need a browser's luck, and counters of queries rightly change when an addon adds fields.
LEFT_OUT = "-is_tour,-is_query_count"


@dataclass(frozen=True)
class Suite:
    """One comparison: the same tests on a database without the addon and on one with it.

    :param what: what it proves, for the report
    :param tests: modules whose tests run
    :param beside: modules installed on both databases first
    :param minutes: what it takes on two cores, for the person who waits
    """

    what: str
    tests: tuple
    beside: tuple = ()
    minutes: int = 5
    installing: bool = False

    @property
    def tags(self):
        """For --test-tags. On a database already loaded, only post-install tests mean anything."""
        prefix = "/" if self.installing else "post_install/"
        return ",".join([*(prefix + module for module in self.tests), LEFT_OUT])


OCA = (
    "account_financial_risk",
    "sale_financial_risk",
    "account_credit_control",
    "account_invoice_overdue_warn",
    "partner_statement",
    "helpdesk_mgmt",
)

SUITES = {
    "sales": Suite(
        "Odoo's sales and customer tests",
        (
            "sale",
            "sale_crm",
            "sale_margin",
            "sale_management",
            "crm",
            "sales_team",
            "contacts",
            "calendar",
            "rating",
            "survey",
            "portal",
        ),
    ),
    "beside": Suite(
        "the same beside partnership, stock, website_sale, project and hr",
        ("sale", "partnership", "sale_stock", "sale_project", "website_sale"),
        ("partnership", "stock", "sale_stock", "website_sale", "project", "sale_project", "hr"),
        12,
    ),
    "oca": Suite(
        "OCA's credit, statement and helpdesk addons beside it, and their own tests",
        OCA,
        OCA,
        4,
        installing=True,
    ),
    "account": Suite("Odoo's accounting tests", ("account",), (), 25),
}
