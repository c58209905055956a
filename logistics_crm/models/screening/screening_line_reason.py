# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import format_date, formatLang

from ...sentences import join_sentences
from .screening import LEDGER_GROUPS


class LogisticsScreeningLine(models.Model):
    """Why a rule proposes what it proposes, in the reader's language and with the figures."""

    _inherit = "logistics.screening.line"

    @api.depends("proposal_rule")
    @api.depends_context("lang", "uid")
    def _compute_proposal_reason(self):
        # amounts of the ledger are for those who may read the ledger: the salesperson reads
        # the same sentence without them
        ledger = self.env.su or self.env.user.has_groups(LEDGER_GROUPS)
        for line in self:
            figures = line.sudo()
            build = getattr(line, f"_reason_{line.proposal_rule}", None)
            line.proposal_reason = build(figures, ledger) if build else False

    def _reason_amount(self, value):
        if value is False:
            return self.env._("an unknown amount")
        return formatLang(self.env, value, currency_obj=self.sudo().currency_id)

    def _reason_percent(self, value):
        """A share in percent, with a decimal only where it matters."""
        digits = 1 if abs(value) < 0.0995 and round(100 * value) != 100 * value else 0
        text = self.env._("%s %%", formatLang(self.env, 100 * value, digits=digits))
        return text.replace(" ", "\N{NO-BREAK SPACE}")

    def _reason_change(self, value):
        return ("+" if value > 0 else "") + self._reason_percent(value)

    def _reason_overdue(self, figures, ledger):
        if not ledger:
            return self.env._("Money is overdue: settle it first, whatever is promised.")
        if not figures.due_amount:
            return self.env._(
                "%(overdue)s is overdue: settle it first, whatever is promised.",
                overdue=self._reason_amount(figures.overdue_amount),
            )
        return self.env._(
            "%(overdue)s of %(due)s fallen due is overdue (%(share)s): settle it first, "
            "whatever is promised.",
            overdue=self._reason_amount(figures.overdue_amount),
            due=self._reason_amount(figures.due_amount),
            share=self._reason_percent(figures.overdue_amount / figures.due_amount),
        )

    def _reason_stopped_overdue(self, figures, ledger):
        if not ledger:
            return self.env._("Did not trade in %s and owes overdue money.", self._reason_year())
        return self.env._(
            "Did not trade in %(year)s, after %(previous)s the year before, and owes "
            "%(overdue)s overdue.",
            year=self._reason_year(),
            previous=self._reason_amount(figures.revenue_previous),
            overdue=self._reason_amount(figures.overdue_amount),
        )

    def _reason_late_payer(self, figures, ledger):
        return self.env._(
            "Pays %(days)s days late on average; %(share)s of the items due were late.",
            days=formatLang(self.env, figures.average_days_late, digits=0),
            share=self._reason_percent(figures.late_share or 0.0),
        )

    def _reason_stopped(self, figures, ledger):
        return self.env._(
            "Did not trade in %(year)s, after %(previous)s the year before: find out why, and "
            "whether to win the customer back.",
            year=self._reason_year(),
            previous=self._reason_amount(figures.revenue_previous),
        )

    def _reason_no_profit_no_potential(self, figures, ledger):
        change = self._reason_change(figures.revenue_change)
        if not ledger:
            return self.env._(
                "No profit and no potential: no margin is earned and revenue changed by "
                "%(change)s.",
                change=change,
            )
        return self.env._(
            "No profit and no potential: margin after concessions %(margin)s (cost known for "
            "%(coverage)s of the revenue), revenue changed by %(change)s.",
            margin=self._reason_amount(figures.net_margin),
            coverage=self._reason_percent(figures.cost_coverage),
            change=change,
        )

    def _reason_loss(self, figures, ledger):
        if not ledger:
            return self.env._("No margin is earned: correct prices or services.")
        return self.env._(
            "Margin after concessions %(margin)s (cost known for %(coverage)s of the revenue): "
            "correct prices or services.",
            margin=self._reason_amount(figures.net_margin),
            coverage=self._reason_percent(figures.cost_coverage),
        )

    def _reason_unknown_amount(self, figures, ledger):
        return self.env._(
            "Traded on %(days)s days (%(lines)s lines), but no amount is known: complete the "
            "figures before judging.",
            days=figures.trade_days,
            lines=figures.line_count,
        )

    def _reason_top(self, figures, ledger):
        reason = self.env._(
            "Number %(rank)s by revenue with %(revenue)s: one of the customers that together "
            "make %(pareto)s of the revenue.",
            rank=figures.revenue_rank,
            revenue=self._reason_amount(figures.revenue),
            pareto=self._reason_percent(figures.screening_id.threshold_pareto),
        )
        if figures.revenue_change is not False:
            reason = join_sentences(
                reason,
                self.env._(
                    "%(change)s against the year before.",
                    change=self._reason_change(figures.revenue_change),
                ),
            )
        return reason

    def _reason_new(self, figures, ledger):
        return self.env._(
            "New customer since %(date)s with %(revenue)s in %(months)s months.",
            date=format_date(self.env, figures.first_trade_date),
            revenue=self._reason_amount(figures.revenue),
            months=figures.active_months,
        )

    def _reason_returned(self, figures, ledger):
        return self.env._(
            "Came back with %(revenue)s after no trade the year before.",
            revenue=self._reason_amount(figures.revenue),
        )

    def _reason_growing(self, figures, ledger):
        return self.env._(
            "Revenue grew by %(change)s to %(revenue)s, with a total of %(total)s points.",
            change=self._reason_percent(figures.revenue_change),
            revenue=self._reason_amount(figures.revenue),
            total=formatLang(self.env, figures.score_total, digits=0),
        )

    def _reason_steady(self, figures, ledger):
        if figures.revenue_change is False:
            return self.env._(
                "%(revenue)s in %(months)s months, no comparable year before.",
                revenue=self._reason_amount(figures.revenue),
                months=figures.active_months,
            )
        return self.env._(
            "%(revenue)s, %(change)s against the year before; total %(total)s points.",
            revenue=self._reason_amount(figures.revenue),
            change=self._reason_change(figures.revenue_change),
            total=formatLang(self.env, figures.score_total or 0.0, digits=0),
        )

    def _reason_year(self):
        return self.sudo().screening_id._period_name()
