# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .credit_document import _STEP

_RELEASE_FIELDS = {
    "logistics_release_id",
    "logistics_release_amount",
    "logistics_release_ids",
    "logistics_credit_ready_on",
}


class SaleOrder(models.Model):
    """The order's side of a credit release; loaded after the verdict, which it extends."""

    _inherit = "sale.order"

    logistics_release_id = fields.Many2one(
        "logistics.credit.release",
        string="Credit Release",
        readonly=True,
        copy=False,
        groups="base.group_user",
        index="btree_not_null",
        help="The release under which the order was confirmed.",
    )
    logistics_release_amount = fields.Float(
        string="Confirmed Under Release",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The order's amount at its confirmation, company currency including tax.",
    )
    logistics_release_ids = fields.One2many(
        "logistics.credit.release",
        "order_id",
        string="Release Requests",
        groups="logistics_crm.group_user,logistics_crm.group_credit_controller",
    )
    logistics_credit_ready_on = fields.Datetime(
        string="Ready to Release Since",
        readonly=True,
        copy=False,
        groups="base.group_user",
        index="btree_not_null",
        help="Since when nothing holds the order any more, because money arrived.",
    )
    logistics_release_requested = fields.Boolean(
        compute="_compute_logistics_release_requested", groups="base.group_user"
    )

    @api.depends("logistics_release_ids.state")
    def _compute_logistics_release_requested(self):
        asked = (
            self.env["logistics.credit.release"]
            .sudo()
            ._read_group([("order_id", "in", self.ids), ("state", "=", "requested")], ["order_id"])
        )
        orders = {order.id for (order,) in asked}
        for order in self:
            order.logistics_release_requested = order.id in orders

    # ------------------------------------------------------------------ guards
    @api.model_create_multi
    def create(self, vals_list):
        self._release_refuse(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._release_refuse(vals)
        return super().write(vals)

    @api.model
    def _release_refuse(self, names):
        """What a release did to an order is written by the release only."""
        if _RELEASE_FIELDS.intersection(names) and (
            self.env.context.get("logistics_credit_step") is not _STEP
        ):
            raise UserError(
                self.env._("The credit release of an order is set by its approval, not by hand.")
            )

    def _release_write(self, vals):
        return self.with_context(logistics_credit_step=_STEP).write(vals)

    # ------------------------------------------------------------------ requesting
    def action_request_credit_release(self):
        """Open the small dialog that asks for the reason of a release."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request a Credit Release"),
            "res_model": "logistics.credit.release.request",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_open_credit_releases(self):
        """Open the release requests of these orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_credit_release"
        )
        action["domain"] = ["|", ("order_id", "in", self.ids), ("order_ids", "in", self.ids)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------ holding
    @api.model
    def _release_held(self, companies, entities=None, limit=None):
        """Return the orders that wait for credit, the largest first.

        Confirmed ones included, and those that are ready: they may have to wait again.

        :param companies: their companies
        :param entities: limit to orders owed by these commercial entities
        """
        waiting = Domain("logistics_credit_state", "in", ("hold", "declined"))
        domain = (
            (waiting | Domain("logistics_credit_ready_on", "!=", False))
            & Domain("state", "in", ("draft", "sent", "sale"))
            & Domain("company_id", "in", companies.ids)
        )
        if entities is not None:
            domain &= Domain("partner_invoice_id.commercial_partner_id", "in", entities.ids)
        return self.sudo().search(domain, order="amount_total DESC, id", limit=limit)

    def _release_reps(self):
        """Return who looks after those who order and pay, wrote the order or sells it."""
        self.ensure_one()
        order = self.sudo()
        entities = (order.partner_id | order.partner_invoice_id).commercial_partner_id
        accounts = (
            self.env["logistics.customer"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "in", entities.ids),
                    ("company_id", "parent_of", order.company_id.id),
                ]
            )
        )
        return accounts._representatives() | order.user_id | order.create_uid

    def _release_set_state(self, state):
        self.sudo().write({"logistics_credit_state": state})

    def _release_covered(self):
        """Tell whether nothing holds the order today, or a release in force covers it."""
        self.ensure_one()
        verdict = self._credit_verdict()
        return verdict["state"] != "hold" or bool(self._credit_covering(verdict))

    def _release_reevaluate(self):
        """Look again at a held order: when nothing holds it, it becomes ready to release.

        A quotation is not confirmed by this, unless the company lets orders that the customer
        has already signed or paid go through. Its salesperson is told once. The hold of a
        confirmed order ends.

        :return: whether nothing holds the order
        """
        self.ensure_one()
        order = self.sudo().with_company(self.company_id)
        verdict = order._credit_verdict()
        if verdict["state"] == "hold":
            if order.logistics_credit_ready_on and not order._credit_covering(verdict):
                order._credit_hold(verdict)
            return False
        if order.logistics_credit_ready_on:
            return True
        order.logistics_release_ids.filtered(lambda r: r.state == "requested")._close(
            "cancelled", self.env._("Not needed any more: nothing holds the order now.")
        )
        order.activity_unlink(["logistics_crm.activity_credit_hold"])
        order.message_post(
            body=self.env._("Ready to release: nothing holds this order any more."),
            subtype_xmlid="mail.mt_note",
        )
        order._credit_note_outcome({order.id: verdict})
        if order.state == "sale":
            return True
        order._release_write({"logistics_credit_ready_on": fields.Datetime.now()})
        if not order._release_confirm_by_itself():
            order._release_tell_ready()
        return True

    def _release_tell_ready(self):
        """Tell the salesperson that the order can be confirmed."""
        self.ensure_one()
        if not self.user_id:
            return
        # One mail is enough: ours says more than the one of the activity.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "logistics_crm.activity_credit_confirm",
            user_id=self.user_id.id,
            summary=self.env._("Ready to release: confirm now"),
        )
        template = self.env.ref("logistics_crm.mail_credit_order_ready", raise_if_not_found=False)
        if template:
            template.sudo().send_mail(self.id, email_layout_xmlid="mail.mail_notification_light")

    def _release_confirm_by_itself(self):
        """Confirm an order the customer has signed or paid, where the company wants that.

        :return: whether it is confirmed now
        """
        self.ensure_one()
        order = self.sudo()
        if (
            not order.company_id.logistics_release_auto_confirm
            or order.state not in ("draft", "sent")
            or order._confirmation_error_message()
        ):
            return False
        paid = order.amount_paid > 0 and order._is_confirmation_amount_reached()
        if not (order.signature or paid):
            return False
        order.action_confirm()
        return order.state == "sale"

    # ------------------------------------------------------------------ using up
    def _credit_write(self, verdict, state):
        """Note under which release an order passes, so that releases are used up.

        Every way to "released" leads through here: the button, a write, a growing order.
        """
        result = super()._credit_write(verdict, state)
        if state in ("hold", "declined") and self.sudo().logistics_credit_ready_on:
            self.sudo()._release_write({"logistics_credit_ready_on": False})
        if state == "released" and (release := self._credit_covering(verdict)):
            self.sudo()._release_write(
                {
                    "logistics_release_id": release.id,
                    "logistics_release_amount": self._credit_company_amount(),
                }
            )
            if release.scope == "order":
                release.sudo()._step().write({"state": "used"})
        return result

    def _action_confirm(self):
        result = super()._action_confirm()
        orders = self.sudo()
        orders.activity_unlink(
            [
                "logistics_crm.activity_credit_confirm",
                "logistics_crm.activity_credit_hold",
            ]
        )
        orders.filtered("logistics_credit_ready_on")._release_write(
            {"logistics_credit_ready_on": False}
        )
        return result
