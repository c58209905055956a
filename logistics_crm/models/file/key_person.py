# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LogisticsKeyPerson(models.Model):
    """Somebody at the customer who decides or influences, in his business role only.

    What goes beyond that role is in the restricted dossier (logistics.personal.dossier).
    """

    _name = "logistics.key.person"
    _description = "Key Person"
    _inherit = ["logistics.file.part.mixin"]
    _order = "influence desc, name, id"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "logistics.customer", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    entity_id = fields.Many2one(related="customer_id.partner_id", string="Entity")
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
        domain="[('id', 'child_of', entity_id)]",
        help="The contact of the customer, when there is one. A name alone is enough.",
    )
    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        required=True,
    )
    function = fields.Char(
        string="Job Position", compute="_compute_contact", store=True, readonly=False
    )
    phone = fields.Char(compute="_compute_contact", store=True, readonly=False)
    email = fields.Char(compute="_compute_contact", store=True, readonly=False)
    role_ids = fields.Many2many(
        "logistics.person.role",
        "logistics_key_person_role_rel",
        "person_id",
        "role_id",
        string="Roles",
    )
    influence = fields.Selection(
        [("1", "Low"), ("2", "Medium"), ("3", "High")],
        help="How much this person's word counts when logistics is bought. Empty: unknown.",
    )
    attitude = fields.Selection(
        [
            ("opponent", "Opponent"),
            ("critical", "Critical of Us"),
            ("neutral", "Neutral"),
            ("supporter", "Supporter"),
            ("champion", "Champion"),
        ],
        help="How this person stands to us. Empty: unknown.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Covered By",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who of us keeps the contact to this person.",
    )
    preferred_channel = fields.Selection(
        [
            ("phone", "Phone"),
            ("email", "Email"),
            ("chat", "Chat"),
            ("visit", "Visit"),
            ("post", "Post"),
        ],
        help="How this person likes to be reached.",
    )
    preferred_time = fields.Selection(
        [("morning", "Morning"), ("afternoon", "Afternoon"), ("evening", "Evening")],
        help="When this person likes to be reached.",
    )
    do_not_contact = fields.Boolean(
        help="This person asked not to be contacted; no occasion is reminded of."
    )
    occasion_ids = fields.One2many("logistics.person.occasion", "person_id", string="Occasions")
    moved_to_id = fields.Many2one(
        "res.partner",
        string="Now With",
        compute="_compute_moved_to_id",
        help="The contact belongs to another entity by now. Archive the person here.",
    )
    dossier_ids = fields.One2many(
        "logistics.personal.dossier",
        "person_id",
        string="Personal Dossier",
        groups="logistics_crm.group_personal_data",
        exportable=False,
    )
    active = fields.Boolean(default=True, help="Archive a person who has left.")

    @api.depends("partner_id")
    def _compute_name(self):
        for person in self:
            if person.partner_id:
                person.name = person.partner_id.name

    @api.depends("partner_id")
    def _compute_contact(self):
        for person in self:
            contact = person.partner_id
            person.function = contact.function or person.function
            person.phone = contact.phone or person.phone
            person.email = contact.email or person.email

    @api.depends("partner_id.commercial_partner_id", "customer_id.partner_id")
    def _compute_moved_to_id(self):
        for person in self:
            entity = person.partner_id.commercial_partner_id
            moved = person.partner_id and entity != person.customer_id.partner_id
            person.moved_to_id = entity if moved else False

    @api.constrains("partner_id", "customer_id")
    def _check_contact(self):
        for person in self.filtered("partner_id"):
            contact = person.partner_id
            entity = contact.commercial_partner_id
            if entity != person.customer_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s belongs to %(other)s, not to %(customer)s. Choose a contact "
                        "of the customer, or write a name without a contact.",
                        person=contact.name or contact.display_name,
                        other=entity.display_name,
                        customer=person.customer_id.display_name,
                    )
                )
            twins = self.with_context(active_test=False).search_count(
                [
                    ("customer_id", "=", person.customer_id.id),
                    ("partner_id", "=", contact.id),
                    ("id", "!=", person.id),
                ],
                limit=1,
            )
            if twins:
                raise ValidationError(
                    self.env._(
                        "%(person)s is a key person of %(customer)s already, perhaps archived.",
                        person=contact.name or contact.display_name,
                        customer=person.customer_id.display_name,
                    )
                )

    def action_open_dossier(self):
        """Open the personal dossier of this person, or the form that starts one.

        :raise AccessError: for a user without the group of personal dossiers
        """
        self.ensure_one()
        dossiers = self.env["logistics.personal.dossier"]
        dossiers.check_access("read")
        dossier = dossiers.search([("person_id", "=", self.id), ("erased_on", "=", False)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "res_model": dossiers._name,
            "res_id": dossier.id,
            "view_mode": "form",
            "name": self.env._("Personal Dossier"),
            "context": {"default_person_id": self.id},
        }

    @api.model
    def get_import_templates(self):
        """Offer the template file in the import screen."""
        return [
            {
                "label": self.env._("Import Template for Key Persons"),
                "template": "/logistics_crm/static/csv/key_person_template.csv",
            }
        ]
