# Part of logistics_crm. License LGPL-3 or later.
import random
from datetime import date, timedelta
from itertools import pairwise
from statistics import quantiles

from odoo import fields
from odoo.tests import tagged

from .common import LogisticsLedgerCommon
from .consumption_common import AS_OF, ConsumptionCommon


@tagged("post_install", "-at_install")
class TestConsumptionFigures(ConsumptionCommon):
    """When the next order is due, and what a customer buys: recomputed in plain Python."""

    def _expected(self, days):
        """Last day plus the quartiles of the pauses (inclusive method, as PostgreSQL's)."""
        pauses = [(b - a).days for a, b in pairwise(sorted(days))]
        low, middle, high = quantiles(pauses, n=4, method="inclusive")
        last = max(days)

        def half_even(number):
            return round(number)

        return (
            last + timedelta(days=int(low)),
            last + timedelta(days=half_even(middle)),
            last + timedelta(days=-int(-high // 1)),
        )

    def test_next_order_from_own_rhythm(self):
        rnd = random.Random(7)
        for count in (3, 4, 9, 20):
            partner = self._partner()
            days = {date(2024, 1, 3)}
            while len(days) < count:
                days.add(max(days) + timedelta(days=rnd.randint(2, 17)))
            self._trade(partner, *(day.isoformat() for day in days))
            account = self._account_of(partner)
            self._refresh(AS_OF)
            self.assertEqual(
                (account.next_order_from, account.next_order_date, account.next_order_until),
                self._expected(days),
                count,
            )

    def test_next_order_unknown_below_three_days(self):
        """Two order days are one pause: nobody knows a rhythm from that. Credits are no orders."""
        partner = self._partner()
        self._trade(partner, "2024-03-01", "2024-03-11", "2024-03-11")
        self._trade(partner, {"date": "2024-03-21", "amount": -5.0})
        account = self._account_of(partner)
        self._refresh(AS_OF)
        self.assertFalse(account.next_order_date)
        self.assertFalse(account.next_order_from or account.next_order_until)
        self._trade(partner, "2024-03-21")
        self._refresh(AS_OF)
        self.assertEqual(account.next_order_date, date(2024, 3, 31))
        self._refresh("2024-03-20")
        self.assertFalse(account.next_order_date, "as of a day on which it was not known")

    def test_rhythm_of_today_not_of_long_ago(self):
        """Pauses of the last two years decide where there are two of them, else all."""
        partner = self._partner()
        monthly = [f"2020-{month:02d}-01" for month in range(1, 13)]
        self._trade(partner, *monthly)
        account = self._account_of(partner)
        self._refresh(AS_OF)
        self.assertEqual((account.next_order_date - date(2020, 12, 1)).days, 31)
        self._trade(partner, "2024-12-02", "2024-12-09", "2024-12-16", "2024-12-23")
        self._refresh(AS_OF)
        self.assertEqual(account.next_order_date, date(2024, 12, 30))

    def test_service_mix(self):
        """Quantities, revenue, margin, shares and price level per service and per lane."""
        partner = self._partner()
        account = self._account(partner)
        other = self._basket("Other", {"express": 3000.0})
        express, pallet = self.services["express"], self.services["pallet"]
        first, second = self.lanes
        self._trade(
            partner,
            {
                "date": "2024-02-01",
                "service_id": express.id,
                "lane_id": first.id,
                "quantity": 4.0,
                "amount": 800.0,
                "cost": 500.0,
            },
            {
                "date": "2024-02-01",
                "service_id": express.id,
                "lane_id": second.id,
                "quantity": 1.0,
                "amount": 200.0,
            },
            {"date": "2024-09-01", "service_id": pallet.id, "amount": 1000.0},
            {"date": "2023-05-01", "service_id": pallet.id, "amount": 70.0},
            {"date": "2025-01-01", "service_id": pallet.id, "amount": 9999.0},
            {"date": "2024-04-01", "lane_id": first.id, "amount": 500.0},
        )
        self._compute()
        rows = {row.service_id or row.lane_id: row for row in account.consumption_ids}
        self.assertEqual(set(rows), {express, pallet, first, second})
        row = rows[express]
        self.assertEqual(
            (row.trade_days, row.quantity, row.revenue, row.margin, row.revenue_previous),
            (1, 5.0, 1000.0, 300.0, 0.0),
        )
        self.assertAlmostEqual(row.share, 1000.0 / 2500.0)
        self.assertAlmostEqual(row.average_price, 200.0)
        # all customers: 4000 for 15 units
        self.assertAlmostEqual(row.price_level, 200.0 / (4000.0 / 15.0))
        row = rows[pallet]
        self.assertEqual((row.revenue, row.revenue_previous), (1000.0, 70.0))
        self.assertIs(row.margin, False)
        self.assertIs(row.average_price, False)
        self.assertIs(row.price_level, False)
        self.assertEqual((rows[first].revenue, rows[second].revenue), (1300.0, 200.0))
        self.assertEqual(sum(other.consumption_ids.mapped("revenue")), 3000.0)

    def test_rerun_changes_nothing(self):
        account = self._basket("Twice", {"express": 10.0, "pallet": 20.0})
        self._compute()
        fields_ = ["service_id", "revenue", "share", "average_price", "as_of"]
        before = [row.read(fields_)[0] | {"id": 0} for row in account.consumption_ids]
        self._compute()
        after = [row.read(fields_)[0] | {"id": 0} for row in account.consumption_ids]
        self.assertEqual(before, after)

    def test_companies_apart(self):
        other = self._other_company()
        partner = self._partner()
        express = self.services["express"].id
        self._trade(partner, {"date": "2024-05-02", "service_id": express, "amount": 40.0})
        self._trade(
            partner, {"date": "2024-05-02", "service_id": express, "amount": 7.0}, company=other
        )
        self._compute()
        self.env["logistics.consumption"]._refresh_company(other, AS_OF)
        mine, theirs = self._account_of(partner), self._account_of(partner, other)
        self.assertEqual(mine.consumption_ids.revenue, 40.0)
        self.assertEqual(theirs.consumption_ids.revenue, 7.0)
        seller = self._user("seller")
        seen = self.env["logistics.consumption"].with_user(seller).search([])
        self.assertEqual(seen.company_id, self.company)

    def test_same_statements_for_one_and_for_many(self):
        self._basket("One", {"express": 10.0})

        def statements():
            before = self.env.cr.sql_log_count
            self.env["logistics.consumption"]._refresh_company(self.company, AS_OF)
            return self.env.cr.sql_log_count - before

        self._compute()
        few = statements()
        for number in range(15):
            self._basket(f"More {number}", {"express": 10.0, "pallet": 5.0, "storage": 1.0})
        self._refresh(AS_OF)
        self.assertEqual(statements(), few)

    def test_analysis(self):
        """Season, weekday, weight band, lane, and prices of a group as ratios of sums."""
        express = self.services["express"].id
        partner, peer = self._partner(), self._partner()
        self._trade(
            partner,
            {
                "date": "2024-02-05",  # a Monday
                "service_id": express,
                "lane_id": self.lanes[0].id,
                "quantity": 1.0,
                "amount": 30.0,
                "weight_kg": 5.0,
            },
            {
                "date": "2024-02-11",  # a Sunday
                "service_id": express,
                "quantity": 9.0,
                "amount": 90.0,
                "weight_kg": 5.001,
            },
            {"date": "2024-03-01", "service_id": express, "amount": 1000.0},
        )
        self._trade(
            peer, {"date": "2024-07-01", "service_id": express, "quantity": 10.0, "amount": 280.0}
        )
        report = self.env["logistics.trading.report"]
        mine = [("partner_id", "=", partner.id)]
        lines = report.search(mine, order="date")
        self.assertEqual(lines.mapped("weekday"), ["1", "7", "5"])
        self.assertEqual(lines.mapped("month_of_year"), ["02", "02", "03"])
        self.assertEqual(lines.mapped("weight_band"), ["2", "3", False])
        self.assertEqual(lines[0].origin_id, self.lanes[0].origin_id)
        [(price, level, amount)] = report._read_group(
            mine, [], ["average_price:avg", "price_level:avg", "amount:sum"]
        )
        self.assertAlmostEqual(price, 120.0 / 10.0)
        # all customers of the year: 400 for 20 units
        self.assertAlmostEqual(level, 120.0 / (10.0 * 20.0))
        self.assertEqual(amount, 1120.0)


@tagged("post_install", "-at_install")
class TestConsumptionOrders(LogisticsLedgerCommon):
    """What order lines know of list price and lane reaches the facts."""

    def test_list_price_is_frozen(self):
        self.product_a.list_price = 100.0
        order = self._order(self.partner_a, {"price_unit": 80.0, "discount": 10.0})
        line = order.order_line
        self.assertEqual(line.logistics_list_price, 100.0)
        zone = self.env["logistics.zone"].create([{"name": "A"}, {"name": "B"}])
        line.logistics_lane_id = self.env["logistics.lane"].create(
            {"origin_id": zone[0].id, "destination_id": zone[1].id}
        )
        self._bill(order, "2024-05-02")
        self.product_a.list_price = 500.0
        [fact] = self._facts(company=self.company, partner_ids=self.partner_a.ids)
        self.assertEqual(line.logistics_list_price, 100.0, "a later price changes nothing")
        self.assertEqual(float(fact["amount"]), 72.0)
        self.assertAlmostEqual(float(fact["list_amount"]), 100.0)
        self.assertAlmostEqual(float(fact["discount_amount"]), 8.0)
        self.assertEqual(fact["lane_id"], line.logistics_lane_id.id)

    def test_list_amount_in_another_unit_and_currency(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product_a.list_price = 10.0
        order = self._order(
            self.partner_a,
            {"product_uom_id": dozen.id, "product_uom_qty": 2.0, "price_unit": 60.0},
        )
        self.assertAlmostEqual(order.order_line.logistics_list_price, 120.0)
        self._bill(order, "2024-05-02")
        [fact] = self._facts(company=self.company, partner_ids=self.partner_a.ids)
        self.assertAlmostEqual(float(fact["amount"]), 120.0)
        self.assertAlmostEqual(float(fact["list_amount"]), 240.0)

    def test_unknown_list_price(self):
        """A product without a sales price, or a line without an order, has no list price."""
        self.product_a.list_price = 0.0
        order = self._order(self.partner_a, {"price_unit": 80.0})
        self.assertIs(order.order_line.logistics_list_price, False)
        self._bill(order, "2024-05-02")
        self._invoice(self.partner_a, 50.0, "2024-05-03", discount=20.0)
        facts = self._facts(company=self.company, partner_ids=self.partner_a.ids)
        self.assertEqual([fact["list_amount"] for fact in facts], [None, None])
        self.assertEqual(sorted(float(fact["discount_amount"]) for fact in facts), [0.0, 10.0])

    def test_call_list(self):
        """One click plans one call, for the representative; the second plans none."""
        today = fields.Date.context_today(self.customers)
        seller = self._user("seller")
        partner = self._partner(user_id=seller.id)
        self._trade(partner, *(str(today - timedelta(days=days)) for days in (21, 14, 7)))
        account = self._account_of(partner)
        self._refresh(today)
        self.assertEqual(account.next_order_date, today)
        mine = account.with_user(seller)
        mine.action_plan_call()
        mine.action_plan_call()
        self.assertEqual(account.activity_ids.user_id, seller)
        self.assertEqual(len(account.activity_ids), 1)
        self.assertTrue(mine.call_planned)
        mine.action_call_done()
        self.assertFalse(mine.call_planned)
        domain = self.env["logistics.customer"]._call_list_domain()
        self.assertIn(mine, mine.search(domain))
