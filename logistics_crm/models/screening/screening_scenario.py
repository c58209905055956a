# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from .screening_line import PROPOSALS


class LogisticsScreeningScenario(models.Model):
    """Weights and limits that were tried and kept, with what they would lead to."""

    _name = "logistics.screening.scenario"
    _description = "Screening Scenario"
    _inherit = ["logistics.screening.settings.mixin"]
    _order = "screening_id desc, id"

    name = fields.Char(required=True)
    screening_id = fields.Many2one(
        "logistics.screening", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="screening_id.company_id", store=True, index=True)
    note = fields.Text(help="Why this scenario is worth keeping.")
    computed_at = fields.Datetime(
        string="Compared at", readonly=True, help="The figures the scenario was compared on."
    )
    changed_count = fields.Integer(
        string="Other Proposal",
        readonly=True,
        help="Customers whose proposal differs from that of the campaign.",
    )
    moved_count = fields.Integer(
        string="Other Place", readonly=True, help="Customers whose place by total differs."
    )
    keep_count = fields.Integer(string="Keep", readonly=True)
    develop_count = fields.Integer(string="Develop", readonly=True)
    maintain_count = fields.Integer(string="Maintain", readonly=True)
    rectify_count = fields.Integer(string="Rectify", readonly=True)
    wind_down_count = fields.Integer(string="Wind Down", readonly=True)

    def _market_company(self):
        return self.screening_id.company_id or super()._market_company()

    @api.model_create_multi
    def create(self, vals_list):
        scenarios = super().create(vals_list)
        scenarios._compare()
        return scenarios

    def write(self, vals):
        result = super().write(vals)
        if set(vals) & set(self._settings_names()):
            self._compare()
        return result

    def _write_outcome(self, vals):
        """Write past :meth:`write`, which would compare again."""
        return super().write(vals)

    def _compare(self):
        """Count what the scenario would change, on the campaign's present figures."""
        for scenario in self:
            outcome = scenario.screening_id._what_if(scenario._settings(), limit=1)
            counts = {
                f"{proposal}_count": outcome["proposals"].get(proposal, (0, 0))[1]
                for proposal, _label in PROPOSALS
            }
            scenario._write_outcome(
                {
                    **counts,
                    "computed_at": fields.Datetime.now(),
                    "changed_count": outcome["changed"],
                    "moved_count": outcome["moved"],
                }
            )

    def action_compare(self):
        """Compare again, on the campaign's present figures."""
        self.check_access("write")
        self._compare()
        return True

    def action_open_what_if(self):
        """Open the what-if with the weights and limits of this scenario."""
        self.ensure_one()
        return self.screening_id._open_what_if(self._settings(), self.name)

    def action_apply(self):
        """Give the campaign these weights and limits, and its points anew.

        :raise UserError: when the campaign is closed
        """
        for scenario in self:
            scenario.screening_id.write(scenario._settings())
            scenario.screening_id.action_rescore()
        return True


class LogisticsScreening(models.Model):
    _inherit = "logistics.screening"

    scenario_ids = fields.One2many("logistics.screening.scenario", "screening_id")
    scenario_count = fields.Integer(compute="_compute_scenario_count")

    @api.depends("scenario_ids")
    def _compute_scenario_count(self):
        counts = dict(
            self.env["logistics.screening.scenario"]._read_group(
                [("screening_id", "in", self.ids)], ["screening_id"], ["__count"]
            )
        )
        for screening in self:
            screening.scenario_count = counts.get(screening, 0)

    def action_what_if(self):
        """Try other weights and limits before anything is saved."""
        self.ensure_one()
        self._require_figures()
        return self._open_what_if(self._settings())

    def _open_what_if(self, settings, name=None):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What If: %s", name or self.display_name),
            "res_model": "logistics.screening.what.if",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_screening_id": self.id,
                "default_name": name,
                **{f"default_{key}": value for key, value in settings.items()},
                "dialog_size": "extra-large",
            },
        }

    def action_open_scenarios(self):
        """Open the scenarios kept for this campaign, side by side."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_screening_scenario"
        )
        action["domain"] = [("screening_id", "=", self.id)]
        action["context"] = {"default_screening_id": self.id}
        return action
