# Part of logistics_crm. License LGPL-3 or later.
import re
from datetime import timedelta
from pathlib import Path
from unittest import SkipTest

from odoo.tests import tagged

from odoo.addons.logistics_crm.models.credit.credit_grade_policy import GRADE_DEFAULTS, GRADE_RULES
from odoo.addons.logistics_crm.models.credit.credit_rules import RULE_CODES

from .credit_release_common import CreditReleaseCommon

PAGE = Path(__file__).parents[2] / "docs" / "credit.md"
GRADES = ("A", "B", "C", "D", "N")


def tables(text):
    """Return the tables of a page as ``{heading of the first column: {key: other cells}}``."""
    found = {}
    current = None
    for line in text.splitlines():
        if not line.startswith("|"):
            current = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if current is None:
            current = found.setdefault(cells[0], {})
        elif not set(cells[0]) <= set("-"):
            current[cells[0].strip("*`")] = cells[1:]
    return found


def amounts(table):
    return {key: float(cells[0].replace(",", "")) for key, cells in table.items()}


@tagged("post_install", "-at_install")
class TestCreditDocs(CreditReleaseCommon):
    """The page about credit says what the code does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not PAGE.exists():
            raise SkipTest("the addon is installed without its docs")
        cls.tables = tables(PAGE.read_text(encoding="utf-8"))

    def test_rule_table(self):
        """Every rule is in the table, and every default it names is the policy's."""
        rules = self.tables["Rule"]
        self.assertEqual(list(rules), list(RULE_CODES))
        checked = 0
        for cells in rules.values():
            match = re.match(r"`(\w+)`: (.+)", cells[-1])
            if not match:
                continue
            name, text = match.groups()
            told = ["empty"] * 5 if text == "empty for all" else text.split(" / ")
            for grade, value in zip(GRADES, told, strict=True):
                actual = GRADE_DEFAULTS[grade].get(name)
                expected = {"empty": None, "yes": True, "no": None}.get(value, value)
                if isinstance(expected, str):
                    expected = float(expected)
                self.assertEqual(actual, expected, f"{name} of grade {grade}")
                checked += 1
        self.assertEqual(checked, 30)

    def test_grade_rules(self):
        """The lines of A and B are those of a new policy, in the order they are told."""
        rules = self.tables["Grade rule"]
        self.assertEqual(list(rules), [rule.code for rule in GRADE_RULES])
        for rule in GRADE_RULES:
            for grade, told in zip("AB", rules[rule.code][1:], strict=True):
                expected = None if told == "empty" else float(told)
                actual = GRADE_DEFAULTS[grade].get(rule.threshold)
                self.assertEqual(actual, expected, f"{rule.code} of grade {grade}")

    def test_grade_example(self):
        """The example's customer has the figures of the page, and its grade in each market."""
        partner = self._partner("Example of the grades")
        self._trade(
            partner,
            *[
                {
                    "date": self.today - timedelta(days=70 + number),
                    "due_date": self.today - timedelta(days=40 + number),
                    "paid_date": self.today - timedelta(days=40 + number - 3 * (number < 4)),
                    "amount": 1000.0,
                }
                for number in range(10)
            ],
        )
        account = self._account_of(partner)
        figures = account._grades_on(self.today)[account.id]
        for name, cells in self.tables["Figure of the example"].items():
            self.assertAlmostEqual(figures[name] or 0, float(cells[0]), msg=name)
        policy = self.env["logistics.credit.policy"]._for_company(self.company)
        for state, (share, grade) in self.tables["Market of the example"].items():
            policy.market_state = state
            values = policy._grading_values(self.today)
            self.assertAlmostEqual(values["B", "late_share"], float(share), msg=state)
            self.assertEqual(account._grades_on(self.today)[account.id]["computed"], grade, state)

    def test_worked_example(self):
        given = amounts(self.tables["Given"])
        account = self._account(self._partner("Harbour Textiles of the docs"), user_id=self.rep.id)
        partner = account.partner_id
        account._grant_limit(given.pop("base limit"))
        account._grant_limit(
            given.pop("insured sum, of which 80 % is counted"),
            kind="insurance",
            guarantor="Credit insurer",
            counted_percent=80.0,
            date_to=self.today + timedelta(days=365),
        )
        day = self.today - timedelta(days=35)
        self._invoice(
            partner,
            given.pop("invoice due in 20 days"),
            self.today,
            due=self.today + timedelta(days=20),
        )
        late = self._invoice(
            partner,
            given.pop("invoice due 5 days ago"),
            day,
            due=self.today - timedelta(days=5),
        )
        self._pay(late, self.today, amount=given.pop("paid on that invoice"))
        self._money(partner, given.pop("payment nobody has allocated yet"))
        self._invoice(partner, given.pop("draft invoice without an order"), self.today, post=False)
        self._order(
            partner,
            {"price_unit": given.pop("confirmed order, not invoiced")},
            user_id=self.rep.id,
        )
        order = self._quote(given.pop("new quotation"), partner=partner)
        self.assertFalse(given, "rows of the page that nobody uses")

        verdict = order.with_user(self.newbie)._credit_verdict()
        actual = {**verdict["parts"], **verdict}
        for name, value in amounts(self.tables["Computed"]).items():
            self.assertEqual(actual[name], value, name)
        self.assertEqual(
            [(reason["rule"], reason["level"]) for reason in verdict["reasons"]],
            [("limit", "hold"), ("oldest_overdue", "warn")],
        )
        self.assertIn("5 days", verdict["reasons"][1]["text"])

        order.with_user(self.rep).action_confirm()
        release = self._request(order)
        told = amounts(self.tables["Release"])
        self.assertEqual(release.authority_amount, told["authority needed"])
        self.assertEqual(release.approved_amount, told["approved amount"])
        self.assertEqual(release.tolerance, 5.0)
        release.with_user(self.senior).action_approve()
        largest = told["largest order it covers, with 5 % tolerance"]
        order.order_line.price_unit = largest + 0.01
        self.assertFalse(order._release_covered())
        order.order_line.price_unit = largest
        self.assertTrue(order._release_covered())
        order.order_line.price_unit = told["approved amount"]

        more = re.search(r"pays ([\d,.]+) more", PAGE.read_text(encoding="utf-8")).group(1)
        self._money(partner, float(more.replace(",", "")))
        after = order._credit_verdict()
        for name, value in amounts(self.tables["After the payment"]).items():
            self.assertEqual(after[name], value, name)
        self.assertNotEqual(after["state"], "hold")

    def _money(self, partner, amount):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "amount": amount,
                "date": self.today,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
