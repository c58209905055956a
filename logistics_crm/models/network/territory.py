# Part of logistics_crm. License LGPL-3 or later.
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Sorts behind every letter and digit: "69" as the last code covers 69000 to 69999.
LAST = "~"


def postal_key(code):
    """A postal code as it is compared: upper case, letters and digits only."""
    return re.sub(r"[^0-9A-Z]", "", (code or "").upper())


class LogisticsTerritory(models.Model):
    """Where a distributor sells, and whether nobody else may.

    A territory is made of areas, each in one country: one that reaches into two countries has an
    area in each. Postal codes are compared inside their country only.
    """

    _name = "logistics.territory"
    _description = "Territory"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True, tracking=True)
    customer_id = fields.Many2one(
        "logistics.customer",
        string="Holder",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The distributor who has the territory. Empty: the company sells there itself.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Owns what the checks find here. Empty: the holder's representative.",
    )
    exclusive = fields.Boolean(
        tracking=True, help="Nobody else of the network sells here while it lasts."
    )
    date_from = fields.Date(string="Valid From", tracking=True, help="Empty: always.")
    date_to = fields.Date(string="Valid Until", tracking=True, help="Last day. Empty: no end.")
    contract_id = fields.Many2one(
        "logistics.contract",
        index="btree_not_null",
        domain="[('customer_id', '=', customer_id)]",
        check_company=True,
        help="The contract that grants the territory.",
    )
    area_ids = fields.One2many("logistics.territory.area", "territory_id", string="Areas")
    country_ids = fields.Many2many(
        "res.country", string="Countries", compute="_compute_country_ids", compute_sudo=True
    )
    country_count = fields.Integer(compute="_compute_country_ids", compute_sudo=True)
    state = fields.Selection(
        [("coming", "Coming"), ("running", "In Force"), ("ended", "Ended")],
        compute="_compute_state",
        search="_search_state",
        string="Status",
    )
    note = fields.Text()

    _dates = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "A territory cannot end before it begins.",
    )

    @api.depends("area_ids.country_id")
    def _compute_country_ids(self):
        for territory in self:
            territory.country_ids = territory.area_ids.country_id
            territory.country_count = len(territory.country_ids)

    @api.depends("date_from", "date_to")
    @api.depends_context("tz")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for territory in self:
            if territory.date_from and territory.date_from > today:
                territory.state = "coming"
            elif territory.date_to and territory.date_to < today:
                territory.state = "ended"
            else:
                territory.state = "running"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domains = {
            "coming": [("date_from", ">", today)],
            "ended": [("date_to", "<", today)],
            "running": [
                "&",
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", today),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
            ],
        }
        return fields.Domain.OR(fields.Domain(domains[key]) for key in value if key in domains)

    def action_open_findings(self):
        """Open what the checks found in these territories."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_network_finding"
        )
        action["domain"] = [
            "|",
            ("territory_id", "in", self.ids),
            ("other_territory_id", "in", self.ids),
        ]
        action["context"] = {}
        return action

    def action_open_customers(self):
        """Open the customers whose address lies in these territories."""
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_customer")
        action["domain"] = [("id", "in", self._customers_inside().ids)]
        action["context"] = {}
        return action


class LogisticsTerritoryArea(models.Model):
    """A piece of a territory: a country, a state, a city, or postal codes from ... to."""

    _name = "logistics.territory.area"
    _description = "Territory Area"
    _order = "territory_id, country_id, zip_first, id"

    territory_id = fields.Many2one(
        "logistics.territory", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="territory_id.company_id", store=True, index=True)
    customer_id = fields.Many2one(related="territory_id.customer_id", string="Holder")
    country_id = fields.Many2one("res.country", required=True, index=True, ondelete="restrict")
    state_id = fields.Many2one(
        "res.country.state",
        index="btree_not_null",
        domain="[('country_id', '=', country_id)]",
        ondelete="restrict",
        help="Empty: the whole country, as far as nothing else is given.",
    )
    city = fields.Char(help="One city. Empty: every city.")
    zip_from = fields.Char(
        string="Postal Code From",
        help="The first code, or its beginning: 69 is 69000 and up. Alone: just the codes that "
        "begin like it. Spaces, dashes and case do not matter.",
    )
    zip_to = fields.Char(
        string="Postal Code To",
        help="The last code, or its beginning: 69 reaches up to 69999.",
    )
    zip_first = fields.Char(compute="_compute_keys", store=True, precompute=True)
    zip_last = fields.Char(compute="_compute_keys", store=True, precompute=True)

    _lookup = models.Index("(country_id, zip_first)")

    @api.depends("zip_from", "zip_to")
    def _compute_keys(self):
        for area in self:
            first, last = postal_key(area.zip_from), postal_key(area.zip_to)
            area.zip_first = first or (last and "0") or False
            area.zip_last = (last or first) + LAST if last or first else False

    @api.depends("country_id", "state_id", "city", "zip_from", "zip_to")
    def _compute_display_name(self):
        for area in self:
            codes = area.zip_from or ""
            if area.zip_to:
                codes = f"{codes or '…'} – {area.zip_to}"
            parts = (area.country_id.name, area.state_id.name, codes, area.city)
            area.display_name = ", ".join(part for part in parts if part)

    @api.constrains("country_id", "state_id", "zip_from", "zip_to")
    def _check_area(self):
        for area in self:
            if area.state_id and area.state_id.country_id != area.country_id:
                raise ValidationError(
                    self.env._(
                        "%(state)s lies in %(home)s, not in %(country)s. A territory in two "
                        "countries has an area for each of them.",
                        state=area.state_id.name,
                        home=area.state_id.country_id.name,
                        country=area.country_id.name,
                    )
                )
            for code in (area.zip_from, area.zip_to):
                if code and not postal_key(code):
                    raise ValidationError(
                        self.env._("“%s” is no postal code: it has no letter or digit.", code)
                    )
            if area.zip_first and area.zip_last and area.zip_first > area.zip_last:
                raise ValidationError(
                    self.env._(
                        "Postal codes run upwards: %(first)s comes after %(last)s.",
                        first=area.zip_from,
                        last=area.zip_to,
                    )
                )
