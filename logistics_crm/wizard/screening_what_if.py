# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang

from ..models.screening.screening_line import PROPOSALS
from ..models.screening.screening_settings import THRESHOLDS, WEIGHTS


class LogisticsScreeningWhatIf(models.TransientModel):
    """Move a weight or limit and see at once who changes place and proposal."""

    _name = "logistics.screening.what.if"
    _description = "What If of a Screening"
    _inherit = ["logistics.screening.settings.mixin"]

    screening_id = fields.Many2one(
        "logistics.screening", required=True, readonly=True, ondelete="cascade"
    )
    screening_state = fields.Selection(related="screening_id.state", string="Campaign State")
    name = fields.Char(string="Name of the Scenario")
    weight_total = fields.Float(
        string="Sum of the Weights", compute="_compute_outcome", digits=(5, 2)
    )
    changed_count = fields.Integer(string="Other Proposal", compute="_compute_outcome")
    moved_count = fields.Integer(string="Other Place", compute="_compute_outcome")
    outcome_html = fields.Html(string="Outcome", compute="_compute_outcome", sanitize=False)

    @api.depends("screening_id", *WEIGHTS, *THRESHOLDS)
    def _compute_outcome(self):
        for record in self:
            record.weight_total = sum(record._weights().values())
            if not record.screening_id or not record.weight_total:
                record.changed_count = record.moved_count = 0
                record.outcome_html = False
                continue
            record._check_reader()
            outcome = record.screening_id._what_if(record._settings())
            record.changed_count = outcome["changed"]
            record.moved_count = outcome["moved"]
            record.outcome_html = self.env["ir.qweb"]._render(
                "logistics_crm.screening_what_if_outcome", record._outcome_values(outcome)
            )

    def _market_company(self):
        return self.screening_id.company_id or super()._market_company()

    def _check_reader(self):
        """:raise AccessError: for who may not see all customers of the campaign."""
        if not self.env.su and not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("Only managers try other weights and limits."))

    def _outcome_values(self, outcome):
        currency = self.screening_id.currency_id
        unknown = self.env._("unknown")

        def money(value):
            if value is None:
                return unknown
            return formatLang(self.env, value, currency_obj=currency)

        def points(value):
            return unknown if value is None else formatLang(self.env, value, digits=1)

        return {
            "labels": dict(
                self.env["logistics.screening.line"]
                ._fields["proposal"]
                ._description_selection(self.env)
            ),
            "proposals": [key for key, _label in PROPOSALS],
            "outcome": outcome,
            "money": money,
            "points": points,
        }

    def action_keep(self):
        """Keep weights and limits as a scenario of the campaign."""
        self.ensure_one()
        self.env["logistics.screening.scenario"].create(
            {
                "name": self.name or self.env._("Scenario"),
                "screening_id": self.screening_id.id,
                **self._settings(),
            }
        )
        return self.screening_id.action_open_scenarios()

    def action_apply(self):
        """Give the campaign these weights and limits, and its points anew.

        :raise UserError: when the campaign is closed
        """
        self.ensure_one()
        self.screening_id.write(self._settings())
        self.screening_id.action_rescore()
        return {"type": "ir.actions.act_window_close"}
