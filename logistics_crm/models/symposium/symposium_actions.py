# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.exceptions import UserError

from ..visit.visit_time import local_day, zone_of


class LogisticsSymposium(models.Model):
    """Inviting, handing out questionnaires, holding, closing."""

    _inherit = "logistics.symposium"

    def _act(self, states, message):
        self.check_access("write")
        wrong = self.filtered(lambda one: one.state not in states)
        if wrong:
            raise UserError(message + " " + ", ".join(wrong.mapped("name")))
        return self.sudo()

    def action_add_invitees(self):
        """Put the active customers of the chosen value classes on the list, by their main
        contact; who is on it already stays.
        """
        self._act(("draft", "invited"), self.env._("These were held already:"))
        for record in self:
            codes = [
                code for code in ("key", "core", "standard", "marginal") if record[f"invite_{code}"]
            ]
            if not codes:
                raise UserError(self.env._("Choose at least one value class."))
            customers = self.env["logistics.customer"].search(
                [
                    ("company_id", "=", record.company_id.id),
                    ("value_class", "in", codes),
                    ("id", "not in", record._all_invitees().customer_id.ids),
                ]
            )
            self.env["logistics.symposium.invitee"].create(
                [{"symposium_id": record.id, "customer_id": customer.id} for customer in customers]
            )
        return True

    def action_send_invitations(self):
        """Mail the invitation to all who have not got it yet and have a mail address."""
        self.ensure_one()
        self._act(("draft", "invited"), self.env._("These were held already:"))
        waiting = self._all_invitees().filtered(lambda one: not one.invited_on)
        reachable = waiting.filtered(lambda one: one.partner_id.sudo().email)
        if not reachable:
            raise UserError(
                self.env._(
                    "Nobody is left to write to: all are invited, or have no mail address. Call "
                    "the others and note their reply."
                )
            )
        template = self.env.ref("logistics_crm.mail_symposium_invitation").sudo()
        for invitee in reachable.sudo():
            template.send_mail(invitee.id, email_layout_xmlid="mail.mail_notification_light")
        reachable.sudo().write({"invited_on": fields.Datetime.now()})
        self.sudo().state = "invited"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                "message": self.env._(
                    "%(sent)s of %(all)s were written to; the others have no mail address.",
                    sent=len(reachable),
                    all=len(waiting),
                )
                if len(reachable) < len(waiting)
                else self.env._("%s were written to.", len(reachable)),
            },
        }

    def action_hand_out(self):
        """Give everybody who came a questionnaire of their own. Nothing is mailed by this: the
        link can be sent from the round, or the answers on paper entered.
        """
        self.ensure_one()
        record = self._act(
            ("draft", "invited", "held"), self.env._("These are closed or cancelled:")
        )
        present = record._all_invitees().filtered("attended")
        if not present:
            raise UserError(self.env._("Tick who attended first."))
        if not record.survey_id:
            raise UserError(self.env._("Choose a questionnaire first."))
        if not record.round_id:
            record.round_id = (
                self.env["logistics.satisfaction.round"]
                .sudo()
                .create(
                    {
                        "name": record.name,
                        "company_id": record.company_id.id,
                        "survey_id": record.survey_id.id,
                        "user_id": record.user_id.id,
                    }
                )
            )
        for invitee in present.filtered(lambda one: not one.invitation_id):
            invitee.invitation_id = (
                self.env["logistics.satisfaction.invitation"]
                .sudo()
                .create(
                    {
                        "round_id": record.round_id.id,
                        "customer_id": invitee.customer_id.id,
                        "partner_id": invitee.partner_id.id,
                    }
                )
            )
        record.round_id.action_open()
        return True

    def action_open_round(self):
        """Open the questionnaires of this symposium: links, answers, results."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.satisfaction.round",
            "res_id": self.round_id.id,
            "view_mode": "form",
        }

    def action_held(self):
        """The meeting took place: each customer who came gets a touch by event, which counts for
        visit coverage wherever a plan lets events count.
        """
        records = self._act(("draft", "invited"), self.env._("These were held already:"))
        for record in records:
            if not any(record._all_invitees().mapped("attended")):
                raise UserError(self.env._("Tick who attended first."))
            record.state = "held"
            record._touch_attendees()
        return True

    def _touch_attendees(self):
        """One done touch of kind Symposium per customer that came, on the day it was held."""
        self.ensure_one()
        zone = zone_of(self.user_id, self.company_id)
        day = local_day(self.start, zone)
        visits = self.env["logistics.visit"].sudo()
        for customer, invitees in (
            self._all_invitees()
            .filtered(lambda one: one.attended and not one.visit_id)
            .grouped("customer_id")
            .items()
        ):
            visit = self._all_invitees().filtered(
                lambda one, customer=customer: one.customer_id == customer
            ).visit_id[:1] or visits.create(
                {
                    "customer_id": customer.id,
                    "user_id": customer.user_id.id or self.user_id.id,
                    "participant_ids": [(6, 0, self.participant_ids.ids)],
                    "kind": "symposium",
                    "channel": "event",
                    "state": "done",
                    "start": self.start,
                    "duration": min(self.duration, 24),
                    "done_date": day,
                    "purpose": self.name,
                }
            )
            invitees.write({"visit_id": visit.id})

    def action_close(self):
        """The minutes are written, and the opinions have owners."""
        records = self._act(("held",), self.env._("Only what was held can be closed:"))
        for record in records:
            if not (record.minutes or "").strip() or record.minutes == "<p><br></p>":
                raise UserError(self.env._("Write the minutes of %s first.", record.name))
        records.write({"state": "closed"})
        return True

    def action_cancel(self):
        """Call the meeting off; its event leaves the calendar."""
        self._act(("draft", "invited"), self.env._("What was held cannot be called off:")).write(
            {"state": "cancelled"}
        )
        return True

    def action_reopen(self):
        """Plan a cancelled meeting again, or correct the minutes of a closed one."""
        for record in self._act(("closed", "cancelled"), self.env._("These are open already:")):
            record.state = "held" if record.state == "closed" else "draft"
        return True
