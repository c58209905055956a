# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# A delivery is asked about within so many days; later nobody remembers it.
ASK_WITHIN = 7
BATCH = 50


class SaleOrder(models.Model):
    """After delivery the customer is asked how it was, with core's three faces."""

    _inherit = "sale.order"

    @api.model
    def _orders_to_rate_sql(self, company, today):
        """Orders of a company whose last line was delivered within the last days.

        Left out: orders with a line that was promised and is not delivered yet, orders asked
        about already, and customers asked after another delivery within the pause. One order per
        customer, the last delivered.
        """
        return SQL(
            """
            SELECT DISTINCT ON (p.commercial_partner_id) o.id
              FROM sale_order o
              JOIN res_partner p ON p.id = o.partner_id
              JOIN (SELECT l.order_id, max(l.logistics_delivered_date) AS day
                      FROM sale_order_line l
                     WHERE l.company_id = %(company)s AND l.display_type IS NULL
                     GROUP BY l.order_id
                    HAVING bool_and(l.logistics_delivered_date IS NOT NULL
                                    OR l.logistics_promised_date IS NULL)) d ON d.order_id = o.id
             WHERE o.company_id = %(company)s AND o.state = 'sale'
               AND d.day BETWEEN %(since)s AND %(today)s
               AND COALESCE(p.email, '') <> ''
               AND NOT EXISTS (
                    SELECT 1 FROM rating_rating r
                      JOIN res_partner q ON q.id = r.partner_id
                     WHERE r.res_model = 'sale.order'
                       AND (r.res_id = o.id
                            OR q.commercial_partner_id = p.commercial_partner_id
                               AND r.create_date > %(today)s::date - %(pause)s))
             ORDER BY p.commercial_partner_id, d.day DESC, o.id DESC
            """,
            company=company.id,
            since=today - timedelta(days=ASK_WITHIN),
            today=today,
            pause=company.logistics_rating_pause_days,
        )

    @api.model
    def _cron_rating_requests(self):
        """Ask after deliveries, in companies that have switched it on."""
        job = self.env["ir.cron"]
        template = self.env.ref("logistics_crm.mail_rating_delivery")
        companies = self.env["res.company"].search([("logistics_rating_delivery", "=", True)])
        waiting = {}
        for company in companies:
            today = self.env["logistics.visit.status"]._today(company)
            self.env.flush_all()
            waiting[company] = [
                row[0] for row in self.env.execute_query(self._orders_to_rate_sql(company, today))
            ]
        job._commit_progress(remaining=sum(map(len, waiting.values())))
        for company, ids in waiting.items():
            for start in range(0, len(ids), BATCH):
                orders = self.with_company(company).browse(ids[start : start + BATCH])
                for order in orders:
                    order.rating_send_request(
                        template, lang=order.partner_id.lang, force_send=False
                    )
                if not job._commit_progress(len(orders)):
                    return

    def _rating_get_operator(self):
        return self.user_id.partner_id or super()._rating_get_operator()


class RatingRating(models.Model):
    """A rating by a customer counts in its satisfaction at once."""

    _inherit = "rating.rating"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("consumed"):
            self.sudo()._logistics_rated()
        return result

    def _logistics_rated(self):
        """Refresh the satisfaction of the customers that these ratings come from.

        Words that come with a rating of a delivery become an opinion.
        """
        for rating in self.filtered(
            lambda one: one.res_model in ("sale.order", "logistics.complaint")
        ):
            record = self.env[rating.res_model].browse(rating.res_id).exists()
            if rating.res_model == "sale.order":
                customer = self.env["logistics.customer"].search(
                    [
                        ("partner_id", "=", record.partner_id.commercial_partner_id.id),
                        ("company_id", "=", record.company_id.id),
                    ]
                )
                text = (rating.feedback or "").strip()
                if customer and text:
                    rating._raise_opinion(customer, text)
            else:
                customer = record.customer_id
            customer._refresh_satisfaction()

    def _raise_opinion(self, customer, text):
        self.ensure_one()
        opinions = self.env["logistics.opinion"]
        known = opinions.search([("res_model", "=", self._name), ("res_id", "=", self.id)], limit=1)
        name = text if len(text) <= 80 else text[:77] + "..."
        if known:
            # the customer has changed its mind within the time core allows
            known.write({"name": name, "text": text})
            return
        topic = self.env.ref("logistics_crm.opinion_topic_delivery", raise_if_not_found=False)
        opinions.create(
            {
                "customer_id": customer.id,
                "name": name,
                "text": text,
                "topic_id": topic.id if topic else False,
                "res_model": self._name,
                "res_id": self.id,
                "date": fields.Date.context_today(self),
                "owner_id": (topic and topic.owner_id.id) or customer.user_id.id or self.env.uid,
            }
        )
