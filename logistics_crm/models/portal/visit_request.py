# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

# A customer may wait for so many answers at a time; more is a flood, or a mistake.
MOST_OPEN = 3
LONGEST = 2000


class LogisticsVisitRequest(models.Model):
    """A customer asks for a visit or a call; the representative plans it or says why not."""

    _name = "logistics.visit.request"
    _description = "Visit Request"
    _inherit = ["mail.thread", "mail.activity.mixin", "logistics.readonly.mixin"]
    _order = "create_date desc, id desc"
    _rec_name = "subject"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(related="customer_id.user_id", string="Representative")
    partner_id = fields.Many2one("res.partner", string="Asked By", index=True, ondelete="set null")
    subject = fields.Char(required=True)
    text = fields.Text(string="What It Is About")
    channel = fields.Selection(
        [("onsite", "Visit"), ("phone", "Call")], required=True, default="onsite"
    )
    wished_date = fields.Date(string="Wished For")
    phone = fields.Char()
    state = fields.Selection(
        [("new", "New"), ("planned", "Planned"), ("declined", "Declined")],
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        tracking=True,
    )
    visit_id = fields.Many2one(
        "logistics.visit", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    planned_date = fields.Date(related="visit_id.planned_date", string="Planned For")
    answer = fields.Char(
        string="Answer to the Customer", help="Shown to the customer in the portal."
    )

    def _compute_state(self):
        # Not a default: a user could give another one.
        for record in self:
            record.state = record.state or "new"

    @api.model
    def _ask(self, customer, partner, values):
        """Take a request from the portal; values are a customer's own words.

        :param customer: the ``logistics.customer`` of the asking user's entity
        :param partner: who asks
        :param values: ``subject``, ``text``, ``channel``, ``wished_date`` (ISO text), ``phone``
        :raise UserError: says what to do
        """
        subject = (values.get("subject") or "").strip()[:200]
        if not subject:
            raise UserError(self.env._("Please write in a few words what it is about."))
        if values.get("channel") not in ("onsite", "phone"):
            raise UserError(self.env._("Please choose between a visit and a call."))
        try:
            wished = fields.Date.to_date(values.get("wished_date") or None)
        except ValueError as error:
            raise UserError(self.env._("Please give the day like this: 2026-05-31.")) from error
        if wished and wished < fields.Date.context_today(self):
            raise UserError(self.env._("This day is over. Please choose another one."))
        requests = self.sudo()
        # two tabs sending at once: the second waits here, and counts what the first has written
        customer.sudo().lock_for_update()
        waiting = requests.search_count([("customer_id", "=", customer.id), ("state", "=", "new")])
        if waiting >= MOST_OPEN:
            raise UserError(
                self.env._(
                    "%s requests of yours wait for an answer already. We will come back to you.",
                    waiting,
                )
            )
        request = requests.create(
            {
                "customer_id": customer.id,
                "partner_id": partner.id,
                "subject": subject,
                "text": (values.get("text") or "").strip()[:LONGEST],
                "channel": values["channel"],
                "wished_date": wished,
                "phone": (values.get("phone") or "").strip()[:50],
            }
        )
        request._tell_representative()
        return request

    def _tell_representative(self):
        """An activity for whoever looks after the customer; without anybody, for no one: the
        list of requests shows it to all who may see unassigned customers.
        """
        for request in self.sudo().with_context(mail_activity_quick_update=True):
            customer = request.customer_id
            user = customer.user_id or customer.backup_user_id
            if user:
                request.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=fields.Date.context_today(request),
                    summary=request.env._("Asked for in the portal: %s", request.subject),
                    user_id=user.id,
                )

    def action_plan(self):
        """Plan the visit or call on the wished day, or today, and open it."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "new":
            raise UserError(self.env._("This request is answered already."))
        today = fields.Date.context_today(self)
        visit = self.env["logistics.visit"].create(
            {
                "customer_id": self.customer_id.id,
                "user_id": self.customer_id.user_id.id or self.env.uid,
                "kind": "patrol" if self.channel == "onsite" else "return",
                "channel": self.channel,
                "planned_date": max(self.wished_date or today, today),
                "purpose": self.subject,
                "findings": False,
            }
        )
        self.sudo().write({"state": "planned", "visit_id": visit.id})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        return {
            "type": "ir.actions.act_window",
            "res_model": visit._name,
            "res_id": visit.id,
            "view_mode": "form",
        }

    def action_decline(self):
        """Answer without a visit; the customer reads the answer in the portal."""
        self.check_access("write")
        for request in self:
            if request.state != "new":
                raise UserError(self.env._("This request is answered already."))
            if not (request.answer or "").strip():
                raise UserError(self.env._("Write the answer to the customer first."))
        self.sudo().write({"state": "declined"})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        return True


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    def _open_points(self):
        points = super()._open_points()
        requests = self.env["logistics.visit.request"]
        if requests.has_access("read") and (
            waiting := requests.search(
                [("customer_id", "=", self.id), ("state", "=", "new")], limit=1
            )
        ):
            points.append(
                {
                    "code": "visit_request",
                    "level": "warning",
                    "text": self.env._("Asked for a visit: %s", waiting.subject),
                    "action": "action_open_visit_requests",
                }
            )
        return points

    def action_open_visit_requests(self):
        """Open what this customer asked for in the portal."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_visit_request")
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {"default_customer_id": self.id}
        return action
