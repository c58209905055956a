# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class LogisticsSymposiumInvitee(models.Model):
    """One contact of a customer at a symposium: invited, answered, present, asked."""

    _name = "logistics.symposium.invitee"
    _description = "Symposium Invitee"
    _inherit = ["logistics.readonly.mixin"]
    _order = "symposium_id, customer_id, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    symposium_id = fields.Many2one(
        "logistics.symposium", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="symposium_id.company_id", store=True, index=True, precompute=True
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", check_company=True
    )
    customer_partner_id = fields.Many2one(related="customer_id.partner_id", string="Entity")
    value_class = fields.Selection(related="customer_id.value_class")
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
    )
    email = fields.Char(related="partner_id.email")
    invited_on = fields.Datetime(readonly=True, copy=False)
    answer = fields.Selection(
        [("yes", "Comes"), ("no", "Does Not Come")], string="Reply", copy=False
    )
    attended = fields.Boolean(copy=False)
    invitation_id = fields.Many2one(
        "logistics.satisfaction.invitation",
        string="Questionnaire",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    questionnaire_state = fields.Selection(
        related="invitation_id.state", string="Questionnaire State"
    )
    visit_id = fields.Many2one(
        "logistics.visit",
        string="Touch",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The touch that stands for the attendance: it counts for visit coverage.",
    )

    @api.depends("customer_id")
    def _compute_partner_id(self):
        invitations = self.env["logistics.satisfaction.invitation"]
        for invitee in self:
            entity = invitee.customer_id.sudo().partner_id
            if invitee.partner_id and invitee.partner_id in (entity | entity.child_ids):
                continue
            invitee.partner_id = invitations._main_contact(entity)

    @api.constrains("symposium_id", "partner_id", "customer_id")
    def _check_partner(self):
        for invitee in self:
            entity = invitee.customer_id.sudo().partner_id
            if invitee.partner_id.sudo().commercial_partner_id != entity:
                raise ValidationError(
                    self.env._(
                        "%(contact)s does not belong to %(customer)s. Invite somebody of the "
                        "customer.",
                        contact=invitee.partner_id.sudo().display_name,
                        customer=entity.display_name,
                    )
                )
            if invitee.symposium_id._all_invitees().filtered(
                lambda one, this=invitee: one != this and one.partner_id == this.partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "%s is invited to this symposium already.",
                        invitee.partner_id.sudo().display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        invitees = super().create(vals_list)
        invitees.symposium_id._publish()
        invitees._follow_attendance()
        return invitees

    def write(self, vals):
        if not self.env.su and "customer_id" in vals:
            raise UserError(
                self.env._("An invitee stays with its customer. Remove it and add another one.")
            )
        result = super().write(vals)
        if "partner_id" in vals:
            self.symposium_id._publish()
        if "attended" in vals:
            self._follow_attendance()
        return result

    def _follow_attendance(self):
        """Once it was held: somebody remembered later gets a touch, a slip of the pen none."""
        held = self.sudo().filtered(lambda one: one.symposium_id.state in ("held", "closed"))
        for invitee in held.filtered(lambda one: one.visit_id and not one.attended):
            visit = invitee.visit_id
            invitee.visit_id = False
            if visit not in invitee.symposium_id._all_invitees().visit_id:
                visit.write({"state": "cancelled", "reason": self.env._("Was not there")})
        for symposium in held.symposium_id:
            symposium._touch_attendees()

    def unlink(self):
        symposia = self.symposium_id
        result = super().unlink()
        symposia.exists()._publish()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_not_after(self):
        if not self.env.su and any(one.visit_id or one.invitation_id for one in self):
            raise UserError(self.env._("Who was there and was asked stays on the list."))

    def action_fill_in(self):
        """Enter the questionnaire this person filled in on paper."""
        self.ensure_one()
        self.check_access("write")
        if not self.invitation_id:
            raise UserError(
                self.env._("Hand out the questionnaires first: then everybody who came has one.")
            )
        return self.invitation_id.action_fill_in()

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Move to the account that stays. In the database: the contacts stay who they were."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE logistics_symposium_invitee SET customer_id = %s WHERE customer_id = %s",
                dst_customer.id,
                src_customer.id,
            )
        )
        self.env.invalidate_all()


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.symposium.invitee"]
