# Part of logistics_crm. License LGPL-3 or later.
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields_unknown import KnownMonetary
from ..collection.credit_backtest_sql import _Asked
from .setup_presets import PRESETS, thresholds

# Customers listed in a preview: those the choice matters for, the largest first.
LISTED = 200
GRADES = ("A", "B", "C", "N")


class LogisticsSetup(models.Model):
    """Grade rules from presets: who would land where, then taking them."""

    _inherit = "logistics.setup"

    def action_preview(self):
        """Grade everybody by each preset from today's documents; no grade is changed.

        Only the rules speak: reviews, grades by hand and bad faith are left out, as on the first
        day of a policy.

        :raise UserError: when there is no customer to grade
        """
        self.ensure_one()
        self.check_access("write")
        if not self.customer_count:
            raise UserError(
                self.env._(
                    "There is no customer to grade yet. Import the history first, or choose the "
                    "rules without a preview."
                )
            )
        today = fields.Date.context_today(self)
        self.env.flush_all()
        execute = self.env.cr.execute
        execute("DROP TABLE IF EXISTS pv_grade")
        execute(
            "CREATE TEMPORARY TABLE pv_grade"
            " (preset varchar, partner_id integer, grade varchar) ON COMMIT DROP"
        )
        for preset in PRESETS:
            execute(self._preset_grades_sql(preset, today))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.preset, COALESCE(g.grade, 'N'), count(*)
                  FROM logistics_customer c
                  CROSS JOIN (VALUES %s) AS p (preset)
                  LEFT JOIN pv_grade g ON g.partner_id = c.partner_id AND g.preset = p.preset
                 WHERE c.company_id = %s AND c.active
                 GROUP BY 1, 2
                """,
                SQL(", ").join(SQL("(%s)", preset) for preset in PRESETS),
                self.company_id.id,
            )
        )
        counts = {preset: dict.fromkeys(GRADES, 0) for preset in PRESETS}
        for preset, grade, count in rows:
            counts[preset][grade] = count
        execute(SQL("DELETE FROM logistics_setup_preview WHERE setup_id = %s", self.id))
        execute(self._preview_insert_sql())
        execute("DROP TABLE pv_grade")
        self.sudo().write({"preview": counts, "previewed_on": today})
        self.env.invalidate_all()
        return True

    def _preset_grades_sql(self, preset, as_of):
        customers = self.env["logistics.customer"].sudo()
        asked = customers.with_context(logistics_backtest_policy=_Asked(self._draft(preset)))
        return SQL(
            "INSERT INTO pv_grade SELECT %s, p.partner_id, p.raw_grade FROM (%s) p",
            preset,
            asked._payment_figures_sql(as_of, self.company_id, None),
        )

    def _draft(self, preset):
        """A policy with the preset's rules that exists in memory only."""
        policy = self.env["logistics.credit.policy"]._for_company(self.company_id)
        copied = ("window_months", "minimum_items", "reviews_to_rise", "reviews_to_fall")
        return policy.new(
            {
                "company_id": self.company_id.id,
                "version": policy.version,
                "market_state": policy.market_state,
                "factor_cautious": policy.factor_cautious,
                "factor_downturn": policy.factor_downturn,
                **{name: policy[name] for name in copied},
                "grade_ids": [
                    Command.create({"grade": grade, **thresholds(preset, grade)})
                    for grade in ("A", "B")
                ],
            }
        )

    def _preview_insert_sql(self):
        """The largest customers whose grade the choice decides; the others land alike."""
        columns = [SQL("max(g.grade) FILTER (WHERE g.preset = %s)", preset) for preset in PRESETS]
        return SQL(
            """
            INSERT INTO logistics_setup_preview
                   (setup_id, company_id, customer_id, current_grade, %(names)s, revenue)
            SELECT %(setup)s, c.company_id, c.id, c.credit_grade_code, %(picked)s, c.revenue_12m
              FROM logistics_customer c
              JOIN (SELECT g.partner_id, %(columns)s FROM pv_grade g GROUP BY g.partner_id) w
                ON w.partner_id = c.partner_id
             WHERE c.company_id = %(company)s AND c.active
               AND (w.grade_cautious IS DISTINCT FROM w.grade_balanced
                    OR w.grade_balanced IS DISTINCT FROM w.grade_lenient)
             ORDER BY c.revenue_12m DESC NULLS LAST, c.id
             LIMIT %(listed)s
            """,
            names=SQL(", ").join(SQL.identifier(f"grade_{preset}") for preset in PRESETS),
            picked=SQL(", ").join(SQL.identifier("w", f"grade_{preset}") for preset in PRESETS),
            columns=SQL(", ").join(
                SQL("%s AS %s", column, SQL.identifier(f"grade_{preset}"))
                for column, preset in zip(columns, PRESETS, strict=True)
            ),
            setup=self.id,
            company=self.company_id.id,
            listed=LISTED,
        )

    @api.depends("preview", "preset")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        labels = dict(self._fields["preset"]._description_selection(self.env))
        heads = (*GRADES[:3], self.env._("Not Rated"))
        for setup in self:
            if not setup.preview:
                setup.preview_html = False
                continue
            cell = Markup("<td class='text-end'>%s</td>")
            setup.preview_html = Markup(
                "<table class='table table-sm w-auto'><thead><tr><th></th>%s</tr></thead>"
                "<tbody>%s</tbody></table>"
            ) % (
                Markup("").join(Markup("<th class='text-end'>%s</th>") % head for head in heads),
                Markup("").join(
                    Markup("<tr class='%s'><td>%s</td>%s</tr>")
                    % (
                        "table-info" if preset == setup.preset else "",
                        labels[preset],
                        Markup("").join(
                            cell % setup.preview.get(preset, {}).get(grade, 0) for grade in GRADES
                        ),
                    )
                    for preset in PRESETS
                ),
            )

    def action_apply(self):
        """Write the chosen rules into the company's credit policy and grade everybody by them.

        Taking the same rules again changes nothing. What grades allow stays as it is.

        :raise AccessError: for users who may not change credit policies
        """
        self.ensure_one()
        self.check_access("write")
        policies = self.env["logistics.credit.policy"]
        policies.check_access("write")
        policy = policies._for_company(self.company_id).with_env(self.env)
        commands = []
        for line in policy.grade_ids.filtered(lambda line: line.grade in ("A", "B")):
            wanted = thresholds(self.preset, line.grade)
            changed = {name: value for name, value in wanted.items() if line[name] != value}
            if changed:
                commands.append(Command.update(line.id, changed))
        if commands:
            policy.write({"grade_ids": commands})
        self.sudo().write(
            {"applied_preset": self.preset, "applied_on": fields.Date.context_today(self)}
        )
        if self.customer_count:
            self.action_refresh()
        return True


class LogisticsSetupPreview(models.Model):
    """A customer whose first grade depends on the rules that are chosen."""

    _name = "logistics.setup.preview"
    _description = "Grade Preview"
    _inherit = ["logistics.readonly.mixin", "logistics.unknown.last.mixin"]
    _order = "revenue desc, id"
    _rec_name = "customer_id"

    setup_id = fields.Many2one("logistics.setup", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    revenue = KnownMonetary(string="Revenue (12 m)", readonly=True)
    current_grade = fields.Char(string="Grade Today", readonly=True)
    grade_cautious = fields.Char(string="Cautious", readonly=True)
    grade_balanced = fields.Char(string="Balanced", readonly=True)
    grade_lenient = fields.Char(string="Lenient", readonly=True)
