# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat
from . import churn_fit

# One set for everybody, chosen on simulated histories of many kinds: see docs/retention.md.
DEFAULTS = {
    "recency": 2.0,
    "frequency": -1.4,
    "value": -0.3,
    "tenure": 0.3,
    "rhythm": 1.5,
}
FEATURES = list(DEFAULTS)
# Fewer customers on either side say nothing about five coefficients.
ENOUGH = 50
SAMPLE = 20000


class LogisticsChurnModel(models.Model):
    """The coefficients of the churn score, estimated from a company's own past and dated.

    A model is made by a back-test: the features as they stood on a past day, against who traded
    afterwards. It scores customers only once a manager puts it in use; until then the default
    coefficients do.
    """

    _name = "logistics.churn.model"
    _description = "Churn Model"
    _inherit = ["mail.thread", "logistics.readonly.mixin"]
    _order = "id desc"
    _rec_name = "training_date"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    training_date = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=365),
        help="The features are taken as they stood on this day; who did not trade between this "
        "day and the outcome date counts as having stopped.",
    )
    outcome_date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="Trade up to this day decides who stopped.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("tested", "Back-Tested"), ("used", "In Use"), ("retired", "Retired")],
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    recency = fields.Float(digits=(8, 4), readonly=True, copy=False)
    frequency = fields.Float(digits=(8, 4), readonly=True, copy=False)
    value = fields.Float(digits=(8, 4), readonly=True, copy=False)
    tenure = fields.Float(digits=(8, 4), readonly=True, copy=False)
    rhythm = fields.Float(digits=(8, 4), readonly=True, copy=False)
    customers = fields.Integer(
        readonly=True, copy=False, help="With two trade days or more before the day."
    )
    stopped = fields.Integer(
        readonly=True, copy=False, help="Of these: no trade up to the outcome date."
    )
    auc = KnownFloat(
        "AUC",
        digits=(5, 3),
        readonly=True,
        copy=False,
        aggregator=None,
        help="The probability that a customer who stopped scores higher than one who stayed, on "
        "the half of the customers the coefficients were not estimated from.",
    )
    auc_default = KnownFloat(
        "AUC of Defaults",
        digits=(5, 3),
        readonly=True,
        copy=False,
        aggregator=None,
        help="The same, for the default coefficients and the same customers.",
    )
    precision_top = KnownFloat(
        "Precision, Top Tenth",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Of the tenth of the customers with the highest score: the share that stopped.",
    )
    fitted_on = fields.Datetime("Back-Tested On", readonly=True, copy=False)
    fitted_by_id = fields.Many2one("res.users", "Back-Tested By", readonly=True, copy=False)
    used_since = fields.Datetime("In Use Since", readonly=True, copy=False)
    formula = fields.Char(compute="_compute_formula")

    _one_in_use = models.UniqueIndex(
        "(company_id) WHERE state = 'used'", "One churn model is in use per company."
    )
    _dates_in_order = models.Constraint(
        "CHECK (outcome_date > training_date)",
        "The outcome date must come after the training date.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A model starts as a draft, whoever makes it."""
        models = super().create(vals_list)
        models.sudo().filtered(lambda model: not model.state).state = "draft"
        return models

    @api.depends(*FEATURES)
    def _compute_formula(self):
        for model in self:
            model.formula = "  ".join(
                f"{model[name]:+.2f} × {model._fields[name]._description_string(self.env)}"
                for name in FEATURES
            )

    @api.model
    def _in_use_sql(self):
        """Coefficients per company: of the model in use, or the defaults."""
        self.flush_model()
        return SQL(
            "SELECT co.id AS company_id, %s FROM res_company co"
            " LEFT JOIN logistics_churn_model m ON m.company_id = co.id AND m.state = 'used'",
            SQL(", ").join(
                SQL(
                    "COALESCE(m.%(name)s, %(default)s)::float8 AS %(name)s",
                    name=SQL.identifier(name),
                    default=DEFAULTS[name],
                )
                for name in FEATURES
            ),
        )

    def _training_rows(self):
        """Features as of the training date and whether the customer stopped, at most 20,000.

        The figures of that day are computed in a savepoint that is rolled back: the snapshot on
        the accounts stays as it is.
        """
        self.ensure_one()
        customers = self.env["logistics.customer"].sudo().with_company(self.company_id)
        later = self.env["logistics.trading.facts"]._facts_sql(
            company=self.company_id,
            date_from=self.training_date + timedelta(days=1),
            date_to=self.outcome_date,
        )
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            customers._refresh_figures(as_of=self.training_date, company=self.company_id)
            return self.env.execute_query(
                SQL(
                    """
                    WITH back AS MATERIALIZED (
                        SELECT DISTINCT l.partner_id FROM %(later)s AS l
                         WHERE COALESCE(l.amount, l.quantity, 0) >= 0)
                    SELECT %(features)s, b.partner_id IS NULL AS stopped
                      FROM (%(source)s) f
                      JOIN logistics_customer c ON c.id = f.id AND c.trade_days_total >= 2
                      LEFT JOIN back b ON b.partner_id = c.partner_id
                     ORDER BY md5(c.partner_id::text) LIMIT %(limit)s
                    """,
                    later=later,
                    features=SQL(", ").join(SQL("f.%s", SQL.identifier(n)) for n in FEATURES),
                    source=customers._churn_features_sql(self.company_id),
                    limit=SAMPLE,
                )
            )
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            customers.invalidate_model()

    def action_back_test(self):
        """Estimate the coefficients on half of the customers and judge them on the other half.

        :raise UserError: when fewer than 50 customers stopped or stayed: too few to learn from
        """
        self.check_access("write")
        for model in self.sudo():
            if model.state in ("used", "retired"):
                raise UserError(
                    self.env._("A model that was in use stays as it is. Make a new one.")
                )
            rows = model._training_rows()
            stopped = sum(1 for row in rows if row[-1])
            if min(stopped, len(rows) - stopped) < ENOUGH:
                raise UserError(
                    self.env._(
                        "Too little history: of %(customers)s customers with two trade days "
                        "before %(day)s, %(stopped)s stopped and %(stayed)s stayed. %(enough)s "
                        "of each are needed; until then the default coefficients are used.",
                        customers=len(rows),
                        day=model.training_date,
                        stopped=stopped,
                        stayed=len(rows) - stopped,
                        enough=ENOUGH,
                    )
                )
            found = churn_fit.back_test(rows, list(DEFAULTS.values()))
            model.write(
                dict(zip(FEATURES, found["coefficients"], strict=True))
                | {
                    "customers": len(rows),
                    "stopped": stopped,
                    "auc": found["auc"],
                    "auc_default": found["auc_default"],
                    "precision_top": found["precision"],
                    "state": "tested",
                    "fitted_on": fields.Datetime.now(),
                    "fitted_by_id": self.env.uid,
                }
            )
        return True

    def action_use(self):
        """Score with these coefficients from now on; the model used before is retired."""
        self.check_access("write")
        for model in self.sudo():
            if model.state != "tested":
                raise UserError(self.env._("Run the back-test before you use a model."))
            self.sudo().search(
                [("company_id", "=", model.company_id.id), ("state", "=", "used")]
            ).write({"state": "retired"})
            self.env.flush_all()
            model.write({"state": "used", "used_since": fields.Datetime.now()})
        return True

    def action_retire(self):
        """Go back to the default coefficients."""
        self.check_access("write")
        self.sudo().filtered(lambda m: m.state == "used").write({"state": "retired"})
        return True

    def write(self, vals):
        """The dates of a back-tested model stay: its coefficients belong to them."""
        if not self.env.su and {"training_date", "outcome_date", "company_id"} & vals.keys():
            if any(model.state != "draft" for model in self):
                raise UserError(
                    self.env._("The dates of a back-tested model stay. Make a new one.")
                )
        return super().write(vals)
