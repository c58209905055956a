# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..file.file_section_rule import SECTIONS

# A list somebody works through, not an archive: more is asked for by representative.
MAX_GAPS = 20_000


class LogisticsScreeningGap(models.TransientModel):
    """One fact a file in scope lacks, or one section of it that nobody looked at in time."""

    _name = "logistics.screening.gap"
    _description = "Missing or Stale Fact"
    _order = "customer_id, kind, weight desc, id"
    _rec_name = "customer_id"

    screening_id = fields.Many2one(
        "logistics.screening", required=True, readonly=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Representative", readonly=True)
    kind = fields.Selection(
        [("missing", "Missing"), ("stale", "To Verify")], required=True, readonly=True
    )
    section = fields.Selection(SECTIONS, readonly=True)
    item_id = fields.Many2one(
        "logistics.file.item", string="Fact", readonly=True, ondelete="cascade"
    )
    weight = fields.Float(
        readonly=True, digits=(5, 4), help="What the fact counts within the whole file (0 .. 1)."
    )
    due_date = fields.Date(string="Due Since", readonly=True)

    def action_open_file(self):
        """Open the customer's file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.customer",
            "res_id": self.customer_id.id,
            "view_mode": "form",
        }


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    def _scope_domain(self):
        """Customers whose files are prepared: active, with trade since the year before began."""
        self.ensure_one()
        return Domain("company_id", "=", self.company_id.id) & Domain(
            "last_trade_date", ">=", self._previous_start()
        )

    def action_open_my_gaps(self):
        """List what the files of the reader's customers lack, and what is due to verify."""
        self.ensure_one()
        return self._open_gaps(Domain("user_id", "=", self.env.uid), self.env._("My Customers"))

    def _open_gaps(self, domain, whose):
        """List the gaps of the customers of a domain, as far as the reader may see them.

        Three statements, whatever the number of customers.

        :raise UserError: when the list would be too long to be worked through
        """
        self.check_access("read")
        gaps = self.env["logistics.screening.gap"]
        mine = [("screening_id", "=", self.id), ("create_uid", "=", self.env.uid)]
        gaps.search(mine).unlink()
        self.env.flush_all()
        customers = self.env["logistics.customer"]
        scope = customers._search(self._scope_domain() & domain)
        today = fields.Date.context_today(self)
        items, plans = customers.sudo()._file_plan(self.company_id)
        facts = customers.sudo()._file_facts_sql(
            items, plans, today, SQL("c.id IN %s", scope.subselect())
        )
        self.env.cr.execute(self._gaps_sql(items, facts, today))
        if self.env.cr.rowcount > MAX_GAPS:
            raise UserError(
                self.env._(
                    "%(count)s facts are missing or stale: too many for one list. Open them by "
                    "representative, from the progress list.",
                    count=self.env.cr.rowcount,
                )
            )
        gaps.invalidate_model()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_screening_gap")
        action["domain"] = mine
        action["display_name"] = self.env._("Missing and Stale: %s", whose)
        return action

    def _gaps_sql(self, items, facts, today):
        return SQL(
            """
            WITH fact AS MATERIALIZED (
                SELECT f.*, c.user_id FROM %(facts)s AS f JOIN logistics_customer c ON c.id = f.id
            ),
            checked AS (
                SELECT customer_id, section, max(date) AS date
                  FROM logistics_file_verification
                 WHERE date <= %(today)s AND customer_id IN (SELECT id FROM fact)
                 GROUP BY customer_id, section
            ),
            due AS (
                SELECT f.id, f.user_id, r.section,
                       COALESCE((k.date + r.months * interval '1 month')::date, f.opened_on)
                           AS due_date
                  FROM fact f
                 CROSS JOIN LATERAL unnest(f.sections, f.months) AS r(section, months)
                  LEFT JOIN checked k ON k.customer_id = f.id AND k.section = r.section
            )
            INSERT INTO logistics_screening_gap (
                   screening_id, customer_id, user_id, kind, section, item_id, weight, due_date,
                   create_uid, create_date, write_uid, write_date)
            SELECT %(screening)s, g.*, %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                   now() AT TIME ZONE 'UTC'
              FROM (
                SELECT f.id, f.user_id, 'missing', i.section, i.id, u.weight, NULL::date
                  FROM fact f
                 CROSS JOIN LATERAL unnest(f.known, f.weights, %(items)s::int[])
                       AS u(known, weight, item_id)
                  JOIN logistics_file_item i ON i.id = u.item_id
                 WHERE NOT u.known AND u.weight > 0
                 UNION ALL
                SELECT d.id, d.user_id, 'stale', d.section, NULL, NULL, d.due_date
                  FROM due d
                 WHERE d.due_date <= %(today)s
                 LIMIT %(limit)s
              ) g
            """,
            facts=facts,
            today=today,
            screening=self.id,
            uid=self.env.uid,
            items=items.ids,
            limit=MAX_GAPS + 1,
        )
