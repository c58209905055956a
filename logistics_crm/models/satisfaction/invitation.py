# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat


class LogisticsSatisfactionInvitation(models.Model):
    """One person asked with one questionnaire, and what the answers come to."""

    _name = "logistics.satisfaction.invitation"
    _description = "Satisfaction Invitation"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "answered_on desc, id desc"
    _rec_name = "customer_id"
    _check_company_auto = True

    round_id = fields.Many2one(
        "logistics.satisfaction.round", string="Survey", index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
        domain="[('id', 'child_of', customer_partner_id)]",
        help="Who is asked. The customer's main contact when nobody else is named.",
    )
    customer_partner_id = fields.Many2one(related="customer_id.partner_id", string="Entity")
    survey_id = fields.Many2one(
        "survey.survey", string="Questionnaire", readonly=True, index=True, ondelete="restrict"
    )
    user_input_id = fields.Many2one(
        "survey.user_input", readonly=True, index="btree_not_null", ondelete="set null", copy=False
    )
    deadline = fields.Datetime(readonly=True, help="Until when an answer is taken.")
    sent_on = fields.Datetime(readonly=True, copy=False)
    answered_on = fields.Date(readonly=True, index=True, copy=False)
    state = fields.Selection(
        [("waiting", "Waiting"), ("answered", "Answered"), ("expired", "Expired")],
        compute="_compute_state",
        help="Expired: the deadline is over and nothing came.",
    )
    score_ids = fields.One2many("logistics.satisfaction.score", "invitation_id", readonly=True)
    expected = KnownFloat(
        string="Importance",
        readonly=True,
        aggregator="avg",
        help="Mean of what was said about importance, 0 to 100. Empty: not answered.",
    )
    perceived = KnownFloat(
        string="Satisfaction",
        readonly=True,
        aggregator="avg",
        help="Mean of what was perceived, 0 to 100, weighted by importance. Empty: not answered.",
    )
    gap = KnownFloat(
        readonly=True,
        aggregator="avg",
        help="Perceived less expected, mean over the dimensions with both. Negative: below what "
        "is expected.",
    )
    nps = KnownFloat(string="Recommendation (0-10)", readonly=True, aggregator="avg")
    comment = fields.Text(readonly=True)

    _user_input_uniq = models.UniqueIndex(
        "(user_input_id) WHERE user_input_id IS NOT NULL", "An answer belongs to one invitation."
    )

    @api.depends("customer_id")
    def _compute_partner_id(self):
        for invitation in self:
            entity = invitation.customer_id.sudo().partner_id
            if invitation.partner_id and invitation.partner_id in (entity | entity.child_ids):
                continue
            invitation.partner_id = invitation._main_contact(entity)

    @api.model
    def _main_contact(self, entity):
        """Whom to write to: a contact person with a mail address, else the entity itself."""
        people = entity.child_ids.filtered(
            lambda person: person.active and person.type == "contact" and person.email
        )
        return people[:1] or entity

    @api.depends("answered_on", "deadline")
    def _compute_state(self):
        now = fields.Datetime.now()
        for invitation in self:
            if invitation.answered_on:
                invitation.state = "answered"
            elif invitation.deadline and invitation.deadline < now:
                invitation.state = "expired"
            else:
                invitation.state = "waiting"

    @api.constrains("partner_id", "customer_id")
    def _check_partner(self):
        for invitation in self:
            entity = invitation.customer_id.sudo().partner_id
            if invitation.partner_id.sudo().commercial_partner_id != entity:
                raise ValidationError(
                    self.env._(
                        "%(contact)s does not belong to %(customer)s. Invite somebody of the "
                        "customer.",
                        contact=invitation.partner_id.sudo().display_name,
                        customer=entity.display_name,
                    )
                )

    @api.constrains("round_id", "partner_id")
    def _check_once(self):
        # Not an index: contacts are merged in the database, and answers of both are kept.
        for invitation in self.filtered("round_id"):
            if invitation.round_id._all_invitations().filtered(
                lambda one, this=invitation: one != this and one.partner_id == this.partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "%s is invited to this survey already.",
                        invitation.partner_id.sudo().display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        invitations = super().create(vals_list)
        for invitation in invitations.sudo():
            asked = invitation.round_id
            if asked and not invitation.survey_id:
                invitation.write(
                    {"survey_id": asked.survey_id.id, "deadline": asked._deadline_moment()}
                )
                if asked.state == "open":
                    invitation._ensure_user_input()
        return invitations

    def write(self, vals):
        fixed = vals.keys() & {"round_id", "customer_id", "partner_id"}
        if fixed and not self.env.su and any(one.answered_on or one.sent_on for one in self):
            raise UserError(
                self.env._("This invitation has gone out. It stays with its survey and contact.")
            )
        result = super().write(vals)
        if "partner_id" in vals:
            for invitation in self.sudo().filtered("user_input_id"):
                invitation.user_input_id.write(invitation._person_values())
        return result

    def _set_deadline(self, moment):
        self.write({"deadline": moment})
        self.user_input_id.sudo().write({"deadline": moment})

    # ------------------------------------------------------------------ asking
    def _person_values(self):
        self.ensure_one()
        partner = self.partner_id
        return {"partner_id": partner.id, "email": partner.email, "nickname": partner.name}

    def _ensure_user_input(self):
        """Give each invitation its own answer sheet in core's survey, with a secret link."""
        for invitation in self.filtered(lambda one: not one.user_input_id and one.survey_id):
            survey = invitation.survey_id.sudo()
            invitation.user_input_id = (
                self.env["survey.user_input"]
                .sudo()
                .create(
                    {
                        "survey_id": survey.id,
                        "deadline": invitation.deadline,
                        "lang_id": invitation._survey_lang(survey).id,
                        **invitation._person_values(),
                    }
                )
            )

    def _survey_lang(self, survey):
        """The contact's language where the questionnaire exists in it."""
        lang = self.env["res.lang"]._get_data(code=self.partner_id.lang or self.env.lang)
        if survey.lang_ids and lang.id not in survey.lang_ids.ids:
            return survey.lang_ids[:1]
        return self.env["res.lang"].browse(lang.id or False)

    def _url(self):
        """The secret link under which this person answers; relative to the server."""
        self.ensure_one()
        self.sudo()._ensure_user_input()
        return self.sudo().user_input_id.get_start_url()

    def _send(self):
        """Mail the link to those who have a mail address.

        :raise UserError: when nobody can be written to
        """
        template = self.env.ref("logistics_crm.mail_satisfaction_invitation")
        reachable = self.filtered(lambda one: one.partner_id.sudo().email)
        if not reachable:
            raise UserError(
                self.env._(
                    "Nobody is left to write to: all have answered, or have no mail address. "
                    "Fill in the answers given on paper or on the phone instead."
                )
            )
        sudo = reachable.sudo()
        sudo._ensure_user_input()
        for invitation in sudo:
            template.sudo().send_mail(
                invitation.id, email_layout_xmlid="mail.mail_notification_light"
            )
        sudo.write({"sent_on": fields.Datetime.now()})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                "message": self.env._(
                    "%(sent)s of %(all)s were written to; the others have no mail address.",
                    sent=len(reachable),
                    all=len(self),
                )
                if len(reachable) < len(self)
                else self.env._("%s were written to.", len(reachable)),
            },
        }

    def action_fill_in(self):
        """Open the questionnaire to enter what was said on paper or on the phone."""
        self.ensure_one()
        self.check_access("write")
        if self.answered_on:
            raise UserError(self.env._("This questionnaire is answered already."))
        return {"type": "ir.actions.act_url", "url": self._url(), "target": "new"}

    def action_open_answers(self):
        """Open the answered questionnaire as the customer filled it in."""
        self.ensure_one()
        self.check_access("read")
        if not self.sudo().user_input_id:
            raise UserError(self.env._("Nothing has been answered yet."))
        return {
            "type": "ir.actions.act_url",
            "url": self.sudo().user_input_id.get_print_url(),
            "target": "new",
        }

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Move to the account that stays. In the database: the contacts stay who they were."""
        self.env.flush_all()
        for table in ("logistics_satisfaction_invitation", "logistics_satisfaction_score"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET customer_id = %s WHERE customer_id = %s",
                    SQL.identifier(table),
                    dst_customer.id,
                    src_customer.id,
                )
            )
        self.env.invalidate_all()

    @api.ondelete(at_uninstall=False)
    def _unlink_without_answer(self):
        if not self.env.su and any(one.answered_on for one in self):
            raise UserError(self.env._("What a customer has answered cannot be deleted."))
