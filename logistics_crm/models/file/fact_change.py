# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsFactChange(models.Model):
    """What a fact of the file said before, who changed it and when. Written by the system only."""

    _name = "logistics.fact.change"
    _description = "Previous Value of a Fact"
    _order = "date desc, id desc"
    _rec_name = "field_label"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "logistics.customer",
        index="btree_not_null",
        ondelete="cascade",
        help="Set for what one company notes about its customer; empty for facts of the entity.",
    )
    company_id = fields.Many2one("res.company", index=True)
    field_name = fields.Char(required=True)
    field_label = fields.Char(string="Fact", compute="_compute_field_label")
    old_value = fields.Char(string="Before")
    new_value = fields.Char(string="After")
    user_id = fields.Many2one("res.users", string="Changed By", required=True)
    date = fields.Datetime(string="Changed On", required=True, default=fields.Datetime.now)

    @api.depends("field_name", "customer_id")
    @api.depends_context("lang")
    def _compute_field_label(self):
        for change in self:
            model = "logistics.customer" if change.customer_id else "res.partner"
            field = self.env[model]._fields.get(change.field_name)
            change.field_label = field._description_string(self.env) if field else change.field_name

    @api.model
    def _fold_customer(self, src, dst):
        """Take over the facts only the folded account has; keep the differing ones as history."""
        changes = []
        values = {}
        for name in src._fact_names():
            theirs, ours = src[name], dst[name]
            if not theirs or theirs == ours:
                continue
            if not ours:
                values[name] = src._fields[name].convert_to_write(theirs, src)
                continue
            changes.append(
                {
                    "partner_id": dst.partner_id.id,
                    "customer_id": dst.id,
                    "company_id": dst.company_id.id,
                    "field_name": name,
                    "old_value": src._fact_text(name),
                    "new_value": dst._fact_text(name),
                    "user_id": self.env.uid,
                }
            )
        properties = dict(src.properties or {})
        if properties and dst.customer_type_id in (
            src.customer_type_id,
            self.env["logistics.customer.type"],
        ):
            own = {key: value for key, value in dict(dst.properties or {}).items() if value}
            values["properties"] = {**properties, **own}
        dst.with_context(logistics_fact_log=False).write(values)
        self.sudo().create(changes)
