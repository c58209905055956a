# Part of logistics_crm. License LGPL-3 or later.
from collections import Counter
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintAnalysis(ComplaintCommon):
    """The figures of complaints, computed again here from the same rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.manager = cls._user("manager")

    def _ref(self, name):
        return self.env.ref(f"logistics_crm.{name}")

    def _ago(self, days):
        return self.today - timedelta(days=days)

    def test_pareto(self):
        """Shares add up to one, the largest first, and last year's stand beside."""
        customer = self._account()
        wanted = Counter(equipment=5, staff=3, external=1)
        for code, number in wanted.items():
            for day in range(number):
                self._complain(
                    customer,
                    cause_id=self._ref(f"complaint_cause_{code}").id,
                    received_on=self._ago(10 + day),
                )
        self._complain(
            customer,
            cause_id=self._ref("complaint_cause_staff").id,
            received_on=self._ago(500),
        )
        cancelled = self._complain(customer)
        cancelled._cancel("A mistake")
        rows = self.env["logistics.complaint.pareto"].search(
            [("dimension", "=", "cause"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(rows.mapped("label"), ["Equipment", "Staff", "External"])
        self.assertEqual(rows.mapped("complaints"), [5, 3, 1])
        self.assertEqual(rows.mapped("complaints_before"), [0, 1, 0])
        for row, cumulated in zip(rows, (5 / 9, 8 / 9, 1.0), strict=True):
            self.assertAlmostEqual(row.cumulated, cumulated, 6)
        self.assertAlmostEqual(sum(rows.mapped("share")), 1.0, 6)
        opened = self.env["logistics.complaint"].search(rows[0].action_open()["domain"])
        self.assertEqual(len(opened), 5)

    def test_persons_are_not_for_everyone(self):
        """Whose work it was is told to handlers and managers, in the form and in the Pareto."""
        complaint = self._complain(self._account(), responsible_id=self.manager.id)
        everyone = self._user("seller_all")
        pareto = self.env["logistics.complaint.pareto"]
        person = [("dimension", "=", "person"), ("company_id", "=", self.company.id)]
        self.assertTrue(pareto.with_user(self.manager).search(person))
        self.assertFalse(pareto.with_user(everyone).search(person))
        with self.assertRaises(AccessError):
            complaint.with_user(everyone).read(["responsible_id"])

    def test_report(self):
        """Kept terms, days of a claim and the slow share of one row each."""
        customer = self._account()
        fast = self._complain(customer, claim_amount=10.0, received_on=self._ago(20))
        fast._refuse("No")
        slow = self._complain(customer, claim_amount=10.0, received_on=self._ago(40))
        none = self._complain(customer)
        for day in (2, 5):
            self._complain(customer, claim_amount=1.0, received_on=self._ago(day))._refuse("No")
        report = self.env["logistics.complaint.report"]
        rows = {row.complaint_id: row for row in report.search([("customer_id", "=", customer.id)])}
        self.assertEqual(rows[fast].claim_days, 20)
        self.assertEqual(rows[fast].claim_slow, 0.0)
        self.assertIs(rows[slow].claim_days, False, "open: no days yet")
        self.assertEqual(rows[slow].claim_slow, 1.0, "open and over the target")
        self.assertIs(rows[none].claim_slow, False)
        self.assertEqual(rows[fast].answer_kept, 0.0, "20 days are more than 8 hours")
        self.assertIs(rows[none].answer_kept, False, "neither answered nor late")
        self.assertEqual(rows[fast].justified, 0.0)
        self.assertIs(rows[none].justified, False)
        [(average,)] = report._read_group(
            [("customer_id", "=", customer.id)], [], ["claim_slow:avg"]
        )
        self.assertAlmostEqual(average, 0.25)
        # 2, 5 and 20 days: the mean would be 9
        [(median,)] = report._read_group(
            [("customer_id", "=", customer.id)], [], ["claim_days_median:avg"]
        )
        self.assertEqual(median, 5)
        page = self.env["logistics.front.page"].with_user(self.manager)
        item = page._item_slow_claims()
        found = self.env["logistics.complaint"].with_user(self.manager).search(item["domain"])
        self.assertEqual(found, slow)
        self.assertIn("5 days", item["hint"])

    def test_effect_on_revenue(self):
        """90 days before against 90 days after, and nothing while these are not over."""
        one, other = self._account(), self._account()
        received, closed = self._ago(200), self._ago(180)
        self._trade(
            one.partner_id,
            {"date": self._ago(210), "amount": 1000.0},
            {"date": self._ago(291), "amount": 7777.0},
            {"date": self._ago(190), "amount": 5555.0},
            {"date": self._ago(100), "amount": 250.0},
            {"date": self._ago(80), "amount": 3333.0},
        )
        self._trade(
            other.partner_id,
            {"date": self._ago(220), "amount": 400.0},
            {"date": self._ago(120), "amount": 600.0},
        )
        complaint = self._complain(one, received_on=received)
        self._settle(complaint)
        complaint._step().closed_on = closed
        recent = self._settle(self._complain(other))
        effect = self.env["logistics.complaint.effect"]
        row = effect.browse(complaint.id)
        self.assertEqual(row.revenue_before, 1000.0)
        self.assertEqual(row.revenue_after, 250.0)
        self.assertEqual(row.change, -750.0)
        self.assertAlmostEqual(row.ratio, 0.25)
        self.assertAlmostEqual(row.company_ratio, 1.5)
        self.assertEqual(row.lost, 0.0)
        self.assertIs(effect.browse(recent.id).revenue_after, False)
        self.assertIs(effect.browse(recent.id).change, False)

    def test_repeated_complaints_of_large_customers(self):
        """Last year's large repeat complainers get one inquest each, which must be finished."""
        year = self.today.year - 1
        large, small, calm = self._account(), self._account(), self._account()
        for account, amount in ((large, 9000.0), (small, 100.0), (calm, 5000.0)):
            self._trade(account.partner_id, {"date": f"{year}-06-01", "amount": amount})
        for account, number in ((large, 3), (small, 4), (calm, 2)):
            for month in range(number):
                self._complain(account, received_on=f"{year}-0{month + 1}-15")
        repeat = self.env["logistics.complaint.repeat"].search(
            [("year", "=", year), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(repeat.customer_id, large | small)
        self.assertEqual(repeat.filtered("large").customer_id, large)
        for row in repeat:
            behind = self.env["logistics.complaint"].search(row.action_open()["domain"])
            self.assertEqual(len(behind), row.complaints)
        seller = self._user("seller")
        with self.assertRaises(AccessError):
            self.env["logistics.complaint.repeat"].with_user(seller).action_raise_inquests()
        raiser = self.env["logistics.complaint.repeat"].with_user(self.manager)
        raiser.action_raise_inquests()
        raiser.action_raise_inquests()
        inquest = self.env["logistics.inquest"].search([("company_id", "=", self.company.id)])
        self.assertEqual((inquest.customer_id, inquest.kind), (large, "complaints"))
        self.assertEqual(inquest.revenue, 9000.0)
        with self.assertRaises(UserError):
            inquest.action_close()
        linked = self.env["logistics.complaint"].search([("inquest_id", "=", inquest.id)])
        self.assertEqual(len(linked), 3)

    def test_silent_exposure(self):
        """Silent customers are capped by those who trade; the measured shares stand beside."""
        self.company.logistics_silent_customers = 2.0
        self.company.logistics_silent_leave_share = 50.0
        accounts = [self._account() for _number in range(6)]
        for account in accounts[:5]:
            self._trade(account.partner_id, {"date": self._ago(30), "amount": 100.0})
        for account in accounts[3:]:
            self._trade(account.partner_id, {"date": self._ago(500), "amount": 100.0})
        cause = self._ref("complaint_cause_process")
        self._complain(accounts[0], cause_id=cause.id)
        for account in accounts[4:]:
            self._complain(account, cause_id=cause.id, received_on=self._ago(450))
        row = self.env["logistics.complaint.exposure"].search(
            [("company_id", "=", self.company.id), ("cause_id", "=", cause.id)]
        )
        self.assertEqual((row.complaints, row.customers), (1, 1))
        self.assertEqual(row.silent, 2.0)
        self.assertEqual(row.exposure, 2.0 * 0.5 * 100.0)
        # of those who complained the year before one of two stopped, of the others none of one
        self.assertAlmostEqual(row.measured_left, 0.5)
        self.assertAlmostEqual(row.measured_left_others, 0.0)
        self.assertTrue(row.source)
        self.company.logistics_silent_customers = 20.0
        row.invalidate_recordset()
        self.assertEqual(row.silent, 4.0, "no more than trade without complaining")

    def test_of_own_customers(self):
        """A representative analyses the complaints of own customers only."""
        seller = self._user("seller")
        mine, theirs = self._account(user_id=seller.id), self._account(user_id=self.manager.id)
        self._complain(mine)
        self._complain(theirs)
        found = self.env["logistics.complaint.report"].with_user(seller).search([])
        self.assertEqual(found.customer_id, mine)
