# Part of logistics_crm. License LGPL-3 or later.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_date

from ...sentences import join_sentences
from .credit_way_back import breaches, find_way_back, in_window, is_late, is_overdue

SHOWN_DOCUMENTS = 10


class LogisticsCustomer(models.Model):
    """Why a customer has its grade, on which documents, and what lifts it to the next one."""

    _inherit = "logistics.customer"

    credit_explanation = fields.Html(
        string="Why This Grade",
        compute="_compute_credit_explanation",
        help="Which rule decided, on which documents, and the way back to a better grade.",
    )

    @api.depends_context("uid", "lang")
    def _compute_credit_explanation(self):
        for account in self:
            account.credit_explanation = (
                account._grade_explanation()["text"] if account.id else False
            )

    def _grade_explanation(self, as_of=None, ledger=None):
        """Explain the grade of this account on a day.

        :param as_of: date or ISO text, today when omitted; nothing dated later is looked at
        :param ledger: whether amounts are told; by default to those who may see the ledger
        :return: dict with grade, computed, basis, rule, figures, breaches ``[(rule, figure,
            threshold)]`` of the next better grade, documents (the items that decided),
            way_back (``WayBack`` or None), unallocated (money received that no item is settled
            with) and text (HTML in the reader's language)
        """
        self.ensure_one()
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        account = self.sudo()
        if ledger is None:
            ledger = self._sees_ledger()
        policy = self.env["logistics.credit.policy"]._for_company(account.company_id)
        values = policy._grading_values(as_of)
        figures = self._grades_on(as_of)[self.id]
        items = self.env.execute_query_dict(account._settlement_items_sql(as_of))
        computed = figures["computed"]
        promises = figures["broken_promises"]
        next_grade = {"C": "B", "B": "A"}.get(computed)
        if figures["due_count"] is None:
            figures["due_count"] = 0
        found = breaches(figures, values, next_grade) if next_grade else []
        data = {
            "as_of": as_of,
            "grade": figures["grade"],
            "computed": computed,
            "basis": figures["basis"],
            "rule": figures["rule"] or (None if computed else "minimum"),
            "figures": figures,
            "breaches": found,
            "documents": self._deciding_items(items, values, as_of, found),
            "way_back": find_way_back(items, values, as_of, computed, promises),
            "unallocated": -sum(
                item["open_amount"] or 0.0
                for item in items
                if item["kind"] == "credit" and item["is_open"]
            ),
        }
        data["text"] = account._explanation_text(data, values, policy, ledger)
        return data

    @api.model
    def _sees_ledger(self):
        return self.env.su or any(
            self.env.user.has_group(f"logistics_crm.{group}")
            for group in ("group_credit_controller", "group_manager")
        )

    def _settlement_items_sql(self, as_of):
        return SQL(
            "SELECT * FROM %s AS i ORDER BY i.due_date, i.ref_id",
            self.env["logistics.settlement.facts"]._items_sql(
                as_of, company=self.company_id, partner_ids=self.partner_id.ids
            ),
        )

    @api.model
    def _deciding_items(self, items, values, as_of, found):
        """The items behind the broken rules, the gravest first."""
        codes = {code for code, _figure, _limit in found}
        chosen = {}
        if codes & {"overdue_age", "overdue_amount", "overdue_share"}:
            for item in items:
                if is_overdue(item, values, as_of):
                    chosen[item["source"], item["ref_id"]] = item
        if codes & {"late_share", "days_late"}:
            for item in items:
                if in_window(item, values, as_of) and is_late(item, values, as_of):
                    chosen[item["source"], item["ref_id"]] = item
        return sorted(chosen.values(), key=lambda item: (not item["is_open"], item["due_date"]))

    # ------------------------------------------------------------------ words
    def _explanation_text(self, data, values, policy, ledger):
        parts = [
            self._words_grade(data, policy),
            self._words_rules(data, values, ledger),
            self._words_documents(data, values, ledger),
            self._words_way_back(data, values, policy, ledger),
        ]
        return Markup("").join(part for part in parts if part)

    @api.model
    def _paragraph(self, text):
        return Markup("<p>%s</p>") % text

    def _bullets(self, lines):
        return Markup("<ul>%s</ul>") % Markup("").join(
            Markup("<li>%s</li>") % line for line in lines
        )

    def _money(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _words_grade(self, data, policy):
        grade, basis = data["grade"], data["basis"]
        if basis == "bad_faith":
            record = self.env["logistics.credit.bad.faith"].browse(data["figures"]["bad_faith_id"])
            return self._paragraph(
                self.env._(
                    "Grade D: bad faith, reported by %(reporter)s and confirmed by %(confirmer)s "
                    "on %(date)s. It ends when two persons close the record.",
                    reporter=record.sudo().reported_by.name,
                    confirmer=record.sudo().confirmed_by.name,
                    date=format_date(self.env, record.sudo().confirmed_on),
                )
            )
        if basis == "override":
            override = self.env["logistics.credit.override"].browse(data["figures"]["override_id"])
            return self._paragraph(
                self.env._(
                    "Grade %(grade)s: set by hand by %(user)s until %(date)s. Reason: %(reason)s "
                    "By the rules: %(computed)s.",
                    grade=grade,
                    user=override.sudo().user_id.name,
                    date=format_date(self.env, override.sudo().date_to),
                    reason=override.sudo().reason,
                    computed=data["computed"] or self.env._("not rated"),
                )
            )
        if basis == "review":
            better = data["computed"] and data["computed"] < grade
            if better:
                text = self.env._(
                    "Grade %(grade)s: the rules say %(computed)s today. A grade rises when "
                    "%(number)s consecutive reviews find it.",
                    grade=grade,
                    computed=data["computed"],
                    number=policy.reviews_to_rise,
                )
            elif data["computed"]:
                text = self.env._(
                    "Grade %(grade)s: the rules say %(computed)s today. A grade falls when "
                    "%(number)s consecutive reviews find it.",
                    grade=grade,
                    computed=data["computed"],
                    number=policy.reviews_to_fall,
                )
            else:
                text = self.env._(
                    "Grade %s: few items fell due lately, but money is overdue, so the grade of "
                    "the last review stays.",
                    grade,
                )
            return self._paragraph(text)
        if grade:
            return self._paragraph(self.env._("Grade %s: by the rules.", grade))
        return False

    def _words_rules(self, data, values, ledger):
        if not data["computed"]:
            return self._paragraph(
                self.env._(
                    "Not rated by the rules: %(count)s items fell due in %(months)s months, and "
                    "a grade needs %(minimum)s.",
                    count=data["figures"]["due_count"],
                    months=values["window_months"],
                    minimum=values["minimum_items"],
                )
            )
        if data["computed"] == "A":
            return self._paragraph(
                self.env._(
                    "Of %(count)s items due in %(months)s months every rule of grade A is kept.",
                    count=data["figures"]["due_count"],
                    months=values["window_months"],
                )
            )
        target = "B" if data["computed"] == "C" else "A"
        lines = [
            self._words_breach(code, figure, limit, ledger)
            for code, figure, limit in data["breaches"]
        ]
        head = self.env._("What keeps the customer from grade %s:", target)
        return self._paragraph(head) + self._bullets(lines)

    def _words_breach(self, code, figure, limit, ledger):
        """One broken rule in words, from the numbers that broke it."""
        if code == "overdue_age":
            return self.env._(
                "The oldest open item is %(figure)s days overdue, at most %(limit)s are allowed.",
                figure=round(figure),
                limit=self._number(limit),
            )
        if code == "overdue_amount":
            if not ledger:
                return self.env._("More is overdue than allowed.")
            return self.env._(
                "%(figure)s is overdue, at most %(limit)s is allowed.",
                figure=self._money(figure),
                limit=self._money(limit),
            )
        if code == "overdue_share":
            return self.env._(
                "%(figure)s %% of what fell due is overdue, at most %(limit)s %% is allowed.",
                figure=self._number(figure * 100),
                limit=self._number(limit * 100),
            )
        if code == "late_share":
            return self.env._(
                "%(figure)s %% of the items due were late, at most %(limit)s %% are allowed.",
                figure=self._number(figure * 100),
                limit=self._number(limit * 100),
            )
        if code == "days_late":
            return self.env._(
                "Money came %(figure)s days late on average, at most %(limit)s are allowed.",
                figure=self._number(figure),
                limit=self._number(limit),
            )
        return self.env._(
            "%(figure)s promises of payment were broken, at most %(limit)s may be.",
            figure=self._number(figure),
            limit=self._number(limit),
        )

    @api.model
    def _number(self, value):
        return f"{value:.1f}".rstrip("0").rstrip(".")

    def _words_item(self, item, as_of, ledger):
        due = format_date(self.env, item["due_date"])
        days = (as_of - item["due_date"]).days
        if item["is_open"]:
            if ledger and item["open_amount"] is not None:
                return self.env._(
                    "%(document)s: due %(due)s, open %(amount)s, %(days)s days overdue",
                    document=item["document"],
                    due=due,
                    amount=self._money(item["open_amount"]),
                    days=days,
                )
            return self.env._(
                "%(document)s: due %(due)s, open, %(days)s days overdue",
                document=item["document"],
                due=due,
                days=days,
            )
        return self.env._(
            "%(document)s: due %(due)s, paid %(paid)s, %(days)s days late",
            document=item["document"],
            due=due,
            paid=format_date(self.env, item["last_paid_date"]),
            days=(item["last_paid_date"] - item["due_date"]).days,
        )

    def _words_items(self, items, as_of, ledger):
        lines = [self._words_item(item, as_of, ledger) for item in items[:SHOWN_DOCUMENTS]]
        if len(items) > SHOWN_DOCUMENTS:
            lines.append(self.env._("and %s more", len(items) - SHOWN_DOCUMENTS))
        return self._bullets(lines)

    def _words_documents(self, data, values, ledger):
        if not data["documents"]:
            return False
        return self._paragraph(self.env._("Decided on these documents:")) + self._words_items(
            data["documents"], data["as_of"], ledger
        )

    def _words_way_back(self, data, values, policy, ledger):
        way = data["way_back"]
        if not way:
            if data["computed"] in ("B", "C"):
                return self._paragraph(
                    self.env._(
                        "The way back: keep every promise until the broken ones are older than "
                        "%s months.",
                        values["window_months"],
                    )
                )
            return False
        steps = Markup("")
        if data["unallocated"] > 0 and way.pay:
            text = self.env._("Allocate the payments and credit notes that are not allocated yet.")
            if ledger:
                text = self.env._(
                    "Allocate first the %s of payments and credit notes that are not allocated "
                    "yet.",
                    self._money(data["unallocated"]),
                )
            steps += self._paragraph(text)
        if way.pay:
            known = [item["open_amount"] for item in way.pay if item["open_amount"] is not None]
            if ledger and known:
                head = self.env._(
                    "Pay now %(number)s items, %(amount)s in all:",
                    number=len(way.pay),
                    amount=self._money(sum(known)),
                )
            else:
                head = self.env._("Pay now %s items:", len(way.pay))
            steps += self._paragraph(head) + self._words_items(way.pay, data["as_of"], ledger)
        steps += self._words_time(way, data["as_of"], ledger)
        if not steps:
            return False
        on = format_date(self.env, way.on)
        if way.target:
            end = self.env._(
                "Then the rules give grade %(target)s from %(date)s on.",
                target=way.target,
                date=on,
            )
            if policy.reviews_to_rise > 1:
                end = join_sentences(
                    end,
                    self.env._(
                        "The grade follows when %s consecutive reviews find it.",
                        policy.reviews_to_rise,
                    ),
                )
            head = self.env._("The way back to grade %s", way.target)
        else:
            end = self.env._("Then the customer is rated, from %s on.", on)
            head = self.env._("The way to a grade")
        steps += self._paragraph(end)
        if way.sooner:
            sooner = self._words_time(way.sooner, data["as_of"], ledger)
            steps += (
                self._paragraph(
                    self.env._("Or sooner, from %s on:", format_date(self.env, way.sooner.on))
                )
                + sooner
            )
        return (Markup("<h4>%s</h4>") % head) + steps

    def _words_time(self, way, as_of, ledger):
        """What must still happen after the payments of today."""
        lines = []
        if way.on > as_of:
            lines.append(
                self.env._(
                    "Pay everything that falls due until %s on time.",
                    format_date(self.env, way.on),
                )
            )
        if way.new_items and way.new_amount and ledger:
            lines.append(
                self.env._(
                    "%(number)s further items of together at least %(amount)s must fall due and "
                    "be paid on time.",
                    number=way.new_items,
                    amount=self._money(way.new_amount),
                )
            )
        elif way.new_items:
            lines.append(
                self.env._("%s further items must fall due and be paid on time.", way.new_items)
            )
        return self._bullets(lines) if lines else Markup("")
