# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...fields_unknown import KnownMonetary


class LogisticsRecognition(models.Model):
    """An honour for a good customer: proposed by anybody, granted by a manager, kept for good."""

    _name = "logistics.recognition"
    _description = "Award to a Customer"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.unknown.last.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(
        string="Award", required=True, tracking=True, help="As it stands on the certificate."
    )
    kind = fields.Selection(
        [
            ("honorary", "Honorary Employee"),
            ("best", "Customer of the Year"),
            ("loyalty", "Loyalty"),
            ("growth", "Growth"),
            ("partner", "Good Cooperation"),
            ("other", "Other"),
        ],
        required=True,
        default="best",
        index=True,
        tracking=True,
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", tracking=True
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    person_id = fields.Many2one(
        "logistics.key.person",
        index="btree_not_null",
        ondelete="set null",
        domain="[('customer_id', '=', customer_id)]",
        tracking=True,
        help="Whom the award is given to, where it is a person: an honorary employee.",
    )
    date = fields.Date(
        string="On", required=True, default=fields.Date.context_today, index=True, tracking=True
    )
    date_end = fields.Date(string="Until", tracking=True, help="Empty: for good.")
    reason = fields.Text(required=True, help="Why this customer, in words that can be read out.")
    gift = fields.Char(help="What goes with it: a certificate, a cup, a present.")
    cost = KnownMonetary(help="Of everything that goes with it, company currency. Empty: unknown.")
    state = fields.Selection(
        [("proposed", "Proposed"), ("granted", "Granted"), ("withdrawn", "Withdrawn")],
        required=True,
        default="proposed",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Proposed By", default=lambda self: self.env.user, readonly=True
    )
    granted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    granted_on = fields.Date(readonly=True, copy=False)
    value_class = fields.Selection(related="customer_id.value_class")

    @api.constrains("date", "date_end", "kind", "person_id", "customer_id")
    def _check_award(self):
        for award in self.sudo():
            if award.date_end and award.date_end < award.date:
                raise ValidationError(
                    self.env._("%s: the award ends before it begins.", award.display_name)
                )
            if award.kind == "honorary" and not award.person_id:
                raise ValidationError(
                    self.env._(
                        "%s: an honorary employee is a person. Choose one of the key persons of "
                        "the customer.",
                        award.display_name,
                    )
                )
            if award.person_id and award.person_id.customer_id != award.customer_id:
                raise ValidationError(
                    self.env._(
                        "%(other)s belongs to another customer than %(customer)s.",
                        other=award.person_id.display_name,
                        customer=award.customer_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            own = {"state": "proposed", "user_id": self.env.uid}
            own |= {"granted_by_id": False, "granted_on": False}
            vals_list = [{**vals, **own} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & {"state", "user_id", "granted_by_id", "granted_on"}:
                raise UserError(self.env._("Use the buttons: awards are granted by a manager."))
            content = vals.keys() & {"name", "kind", "customer_id", "person_id", "date", "reason"}
            if content and any(award.state != "proposed" for award in self):
                raise UserError(
                    self.env._("What was granted stays as it is. Withdraw it and propose another.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_proposals_only(self):
        if not self.env.su and any(award.state != "proposed" for award in self):
            raise UserError(self.env._("A granted award is withdrawn, not deleted."))

    def _check_manager(self):
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("A manager grants and withdraws awards."))
        self.check_access("write")

    def action_grant(self):
        """Grant proposed awards.

        :raise AccessError: for everybody but managers
        """
        self._check_manager()
        self.filtered(lambda award: award.state == "proposed").sudo().write(
            {
                "state": "granted",
                "granted_by_id": self.env.uid,
                "granted_on": fields.Date.context_today(self),
            }
        )

    def action_withdraw(self):
        """Withdraw awards, proposed or granted; the record stays.

        :raise AccessError: for everybody but managers
        """
        self._check_manager()
        self.sudo().write({"state": "withdrawn"})


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    recognition_ids = fields.One2many("logistics.recognition", "customer_id", string="Awards")

    def _card(self, hand_out=False):
        card = super()._card(hand_out=hand_out)
        today = fields.Date.context_today(self)
        rows = [
            (self._card_text("date", award), award.name)
            for award in self.recognition_ids
            if award.state == "granted" and (not award.date_end or award.date_end >= today)
        ]
        if rows:
            card["sections"].append((self.env._("Awards"), rows))
        return card
