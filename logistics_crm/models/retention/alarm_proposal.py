# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...fields_unknown import KnownFloat
from .churn_alarm import RULES

# rule: (setting of the company, lowest and highest value, whether more of it means fewer alarms)
THRESHOLDS = {
    "gap": ("logistics_alarm_budget", 0.05, 5.0, False),
    "drop": ("logistics_alarm_drop", 1.5, 10.0, True),
    "rise": ("logistics_alarm_rise", 1.5, 10.0, True),
}
# Verdicts of so many months count, and fewer than ENOUGH of a rule say nothing.
MONTHS = 24
ENOUGH = 20
# A precision is drawn to one half by so many verdicts, as the probability of loss is.
PRIOR = 4
# One proposal moves a threshold by no more than this factor: what lies beyond was never observed.
STEP = 2.0
LOOSEN = 1.25
# Precision so far above the wish lets a rule sound earlier.
SLACK = 0.2
# After a decision a rule is left alone until this many new verdicts are in.
NEW_VERDICTS = 10


class LogisticsAlarmProposal(models.Model):
    """Another threshold for a rule of the alarms, from the company's own verdicts.

    Nothing changes by itself: a manager accepts or refuses, and both are kept with their day.
    """

    _name = "logistics.alarm.proposal"
    _description = "Alarm Threshold Proposal"
    _inherit = ["mail.thread", "logistics.readonly.mixin"]
    _order = "date desc, id desc"
    _rec_name = "rule"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    rule = fields.Selection(RULES, required=True, readonly=True, index=True)
    date = fields.Date("Proposed On", required=True, readonly=True)
    verdicts = fields.Integer(
        readonly=True, aggregator=None, help="Alarms of this rule closed in the last 24 months."
    )
    precision = KnownFloat(readonly=True, aggregator=None, help="The share of them that was right.")
    wanted = KnownFloat(
        "Precision Wanted", readonly=True, aggregator=None, help="The setting Alarms to Be Right."
    )
    threshold = KnownFloat(
        "Present Threshold",
        digits=(8, 3),
        readonly=True,
        aggregator=None,
        help="Silence: the budget of false alarms. Volume: standard deviations.",
    )
    proposed = KnownFloat("Proposed Threshold", digits=(8, 3), readonly=True, aggregator=None)
    expected_precision = KnownFloat(
        readonly=True,
        aggregator=None,
        help="The share that was right of the alarms the proposed threshold would have kept. "
        "Empty when it sounds earlier: those alarms were never made.",
    )
    kept = KnownFloat(
        "Right Alarms Kept",
        readonly=True,
        aggregator=None,
        help="Of the alarms that were right: the share that would have sounded all the same.",
    )
    reason = fields.Char(compute="_compute_reason")
    state = fields.Selection(
        [
            ("open", "To Decide"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
    )
    decided_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    note = fields.Char(help="Why it was accepted or refused.")

    _one_open = models.UniqueIndex(
        "(company_id, rule) WHERE state = 'open'", "This rule has a proposal to decide already."
    )

    @api.depends("rule", "verdicts", "precision", "wanted", "proposed", "threshold")
    def _compute_reason(self):
        for proposal in self:
            said = {
                "verdicts": proposal.verdicts,
                "right": f"{100 * (proposal.precision or 0):.0f}",
                "wanted": f"{100 * (proposal.wanted or 0):.0f}",
                "kept": f"{100 * (proposal.kept or 0):.0f}",
                "expected": f"{100 * (proposal.expected_precision or 0):.0f}",
            }
            if proposal.expected_precision is False:
                proposal.reason = self.env._(
                    "%(right)s %% of %(verdicts)s alarms were right, %(wanted)s %% are wanted: "
                    "the rule may sound earlier.",
                    **said,
                )
            else:
                proposal.reason = self.env._(
                    "%(right)s %% of %(verdicts)s alarms were right, %(wanted)s %% are wanted. "
                    "With the proposal %(expected)s %% would have been, and %(kept)s %% of the "
                    "right ones would have sounded.",
                    **said,
                )

    # ------------------------------------------------------------------ proposing
    @api.model
    def _propose(self, company, as_of=None):
        """Propose thresholds for the rules of a company whose verdicts call for it.

        Only alarms closed in the 24 months up to the day count. An open proposal stays as it is;
        after a decision ten more verdicts are waited for. Nothing is changed.

        :return: the new proposals
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        proposals = self.sudo()
        values = []
        for rule, (setting, *_bounds) in THRESHOLDS.items():
            last = proposals.search([("company_id", "=", company.id), ("rule", "=", rule)], limit=1)
            if last.state == "open":
                continue
            verdicts = self._verdicts(company, rule, as_of)
            if len(verdicts) < ENOUGH:
                continue
            if last and self._verdicts_since(last) < NEW_VERDICTS:
                continue
            found = self._better(verdicts, rule, company[setting], company)
            if found:
                values.append(
                    found
                    | {
                        "company_id": company.id,
                        "rule": rule,
                        "date": as_of,
                        "threshold": company[setting],
                        "wanted": company.logistics_alarm_precision,
                    }
                )
        return proposals.create(values)

    @api.model
    def _verdict_domain(self, company_id, rule):
        return fields.Domain(
            [
                ("company_id", "=", company_id),
                ("rule", "=", rule),
                ("state", "=", "closed"),
                ("hit", "!=", False),
                ("level", "!=", False),
            ]
        )

    @api.model
    def _verdicts(self, company, rule, as_of):
        """``[(level, right)]`` of the alarms closed in the 24 months up to a day."""
        rows = (
            self.env["logistics.churn.alarm"]
            .sudo()
            .search_read(
                self._verdict_domain(company.id, rule)
                & fields.Domain("closed_on", "<=", as_of)
                & fields.Domain("closed_on", ">", as_of - relativedelta(months=MONTHS)),
                ["level", "hit"],
                load=None,
            )
        )
        return [(row["level"], bool(row["hit"])) for row in rows]

    @api.model
    def _verdicts_since(self, proposal):
        return (
            self.env["logistics.churn.alarm"]
            .sudo()
            .search_count(
                self._verdict_domain(proposal.company_id.id, proposal.rule)
                & fields.Domain("closed_on", ">", proposal.date)
            )
        )

    @api.model
    def _better(self, verdicts, rule, threshold, company):
        """The threshold that verdicts speak for, as values of a proposal; None: the present one.

        Too many false alarms: the loosest threshold at which the alarms that would still have
        sounded were right as often as wanted (their precision drawn to one half by four
        verdicts). Where none is, the one with the best precision that keeps half of the right
        alarms. Right far more often than wanted: a quarter looser.
        """
        _setting, lowest, highest, more_is_stricter = THRESHOLDS[rule]
        wanted = company.logistics_alarm_precision
        right = sum(hit for _level, hit in verdicts)
        precision = right / len(verdicts)
        values = {"verdicts": len(verdicts), "precision": precision}
        if _drawn(right, len(verdicts)) >= wanted:
            if precision < min(wanted + SLACK, 0.95):
                return None
            looser = threshold / LOOSEN if more_is_stricter else threshold * LOOSEN
            looser = round(min(max(looser, lowest), highest), 3)
            return values | {"proposed": looser} if looser != round(threshold, 3) else None
        best = None
        for step in range(1, 21):
            factor = STEP ** (step / 20)
            candidate = threshold * factor if more_is_stricter else threshold / factor
            candidate = round(min(max(candidate, lowest), highest), 3)
            left = [
                hit
                for level, hit in verdicts
                if (level > candidate if more_is_stricter else level < candidate)
            ]
            if not left or sum(left) * 2 < right:
                break
            drawn = _drawn(sum(left), len(left))
            found = values | {
                "proposed": candidate,
                "expected_precision": sum(left) / len(left),
                "kept": sum(left) / right if right else 0.0,
            }
            if drawn >= wanted:
                return found
            if drawn > max(best[0] if best else 0.0, _drawn(right, len(verdicts)) + 0.02):
                best = (drawn, found)
        return best[1] if best else None

    @api.model
    def action_propose(self):
        """Look at the verdicts of the current company now, and show what is to decide.

        :raise AccessError: for anybody but managers
        """
        self.browse().check_access("write")
        self._propose(self.env.company)
        return self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_alarm_proposal")

    # ------------------------------------------------------------------ deciding
    def action_accept(self):
        """Use the proposed threshold from now on.

        :raise UserError: when it is decided, or the setting was changed meanwhile
        """
        self.check_access("write")
        proposals = self.sudo()
        proposals.lock_for_update()
        proposals.invalidate_recordset(["state"])
        for proposal in proposals:
            setting = THRESHOLDS[proposal.rule][0]
            proposal._check_open()
            if round(proposal.company_id[setting], 3) != round(proposal.threshold, 3):
                raise UserError(
                    self.env._(
                        "The threshold was changed after this proposal. Refuse it; the next one "
                        "starts from the present threshold."
                    )
                )
            proposal.company_id[setting] = proposal.proposed
            proposal._decide(self.env.user, "accepted")

    def action_refuse(self):
        """Keep the present threshold.

        :raise UserError: when it is decided already
        """
        self.check_access("write")
        proposals = self.sudo()
        proposals.lock_for_update()
        proposals.invalidate_recordset(["state"])
        for proposal in proposals:
            proposal._check_open()
            proposal._decide(self.env.user, "refused")

    def _check_open(self):
        self.ensure_one()
        if self.state != "open":
            raise UserError(self.env._("This proposal is decided already."))

    def _decide(self, user, state):
        self.write({"state": state, "decided_on": fields.Datetime.now(), "decided_by_id": user.id})


def _drawn(right, total):
    """Precision drawn to one half by a few verdicts."""
    return (right + PRIOR / 2) / (total + PRIOR)
