# Part of logistics_crm. License LGPL-3 or later.
"""The largest customers: do they still trade, and which of them complained again and again."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

STILL_TRADING = [("kept", "Kept"), ("declining", "Declining"), ("gone", "Gone")]
# So much less than the year before is a decline.
DECLINE = -0.2


class LogisticsScreeningLine(models.Model):
    _inherit = "logistics.screening.line"

    still_trading = fields.Selection(
        STILL_TRADING,
        string="Still Trading?",
        compute="_compute_still_trading",
        help="Gone: no trade in the screened months. Declining: a fifth of the revenue or more is "
        "lost. Empty: an amount is not known.",
    )

    @api.depends("traded", "revenue_change")
    def _compute_still_trading(self):
        for line in self:
            if not line.traded:
                line.still_trading = "gone"
            elif line.revenue_change is False:
                line.still_trading = False
            else:
                line.still_trading = "declining" if line.revenue_change <= DECLINE else "kept"


class LogisticsInquest(models.Model):
    _inherit = "logistics.inquest"

    complaint_count = fields.Integer(
        string="Complaints",
        readonly=True,
        help="Received in the screened months, withdrawn ones left out.",
    )

    def action_open_complaints(self):
        """Open the complaints of the customer that raised the question, and later ones."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_complaint")
        action["domain"] = [("customer_id", "=", self.customer_id.id)]
        action["context"] = {"default_customer_id": self.customer_id.id}
        action.pop("path", None)
        return action


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    inquest_complaints = fields.Integer(
        string="Complaints for an Inquest",
        compute="_compute_inquest_complaints",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="Large customers that complained at least so often in the screened months are asked "
        "about.",
    )

    @api.model
    def _open_fields(self):
        return super()._open_fields() | {"inquest_complaints"}

    @api.depends("company_id")
    def _compute_inquest_complaints(self):
        """To begin with, what the company calls repeated."""
        for screening in self:
            screening.inquest_complaints = (
                screening.company_id.sudo().logistics_complaint_repeat or 2
            )

    @api.constrains("inquest_complaints", "inquest_share")
    def _check_inquest_limits(self):
        for screening in self:
            if screening.inquest_complaints < 1:
                raise ValidationError(
                    self.env._("An inquest needs at least one complaint. Enter 1 or more.")
                )
            if not 0 <= screening.inquest_share <= 1:
                raise ValidationError(
                    self.env._("The share of the large customers lies between 0 and 100 %.")
                )

    @api.model
    def _place_sql(self, column):
        """SQL for the share of all revenue that larger customers make, by a column of the lines.

        Below the campaign's share a customer is large.
        """
        return SQL(
            """(sum(GREATEST(%(x)s, 0)) OVER (ORDER BY %(x)s DESC NULLS LAST, customer_id
                                              ROWS UNBOUNDED PRECEDING) - GREATEST(%(x)s, 0))
               / NULLIF(sum(GREATEST(%(x)s, 0)) OVER (), 0)""",
            x=SQL.identifier(column),
        )

    def _raise_inquests(self):
        """Also about the large customers that complained repeatedly."""
        result = super()._raise_inquests()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH placed AS (
                    SELECT id, customer_id, user_id, company_id, revenue, value_class,
                           %(place)s AS place
                      FROM logistics_screening_line
                     WHERE screening_id = %(screening)s AND folded IS NOT TRUE
                ),
                complained AS (
                    SELECT customer_id, count(*) AS complaints
                      FROM logistics_complaint
                     WHERE company_id = %(company)s AND %(counting)s
                       AND received_on BETWEEN %(start)s AND %(as_of)s
                     GROUP BY customer_id
                    HAVING count(*) >= %(least)s
                )
                INSERT INTO logistics_inquest (
                       kind, year, customer_id, company_id, line_id, user_id, revenue,
                       complaint_count, state, create_uid, create_date, write_uid, write_date)
                SELECT 'complaints', %(year)s, p.customer_id, p.company_id, p.id, p.user_id,
                       p.revenue, c.complaints, 'open', %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM placed p
                  JOIN complained c ON c.customer_id = p.customer_id
                 WHERE p.value_class = 'key' OR p.revenue > 0 AND p.place < %(share)s
                    ON CONFLICT (customer_id, year, kind)
                    DO UPDATE SET complaint_count = EXCLUDED.complaint_count
                """,
                place=self._place_sql("revenue"),
                counting=self.env["logistics.complaint.repeat"]._counting_sql(),
                screening=self.id,
                company=self.company_id.id,
                start=self.date_from,
                as_of=self.as_of,
                least=self.inquest_complaints,
                year=self.year,
                uid=self.env.uid,
                share=self.inquest_share,
            )
        )
        self.env["logistics.complaint.repeat"]._link_inquests(
            self.company_id, self.year, self.date_from, self.as_of
        )
        self.env["logistics.inquest"].invalidate_model()
        self.env["logistics.complaint"].invalidate_model(["inquest_id"])
        return result

    def action_open_largest(self):
        """Open the largest customers of the twelve months before: kept, declining or gone.

        :raise UserError: without figures
        """
        self.ensure_one()
        self._require_figures()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM (
                    SELECT id, revenue_previous, %(place)s AS place
                      FROM logistics_screening_line
                     WHERE screening_id = %(screening)s AND folded IS NOT TRUE
                ) AS placed
                 WHERE revenue_previous > 0 AND place < %(share)s
                """,
                place=self._place_sql("revenue_previous"),
                screening=self.id,
                share=self.inquest_share,
            )
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_screening_largest"
        )
        action["domain"] = [("id", "in", [row[0] for row in rows])]
        return action
