# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...fields_unknown import KnownMonetary
from ..customer.logistics_customer import LIFECYCLE_STAGES

BACKFILL_MONTHS = 36


class LogisticsStageChange(models.Model):
    """One step of a customer from a lifecycle stage to another, as of a day.

    Written by the figures refresh, never typed. Gains (new, won back) and losses (lost) are kept
    apart and never netted.
    """

    _name = "logistics.stage.change"
    _description = "Lifecycle Change"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "date desc, id desc"
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="customer_id.user_id")
    value_class = fields.Selection(related="customer_id.value_class")
    date = fields.Date("As Of", required=True, readonly=True, index=True)
    from_stage = fields.Selection(LIFECYCLE_STAGES, readonly=True)
    to_stage = fields.Selection(LIFECYCLE_STAGES, readonly=True)
    movement = fields.Selection(
        [("gain", "Gain"), ("loss", "Loss"), ("other", "Within")],
        readonly=True,
        index=True,
        help="Gain: a new customer or one won back. Loss: a customer lost. Within: any other "
        "change.",
    )
    customers = fields.Integer(readonly=True, default=1)
    revenue = KnownMonetary(
        readonly=True,
        help="Of a gain: the twelve months up to the day. Of a loss: the twelve months up to the "
        "last trade. Empty: no amount is known.",
    )
    margin = KnownMonetary(
        readonly=True, help="Of the same twelve months. Empty: no cost is known."
    )

    _customer_day_uniq = models.UniqueIndex(
        "(customer_id, date)", "A customer changes its stage once a day."
    )

    @api.model
    def _write_changes(self, as_of, companies, customer_ids=()):
        """Write the changes between the last known stage and the one just computed, set-based.

        History only grows forwards: a refresh for a day before the latest change of a customer
        writes nothing for it. Running it again for the same day writes nothing. The last stages
        are read at once: looked up one by one, a first refresh would read what it is writing
        again and again.

        :param customer_ids: limit to these accounts; all when empty
        :return: the number of changes
        """
        company = SQL("AND c.company_id IN %s", tuple(companies.ids)) if companies else SQL()
        known = SQL("WHERE h.company_id IN %s", tuple(companies.ids)) if companies else SQL()
        if customer_ids:
            company = SQL("AND c.id IN %s", tuple(customer_ids))
            known = SQL("WHERE h.customer_id IN %s", tuple(customer_ids))
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO logistics_stage_change (customer_id, company_id, date, from_stage,
                    to_stage, movement, customers, revenue, margin, create_uid, write_uid,
                    create_date, write_date)
                SELECT c.id, c.company_id, %(as_of)s, h.to_stage, c.lifecycle_stage,
                       CASE WHEN c.lifecycle_stage = 'lost'
                                 AND h.to_stage IS DISTINCT FROM 'lost' THEN 'loss'
                            WHEN c.lifecycle_stage IN ('new', 'won_back') THEN 'gain'
                            WHEN h.to_stage = 'lost' THEN 'gain'
                            ELSE 'other' END,
                       1, c.revenue_12m, c.margin_12m, 1, 1,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM logistics_customer c
                  LEFT JOIN (
                       SELECT DISTINCT ON (h.customer_id) h.customer_id, h.to_stage, h.date
                         FROM logistics_stage_change h %(known)s
                        ORDER BY h.customer_id, h.date DESC) h ON h.customer_id = c.id
                 WHERE c.figures_as_of = %(as_of)s AND c.lifecycle_stage IS NOT NULL
                   AND (h.date IS NULL OR h.date < %(as_of)s)
                   AND h.to_stage IS DISTINCT FROM c.lifecycle_stage %(company)s
                ON CONFLICT DO NOTHING
                RETURNING customer_id, movement
                """,
                as_of=as_of,
                company=company,
                known=known,
            )
        )
        lost = [row[0] for row in rows if row[1] == "loss"]
        if lost:
            self._write_losses(as_of, lost)
        self.invalidate_model()
        return len(rows)

    @api.model
    def _write_losses(self, as_of, customer_ids):
        """What a lost customer was worth: the twelve months up to its last trade."""
        customers = self.env["logistics.customer"].sudo().browse(customer_ids)
        facts = self.env["logistics.trading.facts"]._facts_sql(
            date_to=as_of, partner_ids=customers.partner_id.ids
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE logistics_stage_change h
                   SET revenue = w.revenue, margin = w.margin
                  FROM (SELECT c.id, sum(f.amount) AS revenue, sum(f.amount - f.cost) AS margin
                          FROM logistics_customer c
                          JOIN %(facts)s AS f ON f.partner_id = c.partner_id
                               AND f.company_id = c.company_id
                               AND f.date > c.last_trade_date - 365
                         WHERE c.id IN %(ids)s
                         GROUP BY c.id) w
                 WHERE h.customer_id = w.id AND h.date = %(as_of)s
                """,
                facts=facts,
                ids=tuple(customer_ids),
                as_of=as_of,
            )
        )

    @api.model
    def _backfill(self, company, months=BACKFILL_MONTHS, today=None):
        """Compute the history anew from the stages at past month ends, as of those days.

        The refresh runs once for each month end with what was known then, and for today at the
        end. Nothing is taken from a later day.

        :param months: how many month ends before today
        :param today: the last day, a date; today when omitted
        """
        customers = self.env["logistics.customer"].with_company(company)
        today = today or fields.Date.context_today(self)
        self.env.cr.execute(
            SQL("DELETE FROM logistics_stage_change WHERE company_id = %s", company.id)
        )
        first = today.replace(day=1)
        for back in range(months, 0, -1):
            day = first - relativedelta(months=back - 1, days=1)
            customers._refresh_figures(as_of=day, company=company)
        customers._refresh_figures(as_of=today, company=company)

    @api.model
    def action_backfill(self):
        """Compute the history of the current company anew, for the last three years.

        :raise AccessError: for anybody but a manager
        """
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("Only a manager computes the history anew."))
        self.sudo()._backfill(self.env.company)
        return True


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    stage_change_ids = fields.One2many("logistics.stage.change", "customer_id", readonly=True)

    def _refresh_further(self, as_of, companies):
        result = super()._refresh_further(as_of, companies)
        self.env["logistics.stage.change"]._write_changes(as_of, companies, self.ids)
        return result

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.stage.change"]


class LogisticsStageChangeFold(models.Model):
    _inherit = "logistics.stage.change"

    @api.model
    def _fold_customer(self, src, dst):
        """The history of the destination stays; what happened on the same day is dropped."""
        days = set(dst.stage_change_ids.mapped("date"))
        src.stage_change_ids.filtered(lambda change: change.date in days).unlink()
