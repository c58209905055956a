# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from ...fields_unknown import KnownFloat
from ..customer.logistics_customer import CREDIT_GRADES
from ..trading.logistics_customer_figures import LEDGER_GROUPS

GRADE_BASES = [
    ("rules", "By the rules"),
    ("review", "Kept until reviews confirm"),
    ("override", "Set by hand"),
    ("bad_faith", "Confirmed bad faith"),
]
RULE_NAMES = [
    ("minimum", "Too little history"),
    ("overdue_age", "Age of overdue items"),
    ("overdue_amount", "Overdue amount"),
    ("overdue_share", "Overdue share"),
    ("late_share", "Late share"),
    ("days_late", "Mean days late"),
    ("promises", "Broken promises"),
]
WATCH_SIGNS = ("later", "more", "older", "silent", "promise", "signal")


class LogisticsCustomer(models.Model):
    """The credit grade of a customer: where it comes from, and what it allows."""

    _inherit = "logistics.customer"

    credit_grade_computed = fields.Selection(
        CREDIT_GRADES,
        string="Grade by the Rules",
        readonly=True,
        help="What the rules of the credit policy say today, before reviews, overrides and bad "
        "faith. Empty: not rated.",
    )
    credit_grade_rule = fields.Selection(
        RULE_NAMES,
        string="Deciding Rule",
        readonly=True,
        help="The first rule that keeps the customer from the next better grade.",
    )
    credit_grade_basis = fields.Selection(GRADE_BASES, string="Grade Given", readonly=True)
    overdue_oldest_days = fields.Integer(
        string="Oldest Overdue (days)",
        readonly=True,
        aggregator="max",
        groups=LEDGER_GROUPS,
        help="Days since the due date of the oldest open item that is past its grace days; 0 "
        "when nothing is.",
    )
    overdue_share = KnownFloat(
        readonly=True,
        aggregator="avg",
        groups=LEDGER_GROUPS,
        help="Amount overdue beyond the grace days as a share of what fell due in the months "
        "the policy looks back. Empty: nothing fell due, or amounts are not known.",
    )
    credit_watch_signs = fields.Char(string="Warning Signs (codes)", readonly=True)
    credit_watch_count = fields.Integer(
        string="Warning Signs",
        readonly=True,
        index=True,
        help="Signs that this customer of grade C turns into one that does not pay.",
    )
    credit_watch_text = fields.Char(string="What Turns Bad", compute="_compute_credit_watch_text")

    @api.depends("credit_watch_signs")
    @api.depends_context("lang")
    def _compute_credit_watch_text(self):
        words = {
            "later": self.env._("pays later than at the review before"),
            "more": self.env._("more is overdue than at the review before"),
            "older": self.env._("overdue for more than 90 days"),
            "silent": self.env._("stopped buying while owing"),
            "promise": self.env._("broke a promise of payment"),
            "signal": self.env._("a warning signal is recorded"),
        }
        for account in self:
            signs = (account.credit_watch_signs or "").split(",")
            account.credit_watch_text = "; ".join(words[sign] for sign in signs if sign in words)

    def _grade_policy(self):
        """What the customer's grade allows: its line in the company's credit policy."""
        self.ensure_one()
        account = self.sudo()
        policy = self.env["logistics.credit.policy"]._for_company(account.company_id)
        return policy._grade_line(account.credit_grade_code)

    # ------------------------------------------------------------------ actions
    def action_open_credit_reviews(self):
        """Open the review history of these accounts."""
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_credit_review")
        action["domain"] = [("customer_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_set_credit_grade(self):
        """Open a new override for this account."""
        self.ensure_one()
        return self._new_credit_document("logistics.credit.override", self.env._("Set Grade"))

    def action_report_bad_faith(self):
        """Open a new bad faith record for this account."""
        self.ensure_one()
        return self._new_credit_document(
            "logistics.credit.bad.faith", self.env._("Report Bad Faith")
        )

    def _new_credit_document(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
            "context": {"default_customer_id": self.id},
        }

    # ------------------------------------------------------------------ as of any day
    def _grades_on(self, as_of=None):
        """Grades of these accounts as they were on a day, without touching the snapshot.

        Nothing dated later is looked at: documents, payments, reviews, overrides, bad faith.

        :param as_of: date or ISO text, today when omitted
        :return: ``{account id: dict(grade, computed, settled, basis, rule, and the figures
            due_count, late_share, average_days_late, overdue_amount, overdue_oldest_days,
            overdue_late_amount, overdue_share, broken_promises)}``; one statement
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        if not self:
            return {}
        accounts = self.sudo()
        companies = accounts.company_id
        company = companies if len(companies) == 1 else None
        settled = self._settled_grade_sql()
        names = (
            "due_count",
            "late_share",
            "average_days_late",
            "open_amount",
            "overdue_amount",
            "overdue_oldest_days",
            "overdue_late_amount",
            "overdue_share",
            "broken_promises",
        )
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH pay AS (%(pay)s)
                SELECT x.id, %(effective)s AS grade, p.raw_grade AS computed,
                       %(settled)s AS settled, %(basis)s AS basis, p.grade_rule AS rule,
                       ov.id AS override_id, bf.id AS bad_faith_id, %(figures)s
                  FROM logistics_customer x
                  LEFT JOIN pay p ON p.partner_id = x.partner_id AND p.company_id = x.company_id
                  %(joins)s
                 WHERE x.id IN %(ids)s
                """,
                pay=self._payment_figures_sql(as_of, company, accounts.partner_id.ids),
                effective=self._effective_grade_sql(settled),
                settled=settled,
                basis=self._grade_basis_sql(settled),
                figures=SQL(", ").join(SQL.identifier("p", name) for name in names),
                joins=self._grade_joins_sql(as_of),
                ids=tuple(accounts.ids),
            )
        )
        return {row.pop("id"): row for row in rows}
