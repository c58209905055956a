# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import formatLang

# How many topics the executive is told.
TOPICS = 3
# Points of share above or below its target from which a group of the portfolio stands out.
POINTS = 5.0


class LogisticsFrontPage(models.AbstractModel):
    """Concentration, competitors, network, account plans and adoption on the pages of the roles."""

    _inherit = "logistics.front.page"

    # ------------------------------------------------------------------ manager
    @api.model
    def _items_people(self):
        month = ("month", ">=", "today =1d")
        return [
            *super()._items_people(),
            self._item(
                "files_thin",
                self.env._("Files Less Than Half Complete"),
                "logistics.customer",
                domain=[("completeness", "<", 0.5)],
                action="logistics_crm.action_file_stale",
                level="warning",
                group_by=["user_id"],
            ),
            self._item(
                "adoption",
                self.env._("Users Who Logged Work This Month"),
                "logistics.adoption",
                domain=[month, ("total", ">", 0)],
                views=[(False, "list"), (False, "pivot")],
                level="success",
                group_by=["team_id"],
            ),
            self._item(
                "idle",
                self.env._("Users Who Logged Nothing This Month"),
                "logistics.adoption",
                domain=[month, ("total", "=", 0)],
                views=[(False, "list"), (False, "pivot")],
                level="warning",
                group_by=["team_id"],
            ),
        ]

    @api.model
    def _items_money(self):
        return [
            *super()._items_money(),
            self._item(
                "allocations",
                self.env._("Short Capacity to Share Out"),
                "logistics.allocation",
                domain=[("state", "=", "proposed"), ("date_to", ">=", "today")],
                action="logistics_crm.action_allocation",
                level="warning",
                todo=True,
            ),
        ]

    @api.model
    def _items_customers(self):
        return [
            self._item_strategy(),
            *super()._items_customers(),
            self._item_concentration(),
            self._item(
                "off_target",
                self.env._("Groups Far from the Target Mix"),
                "logistics.portfolio.line",
                domain=[
                    ("run_id.is_latest", "=", True),
                    "|",
                    ("gap", ">=", POINTS),
                    ("gap", "<=", -POINTS),
                ],
                action="logistics_crm.action_portfolio_line",
                level="warning",
                hint=self.env._("Five points or more above or below, in the latest portfolio."),
            ),
            self._item(
                "threatened",
                self.env._("Customers Threatened by Competitors"),
                "logistics.customer",
                domain=[("threat_level", "in", ("2", "3"))],
                amount="revenue_12m",
                action="logistics_crm.action_threatened_customer",
                level="danger",
                todo=True,
            ),
            self._item(
                "findings",
                self.env._("Network Findings Not Closed"),
                "logistics.network.finding",
                domain=[("state", "!=", "closed")],
                action="logistics_crm.action_network_finding",
                level="warning",
                group_by=["kind"],
            ),
            self._item(
                "findings_late",
                self.env._("Network Findings Past Their Deadline"),
                "logistics.network.finding",
                domain=[("overdue", "=", True)],
                action="logistics_crm.action_network_finding",
                level="danger",
                todo=True,
            ),
        ]

    @api.model
    def _by_company(self, parts):
        """Sentences of several companies in one line: each begins with its company's name.

        :param parts: list of ``(res.company, sentence)``
        """
        several = len(self.env.companies) > 1
        return " · ".join(
            f"{company.name}: {text}" if several else text for company, text in parts if text
        )

    @api.model
    def _item_strategy(self):
        """What this year's strategy asks for, and where it stands."""
        year = [("year", "=", fields.Date.context_today(self).year)]
        strategies = self.env["logistics.customer.strategy"]
        rows = strategies.search(year) if strategies.has_access("read") else strategies
        behind = any("behind" in (row.keep_status, row.win_status) for row in rows)
        return self._item(
            "strategy",
            self.env._("Customer Strategy of the Year"),
            "logistics.customer.strategy",
            domain=year,
            action="logistics_crm.action_customer_strategy",
            level="danger" if behind else "success",
            note=self._by_company([(row.company_id, row._in_short()) for row in rows]),
        )

    @api.model
    def _item_concentration(self):
        """The ten largest customers of the latest portfolios, with their share and the HHI."""
        runs = self.env["logistics.portfolio.run"]
        runs = runs.search([("is_latest", "=", True)]) if runs.has_access("read") else runs
        parts = [
            (
                run.company_id,
                self.env._(
                    "%(share)s %% of the revenue, HHI %(hhi)s",
                    share=formatLang(self.env, run.top_share, digits=1),
                    hhi=formatLang(self.env, run.hhi, digits=0),
                ),
            )
            for run in runs
            if run.top_share is not False and run.hhi is not False
        ]
        return self._item(
            "concentration",
            self.env._("Ten Largest Customers"),
            "logistics.portfolio.customer",
            domain=[("run_id.is_latest", "=", True), ("rank", "<=", 10)],
            amount="revenue",
            action="logistics_crm.action_portfolio_customer",
            note=self._by_company(parts),
        )

    # ------------------------------------------------------------------ executive
    @api.model
    def _items_key(self):
        key = ("value_class", "=", "key")
        return [
            *super()._items_key(),
            self._item(
                "key_threatened",
                self.env._("Key Accounts Threatened by Competitors"),
                "logistics.customer",
                domain=[key, ("threat_level", "in", ("2", "3"))],
                amount="revenue_12m",
                action="logistics_crm.action_threatened_customer",
                level="danger",
                todo=True,
            ),
            self._item(
                "plans_missing",
                self.env._("Key Accounts without a Plan"),
                "logistics.customer",
                domain=[("account_plan_missing", "=", True)],
                action="logistics_crm.action_account_plan_missing",
                level="warning",
                todo=True,
            ),
            self._item(
                "plans_behind",
                self.env._("Account Plans with Goals Behind"),
                "logistics.account.plan",
                domain=[("state", "=", "running"), ("goals_behind", ">", 0)],
                action="logistics_crm.action_account_plan",
                level="warning",
            ),
            self._item(
                "reviews_late",
                self.env._("Plan Reviews Overdue"),
                "logistics.account.plan.review",
                domain=[("state", "=", "planned"), ("date", "<", "today")],
                action="logistics_crm.action_account_plan_review",
                level="danger",
                todo=True,
            ),
        ]

    @api.model
    def _items_voice(self):
        return [*self._items_topics(), *super()._items_voice()]

    @api.model
    def _items_topics(self):
        """What customers raised most often in twelve months, as far as the reader may see it."""
        opinions = self.env["logistics.opinion"]
        if not opinions.has_access("read"):
            return []
        recent = ("date", ">", "today -1y")
        topics = opinions._read_group(
            [("topic_id", "!=", False), recent],
            ["topic_id"],
            ["__count"],
            order="__count desc, topic_id",
            limit=TOPICS,
        )
        return [
            self._item(
                f"topic_{topic.id}",
                topic.display_name,
                "logistics.opinion",
                domain=[("topic_id", "=", topic.id), recent],
                action="logistics_crm.action_opinion",
                hint=self.env._("Among what customers raised most often in twelve months."),
            )
            for topic, _count in topics
        ]

    # ------------------------------------------------------------------ representative
    @api.model
    def _items_day(self):
        mine = ("user_id", "=", self.env.uid)
        return [
            *super()._items_day(),
            self._item(
                "plan_reviews",
                self.env._("Plan Reviews Until Next Week"),
                "logistics.account.plan.review",
                domain=[mine, ("state", "=", "planned"), ("date", "<=", "today +7d")],
                action="logistics_crm.action_account_plan_review",
                level="warning",
                todo=True,
            ),
            self._item(
                "findings",
                self.env._("Network Findings to Close"),
                "logistics.network.finding",
                domain=[mine, ("state", "!=", "closed")],
                action="logistics_crm.action_network_finding",
                level="warning",
                todo=True,
            ),
        ]

    @api.model
    def _items_mine(self):
        mine = ("user_id", "=", self.env.uid)
        return [
            *super()._items_mine(),
            self._item(
                "threatened",
                self.env._("Threatened by Competitors"),
                "logistics.customer",
                domain=[mine, ("threat_level", "in", ("2", "3"))],
                amount="revenue_12m",
                action="logistics_crm.action_threatened_customer",
                level="danger",
            ),
            self._item(
                "development",
                self.env._("Trainings and Visits Owed This Year"),
                "logistics.development.due",
                domain=[mine, ("missing", ">", 0)],
                action="logistics_crm.action_development_due",
                level="info",
            ),
        ]
