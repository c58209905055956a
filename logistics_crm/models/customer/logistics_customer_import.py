# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Columns of an import of customers that belong to the contact.
_CONTACT_FIELDS = {
    "contact_name": "name",
    "contact_ref": "ref",
    "contact_country_id": "country_id",
}
_RELATED_FIELDS = (
    "phone",
    "email",
    "website",
    "vat",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "industry_id",
)


class LogisticsCustomer(models.Model):
    """Customers from a file: contact and account made in one row, through Odoo's own import."""

    _inherit = "logistics.customer"

    contact_name = fields.Char(
        string="Company Name",
        compute="_compute_contact_fields",
        inverse="_inverse_contact_fields",
        help="For imports: the name of the contact, which is made with the account.",
    )
    contact_ref = fields.Char(
        string="Company Reference",
        compute="_compute_contact_fields",
        inverse="_inverse_contact_fields",
        help="For imports: the reference of the contact.",
    )
    contact_country_id = fields.Many2one(
        "res.country",
        string="Company Country",
        compute="_compute_contact_fields",
        inverse="_inverse_contact_fields",
        help="For imports: the country of the contact.",
    )

    @api.depends("partner_id.name", "partner_id.ref", "partner_id.country_id")
    def _compute_contact_fields(self):
        for account in self:
            for name, source in _CONTACT_FIELDS.items():
                account[name] = account.partner_id[source]

    def _inverse_contact_fields(self):
        for account in self:
            account.partner_id.write(
                {
                    source: account._fields[name].convert_to_write(account[name], account)
                    for name, source in _CONTACT_FIELDS.items()
                    if account[name] != account.partner_id[source]
                }
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Make or find the contact of rows that name a company instead of a contact.

        A contact with the same reference or tax number is taken; what it knows already stays.
        """
        vals_list = [
            self._with_contact(vals)
            if not vals.get("partner_id") and vals.get("contact_name")
            else vals
            for vals in vals_list
        ]
        return super().create(vals_list)

    @api.model
    def _with_contact(self, vals):
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        values = {source: vals[name] for name, source in _CONTACT_FIELDS.items() if vals.get(name)}
        values |= {name: vals[name] for name in _RELATED_FIELDS if vals.get(name)}
        rest = {
            key: value
            for key, value in vals.items()
            if key not in _CONTACT_FIELDS and key not in _RELATED_FIELDS
        }
        partner = self._matching_contact(values, company)
        if partner:
            # What the contact knows is not overwritten by a file.
            partner.write({name: value for name, value in values.items() if not partner[name]})
        else:
            partner = self.env["res.partner"].create({"is_company": True, **values})
        return {**rest, "partner_id": partner.id}

    @api.model
    def _matching_contact(self, values, company):
        """The commercial entity with this reference or tax number, if there is exactly one.

        :raise ValidationError: when several have it, or it is a customer of the company already
        """
        contacts = self.env["res.partner"]
        for name, label in (("vat", self.env._("tax number")), ("ref", self.env._("reference"))):
            if not values.get(name):
                continue
            found = contacts.search(
                [
                    (name, "=ilike", values[name].replace("_", r"\_").replace("%", r"\%")),
                    ("company_id", "in", (False, company.id)),
                ]
            ).commercial_partner_id
            if len(found) > 1:
                raise ValidationError(
                    self.env._(
                        "%(name)s: several contacts have the %(label)s %(value)s. Merge them "
                        "first, or choose the contact by its database ID.",
                        name=values.get("name"),
                        label=label,
                        value=values[name],
                    )
                )
            if found:
                account = (
                    self.sudo()
                    .with_context(active_test=False)
                    .search(
                        [("partner_id", "=", found.id), ("company_id", "=", company.id)], limit=1
                    )
                )
                if account:
                    raise ValidationError(
                        self.env._(
                            "%(name)s: %(other)s has the same %(label)s %(value)s and is a "
                            "customer already.",
                            name=values.get("name"),
                            other=found.display_name,
                            label=label,
                            value=values[name],
                        )
                    )
                return found
        return contacts

    @api.model
    def get_import_templates(self):
        """Offer a template where customers are imported."""
        return [
            {
                "label": self.env._("Import Template for Customers"),
                "template": "/logistics_crm/static/csv/customer_template.csv",
            }
        ]
