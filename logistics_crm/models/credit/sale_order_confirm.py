# Part of logistics_crm. License LGPL-3 or later.
from contextlib import nullcontext

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from ...sentences import join_sentences
from .sale_order_growth import AT_THE_END, DECIDED, with_orders

_OWN_FIELDS = {"logistics_credit_state", "logistics_credit_reasons", "logistics_credit_amount"}


class SaleOrder(models.Model):
    """Where credit control bites: confirmation, and growth of what is confirmed.

    Never at invoicing, credit notes or payments.
    """

    _inherit = "sale.order"

    # ------------------------------------------------------------------ confirming
    def action_confirm(self):
        """Confirm the orders that credit control lets pass; the others wait, visibly.

        Held orders stay quotations "On Credit Hold", their controller gets an activity. No error
        is raised for them: it would undo the hold, and a customer who signs or pays online must
        not see one.

        :return: True, or a notification that names the held orders and the reasons
        """
        controlled = self.filtered(lambda order: order.company_id._credit_control() != "off")
        if not controlled:
            return super().action_confirm()
        for order in self:
            # Core's own refusals come first, as without credit control.
            if message := order._confirmation_error_message():
                raise UserError(message)
        verdicts = controlled._credit_decide()
        held = controlled.filtered(
            lambda order: order._credit_enforced() and verdicts[order.id]["state"] == "hold"
        )
        result = True
        if ready := self - held:
            (ready & controlled)._credit_note_outcome(verdicts)
            result = ready._credit_confirm_decided()
        released = {}
        for order in held:
            # One by one: each uses up its part of a release for all orders of the customer.
            entity = order._credit_entity().id
            verdict = verdicts[order.id]
            verdict["excess"] += released.get(entity, 0.0)
            if not order._credit_covering(verdict):
                continue
            released[entity] = released.get(entity, 0.0) + verdict["amount_at_risk"]
            order._credit_note_outcome(verdicts, state="released")
            result = order._credit_confirm_decided()
            held -= order
        if not held:
            return result
        for order in held:
            order._credit_hold(verdicts[order.id])
        return held._credit_held_notification(verdicts)

    def _credit_confirm_decided(self):
        """Confirm orders whose verdict is known; look again at those an automatism enlarged."""
        totals = {order.id: order.amount_total for order in self}
        with with_orders(DECIDED, self.ids):
            result = super().action_confirm()
        larger = self.filtered(
            lambda order: (
                order.currency_id.compare_amounts(order.amount_total, totals[order.id]) > 0
            )
        ).sudo()
        before = larger._credit_before()
        for order in larger.browse(before):
            before[order.id]["amount"] = order.logistics_credit_amount
        larger._credit_check_growth(before)
        return result

    def _credit_enforced(self):
        self.ensure_one()
        return self.company_id._credit_control() == "enforce"

    def _credit_decide(self):
        """Return the verdicts of these orders for good; under the lock where orders are held."""
        strict = self.filtered(lambda order: order._credit_enforced())
        return {
            **strict._credit_verdicts(lock=True),
            **(self - strict)._credit_verdicts(),
        }

    def _credit_covering(self, verdict):
        """Return the release that lets a held order pass, or an empty recordset."""
        self.ensure_one()
        rules = {r["rule"] for r in verdict["reasons"] if r["level"] == "hold"}
        return self.env["logistics.credit.release"]._covering(
            self, verdict["excess"] if "limit" in rules else 0.0, rules=rules
        )

    def _credit_note_outcome(self, verdicts, state=None):
        """Write down what was decided, and for which amount."""
        for order in self:
            verdict = verdicts[order.id]
            # Where control only warns, nothing is on hold.
            outcome = state or ("pass" if verdict["state"] == "pass" else "warn")
            order._credit_write(verdict, outcome)

    def _credit_write(self, verdict, state):
        self.ensure_one()
        self.sudo().write(
            {
                "logistics_credit_state": state,
                "logistics_credit_reasons": [
                    {"rule": r["rule"], "level": r["level"], "values": r["values"]}
                    for r in verdict["reasons"]
                    if r["level"] != "pass"
                ],
                "logistics_credit_amount": verdict["amount"],
            }
        )

    # ------------------------------------------------------------------ holding
    def _credit_hold(self, verdict):
        """Put an order on hold: state, chatter and an activity of a controller, once."""
        self.ensure_one()
        order = self.sudo()
        declined = order.logistics_credit_state == "declined"
        known = order.logistics_credit_state in ("hold", "declined")
        order._credit_write(verdict, "declined" if declined else "hold")
        # Portal visitors and the payment's public user must not author internal notes.
        order = order.with_user(SUPERUSER_ID).with_context(
            lang=order.user_id.lang or order.company_id.partner_id.lang or self.env.lang
        )
        text = order.env["logistics.credit.rules"]._explain(
            order.logistics_credit_reasons, order.company_id, full=False
        )
        if not known:
            order.message_post(
                body=order.env._("On credit hold: %(reasons)s", reasons=text),
                subtype_xmlid="mail.mt_note",
            )
        order._credit_tell_controller()

    def _credit_tell_controller(self):
        """Give a controller the activity, unless one is open already."""
        self.ensure_one()
        xmlid = "logistics_crm.activity_credit_hold"
        if self.activity_search([xmlid]):
            return
        rep = self.user_id | self._credit_account().user_id
        company = self.company_id
        chosen = company.logistics_credit_controller_id
        if not chosen.active or chosen in rep:
            controllers = self.env["logistics.credit.release"]._controllers(company)
            chosen = (controllers - rep or controllers)[:1]
        if chosen:
            self.activity_schedule(
                xmlid,
                user_id=chosen.id,
                summary=self.env._(
                    "On credit hold: %(amount)s at risk",
                    amount=self.currency_id.format(self.amount_total),
                ),
            )

    def _credit_held_notification(self, verdicts):
        """Return the client action that tells who clicked what is held and why."""
        lines = []
        for order in self:
            texts = [r["text"] for r in verdicts[order.id]["reasons"] if r["level"] == "hold"]
            lines.append(f"{order.name}: {join_sentences(*texts)}")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("On credit hold"),
                "message": "\n".join(lines),
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------------ guards
    @api.model_create_multi
    def create(self, vals_list):
        """Create; an order that is confirmed from the start must pass credit control."""
        if not self.env.su:
            context = {
                key: value
                for key, value in self.env.context.items()
                if key.removeprefix("default_") not in _OWN_FIELDS
            }
            self = self.with_env(self.env(context=context))
            for vals in vals_list:
                self._credit_refuse_own_fields(vals)
        confirmed = self.env.context.get("default_state") == "sale" or any(
            vals.get("state") == "sale" for vals in vals_list
        )
        # Who catches the refusal must not find the order all the same.
        with self.env.cr.savepoint() if confirmed else nullcontext():
            orders = super().create(vals_list)
            orders.filtered(lambda order: order.state == "sale")._credit_check_confirmed()
        return orders

    def write(self, vals):
        """Write; becoming a confirmed order, or a larger one, must pass credit control."""
        if not self.env.su:
            self._credit_refuse_own_fields(vals)
        becoming = self.browse()
        if vals.get("state") == "sale":
            becoming = self.filtered(
                lambda order: order.state != "sale" and order.id not in DECIDED.get()
            )
        watched = self._credit_watch(vals)
        if not becoming and not watched:
            return super().write(vals)
        with self.env.cr.savepoint():
            with with_orders(AT_THE_END, [*becoming.ids, *watched]):
                result = super().write(vals)
            becoming._credit_check_confirmed()
            self._credit_check_growth(watched)
            if vals.get("commitment_date"):
                self.browse(watched)._credit_check_delivery(watched)
        return result

    def _credit_refuse_own_fields(self, vals):
        touched = _OWN_FIELDS & vals.keys()
        if touched and any(vals[name] not in (False, None, "none", 0) for name in touched):
            raise UserError(
                self.env._(
                    "The credit state of an order is decided by credit control: it cannot be "
                    "written. Request a release instead."
                )
            )
        for name in touched:
            vals.pop(name)

    def _credit_check_confirmed(self):
        """Check orders that were set to confirmed without ``action_confirm``.

        :raise UserError: when credit control would hold one of them and no release covers it
        """
        orders = self.filtered(lambda order: order.company_id._credit_control() != "off")
        if not orders:
            return
        verdicts = orders._credit_decide()
        for order in orders:
            verdict = verdicts[order.id]
            released = False
            if order._credit_enforced() and verdict["state"] == "hold":
                released = order._credit_covering(verdict)
                if not released:
                    order._credit_raise(verdict)
            order._credit_note_outcome(verdicts, state="released" if released else None)

    def _credit_raise(self, verdict, what=None):
        reasons = "\n".join(r["text"] for r in verdict["reasons"] if r["level"] == "hold")
        raise UserError(
            self.env._(
                "%(what)s\n%(reasons)s\nRequest a credit release, or ask a credit controller.",
                what=what
                or self.env._("%(order)s cannot be confirmed now.", order=self.name or ""),
                reasons=reasons,
            )
        )


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Tell orders that wait for credit control from confirmed ones.

        Their customer gets the message that the payment arrived, not that of a confirmation.
        """
        return (
            super()._check_amount_and_confirm_order().filtered(lambda order: order.state == "sale")
        )
