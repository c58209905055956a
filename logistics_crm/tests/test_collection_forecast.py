# Part of logistics_crm. License LGPL-3 or later.
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LogisticsLedgerCommon

AS_OF = date(2024, 4, 1)


def monday(day):
    return day - timedelta(days=day.weekday())


@tagged("post_install", "-at_install")
class TestCollectionForecast(LogisticsLedgerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promise_model = cls.env["logistics.payment.promise"]

    def _forecast(self, as_of=AS_OF, **values):
        forecast = self.env["logistics.cash.forecast"].create(
            {"as_of": as_of, "company_id": self.company.id, **values}
        )
        forecast.action_compute()
        return forecast

    def _lines(self, forecast, partner=None):
        lines = forecast.line_ids
        if partner:
            lines = lines.filtered(lambda line: line.customer_id.partner_id == partner)
        return {
            (line.kind, line.week or None): round(line.expected or line.received, 2)
            for line in lines
        }

    def _late_payer(self, *days_late):
        """Paid 100 so many days late each, in the last months."""
        partner = self._partner()
        for number, late in enumerate(days_late):
            due = AS_OF - timedelta(days=150 + 10 * number)
            invoice = self._invoice(partner, 100.0, due - timedelta(days=30), due=due)
            self._pay(invoice, due + timedelta(days=late))
        return partner

    def test_own_lateness_then_grade_then_company(self):
        own = self._late_payer(10, 20, 30)
        few = self._late_payer(90)
        fresh = self._partner()
        due = AS_OF + timedelta(days=9)
        for partner in (own, few, fresh):
            self._invoice(partner, 500.0, AS_OF - timedelta(days=20), due=due)
        forecast = self._forecast()
        # Weighted: (10 + 20 + 30) / 3 for the own; all four payments for the others.
        overall = round((10 + 20 + 30 + 90) / 4)
        for partner, days, basis in (
            (own, 20, "own"),
            (few, overall, "company"),
            (fresh, overall, "company"),
        ):
            line = forecast.line_ids.filtered(
                lambda line, partner=partner: line.customer_id.partner_id == partner
            )
            self.assertEqual((line.kind, line.basis, line.expected), ("due", basis, 500.0))
            self.assertEqual(line.week, monday(due + timedelta(days=days)))
        # A review gives the customer a grade: now its peers of that grade are asked.
        for partner in (own, fresh):
            self.env["logistics.credit.review"].sudo().create(
                {
                    "customer_id": self._account_of(partner).id,
                    "company_id": self.company.id,
                    "as_of": AS_OF - timedelta(days=5),
                    "grade": "B",
                    "settled_grade": "B",
                    "kind": "manual",
                }
            )
        forecast = self._forecast()
        line = forecast.line_ids.filtered(lambda line: line.customer_id.partner_id == fresh)
        self.assertEqual((line.basis, line.days_late), ("grade", 20.0))

    def test_promises_credits_disputes_apart(self):
        partner = self._late_payer(0, 0, 0)
        account = self._account_of(partner)
        old = self._invoice(partner, 300.0, AS_OF - timedelta(days=60), due=AS_OF - timedelta(30))
        self._invoice(partner, 200.0, AS_OF - timedelta(days=20), due=AS_OF + timedelta(days=7))
        doubt = self._invoice(partner, 70.0, AS_OF - timedelta(days=9), due=AS_OF + timedelta(5))
        self._invoice(partner, 40.0, AS_OF - timedelta(days=3), move_type="out_refund")
        with freeze_time(AS_OF):
            self.env["logistics.dispute"].create({"move_id": doubt.id, "reason": "damage"})
            self.promise_model.create(
                {
                    "customer_id": account.id,
                    "amount": 100.0,
                    "date_promised": AS_OF + timedelta(days=15),
                }
            )
        forecast = self._forecast()
        # 300 overdue less 40 credit less 100 promised leave 160, a week after the day.
        self.assertEqual(
            self._lines(forecast),
            {
                ("promise", monday(AS_OF + timedelta(days=15))): 100.0,
                ("late", monday(AS_OF + timedelta(days=7))): 160.0,
                ("due", monday(AS_OF + timedelta(days=7))): 200.0,
                ("disputed", None): 70.0,
            },
        )
        self.assertEqual(
            (forecast.expected_amount, forecast.promised_amount, forecast.apart_amount),
            (460.0, 100.0, 70.0),
        )
        self.assertTrue(old)

    def test_no_look_ahead_and_what_came_in(self):
        """What happens after the day changes what came in, never what was expected."""
        partner = self._late_payer(5, 5, 5)
        account = self._account_of(partner)
        first = self._invoice(partner, 500.0, AS_OF - timedelta(days=20), due=AS_OF)
        before = self._forecast()
        expected = self._lines(before)
        self.assertEqual(expected, {("due", monday(AS_OF + timedelta(days=5))): 500.0})
        later = self._invoice(
            partner, 90.0, AS_OF + timedelta(days=1), due=AS_OF + timedelta(days=8)
        )
        self._pay(first, AS_OF + timedelta(days=10), 450.0)
        self._pay(later, AS_OF + timedelta(days=11))
        refund = self._invoice(partner, 50.0, AS_OF + timedelta(days=12), move_type="out_refund")
        (refund | first).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        with freeze_time(AS_OF + timedelta(days=3)):
            self.promise_model.create(
                {
                    "customer_id": account.id,
                    "amount": 10.0,
                    "date_promised": AS_OF + timedelta(days=30),
                }
            )
        self.env["logistics.dispute"].create(
            {"move_id": later.id, "reason": "price", "date_opened": AS_OF + timedelta(days=2)}
        )
        account.credit_grade_code = "A"
        after = self._forecast()
        week = monday(AS_OF + timedelta(days=10))
        self.assertEqual(
            self._lines(after),
            {**expected, ("received", week): 450.0, ("received_other", week): 90.0},
        )
        self.assertEqual((after.received_amount, after.received_other_amount), (450.0, 90.0))

    def test_history_before_the_ledger(self):
        partner = self._partner()
        due = AS_OF + timedelta(days=3)
        self._trade(
            partner,
            {
                "date": AS_OF - timedelta(days=30),
                "due_date": due,
                "paid_date": due + timedelta(days=4),
                "amount": 80.0,
            },
        )
        lines = self._lines(self._forecast(), partner)
        self.assertEqual(
            lines,
            {
                ("due", monday(due)): 80.0,
                ("received", monday(due + timedelta(days=4))): 80.0,
            },
        )

    def test_sums_equal_the_receivable(self):
        """Everything expected and apart is what was open, less credits, for a random ledger."""
        for number in range(6):
            partner = self._late_payer(number * 3)
            for step in range(3):
                invoice = self._invoice(
                    partner,
                    100.0 + 7 * number + step,
                    AS_OF - timedelta(days=40 - step),
                    due=AS_OF + timedelta(days=11 * step - 10),
                )
                if (number + step) % 3 == 0:
                    self._pay(invoice, AS_OF - timedelta(days=1), 33.0)
        forecast = self._forecast()
        open_amount = sum(row["open_amount"] for row in self._items(AS_OF, company=self.company))
        self.assertAlmostEqual(sum(forecast.line_ids.mapped("expected")), float(open_amount), 2)

    def test_who_may_and_bad_input(self):
        controller = self._user("controller")
        forecasts = self.env["logistics.cash.forecast"]
        mine = forecasts.with_user(controller).create({"as_of": AS_OF})
        mine.action_compute()
        with self.assertRaises(AccessError):
            mine.with_user(self._user("seller")).read(["as_of"])
        with self.assertRaises(AccessError):
            self.env["logistics.cash.forecast.line"].with_user(controller).create(
                {"forecast_id": mine.id}
            )
        with self.assertRaisesRegex(UserError, "in the future"):
            forecasts.create({"as_of": fields.Date.add(fields.Date.today(), days=2)})
