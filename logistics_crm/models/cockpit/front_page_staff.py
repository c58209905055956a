# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models


class LogisticsFrontPage(models.AbstractModel):
    """The day of a representative and of a credit controller."""

    _inherit = "logistics.front.page"

    # ------------------------------------------------------------------ representative
    @api.model
    def _panes_rep(self):
        return [
            self._pane("day", self.env._("Today"), *self._items_day()),
            self._pane("mine", self.env._("My Customers"), *self._items_mine()),
            self._pane("paper", self.env._("Money and Papers"), *self._items_paper()),
        ]

    @api.model
    def _items_day(self):
        mine = ("user_id", "=", self.env.uid)
        return [
            self._item(
                "visits_today",
                self.env._("Visits and Touches Until Today"),
                "logistics.visit",
                domain=[mine, ("state", "=", "planned"), ("planned_date", "<=", "today")],
                action="logistics_crm.action_visit",
                level="info",
                todo=True,
            ),
            self._item(
                "calls_due",
                self.env._("Calls Due This Week"),
                "logistics.customer",
                domain=[
                    mine,
                    ("next_order_date", "<", "today =monday +7d"),
                    ("lifecycle_stage", "not in", ("dormant", "lost")),
                ],
                action="logistics_crm.action_call_list",
                level="info",
                todo=True,
                hint=self.env._("Their next order was expected by now."),
            ),
            self._item(
                "touches_due",
                self.env._("Customers Due for a Touch"),
                "logistics.visit.status",
                domain=[mine, ("status", "in", ("due", "overdue", "never"))],
                action="logistics_crm.action_visit_status",
                level="warning",
                todo=True,
            ),
            self._item(
                "opinions",
                self.env._("Opinions Waiting for My Answer"),
                "logistics.opinion",
                domain=[("owner_id", "=", self.env.uid), ("state", "=", "open")],
                action="logistics_crm.action_opinion",
                level="warning",
                todo=True,
            ),
        ]

    @api.model
    def _items_mine(self):
        mine = ("user_id", "=", self.env.uid)
        return [
            self._item(
                "alarms",
                self.env._("Alarms to Close"),
                "logistics.churn.alarm",
                domain=[mine, ("state", "=", "open")],
                action="logistics_crm.action_churn_alarm",
                level="danger",
                todo=True,
            ),
            self._item(
                "complaints",
                self.env._("Complaints Not Closed"),
                "logistics.complaint",
                domain=[
                    ("customer_id.user_id", "=", self.env.uid),
                    ("state", "in", ("new", "accepted", "investigating", "answered")),
                ],
                action="logistics_crm.action_complaint",
                level="danger",
                todo=True,
            ),
            self._item(
                "customers",
                self.env._("Customers"),
                "logistics.customer",
                domain=[mine],
                amount="revenue_12m",
                action="logistics_crm.action_customer",
                hint=self.env._("With their revenue of twelve months."),
            ),
            self._item(
                "at_risk",
                self.env._("At Risk or Dormant"),
                "logistics.customer",
                domain=[mine, ("lifecycle_stage", "in", ("at_risk", "dormant"))],
                action="logistics_crm.action_customer",
                level="warning",
            ),
            self._item(
                "backup",
                self.env._("Customers I Stand In For"),
                "logistics.customer",
                domain=[("backup_user_id", "=", self.env.uid)],
                action="logistics_crm.action_customer",
            ),
            self._item(
                "unassigned",
                self.env._("Customers Without a Representative"),
                "logistics.customer",
                domain=[("user_id", "=", False)],
                action="logistics_crm.action_customer",
            ),
        ]

    @api.model
    def _items_paper(self):
        mine = ("user_id", "=", self.env.uid)
        through = ("customer_id.user_id", "=", self.env.uid)
        return [
            self._item(
                "promises",
                self.env._("Payments Promised Until Next Week"),
                "logistics.payment.promise",
                domain=[through, ("state", "=", "open"), ("date_promised", "<=", "today +7d")],
                action="logistics_crm.action_payment_promise",
                level="warning",
                todo=True,
            ),
            self._item(
                "held_orders",
                self.env._("My Held Orders"),
                "sale.order",
                domain=[mine, *self._held_orders()],
                action="logistics_crm.action_credit_held_orders",
                level="danger",
                todo=True,
            ),
            self._item(
                "ready_orders",
                self.env._("Free Again: Confirm Them"),
                "sale.order",
                domain=[mine, *self._ready_orders()],
                action="logistics_crm.action_credit_ready",
                level="success",
                todo=True,
            ),
            self._item(
                "documents",
                self.env._("Documents That Expire in 30 Days"),
                "logistics.document",
                domain=[
                    through,
                    ("date_expiry", ">=", "today"),
                    ("date_expiry", "<=", "today +30d"),
                ],
                action="logistics_crm.action_document",
                level="warning",
                todo=True,
            ),
            self._item(
                "contracts",
                self.env._("Contracts to Renew in 90 Days"),
                "logistics.contract",
                domain=[
                    through,
                    ("state", "=", "signed"),
                    ("renewed", "=", False),
                    ("date_end", ">=", "today -30d"),
                    ("date_end", "<=", "today +90d"),
                ],
                action="logistics_crm.action_contract_renewal",
                level="warning",
                todo=True,
            ),
            self._item(
                "files",
                self.env._("Files to Verify This Month"),
                "logistics.customer",
                domain=[
                    mine,
                    ("verification_due_date", "<", "today =1d +1m"),
                    ("verification_state", "!=", "never"),
                ],
                action="logistics_crm.action_file_verify",
                level="info",
                todo=True,
            ),
        ]

    @api.model
    def _ready_orders(self):
        return [("logistics_credit_ready_on", "!=", False), ("state", "in", ("draft", "sent"))]

    # ------------------------------------------------------------------ credit controller
    @api.model
    def _panes_controller(self):
        return [
            self._pane("orders", self.env._("Orders"), *self._items_orders()),
            self._pane("collect", self.env._("Money to Collect"), *self._items_collect()),
            self._pane("limits", self.env._("Limits and Grades"), *self._items_limits()),
        ]

    @api.model
    def _items_orders(self):
        return [
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
                "requests",
                self.env._("Releases Asked For"),
                "logistics.credit.release",
                domain=[("state", "=", "requested")],
                amount="amount_at_risk",
                action="logistics_crm.action_credit_release",
                level="danger",
                todo=True,
            ),
            self._item(
                "ready",
                self.env._("Free Again"),
                "sale.order",
                self._ready_orders(),
                action="logistics_crm.action_credit_ready",
                level="success",
            ),
            self._item(
                "gates",
                self.env._("Open Arrears Gates"),
                "logistics.arrears.gate",
                domain=[("state", "=", "open")],
                amount="amount",
                action="logistics_crm.action_arrears_gate",
                level="danger",
                todo=True,
                hint=self.env._("With what was open at the year's end."),
            ),
            self._item(
                "signals",
                self.env._("Active Risk Signals"),
                "logistics.credit.signal",
                domain=[("state", "=", "active")],
                action="logistics_crm.action_credit_signal",
                level="warning",
            ),
        ]

    @api.model
    def _items_collect(self):
        return [
            self._item(
                "overdue",
                self.env._("Customers Overdue"),
                "logistics.customer",
                domain=[("overdue_amount", ">", 0)],
                amount="overdue_amount",
                action="logistics_crm.action_customer",
                level="danger",
            ),
            self._item(
                "cases",
                self.env._("Collection Steps Due"),
                "logistics.collection.case",
                domain=[("state", "=", "open"), ("next_action_date", "<=", "today")],
                amount="overdue_amount",
                action="logistics_crm.action_collection_case",
                level="warning",
                todo=True,
            ),
            self._item(
                "broken",
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
            self._item(
                "promises",
                self.env._("Promises Until Next Week"),
                "logistics.payment.promise",
                domain=[("state", "=", "open"), ("date_promised", "<=", "today +7d")],
                action="logistics_crm.action_payment_promise",
            ),
            self._item(
                "disputes",
                self.env._("Disputes Past Their Deadline"),
                "logistics.dispute",
                domain=[("state", "=", "open"), ("deadline", "<", "today")],
                action="logistics_crm.action_dispute",
                level="warning",
                todo=True,
            ),
            self._item_receipts(),
        ]

    @api.model
    def _items_limits(self):
        return [
            self._item(
                "proposed",
                self.env._("Limits to Approve"),
                "logistics.credit.limit",
                domain=[("state", "=", "proposed")],
                amount="amount",
                action="logistics_crm.action_credit_limit",
                level="warning",
                todo=True,
            ),
            self._item(
                "review",
                self.env._("Limits to Review"),
                "logistics.credit.limit",
                domain=[("state", "=", "in_force"), ("review_date", "<", "today")],
                action="logistics_crm.action_credit_limit",
                level="warning",
                todo=True,
            ),
            self._item(
                "ending",
                self.env._("Limits That End in 30 Days"),
                "logistics.credit.limit",
                domain=[
                    ("state", "=", "in_force"),
                    ("date_to", ">=", "today"),
                    ("date_to", "<", "today +30d"),
                ],
                action="logistics_crm.action_credit_limit",
                level="warning",
            ),
            self._item(
                "watch",
                self.env._("Customers of Grade C and D"),
                "logistics.customer",
                domain=[("credit_grade_code", "in", ("C", "D"))],
                amount="open_amount",
                action="logistics_crm.action_customer",
                level="warning",
            ),
            self._item(
                "grades_down",
                self.env._("Credit Grades That Fell in 90 Days"),
                "logistics.credit.review",
                domain=[("movement", "=", "down"), ("as_of", ">=", "today -90d")],
                action="logistics_crm.action_credit_review",
                level="danger",
            ),
        ]
