# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL

# A promise kept by less than this share counts as broken in the grade: a token payment does not
# redeem a word.
BROKEN_BELOW = 0.5


class LogisticsCustomer(models.Model):
    """Broken promises are one of the figures a credit grade is decided by."""

    _inherit = "logistics.customer"

    @api.model
    def _broken_promises_sql(self, as_of, company, partner_ids):
        """Promises broken in the policy's window, for every customer that promised anything.

        A promise counts from the day after its deadline. One partly kept counts when less than
        half of it was paid. What was withdrawn by a controller never counts.
        """
        self.env["logistics.payment.promise"].flush_model()
        conditions = [
            SQL("pp.state <> 'cancelled'"),
            SQL("pp.date_made <= %s", as_of),
            SQL("pp.date_deadline > w.window_from"),
        ]
        if company:
            conditions.append(SQL("pp.company_id = %s", company.id))
        if partner_ids is not None:
            conditions.append(SQL("pp.partner_id IN %s", tuple(partner_ids) or (0,)))
        return SQL(
            """
            (SELECT pp.company_id, pp.partner_id,
                    count(*) FILTER (
                        WHERE pp.date_deadline < %(as_of)s
                          AND (pp.state = 'broken' OR (pp.state = 'partly'
                               AND pp.kept_amount < pp.amount * %(share)s))) AS broken
               FROM logistics_payment_promise pp
               JOIN %(policy)s AS w ON w.company_id = pp.company_id
              WHERE %(where)s
              GROUP BY pp.company_id, pp.partner_id)
            """,
            as_of=as_of,
            share=BROKEN_BELOW,
            policy=self._grading_policy_sql(as_of, company),
            where=SQL(" AND ").join(conditions),
        )

    def _refresh_figures(self, as_of=None, company=None):
        """Judge the promises first: the grade counts the broken ones."""
        promises = self.env["logistics.payment.promise"]
        companies = company or self.company_id
        promises._judge(companies if len(companies) == 1 else None)
        return super()._refresh_figures(as_of=as_of, company=company)
