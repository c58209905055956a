# Part of logistics_crm. License LGPL-3 or later.
import random
from datetime import date, timedelta

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestConcessionProgramme(LogisticsCommon):
    """Programmes per class, the floor under them, and what measures really did."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager")
        cls.accounts = cls.env["logistics.customer"]
        for number, value_class in enumerate(("key", "core", "standard", "marginal")):
            partner = cls._partner(f"Class {value_class}")
            cls._trade(partner, f"2024-0{number + 1}-01")
            account = cls._account_of(partner)
            account.value_class = value_class
            account.first_trade_date = account.last_trade_date = f"202{number}-01-01"
            cls.accounts |= account
        cls.programme = cls.env["logistics.retention.programme"].create(
            {"name": "Circle", "company_id": cls.company.id, "value_class": "core"}
        )

    def _eligible(self):
        return self.accounts.search(self.programme._eligible_domain())

    def test_eligibility(self):
        key, core, standard, _marginal = self.accounts
        self.assertEqual(self._eligible(), key | core)
        self.programme.value_class = "standard"
        core.late_share, standard.late_share = 0.4, 0.1
        self.programme.max_late_share = 0.1
        self.assertEqual(self._eligible(), key | standard, "not known is not refused")
        self.programme.customer_domain = "[('name', 'ilike', 'key')]"
        self.assertEqual(self._eligible(), key)
        with self.assertRaises(ValidationError):
            self.programme.customer_domain = "[('no_such_field', '=', 1)]"
        today = self.env["logistics.customer"]._fields["first_trade_date"].context_today(key)
        key.first_trade_date = today - timedelta(days=365)
        self.programme.min_years = 1.5
        self.assertFalse(self._eligible())

    def test_members_follow_the_conditions(self):
        """Joining brings the pricelist, leaving takes it back; a second run changes nothing."""
        key, core, _standard, _marginal = self.accounts
        lists = self.env["product.pricelist"].create(
            [{"name": "Circle", "company_id": self.company.id}, {"name": "Own choice"}]
        )
        self.programme.pricelist_id = lists[0]
        programme = self.programme.with_user(self.manager)
        programme.action_update_members()
        programme.action_update_members()
        members = self.programme.membership_ids
        self.assertEqual(members.customer_id, key | core)
        here = key.partner_id.with_company(self.company)
        self.assertEqual(here.specific_property_product_pricelist, lists[0])
        core.partner_id.with_company(self.company).specific_property_product_pricelist = lists[1]
        key.value_class = core.value_class = "marginal"
        programme.action_update_members()
        self.assertTrue(all(members.mapped("date_to")))
        self.assertFalse(here.specific_property_product_pricelist)
        self.assertEqual(
            core.partner_id.with_company(self.company).specific_property_product_pricelist,
            lists[1],
            "chosen by hand meanwhile",
        )
        seller = self._user("seller")
        with self.assertRaises(AccessError):
            self.programme.with_user(seller).action_update_members()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["logistics.retention.membership"].create(
                [{"programme_id": self.programme.id, "customer_id": key.id}] * 2
            )

    def test_loyalty_cards(self):
        """Where the Loyalty application is there members get one card; else none can be named."""
        offered = self.programme._selection_loyalty()
        if "loyalty.program" not in self.env:
            self.assertFalse(offered)
            return
        loyalty = self.env["loyalty.program"].create({"name": "Circle"})
        self.programme.loyalty_program = f"{offered[0][0]},{loyalty.id}"
        for _again in range(2):
            self.programme.with_user(self.manager).action_update_members()
        self.assertEqual(
            self.env["loyalty.card"].search([("program_id", "=", loyalty.id)]).partner_id,
            self.programme.membership_ids.customer_id.partner_id,
        )

    def test_no_programme_below_the_floor(self):
        floor = self.env["logistics.service.floor"].create(
            {"company_id": self.company.id, "response_hours": 8, "on_time_target": 0.95}
        )
        for worse in ({"response_hours": 8.5}, {"on_time_target": 0.94}):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.programme.write(worse)
        self.programme.write({"response_hours": 4, "on_time_target": 0.95, "complaint_days": 30})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            floor.complaint_days = 14
        with self.assertRaises(ValidationError), self.cr.savepoint():
            floor.on_time_target = 0.96
        key, _core, standard, _marginal = self.accounts
        self.programme.action_update_members()
        self.assertEqual((key.service_response_hours, standard.service_response_hours), (4, 8))
        self.assertEqual(key.service_complaint_days, 30)
        self.assertIs(standard.service_complaint_days, False)
        standard.on_time_rate = 0.9
        self.assertTrue(standard.service_below_floor)
        self.assertFalse(key.service_below_floor, "not known is not below")
        floor.invalidate_recordset()
        self.assertEqual(floor.below_count, 1)
        self.assertEqual(self.accounts.search(floor.action_open_below()["domain"]), standard)

    def test_effect_of_a_measure(self):
        """Difference in differences inside fifths of the revenue before, in plain Python."""
        rnd = random.Random(3)
        company = self._other_company()
        start = date(2024, 7, 1)
        rows, treated = {}, self.env["logistics.customer"]
        for number in range(30):
            partner = self._partner()
            account = self._account(partner, company)
            before = rnd.randint(100, 5000)
            after = before * rnd.uniform(0.6, 1.1) + (300 if number % 3 == 0 else 0)
            rows[account] = (before, round(after, 2))
            # outside the window nothing counts
            for day, amount in (
                ("2023-12-30", 99999.0),
                ("2024-01-02", before),
                ("2024-12-29", rows[account][1]),
                ("2025-01-01", 99999.0),
            ):
                self._trade(
                    partner, {"date": day, "amount": amount, "cost": amount / 2}, company=company
                )
            if number % 3 == 0:
                treated |= account
        measure = self.env["logistics.retention.measure"].create(
            {
                "name": "Reviews",
                "company_id": company.id,
                "start_date": start,
                "customer_ids": treated.ids,
            }
        )
        measure._measure(date(2025, 3, 1))
        self.assertEqual((measure.state, measure.days), ("final", 184))
        placed = sorted(rows, key=lambda account: (rows[account][0], account.id))
        bands = [placed[place : place + 6] for place in range(0, 30, 6)]
        effects, controls = [], 0
        for band in bands:
            change = [rows[a][1] - rows[a][0] for a in band if a not in treated]
            got = [rows[a][1] - rows[a][0] for a in band if a in treated]
            if got and change:
                controls += len(change)
                effects += [one - sum(change) / len(change) for one in got]
        effect = sum(effects) / len(effects)
        self.assertEqual((measure.treated_count, measure.control_count), (len(effects), controls))
        self.assertAlmostEqual(measure.revenue_effect, effect, places=1)
        self.assertAlmostEqual(measure.margin_effect, effect / 2, places=1)
        self.assertAlmostEqual(measure.order_effect, 0.0)

    def test_effect_too_early_or_nobody_to_compare(self):
        key = self.accounts[0]
        measure = self.env["logistics.retention.measure"].create(
            {
                "name": "New",
                "company_id": self.company.id,
                "start_date": "2024-02-01",
                "customer_ids": key.ids,
            }
        )
        measure._measure("2024-02-20")
        self.assertEqual((measure.state, measure.revenue_effect), ("early", False))
        measure._measure("2024-04-30")
        self.assertEqual((measure.state, measure.days), ("interim", 90))
        self.assertIs(measure.revenue_effect, False, "nobody else traded before")
        seller = self._user("seller")
        with self.assertRaises(AccessError):
            measure.with_user(seller).read(["name"])

    def test_quoted_beside_measured(self):
        """A rule of thumb stands beside the company's own figure; unknown stays unknown."""
        parameter = self.env["logistics.scenario.parameter"].create(
            {"name": "5x", "measure": "acquisition", "value_low": 5, "source": "A book"}
        )
        self.assertIs(parameter.measured, False)
        self.assertIn("Not known", parameter.measured_note)
        today = self.env.cr.now().date()
        won, kept = self.accounts[:2]
        won.write({"first_trade_date": today, "last_trade_date": today})
        kept.write({"first_trade_date": "2020-01-01", "last_trade_date": today})
        (self.accounts - won - kept).write({"last_trade_date": "2021-01-01"})
        spent = today - timedelta(days=9)
        self.env["logistics.concession"].create(
            [
                {"customer_id": won.id, "kind": "visit", "amount": 60.0, "date": spent},
                {"customer_id": kept.id, "kind": "visit", "amount": 20.0, "date": spent},
            ]
        )
        parameter.invalidate_recordset()
        self.assertAlmostEqual(parameter.measured, 3.0)
        with self.assertRaises(AccessError):
            parameter.with_user(self._user("seller")).read(["measured"])

    def test_retention_gain_measured(self):
        company = self._other_company()
        today = self.env.cr.now().date()
        for number in range(4):
            partner = self._partner()
            self._account(partner, company)
            self._trade(
                partner,
                {"date": today - timedelta(days=500), "amount": 100.0, "cost": 90.0},
                company=company,
            )
            if number:
                self._trade(
                    partner,
                    {"date": today - timedelta(days=50), "amount": 100.0 * number, "cost": 50.0},
                    company=company,
                )
        parameter = self.env["logistics.scenario.parameter"].create(
            {"name": "Gain", "measure": "retention_gain", "value_low": 25, "source": "An essay"}
        )
        # four before, three stayed and left 50 + 150 + 250; one fifth of a customer more
        measured = parameter.with_company(company).measured
        self.assertAlmostEqual(measured, 0.05 * 4 * 150.0 / 450.0 * 100, places=2)
