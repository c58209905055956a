# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import formatLang
from odoo.tools.misc import format_date

from ...sentences import join_sentences

# In the order in which they are told. Each has a method `_rule_<code>(case)` that decides and a
# method `_text_<code>(values, full, money)` that says so, from the same numbers.
RULE_CODES = (
    "manual_hold",
    "arrears_gate",
    "grade",
    "limit",
    "limit_expired",
    "oldest_overdue",
    "overdue_amount",
    "order_amount",
    "terms",
    "insurance_extension",
    "signal",
    "currency_rate",
)
LEVELS = {"pass": 0, "warn": 1, "hold": 2}


class LogisticsCreditRules(models.AbstractModel):
    """The rules that decide whether an order passes, warns or waits.

    A rule answers with ``(level, values)``, or None when it has nothing to say. The values are
    numbers and names only and can be stored: the words are made when somebody reads them, in
    the reader's language, with the ledger's figures for credit controllers (``full``) and
    without them for everybody else.
    """

    _name = "logistics.credit.rules"
    _description = "Credit Rules"

    @api.model
    def _reasons(self, case):
        """Return all reasons of a case, the hardest first: ``dict(rule, level, values)``.

        For an order that is paid in advance nothing is at risk: what the rules say is kept, but
        at level 'pass'.
        """
        reasons = []
        for code in RULE_CODES:
            answer = getattr(self, f"_rule_{code}")(case)
            if answer:
                level, values = answer
                level = level if case.at_risk > 0 else "pass"
                reasons.append({"rule": code, "level": level, "values": values})
        return sorted(reasons, key=lambda reason: -LEVELS[reason["level"]])

    @api.model
    def _state(self, reasons):
        """Return the hardest level of some reasons: 'pass', 'warn' or 'hold'."""
        return max((r["level"] for r in reasons), key=LEVELS.get, default="pass")

    # ------------------------------------------------------------------ words
    @api.model
    def _text(self, reason, company, full=None):
        """Return the words for a stored reason, in the current language.

        :param full: with the ledger's figures; by default as the current user may see them
        """
        if full is None:
            full = self.env.user.has_group("logistics_crm.group_credit_controller")
        currency = company.sudo().currency_id

        def money(amount):
            return formatLang(self.env, amount, currency_obj=currency)

        writer = getattr(self, f"_text_{reason['rule']}", None)
        return writer(reason["values"], full, money) if writer else reason["rule"]

    @api.model
    def _explain(self, reasons, company, full=None):
        """Return the words of several stored reasons, one per line."""
        return "\n".join(self._text(reason, company, full) for reason in reasons or [])

    # ------------------------------------------------------------------ limit
    @api.model
    def _rule_limit(self, case):
        """Exposure with the order, against warn and hold shares of the limit."""
        party, limit = case.payer, case.payer.limit
        if limit["state"] != "amount" or party.excluded("limit"):
            return None
        compare = case.currency.compare_amounts
        projected = case.exposure + case.at_risk
        hold = party.value("limit", "hold_utilisation")
        warn = party.value("limit", "warn_utilisation")
        values = {
            "order": case.at_risk,
            "projected": projected,
            "exposure": case.exposure,
            "total": limit["total"],
            "available": None if hold is None else limit["total"] * hold - case.exposure,
        }
        if hold is not None and compare(projected, limit["total"] * hold) > 0:
            return "hold", values
        if warn is not None and limit["total"] and (compare(projected, limit["total"] * warn) >= 0):
            return "warn", values
        return None

    def _text_limit(self, values, full, money):
        available = values["available"]
        if not values["total"]:
            text = self.env._("The customer pays first: no credit is granted.")
        elif available is None or values["order"] <= available:
            text = self.env._(
                "The credit limit is nearly used: with this order %(percent)d %% of it.",
                percent=100 * values["projected"] / values["total"],
            )
        else:
            text = self.env._(
                "Over the credit limit: this order needs %(order)s, available are %(available)s.",
                order=money(values["order"]),
                available=money(max(0.0, available)),
            )
        if full:
            text = join_sentences(
                text,
                self.env._(
                    "Exposure %(exposure)s, limit %(total)s.",
                    exposure=money(values["exposure"]),
                    total=money(values["total"]),
                ),
            )
        return text

    @api.model
    def _rule_limit_expired(self, case):
        """The limit ran out and nothing followed, or its review is overdue."""
        limit = case.payer.limit
        if case.payer.excluded("limit_expired"):
            return None
        if limit["expired_on"]:
            return "hold", {"expired_on": fields.Date.to_string(limit["expired_on"])}
        if limit["review_date"] and limit["review_date"] < case.today:
            return "warn", {"review_date": fields.Date.to_string(limit["review_date"])}
        return None

    def _text_limit_expired(self, values, full, money):
        if values.get("expired_on"):
            return self.env._(
                "The credit limit ended on %(day)s and was not renewed.",
                day=format_date(self.env, values["expired_on"]),
            )
        return self.env._(
            "The credit limit should have been reviewed by %(day)s.",
            day=format_date(self.env, values["review_date"]),
        )

    # ------------------------------------------------------------------ overdue
    @api.model
    def _rule_oldest_overdue(self, case):
        """Days since the oldest due date, once more than the tolerance is overdue."""
        party = case.payer
        overdue = case.parts["overdue_amount"]
        if party.excluded("oldest_overdue"):
            return None
        tolerance = party.value("oldest_overdue", "overdue_tolerance") or 0.0
        if case.currency.compare_amounts(overdue, tolerance) <= 0:
            return None
        for level in ("hold", "warn"):
            days = party.value("oldest_overdue", f"{level}_overdue_days")
            if days is not None and case.overdue_days > days:
                return level, {"days": case.overdue_days, "allowed": days, "amount": overdue}
        return None

    def _text_oldest_overdue(self, values, full, money):
        text = self.env._(
            "The oldest unpaid item is overdue by %(days)d days; %(allowed)d are accepted.",
            days=values["days"],
            allowed=values["allowed"],
        )
        if full:
            text = join_sentences(
                text, self.env._("Overdue: %(amount)s.", amount=money(values["amount"]))
            )
        return text

    @api.model
    def _rule_overdue_amount(self, case):
        """Everything overdue together, against the grade's amount."""
        party = case.payer
        most = party.value("overdue_amount", "hold_overdue_amount")
        if most is None or party.excluded("overdue_amount"):
            return None
        overdue = case.parts["overdue_amount"]
        if case.currency.compare_amounts(overdue, most) > 0:
            return "hold", {"amount": overdue, "allowed": most}
        return None

    def _text_overdue_amount(self, values, full, money):
        if full:
            return self.env._(
                "%(amount)s are overdue; up to %(allowed)s are accepted.",
                amount=money(values["amount"]),
                allowed=money(values["allowed"]),
            )
        return self.env._("Too much is overdue.")

    # ------------------------------------------------------------------ grade and order
    @api.model
    def _rule_grade(self, case):
        """The grade allows no orders, or none without a release. Who ordered counts, too."""
        for party in case.parties:
            if party.excluded("grade"):
                continue
            if party.line.get("stop"):
                return "hold", {"grade": party.grade or "N", "stop": True}
            if party.line.get("approval_needed"):
                return "hold", {"grade": party.grade or "N", "stop": False}
        return None

    def _text_grade(self, values, full, money):
        if values["grade"] == "N":
            grade = self.env._("not rated")
        else:
            grade = values["grade"]
        if values["stop"]:
            return self.env._("Credit grade %(grade)s: no orders on credit.", grade=grade)
        return self.env._("Credit grade %(grade)s: every order needs a release.", grade=grade)

    @api.model
    def _rule_order_amount(self, case):
        """The part of this order that is not prepaid, against the grade's largest order."""
        party = case.payer
        most = party.value("order_amount", "order_amount_limit")
        if most is None or party.excluded("order_amount"):
            return None
        if case.currency.compare_amounts(case.at_risk, most) > 0:
            return "hold", {"amount": case.at_risk, "allowed": most}
        return None

    def _text_order_amount(self, values, full, money):
        return self.env._(
            "This order of %(amount)s is larger than a single order may be (%(allowed)s).",
            amount=money(values["amount"]),
            allowed=money(values["allowed"]),
        )

    @api.model
    def _rule_terms(self, case):
        """The longest day of the order's payment terms, against what the grade grants."""
        party = case.payer
        most = party.value("terms", "terms_max_days")
        if most is None or party.excluded("terms") or case.terms_days <= most:
            return None
        return "hold", {"days": case.terms_days, "allowed": most}

    def _text_terms(self, values, full, money):
        return self.env._(
            "The payment terms of this order run up to %(days)d days; %(allowed)d are granted.",
            days=values["days"],
            allowed=values["allowed"],
        )

    # ------------------------------------------------------------------ by people
    @api.model
    def _rule_manual_hold(self, case):
        """A controller stopped the customer by hand."""
        for party in case.parties:
            if party.holds:
                hold = party.holds[0]
                return "hold", {
                    "reason": hold["reason"],
                    "forced": bool(hold["forced"]),
                    "until": hold["date_until"],
                }
        return None

    def _text_manual_hold(self, values, full, money):
        text = self.env._("A credit controller stopped orders of this customer.")
        if values["until"]:
            text = join_sentences(
                text, self.env._("Until %(day)s.", day=format_date(self.env, values["until"]))
            )
        if full:
            text = join_sentences(text, self.env._("Reason: %(reason)s", reason=values["reason"]))
        return text

    @api.model
    def _rule_arrears_gate(self, case):
        """A closed year is not settled: new orders wait, however large they are."""
        gates = [gate for party in case.parties for gate in party.gates]
        if not gates:
            return None
        first = gates[0]
        return "hold", {
            "year": first["year"],
            "remaining": sum(gate["remaining"] for gate in gates),
            "unknown": any(gate["unknown"] for gate in gates),
            "document": first["oldest_document"] or "",
            "date": fields.Date.to_string(first["oldest_date"]),
            "who": first["who"],
        }

    def _text_arrears_gate(self, values, full, money):
        # The amount is told to everybody (2-39): collecting it is the salesperson's task.
        if values["unknown"] and not values["remaining"]:
            text = self.env._("The account of %(year)s is not settled.", year=values["year"])
        else:
            text = self.env._(
                "The account of %(year)s is not settled: %(amount)s are still open.",
                year=values["year"],
                amount=money(values["remaining"]),
            )
        if values["document"]:
            text = join_sentences(
                text,
                self.env._(
                    "Oldest item: %(document)s of %(day)s.",
                    document=values["document"],
                    day=format_date(self.env, values["date"]) if values["date"] else "?",
                ),
            )
        if values["who"]:
            text = join_sentences(
                text, self.env._("It may be lifted by %(who)s.", who=values["who"])
            )
        else:
            text = join_sentences(text, self.env._("Nobody is named to lift it."))
        return text

    # ------------------------------------------------------------------ insurer, signals, rate
    @api.model
    def _rule_insurance_extension(self, case):
        """An item is overdue beyond the insurer's maximum extension, or the notice is due."""
        if case.payer.excluded("insurance_extension") or case.parts["overdue_amount"] <= 0:
            return None
        answer = None
        for row in case.payer.limit["insurances"]:
            values = {"guarantor": row["guarantor"], "days": case.overdue_days}
            if row["extension_days"] and case.overdue_days > row["extension_days"]:
                return "hold", {**values, "allowed": row["extension_days"]}
            if row["notification_days"] and case.overdue_days >= row["notification_days"]:
                answer = "warn", {**values, "notify": row["notification_days"]}
        return answer

    def _text_insurance_extension(self, values, full, money):
        if values.get("allowed"):
            return self.env._(
                "An item is overdue by %(days)d days, beyond the %(allowed)d days of %(insurer)s: "
                "new deliveries are not insured.",
                days=values["days"],
                allowed=values["allowed"],
                insurer=values["guarantor"],
            )
        return self.env._(
            "An item is overdue by %(days)d days: %(insurer)s must be told after %(notify)d days.",
            days=values["days"],
            insurer=values["guarantor"],
            notify=values["notify"],
        )

    @api.model
    def _rule_signal(self, case):
        """Signals of bankruptcy or evasion: one that holds, or several that add up."""
        signals = [
            signal
            for party in case.parties
            if not party.excluded("signal")
            for signal in party.signals
        ]
        level = self.env["logistics.credit.signal"]._level_of(
            [(signal["level"], signal["weight"]) for signal in signals]
        )
        if not level:
            return None
        return level, {
            "signals": [
                {name: signal[name] for name in ("type_id", "date", "source")}
                for signal in signals[:3]
            ],
            "count": len(signals),
        }

    def _text_signal(self, values, full, money):
        if not full:
            return self.env._("Risk signals about this customer are being looked into.")
        types = self.env["logistics.credit.signal.type"].sudo()
        return self.env._(
            "Risk signals: %(signals)s.",
            signals="; ".join(
                f"{types.browse(signal['type_id']).name} "
                f"({format_date(self.env, signal['date'])}, {signal['source']})"
                for signal in values["signals"]
            ),
        )

    @api.model
    def _rule_currency_rate(self, case):
        """Without a rate the order has no known amount in company currency."""
        if case.missing_rate:
            return "hold", {"currency": case.missing_rate}
        return None

    def _text_currency_rate(self, values, full, money):
        return self.env._(
            "There is no exchange rate of %(currency)s for this day, so the order's amount in "
            "company currency is not known. Enter the rate first.",
            currency=values["currency"],
        )
