# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang

from ..customer.logistics_customer import VALUE_CLASSES

KINDS = [
    ("rectification", "Rectification Order"),
    ("class", "Value Class by Hand"),
    ("target", "Yearly Target"),
    ("collection", "Handed to Collections"),
    ("hold", "Credit Hold"),
    ("replacement", "Replacement Target in the Area"),
]
# How long a customer has to rectify when nobody chose a day.
RECTIFY_MONTHS = 6


class LogisticsScreeningLine(models.Model):
    _inherit = "logistics.screening.line"

    target_class = fields.Selection(
        VALUE_CLASSES,
        string="Value Class from Now On",
        copy=False,
        help="Proposed as a value class by hand when the campaign is closed. Empty: the rules "
        "decide.",
    )

    @api.model
    def _decision_fields(self):
        return super()._decision_fields() | {"target_class"}


class LogisticsScreeningEffect(models.Model):
    """What closing a campaign does to a customer: seen beforehand, applied, reversible."""

    _name = "logistics.screening.effect"
    _description = "Effect of a Screening"
    _inherit = ["mail.thread"]
    _order = "screening_id desc, kind, id"
    _rec_name = "kind"

    line_id = fields.Many2one(
        "logistics.screening.line",
        string="Screened Customer",
        readonly=True,
        required=True,
        index=True,
        ondelete="cascade",
    )
    screening_id = fields.Many2one(related="line_id.screening_id", store=True, index=True)
    customer_id = fields.Many2one(related="line_id.customer_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    description = fields.Char(readonly=True)
    state = fields.Selection(
        [("planned", "Planned"), ("applied", "Applied"), ("reversed", "Reversed")],
        default="planned",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True, string="Document")
    applied_at = fields.Datetime(readonly=True)
    applied_by = fields.Many2one("res.users", readonly=True)
    reversed_at = fields.Datetime(readonly=True)
    reversed_by = fields.Many2one("res.users", readonly=True)
    reverse_reason = fields.Text(readonly=True, tracking=True)

    _one_live = models.UniqueIndex("(line_id, kind) WHERE state <> 'reversed'")

    # ------------------------------------------------------------------ planning
    @api.model
    def _wanted(self, line):
        """What a decision asks for, as ``{kind: description}``."""
        wanted = {}
        if line.decision == "rectify":
            until = line.rectify_until or self._default_until(line)
            wanted["rectification"] = self.env._(
                "Until %(date)s: %(conditions)s",
                date=format_date(self.env, until),
                conditions=", ".join(self._condition_texts(line)),
            )
        if line.target_class and line.target_class != line.customer_id.sudo().value_class:
            labels = dict(line._fields["target_class"]._description_selection(self.env))
            wanted["class"] = labels[line.target_class]
        if line.target_revenue is not False and line.decision != "wind_down" and line.decision:
            wanted["target"] = self.env._(
                "%(year)s: %(amount)s",
                year=str(line.screening_id._following_year()),
                amount=formatLang(self.env, line.target_revenue, currency_obj=line.currency_id),
            )
        controller = line.company_id.sudo().logistics_credit_controller_id
        if line.decision in ("rectify", "wind_down") and line.has_overdue and controller:
            wanted["collection"] = self.env._("Overdue money, to %s", controller.name)
        if line.decision == "wind_down":
            wanted["hold"] = self.env._("Orders wait for a release from now on")
            wanted["replacement"] = self.env._("Somebody new in %s", self._area(line))
        return wanted

    @api.model
    def _condition_texts(self, line):
        """The figures agreed on, in words, for the list of effects."""
        values = self._rectify_conditions(line)
        texts = []
        if values["max_overdue"] is not False:
            texts.append(self.env._("nothing overdue"))
        if values["max_days_late"] is not False:
            texts.append(
                self.env._(
                    "at most %s days late",
                    formatLang(self.env, values["max_days_late"], digits=0),
                )
            )
        if values["min_margin"] is not False:
            texts.append(self.env._("no loss"))
        return texts

    @api.model
    def _default_until(self, line):
        today = fields.Date.context_today(self)
        return max(today, line.screening_id.date_to) + relativedelta(months=RECTIFY_MONTHS)

    # ------------------------------------------------------------------ applying
    def _apply(self):
        """Create the document of each planned effect; runs in the closing's transaction."""
        for effect in self.filtered(lambda effect: effect.state == "planned"):
            document = getattr(effect.sudo(), f"_apply_{effect.kind}")(effect.line_id.sudo())
            effect.sudo().write(
                {
                    "state": "applied",
                    "res_model": document._name if document else False,
                    "res_id": document.id if document else False,
                    "applied_at": fields.Datetime.now(),
                    "applied_by": self.env.uid,
                }
            )

    def _reason(self, line):
        return self.env._(
            "%(screening)s: %(decision)s. %(reason)s",
            screening=line.screening_id.display_name,
            decision=dict(line._fields["decision"]._description_selection(self.env))[line.decision],
            reason=line.decision_reason or line.proposal_reason or "",
        ).strip()

    @api.model
    def _rectify_conditions(self, line):
        """Figures an order is checked by: those that the proposal's rule is about.

        Overdue money and days late for who pays late or not at all, the margin for who brings a
        loss; all that is known to matter when somebody decided against the proposal.
        """
        late = line.proposal_rule in ("overdue", "stopped_overdue", "late_payer")
        loss = line.proposal_rule in ("loss", "no_profit_no_potential")
        return {
            "max_overdue": 0.0 if late or line.has_overdue or not loss else False,
            "max_days_late": line.screening_id._days_late_limit() if late or not loss else False,
            "min_margin": 0.0 if loss else False,
        }

    def _apply_rectification(self, line):
        return self.env["logistics.rectification"].create(
            {
                "customer_id": line.customer_id.id,
                "line_id": line.id,
                "user_id": line.customer_id.user_id.id,
                "until": line.rectify_until or self._default_until(line),
                "condition": line.rectify_condition or self._reason(line),
                **self._rectify_conditions(line),
            }
        )

    def _apply_class(self, line):
        override = self.env["logistics.value.class.override"]
        policy = self.env["logistics.value.class.policy"]._for_companies(line.company_id)
        today = fields.Date.context_today(self)
        days = policy[line.company_id.id].override_max_days
        override.search(
            [
                ("customer_id", "=", line.customer_id.id),
                ("state", "=", "approved"),
                ("date_to", ">=", today),
            ]
        ).action_end(self._reason(line))
        return override.create(
            {
                "customer_id": line.customer_id.id,
                "value_class": line.target_class,
                "reason": self._reason(line),
                "date_from": today,
                "date_to": today + relativedelta(days=min(days, 365)),
                "state": "approved",
                "user_id": line.decided_by.id or self.env.uid,
                "approved_by": self.env.uid,
            }
        )

    def _apply_target(self, line):
        model = self.env["logistics.customer.target"]
        year = line.screening_id._following_year()
        known = model.search([("customer_id", "=", line.customer_id.id), ("year", "=", year)])
        if known:
            known.revenue_target = line.target_revenue
            return known
        return model.create(
            {
                "customer_id": line.customer_id.id,
                "year": year,
                "revenue_target": line.target_revenue,
            }
        )

    def _apply_collection(self, line):
        case = self.env["logistics.collection.case"].search(
            [("customer_id", "=", line.customer_id.id)], limit=1
        )
        return (case or line.customer_id).activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=line.company_id.logistics_credit_controller_id.id,
            summary=self.env._("Collect what %s owes", line.customer_name),
            note=self._reason(line),
        )

    def _apply_hold(self, line):
        return self.env["logistics.credit.hold"].create(
            {"customer_id": line.customer_id.id, "reason": self._reason(line), "forced": True}
        )

    @api.model
    def _area(self, line):
        """Where the customer is, in words: as near as its address is known."""
        partner = line.customer_id.sudo().partner_id
        places = (partner.city, partner.state_id.name, line.country_id.name)
        return ", ".join(filter(None, places)) or self.env._("the same area")

    def _apply_replacement(self, line):
        return self.env["logistics.target.customer"].create(
            {
                "name": self.env._("Instead of %s", line.customer_name),
                "company_id": line.company_id.id,
                "year": line.screening_id._following_year(),
                "user_id": line.customer_id.user_id.id or self.env.uid,
                "reason": self.env._(
                    "%(customer)s is wound down. Find a customer in %(area)s that fills its "
                    "capacity.",
                    customer=line.customer_name,
                    area=self._area(line),
                ),
                "expected_revenue": line.revenue,
            }
        )

    # ------------------------------------------------------------------ reversing
    def action_reverse(self, reason=None):
        """Take applied effects back by ending the document each of them made.

        :param reason: why; the campaign's name when omitted
        :raise AccessError: for others than managers
        """
        if not self.env.su and not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("Only managers take effects of a screening back."))
        reason = reason or self.env._("Taken back by %s", self.env.user.name)
        for effect in self:
            if effect.state != "applied":
                raise UserError(
                    self.env._("Only applied effects can be taken back: %s.", effect.description)
                )
            document = effect._document()
            if document:
                getattr(effect.sudo(), f"_reverse_{effect.kind}")(document.sudo(), reason)
            effect.sudo().write(
                {
                    "state": "reversed",
                    "reversed_at": fields.Datetime.now(),
                    "reversed_by": self.env.uid,
                    "reverse_reason": reason,
                }
            )
        return True

    def _document(self):
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()

    def _reverse_rectification(self, order, reason):
        order.action_cancel()
        order._message_log(body=reason)

    def _reverse_class(self, override, reason):
        override.action_end(reason)

    def _reverse_target(self, target, reason):
        target.customer_id._message_log(body=reason)
        target.unlink()

    def _reverse_collection(self, activity, reason):
        activity.action_feedback(feedback=reason)

    def _reverse_hold(self, hold, reason):
        if hold.state == "in_force":
            hold._lift(reason, self.env.user)

    def _reverse_replacement(self, target, reason):
        target.progress = "given_up"
        target._message_log(body=reason)

    def action_open_document(self):
        """Open the document that the effect made."""
        self.ensure_one()
        document = self._document()
        if not document:
            raise UserError(self.env._("There is no document: the effect is not applied."))
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
        }


