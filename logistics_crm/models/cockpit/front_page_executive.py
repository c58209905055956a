# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.fields import Domain

from ...complaint_words import OPEN_STATES


class LogisticsFrontPage(models.AbstractModel):
    """What an executive asks about: key accounts, the yearly screening, what customers say."""

    _inherit = "logistics.front.page"

    @api.model
    def _panes_executive(self):
        return [
            self._pane("key", self.env._("Key Accounts"), *self._items_key()),
            self._pane("screening", self.env._("Yearly Screening"), *self._items_screening()),
            self._pane("voice", self.env._("What Customers Say"), *self._items_voice()),
        ]

    @api.model
    def _items_key(self):
        key = ("value_class", "=", "key")
        return [
            self._item(
                "key_accounts",
                self.env._("Key Accounts"),
                "logistics.customer",
                domain=[key],
                amount="revenue_12m",
                action="logistics_crm.action_customer",
                hint=self.env._("With their revenue of twelve months."),
            ),
            self._item(
                "key_risk",
                self.env._("Key Accounts at Risk, Dormant or Lost"),
                "logistics.customer",
                domain=[key, ("lifecycle_stage", "in", ("at_risk", "dormant", "lost"))],
                amount="revenue_12m",
                action="logistics_crm.action_customer",
                level="danger",
                todo=True,
            ),
            self._item(
                "key_grade",
                self.env._("Key Accounts That Pay Badly (C, D)"),
                "logistics.customer",
                domain=[key, ("credit_grade_code", "in", ("C", "D"))],
                amount="overdue_amount",
                action="logistics_crm.action_customer",
                level="warning",
            ),
            self._item(
                "executive_due",
                self.env._("Executive Visits Due"),
                "logistics.visit.status",
                domain=[("kind", "=", "executive"), ("status", "in", ("due", "overdue", "never"))],
                action="logistics_crm.action_visit_status",
                level="warning",
                todo=True,
            ),
            self._item(
                "key_alarms",
                self.env._("Open Alarms of Key Accounts"),
                "logistics.churn.alarm",
                domain=[("customer_id.value_class", "=", "key"), ("state", "=", "open")],
                action="logistics_crm.action_churn_alarm",
                level="danger",
                todo=True,
            ),
        ]

    @api.model
    def _items_screening(self):
        screenings = self.env["logistics.screening"]
        latest = [
            screenings.search(
                [("company_id", "=", company.id), ("computed_at", "!=", False)], limit=1
            ).id
            for company in self.env.companies
        ]
        lines = [("screening_id", "in", [ident for ident in latest if ident])]
        return [
            self._item(
                "screened",
                self.env._("Customers in the Last Screening"),
                "logistics.screening.line",
                lines,
                amount="revenue",
                action="logistics_crm.action_screening_line",
                hint=self.env._("None yet: Screening > Campaigns."),
            ),
            self._item(
                "undecided",
                self.env._("Not Decided Yet"),
                "logistics.screening.line",
                domain=[*lines, ("decision", "=", False)],
                action="logistics_crm.action_screening_line",
                level="warning",
                todo=True,
            ),
            self._item(
                "wind_down",
                self.env._("To Wind Down"),
                "logistics.screening.line",
                domain=[*lines, ("decision", "=", "wind_down")],
                action="logistics_crm.action_screening_line",
                level="danger",
            ),
            self._item(
                "rectify",
                self.env._("Rectifications Running"),
                "logistics.rectification",
                domain=[("state", "=", "open")],
                action="logistics_crm.action_rectification",
                level="warning",
            ),
        ]

    @api.model
    def _items_voice(self):
        return [
            self._item(
                "opinions_late",
                self.env._("Opinions Past Their Deadline"),
                "logistics.opinion",
                domain=[("state", "=", "open"), ("deadline", "<", "today")],
                action="logistics_crm.action_opinion",
                level="danger",
                todo=True,
            ),
            self._item(
                "complaints",
                self.env._("Complaints Not Closed"),
                "logistics.complaint",
                domain=[("state", "in", ("new", "accepted", "investigating", "answered"))],
                action="logistics_crm.action_complaint",
                level="warning",
            ),
            self._item_slow_claims(),
            self._item(
                "opinions_open",
                self.env._("Opinions Without an Answer"),
                "logistics.opinion",
                domain=[("state", "=", "open")],
                action="logistics_crm.action_opinion",
                level="warning",
                group_by=["topic_id"],
            ),
            self._item(
                "opinions_key",
                self.env._("Of Key Accounts, in 90 Days"),
                "logistics.opinion",
                domain=[("customer_id.value_class", "=", "key"), ("date", ">=", "today -90d")],
                action="logistics_crm.action_opinion",
                group_by=["topic_id"],
            ),
        ]

    @api.model
    def _item_slow_claims(self):
        """Claims that wait longer than the company promises; what is usual stands beside."""
        late = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("received_on", "<", f"today -{company.logistics_claim_target_days}d")
            for company in self.env.companies.sudo()
        )
        options = {}
        report = self.env["logistics.complaint.report"]
        if report.has_access("read"):
            days = report._usual_claim_days()
            if days is not False and days is not None:
                options["hint"] = self.env._(
                    "Half of the claims of twelve months were settled within %s days.",
                    f"{days:.0f}",
                )
        return self._item(
            "claims_slow",
            self.env._("Claims Waiting Too Long"),
            "logistics.complaint",
            list(
                Domain("claimed_amount", "!=", False)
                & Domain("compensated_on", "=", False)
                & Domain("state", "in", OPEN_STATES)
                & late
            ),
            action="logistics_crm.action_complaint",
            level="danger",
            todo=True,
            **options,
        )
