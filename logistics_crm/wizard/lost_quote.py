# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..fields_unknown import KnownMonetary

PRICE_LEVELS = [
    ("1", "Much Cheaper"),
    ("2", "Cheaper"),
    ("3", "Same"),
    ("4", "Dearer"),
    ("5", "Much Dearer"),
]


class LogisticsLostQuote(models.TransientModel):
    """Quotations a competitor got: they are cancelled, and the competitor is on the record."""

    _name = "logistics.lost.quote"
    _description = "Quotation Lost to a Competitor"

    order_ids = fields.Many2many("sale.order", required=True)
    currency_id = fields.Many2one(related="order_ids.currency_id")
    competitor_id = fields.Many2one("logistics.competitor")
    lost_reason_id = fields.Many2one("crm.lost.reason", string="Reason")
    price_level = fields.Selection(
        PRICE_LEVELS, string="Their Price", help="Against ours. Empty: unknown."
    )
    their_price = KnownMonetary(
        string="Their Offer", help="Untaxed total of their offer, in the quotation's currency."
    )
    note = fields.Char(help="What else the customer said.")

    def action_apply(self):
        """Cancel the quotations, and record the competitor at their customers.

        :raise UserError: for an order that is confirmed
        """
        self.ensure_one()
        orders = self.order_ids
        if won := orders.filtered(lambda order: order.state not in ("draft", "sent")):
            raise UserError(
                self.env._(
                    "%s is no open quotation: it is confirmed or cancelled.",
                    ", ".join(won.mapped("name")),
                )
            )
        orders.check_access("write")
        today = fields.Date.context_today(self)
        for order in orders:
            order.sudo().write(
                {
                    "logistics_competitor_id": self.competitor_id.id,
                    "logistics_lost_reason_id": self.lost_reason_id.id,
                }
            )
        if self.competitor_id:
            self.env["logistics.competitor.observation"].sudo().create(
                [self._observation(order, today) for order in orders if self._account(order)]
            )
        orders.action_cancel()
        return {"type": "ir.actions.act_window_close"}

    def _account(self, order):
        return self.env["logistics.customer"]._ensure_for(order.partner_id, order.company_id)[:1]

    def _observation(self, order, today):
        price = self.price_level
        if not price and self.their_price is not False and order.amount_untaxed:
            part = self.their_price / order.amount_untaxed
            price = next(
                level
                for limit, level in ((0.9, "1"), (0.995, "2"), (1.005, "3"), (1.1, "4"), (1e9, "5"))
                if part <= limit
            )
        services = order.order_line.logistics_service_id
        return {
            "customer_id": self._account(order).id,
            "competitor_id": self.competitor_id.id,
            "date": today,
            "source": "lost",
            "user_id": self.env.uid,
            "price_level": price,
            "service_ids": [Command.set(services.ids)],
            "order_id": order.id,
            "lost_amount": order.currency_id._convert(
                order.amount_untaxed, order.company_id.currency_id, order.company_id, today
            ),
            "note": self.note or self.lost_reason_id.name,
        }


class CrmLeadLost(models.TransientModel):
    """The competitor beside the reason when an opportunity is lost."""

    _inherit = "crm.lead.lost"

    logistics_competitor_id = fields.Many2one("logistics.competitor", string="Lost To")
    logistics_price_level = fields.Selection(
        PRICE_LEVELS, string="Their Price", help="Against ours. Empty: unknown."
    )

    def action_lost_reason_apply(self):
        result = super().action_lost_reason_apply()
        competitor = self.logistics_competitor_id
        if not competitor:
            return result
        leads = self.lead_ids
        leads.check_access("write")
        leads.sudo().write({"logistics_competitor_id": competitor.id})
        values = []
        for lead in leads.filtered("partner_id"):
            company = lead.company_id or self.env.company
            account = self.env["logistics.customer"]._ensure_for(lead.partner_id, company)[:1]
            if account:
                values.append(
                    {
                        "customer_id": account.id,
                        "competitor_id": competitor.id,
                        "source": "lost",
                        "user_id": self.env.uid,
                        "price_level": self.logistics_price_level,
                        "lead_id": lead.id,
                        "lost_amount": lead.expected_revenue or False,
                        "note": self.lost_reason_id.name,
                    }
                )
        self.env["logistics.competitor.observation"].sudo().create(values)
        return result
