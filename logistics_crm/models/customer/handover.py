# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_DECIDED = {"state", "given_on", "given_by", "acknowledged_on"}
_FIXED_AFTER_DRAFT = {"from_user_id", "to_user_id", "company_id", "line_ids"}


class LogisticsHandover(models.Model):
    """Customers change hands: with a sheet of what is open, acknowledged by who takes over.

    Responsibility moves when the new representative acknowledges, so that nobody is ever without
    one. A suggestion (draft) changes nothing by itself.
    """

    _name = "logistics.handover"
    _description = "Customer Handover"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    from_user_id = fields.Many2one(
        "res.users",
        string="From",
        tracking=True,
        index=True,
        help="Who looks after the customers now. Empty: nobody does.",
        context={"active_test": False},
    )
    to_user_id = fields.Many2one(
        "res.users",
        string="To",
        tracking=True,
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id),"
        " ('id', '!=', from_user_id)]",
    )
    reason = fields.Text(help="Why the customers change hands.")
    state = fields.Selection(
        [
            ("draft", "Suggested"),
            ("given", "Waiting for Acknowledgement"),
            ("done", "Taken Over"),
            ("cancel", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("logistics.handover.line", "handover_id", string="Customers")
    customer_count = fields.Integer(compute="_compute_customer_count", string="Customers Count")
    given_on = fields.Datetime(readonly=True, copy=False)
    given_by = fields.Many2one("res.users", readonly=True, copy=False)
    acknowledged_on = fields.Datetime(readonly=True, copy=False)
    may_give = fields.Boolean(compute="_compute_may")
    may_acknowledge = fields.Boolean(compute="_compute_may")

    @api.depends("from_user_id", "to_user_id", "company_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for handover in self:
            handover.name = (
                f"{handover.from_user_id.sudo().name or '–'} → "
                f"{handover.to_user_id.sudo().name or '?'}"
            )

    @api.depends("line_ids")
    def _compute_customer_count(self):
        for handover in self:
            handover.customer_count = len(handover.line_ids)

    @api.depends("state", "from_user_id", "to_user_id")
    @api.depends_context("uid")
    def _compute_may(self):
        manager = self.env["logistics.customer"]._is_ownership_manager()
        for handover in self:
            handover.may_give = handover.state == "draft" and (
                manager or handover.from_user_id == self.env.user
            )
            handover.may_acknowledge = (
                handover.state == "given" and handover.to_user_id == self.env.user
            )

    # ------------------------------------------------------------------ rules
    @api.constrains("from_user_id", "to_user_id", "line_ids", "company_id")
    def _check_people(self):
        for handover in self:
            if handover.from_user_id and handover.from_user_id == handover.to_user_id:
                raise ValidationError(self.env._("A handover goes from one person to another one."))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                for name in _DECIDED & vals.keys():
                    del vals[name]
        return super().create(vals_list)

    def write(self, vals):
        """The state follows the buttons; people and customers are fixed once given."""
        if not self.env.su:
            if _DECIDED & vals.keys():
                raise UserError(self.env._("The state of a handover follows its buttons."))
            if _FIXED_AFTER_DRAFT & vals.keys() and any(h.state != "draft" for h in self):
                raise UserError(
                    self.env._("This handover is given already. Cancel it and make a new one.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        if any(handover.state in ("given", "done") for handover in self):
            raise UserError(self.env._("A handover that was given is kept. Cancel it instead."))

    @api.model
    def _suggest(self, customers, user, reason=None):
        """Draft a handover of customers, told to their representative; changes nothing yet.

        :param customers: ``logistics.customer`` of one company and one representative
        :param user: the ``res.users`` who should take over, or an empty record
        :return: the handover, one per representative with an open suggestion to that user
        """
        handover = self.sudo().create(
            {
                "company_id": customers.company_id.id,
                "from_user_id": customers.user_id.id,
                "to_user_id": user.id,
                "reason": reason,
                "line_ids": [
                    Command.create({"customer_id": customer.id}) for customer in customers
                ],
            }
        )
        for customer in customers.sudo() if user else ():
            customer._message_log(
                body=self.env._("%s suggests to take over this customer.", user.name)
            )
        if handover.from_user_id.active:
            handover.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=handover.from_user_id.id,
                summary=self.env._("Suggested handover: decide"),
            )
        return handover.sudo(False)

    # ------------------------------------------------------------------ actions
    def action_give(self):
        """Write the sheets and ask the new representative to acknowledge.

        :raise AccessError: for others than the present representative and managers
        :raise UserError: when somebody else looks after one of the customers by now, or the new
            representative may not work in the company
        """
        for handover in self:
            handover.check_access("write")
            if not handover.may_give:
                raise AccessError(
                    self.env._("Only the present representative or a manager hands over.")
                )
            target = handover.to_user_id.sudo()
            if not target or not handover.line_ids:
                raise UserError(self.env._("Say who takes over, and which customers."))
            if not target.active or handover.company_id not in target.company_ids:
                raise UserError(
                    self.env._(
                        "%(user)s cannot work in %(company)s.",
                        user=target.name,
                        company=handover.company_id.name,
                    )
                )
            if not target.has_group("logistics_crm.group_user"):
                raise UserError(self.env._("%s has no access to customer accounts.", target.name))
            wrong = handover.line_ids.customer_id.sudo().filtered(
                lambda c, handover=handover: (
                    c.user_id != handover.from_user_id or c.company_id != handover.company_id
                )
            )
            if wrong:
                raise UserError(
                    self.env._(
                        "Not looked after by %(user)s in %(company)s: %(names)s.",
                        user=handover.from_user_id.name or self.env._("nobody"),
                        company=handover.company_id.name,
                        names=", ".join(wrong.mapped("display_name")),
                    )
                )
            handover.line_ids._write_sheet(target.lang)
            handover.sudo().write(
                {
                    "state": "given",
                    "given_on": fields.Datetime.now(),
                    "given_by": self.env.uid,
                }
            )
            handover.sudo().activity_unlink(["mail.mail_activity_data_todo"])
            handover.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=target.id,
                summary=self.env._(
                    "Take over %s customers: read the sheets and acknowledge",
                    len(handover.line_ids),
                ),
            )

    def action_acknowledge(self):
        """Take over: the customers, their open activities, quotations and leads are mine now.

        :raise AccessError: for others than the new representative
        :raise UserError: when a customer was given to somebody else meanwhile
        """
        for handover in self:
            if not handover.may_acknowledge:
                raise AccessError(
                    self.env._("Only who takes over acknowledges, and only what was handed over.")
                )
            customers = handover.sudo().line_ids.customer_id
            gone = customers.filtered(
                lambda c, handover=handover: c.user_id != handover.from_user_id
            )
            if gone:
                raise UserError(
                    self.env._(
                        "Given to somebody else meanwhile: %s. Ask for a new handover.",
                        ", ".join(gone.mapped("display_name")),
                    )
                )
            handover.sudo()._move(customers)
            handover.sudo().write({"state": "done", "acknowledged_on": fields.Datetime.now()})
            handover.sudo().activity_feedback(["mail.mail_activity_data_todo"])

    def _move(self, customers):
        """Give the customers and their open work to the new representative, in bulk."""
        self.ensure_one()
        old, new = self.from_user_id, self.to_user_id
        # As the superuser: the protection binds people, and both sides have agreed here.
        customers = customers.with_user(self.env.ref("base.user_root")).with_company(
            self.company_id
        )
        env = customers.env
        customers.write({"user_id": new.id})
        contacts = env["res.partner"].search([("id", "child_of", customers.partner_id.ids)])
        mine = [("user_id", "=", old.id), ("company_id", "in", (self.company_id.id, False))]
        orders = env["sale.order"].search(
            [*mine, ("partner_id", "in", contacts.ids), ("state", "in", ("draft", "sent"))]
        )
        leads = env["crm.lead"].search([*mine, ("partner_id", "in", contacts.ids)])
        entities = customers.partner_id.filtered(lambda p: p.user_id == old)
        (orders | orders.browse()).write({"user_id": new.id})
        leads.write({"user_id": new.id})
        entities.write({"user_id": new.id})
        moved = env["mail.activity"].search(
            [
                ("user_id", "=", old.id),
                "|",
                "|",
                "|",
                *("&", ("res_model", "=", "logistics.customer"), ("res_id", "in", customers.ids)),
                *("&", ("res_model", "=", "res.partner"), ("res_id", "in", contacts.ids)),
                *("&", ("res_model", "=", "sale.order"), ("res_id", "in", orders.ids)),
                *("&", ("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids)),
            ]
        )
        if old:
            moved.write({"user_id": new.id})
        customers._message_log_batch(
            bodies={
                customer.id: self.env._(
                    "Handed over from %(old)s to %(new)s.",
                    old=old.name or self.env._("nobody"),
                    new=new.name,
                )
                for customer in customers
            }
        )

    def action_cancel(self):
        """Withdraw a handover that is not taken over yet."""
        for handover in self:
            manager = self.env["logistics.customer"]._is_ownership_manager()
            if not manager and self.env.user not in (
                handover.from_user_id | handover.to_user_id | handover.create_uid
            ):
                raise AccessError(self.env._("Only the persons concerned or a manager cancel."))
            if handover.state == "done":
                raise UserError(self.env._("It has been taken over. Make a new one back."))
            handover.sudo().state = "cancel"
            handover.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def action_print_sheets(self):
        """The sheets of all customers as one PDF."""
        return self.env.ref("logistics_crm.action_report_handover").report_action(self)
