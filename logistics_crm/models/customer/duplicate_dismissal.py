# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LogisticsDuplicateDismissal(models.Model):
    """Two customers that look like one and are not: who said so, when and why.

    Archiving takes it back, and the two are possible duplicates again.
    """

    _name = "logistics.duplicate.dismissal"
    _description = "Not a Duplicate"
    _order = "id desc"
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    other_customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users", string="Said By", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Date(string="Said On", required=True, readonly=True)
    reason = fields.Char(help="What tells the two apart.")
    taken_back_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    taken_back_on = fields.Date(readonly=True)
    active = fields.Boolean(
        default=True, readonly=True, help="Off: somebody took it back, and they are compared again."
    )

    _ordered = models.Constraint(
        "CHECK (customer_id < other_customer_id)", "A pair of customers names each of them once."
    )
    _pair_uniq = models.UniqueIndex(
        "(customer_id, other_customer_id) WHERE active",
        "Somebody has said already that these are two customers.",
    )

    @api.depends("customer_id", "other_customer_id")
    def _compute_display_name(self):
        for row in self.sudo():
            row.display_name = f"{row.customer_id.name} ≠ {row.other_customer_id.name}"

    @api.model
    def _dismiss(self, customers, others=None, reason=None):
        """Note that these customers are not each other's duplicates; one statement.

        :param customers: ``logistics.customer`` of one company
        :param others: compare ``customers`` with these only; with one another when omitted
        :return: how many pairs were not dismissed before
        """
        everybody = customers | (others if others is not None else customers)
        if len(everybody.sudo().company_id) > 1:
            raise UserError(self.env._("Customers of two companies are never duplicates."))
        pairs = SQL("a.id IN %s AND b.id IN %s", tuple(everybody.ids), tuple(everybody.ids))
        if others is not None:
            some, rest = tuple(customers.ids) or (0,), tuple(others.ids) or (0,)
            pairs = SQL(
                "(a.id IN %s AND b.id IN %s OR a.id IN %s AND b.id IN %s)", some, rest, rest, some
            )
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO logistics_duplicate_dismissal
                       (customer_id, other_customer_id, company_id, user_id, date, reason, active,
                        create_uid, create_date, write_uid, write_date)
                SELECT a.id, b.id, a.company_id, %(uid)s, %(today)s, %(reason)s, TRUE,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM logistics_customer a
                  JOIN logistics_customer b ON b.company_id = a.company_id AND a.id < b.id
                 WHERE %(pairs)s
                 ORDER BY a.id, b.id
                    ON CONFLICT (customer_id, other_customer_id) WHERE active DO NOTHING
             RETURNING 1
                """,
                uid=self.env.uid,
                today=fields.Date.context_today(self),
                reason=reason or None,
                pairs=pairs,
            )
        )
        self.invalidate_model()
        return len(rows)

    def action_take_back(self):
        """Compare these customers again: the two may be one after all."""
        self.check_access("write")
        self.filtered("active").sudo().write(
            {
                "active": False,
                "taken_back_by_id": self.env.uid,
                "taken_back_on": fields.Date.context_today(self),
            }
        )

    def _fold_customer(self, src_customer, dst_customer):
        """Two accounts became one: its pairs move, those of the two themselves are history."""
        rows = self.sudo().with_context(active_test=False)
        for row in rows.search(
            [
                "|",
                ("customer_id", "=", src_customer.id),
                ("other_customer_id", "=", src_customer.id),
            ]
        ):
            other = (row.customer_id | row.other_customer_id) - src_customer
            if other == dst_customer:
                row.unlink()
                continue
            pair = sorted((other.id, dst_customer.id))
            twin = row.active and rows.search_count(
                [
                    ("customer_id", "=", pair[0]),
                    ("other_customer_id", "=", pair[1]),
                    ("active", "=", True),
                ]
            )
            if twin:
                row.unlink()
            else:
                row.write({"customer_id": pair[0], "other_customer_id": pair[1]})
