# Part of logistics_crm. License LGPL-3 or later.
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...fields_unknown import KnownFloat


class LogisticsSatisfactionRound(models.Model):
    """One asking: a questionnaire, whom it goes to, until when, and what came back."""

    _name = "logistics.satisfaction.round"
    _description = "Satisfaction Survey"
    _inherit = ["mail.thread", "logistics.readonly.mixin"]
    _order = "deadline desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_survey(),
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    segment_id = fields.Many2one(
        "logistics.segment",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Whom to ask. Customers can be added one by one too.",
    )
    deadline = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=21),
        tracking=True,
        help="The last day on which an answer is taken.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("open", "Open"), ("closed", "Closed")],
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        tracking=True,
    )
    invitation_ids = fields.One2many("logistics.satisfaction.invitation", "round_id")
    invited_count = fields.Integer(string="Invited", compute="_compute_counts")
    answered_count = fields.Integer(string="Answered", compute="_compute_counts")
    response_rate = KnownFloat(
        compute="_compute_counts",
        help="Answered among those invited. Empty: nobody is invited yet.",
    )
    results = fields.Json(compute="_compute_results")

    def _default_survey(self):
        survey = self.env.ref("logistics_crm.survey_satisfaction", raise_if_not_found=False)
        return survey.sudo().id if survey and survey.sudo().active else False

    def _compute_state(self):
        # Not a default: a user could give another one.
        for record in self:
            record.state = record.state or "draft"

    @api.depends("invitation_ids.answered_on")
    @api.depends_context("uid")
    def _compute_counts(self):
        counts = {}
        for row in self.env["logistics.satisfaction.invitation"]._read_group(
            [("round_id", "in", self.ids)], ["round_id"], ["__count", "answered_on:count"]
        ):
            counts[row[0]] = row[1:]
        for record in self:
            record.invited_count, record.answered_count = counts.get(record, (0, 0))
            record.response_rate = (
                record.answered_count / record.invited_count if record.invited_count else False
            )

    @api.depends("invitation_ids.answered_on")
    @api.depends_context("uid", "lang")
    def _compute_results(self):
        invitations = self.env["logistics.satisfaction.invitation"]
        for record in self:
            record.results = record.id and invitations._results(
                Domain("round_id", "=", record._origin.id)
            )

    # ------------------------------------------------------------------ actions
    def action_add_segment(self):
        """Invite the customers of the segment who are not invited yet, by their main contact.

        Customers without a contact that has a mail address are invited too: they can be asked on
        the phone or on paper.
        """
        self.ensure_one()
        self.check_access("write")
        if not self.segment_id:
            raise UserError(self.env._("Choose a segment first, or add customers one by one."))
        customers = self.env["logistics.customer"].search(self.segment_id._customers_domain())
        self._invite(customers)
        return True

    def _invite(self, customers):
        """Invite each customer once, by its main contact.

        :return: the new invitations
        """
        self.ensure_one()
        known = self._all_invitations().customer_id
        return self.env["logistics.satisfaction.invitation"].create(
            [
                {"round_id": self.id, "customer_id": customer.id}
                for customer in customers
                if customer not in known
            ]
        )

    def _all_invitations(self):
        """Everybody asked, as superuser. Searched, not read from the list: that may hold only
        those whom the user may see.
        """
        return (
            self.env["logistics.satisfaction.invitation"]
            .sudo()
            .search([("round_id", "in", self.ids)])
        )

    def action_open(self):
        """Begin to take answers: every invitation gets its own link. Nothing is mailed by this."""
        self.check_access("write")
        for record in self:
            if not record._all_invitations():
                raise UserError(
                    self.env._("Nobody is invited to %s yet: add customers first.", record.name)
                )
            record._all_invitations()._ensure_user_input()
        self.sudo().state = "open"
        return True

    def action_send(self):
        """Mail the link to all who were not written to and have not answered yet."""
        self.check_access("write")
        self.filtered(lambda record: record.state == "draft").action_open()
        return self.invitation_ids.filtered(
            lambda invitation: not invitation.sent_on and not invitation.answered_on
        )._send()

    def action_remind(self):
        """Mail the link once more to all who were written to and have not answered."""
        self.check_access("write")
        return self.invitation_ids.filtered(
            lambda invitation: invitation.sent_on and not invitation.answered_on
        )._send()

    def action_close(self):
        """Take no more answers."""
        self.check_access("write")
        self.sudo().state = "closed"
        self._all_invitations().filtered(lambda one: not one.answered_on)._set_deadline(
            fields.Datetime.now()
        )
        return True

    def action_reopen(self):
        """Take answers again, until the deadline."""
        self.check_access("write")
        self.sudo().state = "open"
        for record in self:
            record._all_invitations().filtered(lambda one: not one.answered_on)._set_deadline(
                record._deadline_moment()
            )
        return True

    def write(self, vals):
        result = super().write(vals)
        if "deadline" in vals:
            for record in self.filtered(lambda one: one.state != "closed"):
                record._all_invitations().filtered(lambda one: not one.answered_on)._set_deadline(
                    record._deadline_moment()
                )
        return result

    def _deadline_moment(self):
        """The end of the last day, as surveys want it."""
        self.ensure_one()
        return datetime.combine(self.deadline, time(23, 59, 59))

    def action_open_invitations(self):
        """Open who was invited, and who answered."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_satisfaction_invitation"
        )
        action["domain"] = [("round_id", "=", self.id)]
        action["context"] = {"default_round_id": self.id}
        return action

    def action_open_scores(self):
        """Open the answers by dimension as pivot and graph."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_satisfaction_score"
        )
        action["domain"] = [("invitation_id.round_id", "=", self.id)]
        action["context"] = {}
        return action

    @api.ondelete(at_uninstall=False)
    def _unlink_without_answers(self):
        if answered := self._all_invitations().filtered("answered_on").round_id:
            raise UserError(
                self.env._(
                    "Customers have answered %s: close it instead of deleting it.",
                    ", ".join(answered.mapped("name")),
                )
            )
