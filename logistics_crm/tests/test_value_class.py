# Part of logistics_crm. License LGPL-3 or later.
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon

DAY = "2024-06-30"
MATRIX = {
    "logistics.value.class.policy": {"seller": "r", "controller": "r", "manager": "rwcu"},
    "logistics.value.class.criterion": {"seller": "r", "controller": "r", "manager": "rwcu"},
    "logistics.value.class.entitlement": {"seller": "r", "controller": "r", "manager": "rwc"},
    "logistics.value.class.override": {"seller": "rc", "controller": "r", "manager": "rwc"},
    "logistics.value.class.change": {"seller": "r", "controller": "r", "manager": "r"},
}


class ValueClassCommon(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["logistics.value.class.policy"]._for_company(cls.company)
        cls.changes = cls.env["logistics.value.class.change"]
        cls.overrides = cls.env["logistics.value.class.override"]

    @classmethod
    def _worth(cls, *amounts, date="2024-05-01"):
        """Customers that earned so much in one trade, in this order."""
        accounts = cls.customers.browse()
        for amount in amounts:
            partner = cls._partner(f"Worth {amount}")
            cls._trade(partner, {"date": date, "amount": amount, "cost": 0.5 * amount})
            accounts |= cls._account_of(partner)
        return accounts

    def _rules(self, *rows, **values):
        """Replace the criteria: (class, criterion, threshold[, requirement])."""
        self.policy.write(
            {
                "criterion_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "value_class": row[0],
                                "criterion": row[1],
                                "threshold": row[2],
                                "requirement": row[3] if len(row) > 3 else "must",
                            }
                        )
                        for row in rows
                    ),
                ],
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestValueClassRules(ValueClassCommon):
    """The rule set that a manager edits decides the class, and refuses to contradict itself."""

    def test_contradictions_are_refused(self):
        """Each contradiction is named with the classes and the criterion it is in."""
        for message, rows, values in (
            ("overlap", [("key", "place", 80), ("core", "place", 80)], {}),
            ("overlap", [("key", "place", 90), ("core", "place", 80)], {}),
            ("overlap", [("key", "revenue", 10), ("core", "revenue", 20)], {}),
            ("need not", [("key", "place", 50), ("core", "revenue", 20)], {}),
            ("makes no sense", [("key", "place", 101)], {}),
            ("makes no sense", [("key", "place", 0)], {}),
            ("makes no sense", [("key", "influence", 6)], {}),
            ("makes no sense", [("key", "revenue", -1)], {}),
            (
                "cannot be asked for",
                [("key", "revenue", 1, "alternative"), ("key", "influence", 3, "alternative")],
                {"alternatives_key": 3},
            ),
            ("at least one criterion", [("core", "place", 80)], {}),
        ):
            with self.subTest(rows), self.assertRaisesRegex(ValidationError, message):
                self._rules(*rows, **values)
            self.env.invalidate_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._rules(("key", "place", 50), ("key", "place", 40))

    def test_one_row_edited_alone_is_checked_too(self):
        """The check does not depend on the form: a single row written over RPC is refused."""
        key = self.policy.criterion_ids.filtered(lambda row: row.value_class == "key")
        with self.assertRaisesRegex(ValidationError, "overlap"):
            key.with_context(logistics_value_check="x").write({"threshold": 99.0})

    def test_must_and_some_of_several(self):
        """A class needs all that must be met, and as many of the others as it asks for."""
        big, liked, small = self._worth(1000, 600, 100)
        liked.market_influence, liked.innovation_ability = "5", "4"
        small.market_influence = small.innovation_ability = "5"
        self._rules(
            ("key", "revenue", 500),
            ("key", "influence", 4, "alternative"),
            ("key", "innovation", 4, "alternative"),
            ("key", "margin", 400, "alternative"),
            ("core", "revenue", 300),
            alternatives_key=2,
        )
        self._refresh(DAY)
        # big: margin 500, no scores = one of three; liked: both scores; small: revenue too low
        self.assertEqual((big | liked | small).mapped("value_class"), ["core", "key", "marginal"])
        big.market_influence = "4"
        self._refresh(DAY)
        self.assertEqual(big.value_class, "key")

    def test_unknown_meets_nothing(self):
        """Who has no score is not above any score, and not below the lowest either."""
        (account,) = self._worth(100)
        self._rules(("key", "influence", 1))
        self._refresh(DAY)
        self.assertEqual(account.value_class, "marginal")
        self.assertIn("unknown", str(account.value_class_explanation))
        account.market_influence = "1"
        self._refresh(DAY)
        self.assertEqual(account.value_class, "key")

    def test_years_of_trading(self):
        """A boundary of years counts from the first trade to the day of the figures."""
        partner = self._partner()
        self._trade(partner, "2022-06-30", "2024-05-01")
        account = self._account_of(partner)
        self._rules(("key", "trading_years", 2))
        self._refresh("2024-06-29")
        self.assertEqual(account.value_class, "marginal")
        self._refresh("2024-07-01")
        self.assertEqual(account.value_class, "key")

    def test_years_under_contract(self):
        """The continuous contract years of the register count, as of the day of the figures."""
        (account,) = self._worth(100)
        self.env["logistics.contract"].create(
            {
                "customer_id": account.id,
                "name": "C-1",
                "state": "signed",
                "date_start": "2022-06-01",
                "date_end": "2025-06-01",
            }
        )
        self._rules(("key", "contract_years", 2))
        self._refresh("2024-05-20")
        self.assertEqual(account.value_class, "marginal")
        self._refresh(DAY)
        self.assertEqual(account.value_class, "key")

    def test_credit_and_lifecycle_never_count(self):
        """A bad payer that earns the company most is its key account all the same."""
        worst, best = self._worth(1000, 10)
        self._trade(
            worst.partner_id,
            *(
                {"date": "2024-01-01", "amount": 5.0, "due_date": "2024-01-02", "document": f"L{n}"}
                for n in range(5)
            ),
        )
        self._refresh(DAY)
        self.assertEqual(worst.credit_grade_code, "C")
        self.assertEqual((worst | best).mapped("value_class"), ["key", "marginal"])

    def test_gap_and_candidates(self):
        """The gap is what the last one above the border earns more; candidates are within 30 %."""
        accounts = self._worth(500, 300, 200, 160, 40)
        self._refresh(DAY)
        margins = [250.0, 150.0, 100.0, 80.0, 20.0]
        self.assertEqual(accounts.mapped("value_worth"), margins)
        total, before, places = sum(margins), 0.0, []
        for margin in margins:
            places.append(before / total)
            before += margin
        for account, place in zip(accounts, places, strict=True):
            self.assertAlmostEqual(account.value_place, place)
            self.assertAlmostEqual(account.value_cumulated, place + account.value_worth / total)
        self.assertEqual(accounts.mapped("value_rank"), [1, 2, 3, 4, 5])
        self.assertEqual(
            accounts.mapped("value_class"), ["key", "key", "core", "standard", "marginal"]
        )
        # key ends at 150, core at 100, standard at 80
        self.assertEqual(accounts.mapped("value_gap"), [False, False, 50.0, 20.0, 60.0])
        # 50 % short, 25 % short, 300 % short
        self.assertEqual(accounts.mapped("upgrade_candidate"), [False, False, False, True, False])

    def test_own_rules_per_company(self):
        """Each company has its own rules, and the default ones come by themselves."""
        other = self._other_company()
        partner = self._partner()
        for company in (self.company, other):
            self._trade(partner, {"date": "2024-05-01", "amount": 50.0}, company=company)
        self._rules(("key", "revenue", 1000))
        self._refresh(DAY)
        self._refresh(DAY, company=other)
        self.assertEqual(self._account_of(partner).value_class, "marginal")
        self.assertEqual(self._account_of(partner, other).value_class, "key")

    def test_draft_rules_wait_for_activation(self):
        """A copy changes nothing until it is activated, and then replaces the active rules."""
        (account,) = self._worth(100)
        self._refresh(DAY)
        draft = self.policy.copy()
        self.assertFalse(draft.active)
        self.assertEqual(len(draft.criterion_ids), 3)
        draft.write(
            {
                "criterion_ids": [
                    Command.clear(),
                    Command.create(
                        {"value_class": "key", "criterion": "revenue", "threshold": 1e6}
                    ),
                ]
            }
        )
        self._refresh(DAY)
        self.assertEqual(account.value_class, "key")
        draft.action_activate()
        self.assertTrue(draft.active and not self.policy.active)
        self.assertEqual(account.value_class, "marginal")

    def test_a_constant_number_of_queries(self):
        """Classing fifty customers takes as many statements as classing five."""
        counts = []
        for number in (5, 45):
            self._worth(*range(1, number + 1))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.customers._refresh_value_classes(self.env.cr.now().date(), self.company)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_one_customer_refreshed_alone(self):
        """One customer's new trade reclasses who it pushes down, at once."""
        first, second = self._worth(100, 60)
        self._refresh(DAY)
        self.assertEqual((first | second).mapped("value_class"), ["key", "core"])
        self._trade(second.partner_id, {"date": "2024-06-01", "amount": 900.0, "cost": 100.0})
        second._refresh_figures(as_of=DAY)
        self.assertEqual((first | second).mapped("value_class"), ["standard", "key"])

    def test_rights(self):
        """Managers edit the rules, everybody who works with customers reads them."""
        for model, rights in MATRIX.items():
            for role in ("seller", "controller", "manager", "internal", "portal"):
                records = self.env[model].with_user(self._user(role))
                allowed = {
                    op[0] for op in ("read", "write", "create", "unlink") if records.has_access(op)
                }
                self.assertEqual(allowed, set(rights.get(role, "")), f"{role} on {model}")
        policy = self.policy.with_user(self._user("manager"))
        with self.assertRaises(AccessError):
            policy.version = 99
        with self.assertRaisesRegex(UserError, "archived, not deleted"):
            policy.unlink()

    def test_pareto_curve(self):
        """The curve is the cumulated share of the sorted margins; losers add nothing."""
        self._worth(800, 100, 60, 40)
        loser = self._partner("Loser")
        self._trade(loser, {"date": "2024-05-01", "amount": 10.0, "cost": 30.0})
        self._refresh(DAY)
        curve = self.env["logistics.customer"].with_user(self._user("manager")).pareto_curve()
        gains = [400, 50, 30, 20, 0]
        expected = [(0.0, 0.0)] + [
            ((index + 1) / 5, sum(gains[: index + 1]) / 500) for index in range(5)
        ]
        for (x, y), (wanted_x, wanted_y) in zip(curve["points"], expected, strict=True):
            self.assertAlmostEqual(x, wanted_x)
            self.assertAlmostEqual(y, wanted_y)
        self.assertEqual((curve["customers"], curve["losing"]), (5, 1))
        self.assertEqual((curve["core_customers"], curve["top_share"]), (1, 0.8))
        with self.assertRaises(AccessError):
            self.env["logistics.customer"].with_user(self._user("seller")).pareto_curve()
