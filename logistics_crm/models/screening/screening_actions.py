# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .screening_settings import THRESHOLDS, WEIGHTS


class LogisticsScreening(models.Model):
    """What may be done to a campaign, and what may not."""

    _inherit = "logistics.screening"

    # ------------------------------------------------------------------ guards
    @api.model
    def _open_fields(self):
        """Fields a manager may set while the campaign is not closed."""
        return {
            "note",
            *WEIGHTS,
            *THRESHOLDS,
        }

    @api.model
    def _result_fields(self):
        """Fields that only computing, closing and reopening set."""
        return {
            "state",
            "as_of",
            "computed_at",
            "computed_by",
            "closed_at",
            "closed_by",
            "run",
            "needs_recompute",
            "needs_rescore",
            "rescored_at",
            "customer_count",
            "traded_count",
            "known_amount_count",
            "trade_line_count",
            "late_count",
            "revenue",
            "revenue_previous",
            "gross_margin",
            "cost_coverage",
            "amount_coverage",
        }

    @api.model_create_multi
    def create(self, vals_list):
        blank = dict.fromkeys(self._result_fields(), False) | {"state": "draft"}
        for vals in vals_list:
            if any(vals.get(name) for name in set(vals) & (blank.keys() - {"state"})) or (
                vals.get("state", "draft") != "draft"
            ):
                raise UserError(
                    self.env._("The results of a screening are computed, they cannot be given.")
                )
            # explicit values, so that defaults from the context cannot slip in either
            vals.update(blank)
            vals.pop("line_ids", None)
            self._check_one_per_year(
                vals.get("year") or self.default_get(["year"]).get("year"),
                vals.get("company_id") or self.default_get(["company_id"]).get("company_id"),
                vals.get("closing_month")
                or self.default_get(["closing_month"]).get("closing_month"),
                vals.get("span") or self.default_get(["span"]).get("span"),
            )
        return super().create(vals_list)

    def write(self, vals):
        names = {
            name
            for name in vals
            if name in self._fields
            and not name.startswith(("message_", "activity_", "website_message_", "rating_"))
        }
        if names & self._result_fields() or "line_ids" in names:
            raise UserError(
                self.env._(
                    "The state and the results of a screening change only by computing, closing "
                    "and reopening it."
                )
            )
        if names:
            self._refuse_closed()
        if names - self._open_fields():
            if any(screening.state != "draft" for screening in self):
                raise UserError(
                    self.env._(
                        "The months and company of a computed screening are fixed. Start another "
                        "campaign instead."
                    )
                )
            for screening in self:
                screening._check_one_per_year(
                    vals.get("year", screening.year),
                    vals.get("company_id", screening.company_id.id),
                    vals.get("closing_month", screening.closing_month),
                    vals.get("span", screening.span),
                )
        result = super().write(vals)
        if names & {*WEIGHTS, *THRESHOLDS}:
            self.filtered(lambda s: s.state == "computed")._write_results({"needs_rescore": True})
        return result

    def _write_results(self, vals):
        """Write results past the guard of ``write``; private, so never reachable over RPC."""
        return super().write(vals)

    def _refuse_closed(self):
        """:raise UserError: when one of the campaigns is closed."""
        if closed := self.filtered(lambda s: s.state == "closed"):
            raise UserError(
                self.env._(
                    "%(name)s is closed: its figures and decisions stay as they are. A manager "
                    "can reopen it.",
                    name=closed[0].display_name,
                )
            )

    def _hold_open(self):
        """Keep the campaigns open until the transaction ends, for who changes their lines.

        Without the lock, a decision written while another manager closes would land in a
        campaign that is closed already.

        :raise UserError: when one of the campaigns is closed
        """
        if self:
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM logistics_screening WHERE id IN %s ORDER BY id FOR SHARE",
                    tuple(self.ids),
                )
            )
        self._refuse_closed()

    def copy_data(self, default=None):
        """Duplicate the settings for the following year.

        :param default: values that replace those of the original
        """
        default = dict(default or {})
        return [
            vals | ({"year": screening.year + 1} if "year" not in default else {})
            for screening, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._refuse_closed()

    # ------------------------------------------------------------------ actions
    def action_compute(self):
        """Compute the screening: one line per customer that traded in the year or the year before.

        Replaces the figures of an earlier computing and keeps the decisions of the customers
        that are still in scope. Amounts are in company currency, untaxed, as known on the last
        day of the year (today while the year is running).

        :raise UserError: for a closed campaign, or when nobody traded in the year
        """
        self.check_access("write")
        for screening in self:
            # a savepoint, so that a caller who catches the error has changed nothing either
            with self.env.cr.savepoint():
                screening._run_computation()
        return True

    def action_rescore(self):
        """Give points and proposals anew after weights, limits or judgements changed.

        The figures stay those of the last computing.

        :raise UserError: for a closed campaign, or one without figures
        """
        self.check_access("write")
        for screening in self:
            screening._refuse_closed()
            screening._require_figures()
        self._rescore()
        return True

    def _require_figures(self):
        """:raise UserError: unless computed."""
        for screening in self:
            if screening.state == "draft":
                raise UserError(
                    self.env._("%s has no figures yet: compute it first.", screening.display_name)
                )

    def action_close(self):
        """Freeze figures and decisions.

        :raise UserError: unless computed, and recomputed after customers were merged; while the
            screened months still run, or when the figures are older than their last day
        """
        self.check_access("write")
        for screening in self:
            screening._refuse_closed()
            if screening.state != "computed":
                raise UserError(
                    self.env._(
                        "%(name)s has no figures yet. Compute it before closing.",
                        name=screening.display_name,
                    )
                )
            if screening.needs_recompute:
                raise UserError(
                    self.env._(
                        "Customers of %(name)s were merged after it was computed. Compute it "
                        "again before closing.",
                        name=screening.display_name,
                    )
                )
            screening._refuse_running()
            screening._write_results(
                {
                    "state": "closed",
                    "closed_at": fields.Datetime.now(),
                    "closed_by": self.env.uid,
                }
            )
        return True

    def _refuse_running(self):
        """:raise UserError: when the figures do not reach to the last day of the months."""
        self.ensure_one()
        if self.as_of >= self.date_to:
            return
        last = format_date(self.env, self.date_to)
        if fields.Date.context_today(self) < self.date_to:
            raise UserError(
                self.env._(
                    "The months of %(name)s still run until %(date)s. What is decided now can be "
                    "closed from then on, on figures that are complete.",
                    name=self.display_name,
                    date=last,
                )
            )
        raise UserError(
            self.env._(
                "%(name)s was computed as of %(day)s, before its months ended on %(date)s. "
                "Compute it again before closing.",
                name=self.display_name,
                day=format_date(self.env, self.as_of),
                date=last,
            )
        )

    def action_reopen(self):
        """Allow decisions and computing again; tracked, managers only.

        :raise UserError: unless closed
        """
        self.check_access("write")
        for screening in self:
            if screening.state != "closed":
                raise UserError(self.env._("%(name)s is not closed.", name=screening.display_name))
        self._write_results({"state": "computed", "closed_at": False, "closed_by": False})
        return True

    def action_open_lines(self):
        """Open the screened customers of this campaign."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_screening_line"
        )
        action["domain"] = [("screening_id", "=", self.id)]
        action["context"] = {"search_default_traded": 1, "logistics_single_screening": 1}
        action.pop("path", None)
        return action

    def action_open_undecided(self):
        """Open the screened customers that still wait for a decision."""
        action = self.action_open_lines()
        action["context"] = {"search_default_undecided": 1, "logistics_single_screening": 1}
        return action

    def action_open_months(self):
        """Open the months of this campaign as a pivot."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_screening_month"
        )
        action["domain"] = [("screening_id", "=", self.id)]
        action.pop("path", None)
        return action
