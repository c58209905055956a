# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat

# What somebody told within so many days can still raise an alarm.
ALARM_DAYS = 30


class LogisticsCustomer(models.Model):
    """How content the customer is: smoothed over all it told us, and what has changed."""

    _inherit = "logistics.customer"

    satisfaction_score = KnownFloat(
        string="Satisfaction",
        readonly=True,
        digits=(6, 1),
        aggregator="avg",
        help="0 to 100: all answers of the customer, the newer ones weighing more. An answer's "
        "weight halves with each half-life set for the company. Empty: it never answered.",
    )
    satisfaction_count = fields.Integer(
        string="Satisfaction Answers", readonly=True, help="Occasions on which it told us."
    )
    satisfaction_date = fields.Date(string="Last Satisfaction Answer", readonly=True)
    satisfaction_drop = KnownFloat(
        readonly=True,
        digits=(6, 1),
        aggregator=None,
        help="Smoothed score before the last answer, less the last answer. Positive: less content "
        "than before. Empty: fewer than two days with answers.",
    )
    satisfaction_spread = KnownFloat(
        readonly=True,
        digits=(6, 1),
        aggregator=None,
        help="Between the most and the least content of its people who answered within a year. "
        "Empty: fewer than two did.",
    )
    satisfaction_alarm_date = fields.Date(
        readonly=True, copy=False, help="The answer that last raised an alarm of a drop."
    )

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        scope = SQL("TRUE")
        if self:
            scope = SQL("c.id IN %s", tuple(self.ids))
        elif companies:
            scope = SQL("c.company_id IN %s", tuple(companies.ids))
        self._satisfaction_update(as_of, scope)
        if fields.Date.to_date(as_of) == fields.Date.context_today(self):
            self._alarm_drops(scope)
        return result

    def _refresh_satisfaction(self):
        """Bring these customers' satisfaction in step with a new answer, and tell of a drop."""
        if not self:
            return
        scope = SQL("c.id IN %s", tuple(self.ids))
        self.sudo()._satisfaction_update(fields.Date.context_today(self), scope)
        self.sudo()._alarm_drops(scope)

    @api.model
    def _satisfaction_update(self, as_of, scope):
        """Write the smoothed score and what goes with it, one statement for all in scope.

        With answers x_i on days d_i, weight w_i = 0.5 ^ ((as of - d_i) / half-life):

            score  = sum(w_i x_i) / sum(w_i)
            drop   = the same over the answers before the last day, less the last day's mean
            spread = largest less smallest score of its people, over the last 365 days

        The score changes only when somebody answers: weights age alike.

        :param as_of: date; later answers are not known
        :param scope: condition on ``logistics_customer c``
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        entry = self.env["logistics.satisfaction.entry"]
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH scoped AS (
                    SELECT c.id, GREATEST(o.logistics_satisfaction_half_life, 1) AS half_life
                      FROM logistics_customer c JOIN res_company o ON o.id = c.company_id
                     WHERE %(scope)s
                ),
                entry AS (
                    SELECT e.customer_id, e.partner_id, e.date, e.score,
                           power(0.5, (%(as_of)s::date - e.date)::float8 / s.half_life) AS weight,
                           max(e.date) OVER (PARTITION BY e.customer_id) AS last
                      FROM %(entries)s AS e JOIN scoped s ON s.id = e.customer_id
                ),
                figure AS (
                    SELECT customer_id, count(*) AS answers, max(last) AS last,
                           sum(weight * score) / sum(weight) AS score,
                           sum(weight * score) FILTER (WHERE date < last)
                               / NULLIF(sum(weight) FILTER (WHERE date < last), 0)
                               - avg(score) FILTER (WHERE date = last) AS drop
                      FROM entry GROUP BY customer_id
                ),
                person AS (
                    SELECT customer_id, partner_id, sum(weight * score) / sum(weight) AS score
                      FROM entry
                     WHERE partner_id IS NOT NULL AND date > %(as_of)s::date - 365
                     GROUP BY customer_id, partner_id
                ),
                spread AS (
                    SELECT customer_id, max(score) - min(score) AS spread
                      FROM person GROUP BY customer_id HAVING count(*) > 1
                ),
                fresh AS (
                    SELECT s.id, round(f.score::numeric, 1) AS score,
                           COALESCE(f.answers, 0) AS answers, f.last,
                           round(f.drop::numeric, 1) AS drop,
                           round(p.spread::numeric, 1) AS spread
                      FROM scoped s LEFT JOIN figure f ON f.customer_id = s.id
                      LEFT JOIN spread p ON p.customer_id = s.id
                )
                UPDATE logistics_customer c
                   SET satisfaction_score = n.score, satisfaction_count = n.answers,
                       satisfaction_date = n.last, satisfaction_drop = n.drop,
                       satisfaction_spread = n.spread
                  FROM fresh n
                 WHERE n.id = c.id
                   AND (c.satisfaction_score, COALESCE(c.satisfaction_count, -1),
                        c.satisfaction_date, c.satisfaction_drop, c.satisfaction_spread)
                       IS DISTINCT FROM (n.score, n.answers, n.last, n.drop, n.spread)
             RETURNING c.id
                """,
                scope=scope,
                as_of=as_of,
                entries=entry._entries_sql(as_of),
            )
        )
        self.env["logistics.customer"].invalidate_model(
            [name for name in self._fields if name.startswith("satisfaction_")]
        )

    @api.model
    def _alarm_drops(self, scope):
        """Give an activity to the representative of each customer that is less content than
        before, by more than the company's threshold; once per answer.

        :return: the customers alarmed about
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE logistics_customer c SET satisfaction_alarm_date = c.satisfaction_date
                  FROM res_company o
                 WHERE o.id = c.company_id AND o.logistics_satisfaction_alarm AND c.active
                   AND c.satisfaction_drop >= o.logistics_satisfaction_drop
                   AND c.satisfaction_date > %(today)s::date - %(days)s
                   AND c.satisfaction_date > COALESCE(c.satisfaction_alarm_date, '-infinity')
                   AND %(scope)s
             RETURNING c.id
                """,
                today=fields.Date.context_today(self),
                days=ALARM_DAYS,
                scope=scope,
            )
        )
        alarmed = self.env["logistics.customer"].sudo().browse([row[0] for row in rows])
        alarmed.invalidate_recordset(["satisfaction_alarm_date"])
        for customer in alarmed.with_context(mail_activity_quick_update=True):
            user = customer.user_id or customer.backup_user_id
            if not user:
                continue
            lang = user.lang or self.env.lang
            customer = customer.with_context(lang=lang)
            customer.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=fields.Date.context_today(self) + timedelta(days=2),
                summary=customer.env._("Less content than before: ask why"),
                note=customer.env._(
                    "Satisfaction of the last answer is %(drop)s points below what it was "
                    "before; all answers together now come to %(score)s of 100.",
                    drop=round(customer.satisfaction_drop),
                    score=round(customer.satisfaction_score),
                ),
                user_id=user.id,
            )
        return alarmed

    # ------------------------------------------------------------------ on the customer's form
    def _open_points(self):
        points = super()._open_points()
        recent = fields.Date.context_today(self) - timedelta(days=90)
        if (
            self.satisfaction_drop
            and self.satisfaction_drop >= self.company_id.sudo().logistics_satisfaction_drop
            and self.satisfaction_date >= recent
        ):
            points.append(
                {
                    "code": "satisfaction",
                    "level": "warning",
                    "text": self.env._(
                        "Satisfaction dropped by %s points with the last answer",
                        round(self.satisfaction_drop),
                    ),
                    "action": "action_open_satisfaction",
                }
            )
        return points

    def action_open_satisfaction(self):
        """Open all occasions on which this customer told how content it is."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_satisfaction_entry"
        )
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_ask_satisfaction(self):
        """Open a new satisfaction survey with these customers invited.

        :raise UserError: when there is none, or they belong to several companies
        """
        self.check_access("read")
        company = self.company_id
        if len(company) != 1:
            raise UserError(self.env._("Choose customers of one company for a survey."))
        rounds = self.env["logistics.satisfaction.round"].with_company(company)
        survey = rounds.create(
            {
                "name": self.env._("Survey of %s", self.name)
                if len(self) == 1
                else self.env._("Survey of %s customers", len(self)),
                "company_id": company.id,
            }
        )
        survey._invite(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": survey._name,
            "res_id": survey.id,
            "view_mode": "form",
        }

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.satisfaction.invitation"]

    def _fold_into(self, destination):
        result = super()._fold_into(destination)
        destination._refresh_satisfaction()
        return result
