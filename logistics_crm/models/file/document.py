# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LogisticsDocument(models.Model):
    """A licence, certificate or identity paper of a customer, with its number, file and dates."""

    _name = "logistics.document"
    _description = "Customer Document"
    _inherit = ["logistics.file.part.mixin", "logistics.file.reminder.mixin"]
    _order = "date_expiry, id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    type_id = fields.Many2one(
        "logistics.document.type", required=True, index=True, ondelete="restrict"
    )
    personal = fields.Boolean(related="type_id.personal", store=True)
    person_id = fields.Many2one(
        "logistics.key.person",
        index="btree_not_null",
        ondelete="set null",
        domain="[('customer_id', '=', customer_id)]",
        help="Whose paper it is, for the papers of a person.",
    )
    number = fields.Char(help="As printed on the document.")
    issuer = fields.Char(string="Issued By")
    date_issue = fields.Date(string="Issued On")
    date_expiry = fields.Date(
        string="Expires On", index="btree_not_null", help="The last valid day. Empty: unlimited."
    )
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        compute="_compute_user_id",
        help="Who is reminded: the representative of the customer.",
    )
    state = fields.Selection(
        [("valid", "Valid"), ("expiring", "Expiring"), ("expired", "Expired")],
        compute="_compute_state",
        help="Expiring: within the reminder days of its type.",
    )
    active = fields.Boolean(default=True)

    @api.depends("customer_id.user_id")
    def _compute_user_id(self):
        for document in self:
            document.user_id = document.customer_id.user_id

    @api.depends("date_expiry", "type_id.reminder_days")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for document in self:
            expiry = document.date_expiry
            if expiry and expiry < today:
                document.state = "expired"
            elif expiry and (expiry - today).days <= document.type_id.reminder_days:
                document.state = "expiring"
            else:
                document.state = "valid"

    @api.depends("type_id", "number")
    def _compute_display_name(self):
        for document in self:
            parts = (document.type_id.name, document.number)
            document.display_name = " ".join(part for part in parts if part)

    @api.constrains("date_issue", "date_expiry", "person_id", "customer_id")
    def _check_document(self):
        for document in self:
            issued, expires = document.date_issue, document.date_expiry
            if issued and expires and expires < issued:
                raise ValidationError(
                    self.env._(
                        "%(document)s of %(customer)s would expire on %(expires)s, before it was "
                        "issued on %(issued)s. Check both dates.",
                        document=document.display_name,
                        customer=document.customer_id.display_name,
                        expires=fields.Date.to_string(expires),
                        issued=fields.Date.to_string(issued),
                    )
                )
            person = document.person_id
            if person and person.customer_id != document.customer_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s is a key person of %(other)s, not of %(customer)s.",
                        person=person.name,
                        other=person.customer_id.display_name,
                        customer=document.customer_id.display_name,
                    )
                )

    @api.model
    def get_import_templates(self):
        """Offer the template file in the import screen."""
        return [
            {
                "label": self.env._("Import Template for Documents"),
                "template": "/logistics_crm/static/csv/document_template.csv",
            }
        ]
