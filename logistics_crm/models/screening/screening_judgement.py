# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...fields_unknown import KnownFloat

FUTURE_SCALE = [
    ("1", "1 - Leaving the trade, or us"),
    ("2", "2 - Shrinking, or looking at others"),
    ("3", "3 - Holds its place"),
    ("4", "4 - Growing, we take part"),
    ("5", "5 - Leads its market and builds on us"),
]
COOPERATION_SCALE = [
    ("1", "1 - Works against us: unfounded claims, broken promises"),
    ("2", "2 - Costs more effort than agreed"),
    ("3", "3 - Keeps what was agreed"),
    ("4", "4 - Plans with us: forecasts, joint reviews"),
    ("5", "5 - Partner: shares plans, links systems, recommends us"),
]
# The ends of a scale are claims that somebody has to be able to check.
NEEDS_EVIDENCE = ("1", "5")


class LogisticsScreeningJudgement(models.Model):
    """What the representative, and then the manager, thinks of a customer's future."""

    _name = "logistics.screening.judgement"
    _description = "Judgement of a Screened Customer"
    _order = "line_id, role desc"

    line_id = fields.Many2one(
        "logistics.screening.line",
        string="Screened Customer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    screening_id = fields.Many2one(related="line_id.screening_id", store=True, index=True)
    customer_id = fields.Many2one(related="line_id.customer_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    role = fields.Selection(
        [("rep", "Representative"), ("manager", "Manager")],
        required=True,
        default=lambda self: "manager" if self._is_manager() else "rep",
        help="The manager's judgement takes the place of the representative's.",
    )
    user_id = fields.Many2one("res.users", string="Judged by", readonly=True)
    judged_on = fields.Date(readonly=True)
    future = fields.Selection(
        FUTURE_SCALE,
        help="Where the customer's own business goes, and whether we are part of it. Empty: "
        "nobody can tell.",
    )
    cooperation = fields.Selection(
        COOPERATION_SCALE, help="How it is to work with the customer. Empty: nobody can tell."
    )
    evidence = fields.Text(
        help="What the judgement rests on: an order book seen, a plan told, a complaint that was "
        "not justified. Needed for the ends of the scales."
    )

    _line_role_uniq = models.UniqueIndex(
        "(line_id, role)", "This customer was judged in this role already. Change that judgement."
    )

    @api.model
    def _is_manager(self):
        return self.env.su or self.env.user.has_group("logistics_crm.group_manager")

    @api.constrains("future", "cooperation", "evidence")
    def _check_evidence(self):
        for judgement in self:
            ends = {judgement.future, judgement.cooperation} & set(NEEDS_EVIDENCE)
            if ends and not (judgement.evidence or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(customer)s: a judgement of 1 or 5 needs its evidence. Write down what "
                        "you saw or were told.",
                        customer=judgement.line_id.customer_name,
                    )
                )

    def _check_role(self, role):
        if role != "rep" and not self._is_manager():
            raise AccessError(
                self.env._("Only managers give the manager's judgement; give yours as the rep.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_role(vals.get("role") or self.default_get(["role"])["role"])
            vals["user_id"] = self.env.uid
            vals["judged_on"] = fields.Date.context_today(self)
        judgements = super().create(vals_list)
        judgements._follow()
        return judgements

    def write(self, vals):
        for role in {*self.mapped("role"), vals.get("role", "rep")}:
            self._check_role(role)
        if "line_id" in vals and any(j.line_id.id != vals["line_id"] for j in self):
            raise UserError(self.env._("A judgement stays with its customer and campaign."))
        vals = {**vals, "user_id": self.env.uid, "judged_on": fields.Date.context_today(self)}
        result = super().write(vals)
        self._follow()
        return result

    def unlink(self):
        for role in set(self.mapped("role")):
            self._check_role(role)
        lines = self.line_id
        lines.screening_id._hold_open()
        result = super().unlink()
        lines._take_judgements()
        return result

    def _follow(self):
        self.line_id.screening_id._hold_open()
        self.line_id._take_judgements()


class LogisticsScreeningLine(models.Model):
    """The judgements of a line, as the criteria read them."""

    _inherit = "logistics.screening.line"

    judgement_ids = fields.One2many("logistics.screening.judgement", "line_id")
    judged_future = KnownFloat(
        string="Judged Future",
        readonly=True,
        aggregator="avg",
        copy=False,
        help="Judgement of the future between 0 and 1: the manager's, else the representative's.",
    )
    judged_cooperation = KnownFloat(
        readonly=True,
        aggregator="avg",
        copy=False,
        help="Judgement of the cooperation between 0 and 1: the manager's, else the "
        "representative's.",
    )
    judged = fields.Boolean(
        readonly=True, copy=False, help="Somebody has judged future or cooperation."
    )

    def _take_judgements(self):
        """Carry the judgements over to the columns that the scoring reads.

        The points follow with the next *Score Again* or computing, for all customers at once.
        """
        for line in self.sudo():
            by_role = {j.role: j for j in line.judgement_ids}
            ordered = [by_role[role] for role in ("manager", "rep") if role in by_role]

            def share(name, ordered=ordered):
                value = next((j[name] for j in ordered if j[name]), False)
                return (int(value) - 1) / 4 if value else False

            line._write_computed(
                {
                    "judged_future": share("future"),
                    "judged_cooperation": share("cooperation"),
                    "judged": any(j.future or j.cooperation for j in ordered),
                }
            )
        for screening in self.sudo().screening_id:
            if not screening.needs_rescore:
                screening._write_results({"needs_rescore": True})

    def action_judge(self):
        """Open the reader's own judgement of this customer, or a new one."""
        self.ensure_one()
        Judgement = self.env["logistics.screening.judgement"]
        role = "manager" if Judgement._is_manager() else "rep"
        found = self.judgement_ids.filtered(lambda j: j.role == role)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Judge %s", self.customer_name),
            "res_model": "logistics.screening.judgement",
            "res_id": found.id,
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_id": self.id, "default_role": role},
        }
