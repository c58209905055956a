# Part of logistics_crm. License LGPL-3 or later.
"""Ledgers in words, for the tests of grades."""

from datetime import date, timedelta

from odoo import Command

AS_OF = date(2024, 6, 30)
# Early enough that the last review day of a sequence is not in the future.
FIRST_DAY = date(2020, 1, 1)


class GradeFactories:
    """Ledgers in words: ``(due, paid)`` offsets from the day of grading, or with an amount."""

    @classmethod
    def _ledger(cls, *rows, as_of=AS_OF, partner=None):
        partner = partner or cls._partner()
        values = []
        for due, paid, *amount in rows:
            due = as_of + timedelta(days=due)
            paid_date = False if paid is None else due + timedelta(days=paid)
            values.append(
                {
                    "date": due - timedelta(days=30),
                    "due_date": due,
                    "paid_date": paid_date,
                    "amount": amount[0] if amount else 100.0,
                }
            )
        cls._trade(partner, *values)
        return cls._account_of(partner)

    @classmethod
    def _set_rules(cls, grade="B", **values):
        """Set thresholds of one grade; what A allows never exceeds what B allows."""
        line = cls.policy._grade_line(grade)
        line.write(values)

    @classmethod
    def _clear_rules(cls, **keep):
        """Grade B decided by the given rules only; A allows nothing late."""
        names = (
            "max_overdue_days",
            "max_overdue_amount",
            "max_overdue_share",
            "max_late_share",
            "max_mean_days_late",
            "max_broken_promises",
        )
        cleared = dict.fromkeys(names, False)
        cls.policy.write(
            {
                "grade_ids": [
                    Command.update(cls.policy._grade_line("A").id, dict(cleared, max_late_share=0)),
                    Command.update(cls.policy._grade_line("B").id, dict(cleared, **keep)),
                ]
            }
        )

    def _grade(self, account, as_of=AS_OF):
        return account._grades_on(as_of)[account.id]["computed"]


class ReviewFactories(GradeFactories):
    """Customers whose raw grade on each of a sequence of review days is chosen freely."""

    @classmethod
    def _by_days(cls, raw_grades, step=200):
        """A customer whose ledger gives these raw grades on days ``step`` days apart.

        With a window of six months every day has a ledger of its own.
        """
        partner = cls._partner()
        days = [FIRST_DAY + timedelta(days=step * number) for number in range(len(raw_grades))]
        for day, raw in zip(days, raw_grades, strict=True):
            rows = {
                None: [],
                "A": [(-80, 0), (-70, 0), (-60, 0)],
                "B": [(-80, 0), (-70, 0), (-60, 9)],
                "C": [(-80, 9), (-70, 9), (-60, 0)],
            }[raw]
            cls._ledger(*rows, as_of=day, partner=partner)
        return days, cls._account_of(partner) or cls._account(partner)

    def _review(self, *days):
        for day in days:
            self.customers._review_grades(day, self.company)

    def _reviews(self, account):
        return self.env["logistics.credit.review"].search(
            [("customer_id", "=", account.id)], order="as_of"
        )
