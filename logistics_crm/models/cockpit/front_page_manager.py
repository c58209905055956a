# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.fields import Domain

# A customer above this share of the revenue is one the company depends on.
DEPENDENCE = 0.1


class LogisticsFrontPage(models.AbstractModel):
    """The manager's three panes: people, money, customers."""

    _inherit = "logistics.front.page"

    @api.model
    def _panes_manager(self):
        return [
            self._pane("people", self.env._("People"), *self._items_people()),
            self._pane("money", self.env._("Money"), *self._items_money()),
            self._pane("customers", self.env._("Customers"), *self._items_customers()),
        ]

    @api.model
    def _items_people(self):
        return [
            self._item(
                "visits_done",
                self.env._("Visits and Calls This Month"),
                "logistics.visit",
                domain=[("state", "=", "done"), ("done_date", ">=", "today =1d")],
                action="logistics_crm.action_visit",
                level="success",
            ),
            self._item(
                "visits_overdue",
                self.env._("Customers Overdue for a Touch"),
                "logistics.visit.status",
                domain=[("status", "=", "overdue")],
                action="logistics_crm.action_visit_status",
                level="warning",
                todo=True,
            ),
            self._item(
                "alarms_closed",
                self.env._("Alarms Closed This Month"),
                "logistics.churn.alarm",
                domain=[("state", "=", "closed"), ("closed_on", ">=", "today =1d")],
                action="logistics_crm.action_churn_alarm",
                level="success",
            ),
            self._item(
                "alarms_open",
                self.env._("Alarms Nobody Closed"),
                "logistics.churn.alarm",
                domain=[("state", "=", "open")],
                action="logistics_crm.action_churn_alarm",
                level="danger",
                todo=True,
            ),
            self._item(
                "files_verified",
                self.env._("File Sections Verified This Month"),
                "logistics.file.verification",
                domain=[("date", ">=", "today =1d")],
                level="success",
            ),
            self._item(
                "files_stale",
                self.env._("Stale Files"),
                "logistics.customer",
                domain=[("verification_state", "=", "stale")],
                action="logistics_crm.action_file_stale",
                level="warning",
                group_by=["user_id"],
            ),
            self._item(
                "handovers",
                self.env._("Handovers to Decide"),
                "logistics.handover",
                domain=[("state", "=", "draft")],
                action="logistics_crm.action_handover",
                level="warning",
                todo=True,
            ),
            self._item(
                "unowned",
                self.env._("Customers Without a Representative"),
                "logistics.customer",
                domain=[("user_id", "=", False)],
                action="logistics_crm.action_customer",
                level="warning",
                todo=True,
            ),
        ]

    @api.model
    def _items_money(self):
        return [
            self._item(
                "receivables",
                self.env._("Customers Who Owe"),
                "logistics.customer",
                domain=[("open_amount", ">", 0)],
                amount="open_amount",
                action="logistics_crm.action_customer",
                hint=self.env._("Open amounts, unallocated payments deducted."),
            ),
            self._item(
                "overdue",
                self.env._("Of Which Overdue"),
                "logistics.customer",
                domain=[("overdue_amount", ">", 0)],
                amount="overdue_amount",
                action="logistics_crm.action_customer",
                level="danger",
            ),
            self._item(
                "held_orders",
                self.env._("Held Orders"),
                "sale.order",
                self._held_orders(),
                action="logistics_crm.action_credit_held_orders",
                level="warning",
                todo=True,
            ),
            self._item(
                "holds",
                self.env._("Customers on Hold by Hand"),
                "logistics.credit.hold",
                domain=[("state", "=", "in_force")],
                action="logistics_crm.action_credit_hold",
                level="warning",
            ),
            self._item_receipts(),
            self._item(
                "broken_promises",
                self.env._("Promises Broken in 90 Days"),
                "logistics.payment.promise",
                domain=[
                    ("state", "in", ("broken", "partly")),
                    ("date_promised", ">=", "today -90d"),
                ],
                action="logistics_crm.action_payment_promise",
                level="danger",
                todo=True,
            ),
        ]

    @api.model
    def _held_orders(self):
        """Quotations that credit control holds."""
        return [
            ("logistics_credit_state", "in", ("hold", "declined")),
            ("state", "in", ("draft", "sent")),
        ]

    @api.model
    def _item_receipts(self):
        """Expected receipts of four weeks, from the latest cash forecast of each company."""
        return self._item(
            "receipts",
            self.env._("Receipts Expected in 4 Weeks"),
            "logistics.cash.forecast.line",
            domain=[
                ("forecast_id.is_latest", "=", True),
                ("kind", "in", ("promise", "due", "late")),
                ("week", "<", "today +28d"),
            ],
            amount="expected",
            level="success",
            hint=self.env._(
                "From the latest cash forecast. None yet: Collections > Cash Forecast."
            ),
        )

    @api.model
    def _items_customers(self):
        moves = [("as_of", ">=", "today -90d")]
        return [
            self._item(
                "gains",
                self.env._("Won in 90 Days"),
                "logistics.stage.change",
                domain=[("movement", "=", "gain"), ("date", ">=", "today -90d")],
                amount="revenue",
                action="logistics_crm.action_stage_change",
                level="success",
            ),
            self._item(
                "losses",
                self.env._("Lost in 90 Days"),
                "logistics.stage.change",
                domain=[("movement", "=", "loss"), ("date", ">=", "today -90d")],
                amount="revenue",
                action="logistics_crm.action_stage_change",
                level="danger",
            ),
            self._item(
                "at_risk",
                self.env._("At Risk or Dormant"),
                "logistics.customer",
                domain=[("lifecycle_stage", "in", ("at_risk", "dormant"))],
                amount="revenue_12m",
                action="logistics_crm.action_customer",
                level="warning",
            ),
            self._item(
                "grades_up",
                self.env._("Credit Grades That Rose in 90 Days"),
                "logistics.credit.review",
                domain=[("movement", "=", "up"), *moves],
                action="logistics_crm.action_credit_review",
                level="success",
            ),
            self._item(
                "grades_down",
                self.env._("Credit Grades That Fell in 90 Days"),
                "logistics.credit.review",
                domain=[("movement", "=", "down"), *moves],
                action="logistics_crm.action_credit_review",
                level="danger",
            ),
            self._item(
                "classes_down",
                self.env._("Value Classes That Fell in 90 Days"),
                "logistics.value.class.change",
                domain=[("movement", "in", ("down", "none")), ("date", ">=", "today -90d")],
                action="logistics_crm.action_value_class_change",
                level="warning",
            ),
            self._item(
                "dependence",
                self.env._("Customers Above 10 % of the Revenue"),
                "logistics.customer",
                self._dependence_domain(),
                amount="revenue_12m",
                action="logistics_crm.action_customer",
                level="warning",
                hint=self.env._("Each alone earns more than a tenth of its company's revenue."),
            ),
        ]

    @api.model
    def _dependence_domain(self):
        """Customers each above a tenth of its company's revenue of twelve months."""
        totals = self.env["logistics.customer"]._read_group(
            [("revenue_12m", ">", 0)], ["company_id"], ["revenue_12m:sum"]
        )
        return list(
            Domain.OR(
                Domain("company_id", "=", company.id)
                & Domain("revenue_12m", ">", DEPENDENCE * total)
                for company, total in totals
            )
        )
