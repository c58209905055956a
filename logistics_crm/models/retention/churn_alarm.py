# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat, KnownMonetary

RULES = [("gap", "Silence"), ("drop", "Volume Down"), ("rise", "Volume Up")]
CAUSES = [
    ("price", "Ours: Price"),
    ("quality", "Ours: Service Quality"),
    ("attention", "Ours: Too Little Attention"),
    ("claim", "Ours: Claim Not Settled"),
    ("credit", "Ours: Credit Terms"),
    ("competitor", "Theirs: Competitor"),
    ("demand", "Theirs: Less to Ship"),
    ("insourced", "Theirs: Ships Itself"),
    ("closed", "Theirs: Closed or Moved"),
    ("season", "Theirs: Season or Holiday"),
    ("none", "No Cause: All Is Well"),
]
OUTCOMES = [("saved", "Saved"), ("lost", "Lost"), ("false_alarm", "False Alarm")]
# After a verdict on volume the same rule keeps quiet for the weeks it looks at.
QUIET_DAYS = 56


class LogisticsChurnAlarm(models.Model):
    """A customer who is silent or ships less (or more) than chance explains.

    Opened by the nightly job, one per customer, rule and service; closed only by a verdict.
    """

    _name = "logistics.churn.alarm"
    _description = "Churn Alarm"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "logistics.readonly.mixin",
        "logistics.unknown.last.mixin",
    ]
    _order = "state desc, severity desc, id desc"
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="customer_id.user_id", store=True, index=True, readonly=True)
    rule = fields.Selection(RULES, required=True, readonly=True, index=True)
    service_id = fields.Many2one("logistics.service", readonly=True, ondelete="set null")
    date = fields.Date("Raised On", required=True, readonly=True)
    last_trade_date = fields.Date("Last Trade Then", readonly=True)
    chance = KnownFloat(
        "Chance if Healthy",
        readonly=True,
        aggregator=None,
        digits=(8, 5),
        help="How likely a healthy customer of this rhythm does this on one occasion.",
    )
    probability = KnownFloat(
        "Probability of Loss",
        readonly=True,
        aggregator="avg",
        help="How often alarms of this rule were right by your own verdicts; one half until "
        "there are some.",
    )
    severity = KnownMonetary(
        readonly=True,
        help="Probability of loss times the margin of the twelve months before. Where the own "
        "margin is unknown, revenue times the company's margin rate. Empty: neither is known.",
    )
    evidence = fields.Text(readonly=True)
    state = fields.Selection(
        [("closed", "Closed"), ("open", "Open")], readonly=True, index=True, default="open"
    )
    cause = fields.Selection(CAUSES, tracking=True)
    outcome = fields.Selection(OUTCOMES, tracking=True)
    opinion = fields.Text("What the Customer Says")
    improvement = fields.Text("What We Improve")
    closed_on = fields.Date(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    days_gained = KnownFloat(
        readonly=True,
        aggregator="avg",
        digits=(16, 0),
        help="Days between the alarm and the day the customer would have counted as lost. Empty: "
        "an alarm on volume, or a false one.",
    )
    hit = KnownFloat(
        "Precision",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(5, 2),
        help="1: the alarm was right (saved or lost), 0: a false alarm. The average of a group "
        "is the share of its alarms that were right. Empty: no verdict yet.",
    )
    level = KnownFloat(
        "Sounds From",
        readonly=True,
        aggregator=None,
        digits=(12, 4),
        help="The threshold of the rule at which this alarm would just have sounded: the budget "
        "of false alarms for silence, standard deviations for volume.",
    )
    traded_since = fields.Boolean(
        compute="_compute_traded_since", help="The customer has traded after the alarm's day."
    )
    months = fields.Json(compute="_compute_months")

    _one_open = models.UniqueIndex(
        "(customer_id, rule, COALESCE(service_id, 0)) WHERE state = 'open'",
        "This customer has an open alarm of this rule already.",
    )

    def _compute_months(self):
        for alarm in self:
            partner = alarm.sudo().customer_id.partner_id
            facts = self.env["logistics.trading.facts"].sudo()
            query = facts._facts_sql(
                company=alarm.company_id,
                partner_ids=partner.ids,
                date_from=fields.Date.subtract(alarm.date, years=2),
            )
            rows = self.env.execute_query(
                SQL(
                    """SELECT to_char(date, 'YYYY-MM'), count(DISTINCT date), sum(amount)::float8
                         FROM %s AS f WHERE %s GROUP BY 1 ORDER BY 1""",
                    query,
                    SQL("service_id = %s", alarm.service_id.id)
                    if alarm.service_id
                    else SQL("TRUE"),
                )
            )
            alarm.months = [list(row) for row in rows]

    @api.depends("customer_id.last_trade_date", "date")
    def _compute_traded_since(self):
        for alarm in self:
            last = alarm.sudo().customer_id.last_trade_date
            alarm.traded_since = bool(last and last > alarm.date)

    # ------------------------------------------------------------------ raising
    @api.model
    def _raise_alarms(self, as_of, company):
        """Open what `_detect` finds, unless it is open already or its verdict still holds.

        After a verdict the silence rule waits until the customer has traded again, the volume
        rules for eight weeks. Running it again adds nothing.

        :return: the new alarms
        """
        found = self._detect(as_of, company)
        if not found:
            return self.browse()
        ids = tuple({row["customer_id"] for row in found})
        earlier = self.sudo().search([("customer_id", "in", ids)])
        open_ones = {
            (a.customer_id.id, a.rule, a.service_id.id or None)
            for a in earlier
            if a.state == "open"
        }
        silent = {a.customer_id.id for a in earlier if a.rule == "gap" and a.state == "open"}
        silent |= {row["customer_id"] for row in found if row["rule"] == "gap"}
        worth = self._worth(as_of, company, ids)
        precision = self._precision(company)
        patience = self._patience(company, ids)
        values = []
        for row in found:
            key = (row["customer_id"], row["rule"], row["service_id"])
            if key in open_ones or (row["rule"] == "drop" and row["customer_id"] in silent):
                continue
            if self._still_judged(row, earlier, as_of):
                continue
            values.append(self._alarm_values(row, as_of, worth, precision, patience))
        alarms = self.sudo().create(values)
        alarms._plan_contact()
        return alarms

    @api.model
    def _still_judged(self, row, earlier, as_of):
        for alarm in earlier:
            same = alarm.customer_id.id == row["customer_id"] and alarm.rule == row["rule"]
            if (
                not same
                or alarm.state == "open"
                or (alarm.service_id.id or None) != row["service_id"]
            ):
                continue
            if row["rule"] == "gap" and alarm.last_trade_date == row["last_trade_date"]:
                return True
            if row["rule"] != "gap" and (as_of - alarm.closed_on).days < QUIET_DAYS:
                return True
        return False

    @api.model
    def _worth(self, as_of, company, customer_ids):
        """Margin of the twelve months before the last trade; ``{id: (amount, estimated)}``."""
        year = fields.Date.subtract(as_of, months=18)
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=company, date_from=year, date_to=as_of
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH f AS MATERIALIZED (SELECT partner_id, date, amount, cost FROM %(facts)s AS f),
                last AS (SELECT partner_id, max(date) AS date FROM f GROUP BY partner_id),
                rate AS (SELECT sum(amount - cost) / NULLIF(sum(amount)
                                FILTER (WHERE cost IS NOT NULL), 0) AS margin FROM f)
                SELECT c.id,
                       COALESCE(CASE WHEN count(f.cost) * 2 >= count(f.amount)
                                     THEN sum(f.amount - f.cost) END,
                                sum(f.amount) * max(rate.margin))::float8,
                       count(f.cost) * 2 < count(f.amount)
                  FROM logistics_customer c
                  JOIN last ON last.partner_id = c.partner_id
                  JOIN f ON f.partner_id = c.partner_id AND f.date > last.date - 365
                  CROSS JOIN rate
                 WHERE c.id IN %(ids)s
                 GROUP BY c.id
                """,
                facts=facts,
                ids=customer_ids,
            )
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    @api.model
    def _precision(self, company):
        """How often each rule was right: verdicts of the company, drawn to one half by four."""
        groups = self.sudo()._read_group(
            [("company_id", "=", company.id), ("outcome", "!=", False)],
            ["rule", "outcome"],
            ["__count"],
        )
        total, right = dict.fromkeys(dict(RULES), 4), dict.fromkeys(dict(RULES), 2)
        for rule, outcome, count in groups:
            total[rule] += count
            right[rule] += count if outcome != "false_alarm" else 0
        return {rule: right[rule] / total[rule] for rule in total}

    @api.model
    def _patience(self, company, customer_ids):
        """Days of silence after which each customer counts as lost: ``{id: days}``."""
        customers = self.env["logistics.customer"].sudo()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, %(lost)s
                  FROM logistics_customer t
                  JOIN res_company co ON co.id = t.company_id
                  LEFT JOIN LATERAL (SELECT r.* FROM logistics_rhythm r
                                      WHERE r.company_id = t.company_id
                                      ORDER BY r.as_of DESC LIMIT 1) rh ON TRUE
                 WHERE t.company_id = %(company)s AND t.id IN %(ids)s AND t.trade_days_total > 0
                """,
                lost=customers._lost_after_sql(),
                company=company.id,
                ids=customer_ids,
            )
        )
        return dict(rows)

    @api.model
    def _alarm_values(self, row, as_of, worth, precision, patience):
        amount, estimated = worth.get(row["customer_id"], (None, False))
        probability = precision[row["rule"]] * (1 - row["chance"])
        left = patience.get(row["customer_id"])
        return {
            "customer_id": row["customer_id"],
            "rule": row["rule"],
            "service_id": row["service_id"],
            "date": as_of,
            "last_trade_date": row["last_trade_date"],
            "chance": row["chance"],
            "level": row["level"],
            "probability": probability,
            "severity": None if amount is None else probability * max(amount, 0),
            "evidence": self._evidence(row, amount, estimated),
            "days_gained": (
                max(0, round(left - row["silence"])) if left and row["rule"] == "gap" else None
            ),
        }

    @api.model
    def _evidence(self, row, amount, estimated):
        if row["rule"] == "gap":
            text = self.env._(
                "No order for %(silence)s days; this customer usually orders every %(usual).0f "
                "days (%(pauses)s pauses). A healthy customer would pause this long once in "
                "%(odds)s times.",
                silence=row["silence"],
                usual=row["usual"],
                pauses=row["pauses"],
                odds=f"{min(round(1 / max(row['chance'], 1e-6)), 10**6):,}",
            )
        else:
            base, recent = row["base"], row["recent"]
            kinds = {
                "amount": self.env._("revenue"),
                "quantity": self.env._("quantity"),
                "orders": self.env._("orders"),
            }
            text = self.env._(
                "In eight weeks %(what)s of %(recent)s instead of %(base)s (%(change)+.0f %%), at "
                "the pace of the year before.",
                what=kinds[row["measure"]],
                recent=f"{recent:,.0f}",
                base=f"{base:,.0f}",
                change=100 * (recent / base - 1),
            )
        if amount is None:
            text += " " + self.env._("The margin is unknown.")
        elif estimated:
            text += " " + self.env._("The margin is estimated with the company's margin rate.")
        return text

    def _plan_contact(self):
        """One activity for the representative of each alarm."""
        for alarm in self:
            if alarm.user_id:
                alarm.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_call",
                    user_id=alarm.user_id.id,
                    summary=dict(self._fields["rule"]._description_selection(self.env))[alarm.rule],
                    note=alarm.evidence,
                )

    @api.model
    def _cron_raise(self):
        """Nightly, company by company, where the company switched alarms on."""
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].search([("logistics_churn_alarms", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._raise_alarms(today, company)
            self.env["logistics.alarm.proposal"].with_company(company)._propose(company, today)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    # ------------------------------------------------------------------ verdict
    def action_close(self):
        """Close with a verdict.

        :raise UserError: without cause and outcome: an alarm ends in a verdict
        """
        self.check_access("write")
        for alarm in self:
            if not alarm.cause or not alarm.outcome:
                raise UserError(
                    self.env._("Say the cause and the outcome first: an alarm ends in a verdict.")
                )
            if (alarm.cause == "none") != (alarm.outcome == "false_alarm") and alarm.cause not in (
                "season",
                "demand",
            ):
                raise UserError(
                    self.env._(
                        "A false alarm has no cause (or the season or less to ship), a customer "
                        "saved or lost has one."
                    )
                )
        self.sudo().write(
            {
                "state": "closed",
                "closed_on": fields.Date.context_today(self),
                "closed_by_id": self.env.uid,
            }
        )
        for alarm in self.sudo():
            alarm.hit = float(alarm.outcome != "false_alarm")
            if not alarm.hit:
                alarm.days_gained = None
        self.activity_ids.action_feedback()
        return True

    def write(self, vals):
        """The verdict of a closed alarm stays; a manager reopens it to correct it."""
        verdict = {"cause", "outcome"} & vals.keys()
        if verdict and not self.env.su and "closed" in self.mapped("state"):
            raise UserError(self.env._("This alarm is closed. A manager can reopen it."))
        return super().write(vals)

    def action_reopen(self):
        """Reopen a closed alarm to correct its verdict.

        :raise UserError: for anybody but a manager
        """
        self.check_access("write")
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise UserError(self.env._("Only a manager reopens an alarm."))
        self.sudo().write({"state": "open", "closed_on": False, "closed_by_id": False, "hit": None})
        return True

    def action_open_customer(self):
        """Open the customer of the alarm."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.customer",
            "res_id": self.customer_id.id,
            "view_mode": "form",
        }
