# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import SQL

from ..models.customer.logistics_customer_duplicates import (
    DUPLICATE_KINDS,
    name_key_sql,
    phone_key_sql,
    vat_key_sql,
)


class LogisticsCustomerDuplicate(models.Model):
    """Worklist: customers of one company that share a tax number, a phone or a name.

    A group is gone when somebody has said of every pair in it that they are two customers.
    """

    _name = "logistics.customer.duplicate"
    _description = "Possible Duplicate Customers"
    _auto = False
    _order = "kind_rank, customer_count desc, id"
    _rec_name = "names"
    _depends = {
        "logistics.customer": ["name", "active", "company_id", "partner_id"],
        "logistics.duplicate.dismissal": ["customer_id", "other_customer_id", "active"],
        "res.partner": ["vat", "phone"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(DUPLICATE_KINDS, string="Same", readonly=True)
    kind_rank = fields.Integer(readonly=True, aggregator=None)
    key = fields.Char(string="Compared By", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    names = fields.Char(readonly=True)
    first_customer_id = fields.Many2one("logistics.customer", readonly=True)

    def _key_sql(self, kind):
        return {
            "vat": vat_key_sql(SQL("p.vat")),
            "phone": phone_key_sql(SQL("p.phone")),
            "name": name_key_sql(SQL("c.name")),
        }[kind]

    @property
    def _table_query(self):
        parts = []
        for rank, (kind, _label) in enumerate(DUPLICATE_KINDS, 1):
            parts.append(
                SQL(
                    """
                    SELECT g.ids[1] * 4 + %(rank)s AS id, g.company_id, %(kind)s::varchar AS kind,
                           %(rank)s AS kind_rank, g.key, cardinality(g.ids) AS customer_count,
                           g.ids[1] AS first_customer_id, g.names
                      FROM (
                    SELECT k.company_id, k.key, array_agg(k.id ORDER BY k.id) AS ids,
                           string_agg(k.name, ' | ' ORDER BY k.id) AS names
                      FROM (SELECT c.id, c.company_id, c.name, %(key)s AS key
                              FROM logistics_customer c JOIN res_partner p ON p.id = c.partner_id
                             WHERE c.active) k
                     WHERE length(k.key) >= %(shortest)s
                     GROUP BY k.company_id, k.key HAVING count(*) > 1) g
                     WHERE (SELECT count(*) FROM logistics_duplicate_dismissal d
                             WHERE d.active AND d.customer_id = ANY(g.ids)
                               AND d.other_customer_id = ANY(g.ids))
                           < cardinality(g.ids) * (cardinality(g.ids) - 1) / 2
                    """,
                    rank=rank,
                    kind=kind,
                    key=self._key_sql(kind),
                    shortest={"vat": 4, "phone": 7, "name": 2}[kind],
                )
            )
        return SQL(" UNION ALL ").join(parts)

    def _customers(self):
        """The active accounts of these groups, as the user."""
        customers = self.env["logistics.customer"]
        for group in self:
            self.env.flush_all()
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT c.id FROM logistics_customer c JOIN res_partner p ON p.id = c.partner_id
                     WHERE c.active AND c.company_id = %s AND %s = %s
                    """,
                    group.company_id.id,
                    self._key_sql(group.kind),
                    group.key,
                )
            )
            customers |= customers.browse(row[0] for row in rows)
        return customers

    def action_merge(self):
        """Open core's merge of the contacts behind this group."""
        self.ensure_one()
        self.check_access("read")
        return self._customers()._merge_contacts_action()

    def action_dismiss(self):
        """Note that the customers of these groups are not one another; can be taken back."""
        self.check_access("read")
        for group in self:
            customers = group._customers()
            customers.check_access("write")
            self.env["logistics.duplicate.dismissal"]._dismiss(customers)
        return True

    def action_open(self):
        """Look at the customers of this group side by side."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_customer")
        action["domain"] = [("id", "in", self._customers().ids)]
        action["context"] = {}
        return action
