# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ...sentences import join_sentences


class LogisticsCreditRelease(models.Model):
    """Who may decide on a release, and what a decision does."""

    _inherit = "logistics.credit.release"

    # ------------------------------------------------------------------ authority
    @api.model
    def _controllers(self, company):
        """Return the credit controllers of a company as ``res.users``."""
        group = self.env.ref("logistics_crm.group_credit_controller")
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", group.ids),
                    ("company_ids", "in", company.ids),
                    ("share", "=", False),
                ],
                order="id",
            )
        )

    def _eligible_approvers(self):
        """Return the controllers who may approve, the smallest sufficient authority first."""
        self.ensure_one()
        release = self.sudo()
        authority = self.env["logistics.credit.authority"]
        ceilings = []
        for user in self._controllers(release.company_id) - release._own_hands():
            ceiling = authority._ceiling(user, release.company_id)
            if ceiling is not None and ceiling >= release.authority_amount:
                ceilings.append((ceiling, user.id))
        return self.env["res.users"].browse(user_id for _ceiling, user_id in sorted(ceilings))

    def _own_hands(self):
        """Return everybody who took part: now, and when it was requested."""
        self.ensure_one()
        release = self.sudo()
        people = (
            release.own_hand_ids | release.requested_by | release.customer_id._representatives()
        )
        return people | release.order_id._release_reps() if release.order_id else people

    def _check_four_eyes(self, what):
        user = self.env.user
        release = self.sudo()
        if user == release.requested_by:
            raise AccessError(
                self.env._(
                    "You requested this release yourself: somebody else has to %(what)s.",
                    what=what,
                )
            )
        if user in release._own_hands():
            raise AccessError(
                self.env._(
                    "You look after %(customer)s or wrote the order: somebody else has to "
                    "%(what)s.",
                    customer=release.customer_id.display_name,
                    what=what,
                )
            )

    def _check_authority(self):
        ceiling = self.env["logistics.credit.authority"]._ceiling(self.env.user, self.company_id)
        needed = formatLang(
            self.env, self.authority_amount, currency_obj=self.company_id.currency_id
        )
        if ceiling is None:
            raise AccessError(
                self.env._(
                    "You have no credit authority in %(company)s; %(needed)s is needed. A "
                    "manager grants it under Configuration > Credit Authorities.",
                    company=self.company_id.name,
                    needed=needed,
                )
            )
        if self.company_id.currency_id.compare_amounts(self.authority_amount, ceiling) > 0:
            raise AccessError(
                join_sentences(
                    self.env._(
                        "Your credit authority ends at %(ceiling)s and %(needed)s is needed.",
                        ceiling=formatLang(
                            self.env, ceiling, currency_obj=self.company_id.currency_id
                        ),
                        needed=needed,
                    ),
                    self._who_could_words(),
                )
            )

    def _who_could_words(self):
        approvers = self._eligible_approvers()
        if not approvers:
            return self.env._("Nobody holds such an authority yet.")
        return self.env._("Ask %(names)s.", names=", ".join(approvers.sudo().mapped("name")))

    # ------------------------------------------------------------------ deciding
    def action_approve(self):
        """Release: the orders may be confirmed, within the amount and the days given.

        Confirms nothing by itself, unless the company lets orders that the customer has already
        signed or paid go through. The figures are taken anew, so that the authority is measured
        against today's excess.

        :raise AccessError: no controller, no or too small an authority, own customer, own request
        :raise UserError: not open any more, past its validity, or held by an arrears gate
        """
        what = self.env._("approve it")
        self._check_controller(self.env._("approve a release"))
        self.check_access("write")
        self.lock_for_update()
        for release in self:
            release._check_open()
            release._check_four_eyes(what)
            if release.valid_until < fields.Date.context_today(release):
                raise UserError(
                    self.env._(
                        "The validity of this release ended on %(day)s: set another day first.",
                        day=fields.Date.to_string(release.valid_until),
                    )
                )
            if release.approved_amount <= 0:
                raise UserError(
                    self.env._("An approved amount of zero releases nothing: decline instead.")
                )
            release.sudo()._refresh_request()
            release._check_authority()
            release._decide("approved")
            release.sudo()._release_orders()
        return True

    def action_decline(self, reason=None):
        """Decline the requests. Without a reason, ask for it in a dialog.

        :param reason: why, for the salesperson
        :raise AccessError: no controller, own customer, own request
        """
        self._check_controller(self.env._("decline a release"))
        self.check_access("write")
        for release in self:
            release._check_open()
            release._check_four_eyes(self.env._("decline it"))
        if reason is None:
            return self.env["logistics.credit.decision"]._ask(self, "decline")
        reason = self._need_reason(reason)
        self.lock_for_update()
        for release in self:
            release._check_open()
            release._decide("declined", reason)
            order = release.sudo().order_id
            if order.logistics_credit_state in ("hold", "released"):
                order._release_set_state("declined")
            release.sudo()._tell_decision()
        return True

    def _check_open(self):
        if self.state != "requested":
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(release)s is not open any more: it is %(state)s.",
                    release=self.display_name,
                    state=labels[self.state].lower(),
                )
            )

    def _refresh_request(self):
        """Take the figures of an open request from today's verdict."""
        self.ensure_one()
        order = self.order_id
        if not order:
            raise UserError(self.env._("The order of this request was deleted."))
        if order.state == "cancel":
            raise UserError(self.env._("%(order)s is cancelled.", order=order.name))
        verdict = order._credit_verdict()
        self._check_releasable(order, verdict)
        if verdict["state"] != "hold":
            # Nothing holds it now; what was asked for keeps its meaning should it be held again.
            return
        values = self._figures(order, verdict, self.scope, self.requested_amount)
        values["credit_grade_code"] = self.customer_id.credit_grade_code
        untouched = self.approved_amount == self.requested_amount
        if untouched or self.approved_amount > values["requested_amount"]:
            values["approved_amount"] = values["requested_amount"]
        self._step().write(values)

    def _decide(self, state, reason=None):
        values = {
            "state": state,
            "decided_by": self.env.user.id,
            "decided_on": fields.Datetime.now(),
        }
        if reason:
            values["decision_reason"] = reason
        release = self.sudo()
        release._step().write(values)
        release.activity_feedback(
            ["logistics_crm.activity_credit_release"], feedback=reason or None
        )

    def _release_orders(self):
        """Mark the held orders this release covers, tell their salespeople, confirm if agreed."""
        self.ensure_one()
        orders = self.order_id
        if self.scope == "customer":
            orders |= self.env["sale.order"]._release_held(
                self.company_id, entities=self.customer_id.partner_id
            )
        for order in orders:
            if order.state == "cancel" or not order._release_covered():
                continue
            order.activity_unlink(["logistics_crm.activity_credit_hold"])
            if order.state == "sale":
                order._credit_write(order._credit_verdict(), "released")
                continue
            order._release_set_state("released")
            if order._release_confirm_by_itself():
                continue
            if order.user_id:
                order.with_context(mail_activity_quick_update=True).activity_schedule(
                    "logistics_crm.activity_credit_confirm",
                    user_id=order.user_id.id,
                    summary=self.env._("Released: confirm now"),
                )
        self._tell_decision()

    # ------------------------------------------------------------------ telling
    def _announce_request(self):
        """Ask the controller with the smallest sufficient authority; one activity, one mail."""
        self.ensure_one()
        approvers = self._eligible_approvers() or (
            self._controllers(self.company_id) - self._own_hands()
        )
        # The controller the company names for held orders comes first, when he may decide.
        approver = (self.company_id.logistics_credit_controller_id & approvers) or approvers[:1]
        if self.order_id:
            # The request takes the place of the order's own call for a controller.
            self.order_id.activity_unlink(["logistics_crm.activity_credit_hold"])
            self.order_id.message_post(
                body=self.env._(
                    "%(user)s requested a credit release: %(reason)s",
                    user=self.requested_by.name,
                    reason=self.reason,
                ),
                subtype_xmlid="mail.mt_note",
            )
        if not approver:
            return
        self._step().approver_id = approver
        # One mail is enough: ours says more than the one of the activity.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "logistics_crm.activity_credit_release",
            user_id=approver.id,
            summary=self.env._("Decide on the release of %(what)s", what=self.display_name),
        )
        self._mail("logistics_crm.mail_credit_release_requested")

    def _tell_decision(self):
        self.ensure_one()
        if self.order_id:
            labels = dict(self._fields["state"]._description_selection(self.env))
            body = self.env._(
                "Credit release %(state)s by %(user)s.",
                state=labels[self.state].lower(),
                user=self.decided_by.name,
            )
            if self.decision_reason:
                body = f"{body} {self.decision_reason}"
            self.order_id.message_post(body=body, subtype_xmlid="mail.mt_note")
        self._mail("logistics_crm.mail_credit_release_decided")

    def _mail(self, xmlid):
        """Queue the mail of a template, whose recipients are users of the company only."""
        template = self.env.ref(xmlid, raise_if_not_found=False)
        if template:
            template.sudo().send_mail(self.id, email_layout_xmlid="mail.mail_notification_light")
