# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestPortfolio(LogisticsCommon):
    """The mix, its targets and the concentration, recomputed here by hand.

    ======== ======= ======== ========= ================
    customer country industry class     revenue
    ======== ======= ======== ========= ================
    Alpha    France  Food     key       600 (400 sea, 200 air)
    Beta     France  --       core      300 (sea)
    Gamma    Japan   Food     core      100 (no service)
    Delta    --      --       standard  -50 (credits only)
    ======== ======= ======== ========= ================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.customers)
        cls.food = cls.env["res.partner.industry"].create({"name": "Food"})
        cls.sea, cls.air = cls.env["logistics.service"].create([{"name": "Sea"}, {"name": "Air"}])
        france, japan = cls.env.ref("base.fr"), cls.env.ref("base.jp")
        cls.france, cls.japan = france, japan
        cls.names = {}
        for name, country, industry, value_class, trades in (
            ("Alpha", france, cls.food, "key", [(400, cls.sea), (200, cls.air)]),
            ("Beta", france, None, "core", [(300, cls.sea)]),
            ("Gamma", japan, cls.food, "core", [(100, None)]),
            ("Delta", None, None, "standard", [(-50, None)]),
        ):
            partner = cls._partner(
                name,
                country_id=country.id if country else False,
                industry_id=industry.id if industry else False,
            )
            account = cls._account(partner)
            cls.env.cr.execute(
                "UPDATE logistics_customer SET value_class = %s WHERE id = %s",
                [value_class, account.id],
            )
            cls._trade(
                partner,
                *[
                    {
                        "date": str(cls.today - relativedelta(days=40)),
                        "amount": amount,
                        "service_id": service.id if service else False,
                    }
                    for amount, service in trades
                ],
            )
            cls.names[name] = account
        cls.runs = cls.env["logistics.portfolio.run"]
        cls.members = cls.env["logistics.portfolio.member"]
        cls.members._ensure_all()

    def _compute(self, as_of=None):
        run = self.runs.create({"as_of": as_of or self.today})
        run.action_compute()
        return run

    def _lines(self, run, dimension):
        lines = run.line_ids.filtered(lambda line: line.dimension == dimension)
        return {line.member_id.display_name: line for line in lines}

    def _member(self, dimension, key):
        return self.members.search([("dimension", "=", dimension), ("key", "=", key)])

    def _target(self, *shares, **values):
        return self.env["logistics.portfolio.target"].create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "dimension": member.dimension,
                            "member_id": member.id,
                            "share": share,
                        }
                    )
                    for member, share in shares
                ],
                **values,
            }
        )

    def test_shares_and_concentration(self):
        run = self._compute()
        self.assertEqual((run.state, run.customer_count, run.revenue), ("done", 3, 1000.0))
        self.assertAlmostEqual(run.hhi, 60**2 + 30**2 + 10**2)
        self.assertAlmostEqual(run.largest_share, 60.0)
        self.assertEqual(run.largest_customer_id, self.names["Alpha"])
        self.assertAlmostEqual(run.top_share, 100.0)
        expected = {
            "region": {"France": 90.0, "Japan": 10.0},
            "industry": {"Food": 70.0, "Unknown": 30.0},
            "class": {"Key Account": 60.0, "Core": 40.0},
            "service": {"Sea": 70.0, "Air": 20.0, "Unknown": 10.0},
            "contract": {"Without a Contract": 100.0},
            "size": {"Unknown": 100.0},
        }
        for dimension, shares in expected.items():
            lines = self._lines(run, dimension)
            self.assertEqual(set(lines), set(shares), dimension)
            for name, share in shares.items():
                self.assertAlmostEqual(lines[name].share, share, msg=f"{dimension} {name}")
                self.assertIs(lines[name].target, False, "no target was set")
        sea = self._lines(run, "service")["Sea"]
        self.assertEqual((sea.customer_count, sea.largest_customer_id), (2, self.names["Alpha"]))
        self.assertAlmostEqual(sea.largest_share, 100 * 400 / 700)
        ranks = [(row.rank, row.customer_id, row.cumulative) for row in run.customer_ids]
        self.assertEqual([row[0] for row in ranks], [1, 2, 3])
        self.assertAlmostEqual(ranks[1][2], 90.0)

    def test_targets_and_other(self):
        self._target(
            (self._member("region", f"country,{self.france.id}"), 50),
            (self._member("region", f"country,{self.env.ref('base.it').id}"), 20),
        )
        lines = self._lines(self._compute(), "region")
        self.assertEqual(set(lines), {"France", "Japan", "Italy"})
        self.assertAlmostEqual(lines["France"].gap, 40.0)
        # Italy: aimed at, nothing yet. Japan: all of Other, whose target is the rest.
        self.assertEqual((lines["Italy"].share, lines["Italy"].gap), (0.0, -20.0))
        self.assertAlmostEqual(lines["Japan"].target, 30.0)
        self.assertEqual(lines["Japan"].bucket_id.key, "other")
        self.assertAlmostEqual(sum(line.target for line in lines.values()), 100)

    def test_rest_that_nobody_fills(self):
        self._target(
            (self._member("region", f"country,{self.france.id}"), 50),
            (self._member("region", f"country,{self.japan.id}"), 20),
        )
        lines = self._lines(self._compute(), "region")
        self.assertEqual((lines["Other"].share, lines["Other"].target), (0.0, 30.0))

    def test_mix_of_130_percent_is_refused(self):
        shares = [
            (self._member("class", "class,key"), 70),
            (self._member("class", "class,core"), 60),
        ]
        with self.assertRaises(ValidationError) as refused:
            self._target(*shares)
        self.assertIn("Value Class adds up to 130 %", str(refused.exception))
        target = self._target((shares[0][0], 70), (shares[1][0], 30))
        with self.assertRaises(ValidationError) as refused:
            target.line_ids[0].share = 100
        self.assertIn("adds up to 130 %", str(refused.exception))
        # each dimension by itself
        target.line_ids.create(
            {
                "target_id": target.id,
                "dimension": "region",
                "member_id": self._member("region", f"country,{self.japan.id}").id,
                "share": 100,
            }
        )
        with self.assertRaises(ValidationError):
            target.line_ids.create(
                {
                    "target_id": target.id,
                    "dimension": "region",
                    "member_id": self._member("class", "class,standard").id,
                    "share": 0,
                }
            )

    def test_one_target_at_a_time(self):
        first = self._target(date_from="2024-01-01", date_to="2024-12-31")
        with self.assertRaises(ValidationError) as refused:
            self._target(date_from="2024-12-31")
        self.assertIn("already counts", str(refused.exception))
        second = self._target(date_from="2025-01-01")
        targets = self.env["logistics.portfolio.target"]
        self.assertEqual(targets._valid_on(self.company, fields.Date.to_date("2024-12-31")), first)
        self.assertEqual(targets._valid_on(self.company, fields.Date.to_date("2025-01-01")), second)
        with self.assertRaises(ValidationError):
            self._target(date_from="2026-01-01")

    def test_as_of_a_past_day(self):
        self._trade(
            self.names["Gamma"].partner_id,
            {"date": str(self.today - relativedelta(years=2)), "amount": 70.0},
        )
        run = self._compute(self.today - relativedelta(years=1, months=6))
        self.assertEqual((run.revenue, run.customer_count), (70.0, 1))
        self.assertAlmostEqual(run.hhi, 10000.0)
        nothing = self._compute(self.today - relativedelta(years=10))
        self.assertEqual((nothing.state, nothing.customer_count), ("done", 0))
        self.assertIs(nothing.hhi, False, "no concentration of nobody")
        with self.assertRaises(UserError):
            self._compute(self.today + relativedelta(days=1))

    def test_shares_of_several_portfolios_are_not_added(self):
        for back in (0, 1):
            self._compute(self.today - relativedelta(days=back))
        lines = self.env["logistics.portfolio.line"]
        ours = [("company_id", "=", self.company.id)]
        [(total,)] = lines._read_group([*ours], [], ["share:sum"])
        self.assertAlmostEqual(total, 100)
        shares = dict(
            lines._read_group([*ours, ("dimension", "=", "class")], ["member_id"], ["share:sum"])
        )
        self.assertAlmostEqual(shares[self._member("class", "class,key")], 60)

    def test_nights_and_year_ends(self):
        self._trade(
            self.names["Alpha"].partner_id,
            {"date": f"{self.today.year - 2}-05-05", "amount": 10.0},
        )
        self._refresh()
        night = self.runs._refresh_night(self.company)
        again = self.runs._refresh_night(self.company)
        self.assertEqual(night, again, "the night's portfolio is replaced, not piled up")
        runs = self.runs.search([("company_id", "=", self.company.id)])
        self.assertEqual(
            sorted(runs.filtered("year_end").mapped("as_of")),
            [fields.Date.to_date(f"{self.today.year - back}-12-31") for back in (2, 1)],
        )
        latest = self.runs.search([("is_latest", "=", True), ("company_id", "=", self.company.id)])
        self.assertEqual(latest, night)
        self.assertTrue(night.is_latest)

    def test_an_unknown_amount_is_in_no_share(self):
        self._trade(
            self.names["Beta"].partner_id,
            {"date": str(self.today - relativedelta(days=3)), "amount": False},
        )
        run = self._compute()
        self.assertEqual((run.unknown_count, run.revenue), (1, 1000.0))

    def test_queries_do_not_grow(self):
        run = self._compute()

        def queries():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            run.action_compute()
            return self.env.cr.sql_log_count - before

        few = queries()
        for number in range(15):
            self._trade(
                self._account(self._partner(f"More {number}", country_id=self.japan.id)).partner_id,
                {"date": str(self.today - relativedelta(days=3)), "amount": 5.0},
            )
        self.assertLessEqual(queries(), few)
        self.assertEqual(run.customer_count, 18)

    def test_rights(self):
        run = self._compute()
        manager, lead = self._user("manager"), self._user("seller_all")
        run.with_user(manager).action_compute()
        self.assertEqual(run.with_user(lead).revenue, 1000.0)
        with self.assertRaises(AccessError):
            run.with_user(lead).action_compute()
        with self.assertRaises(AccessError):
            run.with_user(self._user("seller")).read(["revenue"])
        with self.assertRaises(AccessError):
            run.with_user(manager).write({"revenue": 5.0})
        created = self.runs.with_user(manager).create({"as_of": self.today})
        self.assertEqual((created.state, created.nightly), ("draft", False))
        other = self._other_company()
        stranger = self._user("manager", company=other)
        with self.assertRaises(AccessError):
            run.with_user(stranger).with_context(allowed_company_ids=other.ids).read(["revenue"])