class LogisticsScreening(models.Model):
    """Effects are planned by decision, seen as a list, and applied when the campaign closes."""

    _inherit = "logistics.screening"

    effect_ids = fields.One2many("logistics.screening.effect", "screening_id", readonly=True)
    effect_count = fields.Integer(compute="_compute_effect_count")

    @api.depends("effect_ids")
    def _compute_effect_count(self):
        counts = dict(
            self.env["logistics.screening.effect"]._read_group(
                [("screening_id", "in", self.ids)], ["screening_id"], ["__count"]
            )
        )
        for screening in self:
            screening.effect_count = counts.get(screening, 0)

    def action_plan_effects(self):
        """List what closing would do, from the decisions taken so far; nothing happens yet.

        Planned again after decisions changed, it replaces what was planned. Without planning,
        closing has no effect on any customer.

        :raise UserError: without figures, or when closed
        """
        self.check_access("write")
        for screening in self:
            screening._refuse_closed()
            screening._require_figures()
            screening._plan_effects()
        return self.action_open_effects()

    def _plan_effects(self):
        self.ensure_one()
        Effect = self.env["logistics.screening.effect"].sudo()
        Effect.search([("screening_id", "=", self.id), ("state", "=", "planned")]).unlink()
        applied = {
            (effect.line_id, effect.kind)
            for effect in Effect.search([("screening_id", "=", self.id), ("state", "=", "applied")])
        }
        lines = self.env["logistics.screening.line"].search(
            [("screening_id", "=", self.id), ("folded", "=", False), ("decision", "!=", False)]
        )
        # nothing happens to a customer that was archived after the decision
        archived = lines.filtered(lambda line: not line.customer_id.active)
        lines -= archived
        if archived:
            self._message_log(
                body=self.env._(
                    "Archived since they were screened, so closing does nothing to them: %s.",
                    ", ".join(archived[:20].mapped("customer_name")),
                )
            )
        Effect.create(
            [
                {"line_id": line.id, "kind": kind, "description": text}
                for line in lines
                for kind, text in Effect._wanted(line).items()
                if (line, kind) not in applied
            ]
        )

    def action_open_effects(self):
        """Open what closing does, or did, to the customers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_screening_effect"
        )
        action["domain"] = [("screening_id", "=", self.id)]
        return action

    def action_close(self):
        planned = self.filtered(
            lambda s: s.sudo().effect_ids.filtered(lambda effect: effect.state == "planned")
        )
        for screening in planned:
            if screening.state == "computed":
                # decisions may have changed since they were planned
                screening._plan_effects()
        result = super().action_close()
        for screening in planned:
            screening.sudo().effect_ids.with_user(self.env.user)._apply()
        return result
