# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import LogisticsLedgerCommon


@tagged("post_install", "-at_install")
class TestCustomerOpenPoints(LogisticsLedgerCommon):
    """The top of the customer's form tells what waits, from every area and by role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["res.users"])
        cls.seller = cls._user("seller")
        cls.controller = cls._user("controller")
        cls.manager = cls._user("manager")
        cls.account = cls._account(user_id=cls.seller.id)
        cls.partner = cls.account.partner_id

    def _points(self, user=None):
        account = self.account.with_user(user or self.seller)
        return {point["code"]: point for point in account._open_points()}

    def _day(self, days):
        return self.today + timedelta(days=days)

    def test_promises(self):
        """Open and broken promises are told to whoever reads them, without amounts."""
        self.assertFalse({"promise", "promise_broken"} & set(self._points()))
        promises = self.env["logistics.payment.promise"].create(
            [
                {
                    "customer_id": self.account.id,
                    "amount": 7431.0,
                    "date_made": self._day(-30),
                    "date_promised": self._day(days),
                }
                for days in (5, 9, -20)
            ]
        )
        promises._step().filtered(lambda p: p.date_promised < self.today).state = "broken"
        for user in (self.seller, self.controller, self.manager):
            points = self._points(user)
            self.assertIn("2 payment promises open", points["promise"]["text"])
            self.assertEqual(points["promise_broken"]["level"], "danger")
            self.assertIn("1 payment promise", points["promise_broken"]["text"])
            self.assertFalse([p for p in points.values() if "7,431" in p["text"]])
        opened = self.account.with_user(self.seller).action_open_promises()
        self.assertEqual(
            self.env["logistics.payment.promise"].search(opened["domain"]).sorted("id"), promises
        )

    def test_dispute(self):
        """An invoice the customer does not accept, until it is answered."""
        move = self._invoice(self.partner, 100.0, self.today)
        self.assertNotIn("dispute", self._points())
        dispute = self.env["logistics.dispute"].create(
            {"move_id": move.id, "reason": "price", "owner_id": self.manager.id}
        )
        self.assertIn("1 open dispute", self._points()["dispute"]["text"])
        dispute._close("rejected")
        self.assertNotIn("dispute", self._points())

    def test_visits(self):
        """The next planned touch, with who goes; those done or of the past are not the next."""
        self.assertNotIn("visit", self._points())
        visits = self.env["logistics.visit"].create(
            [
                {
                    "customer_id": self.account.id,
                    "kind": "patrol",
                    "channel": "phone",
                    "planned_date": self._day(days),
                    "user_id": self.seller.id,
                }
                for days in (-3, 20, 4)
            ]
        )
        point = self._points()["visit"]
        self.assertIn("Patrol", point["text"])
        self.assertIn(self.seller.name, point["text"])
        self.assertIn(str(self._day(4).day), point["text"])
        (visits[2] | visits[1]).sudo().unlink()
        self.assertNotIn("visit", self._points())

    def test_visit_overdue(self):
        """A touch that a plan asks for and nobody made or planned."""
        self.assertNotIn("visit_overdue", self._points())
        self.env["logistics.visit.plan"].create(
            {
                "company_id": self.company.id,
                "kind": "patrol",
                "interval_days": 28,
                "tolerance_days": 7,
            }
        )
        self.env["logistics.visit.status"]._refresh(customers=self.account)
        self.assertEqual(self._points()["visit_overdue"]["text"], "Patrol never made, none planned")
        self.env["logistics.visit"].create(
            {
                "customer_id": self.account.id,
                "kind": "patrol",
                "channel": "onsite",
                "planned_date": self._day(2),
                "user_id": self.seller.id,
            }
        )
        self.env["logistics.visit.status"]._refresh(customers=self.account)
        self.assertNotIn("visit_overdue", self._points())

    def test_opinion(self):
        """What the customer said waits for an answer; late ones press."""
        opinion = self.env["logistics.opinion"].create(
            {
                "name": "Pallets arrive wet",
                "customer_id": self.account.id,
                "owner_id": self.seller.id,
                "deadline": self._day(3),
            }
        )
        point = self._points()["opinion"]
        self.assertEqual(point["level"], "warning")
        self.assertIn("Pallets arrive wet", point["text"])
        opinion.deadline = self._day(-1)
        self.assertEqual(self._points()["opinion"]["level"], "danger")
        opened = self.account.action_open_opinions()
        self.assertEqual(self.env["logistics.opinion"].search(opened["domain"]), opinion)
        opinion.action_drop()
        self.assertNotIn("opinion", self._points())

    def test_nothing_of_models_one_may_not_read(self):
        """Without the right to read a model its points are left out."""
        models = ("logistics.opinion", "logistics.visit", "logistics.visit.status")
        values = {"customer_id": self.account.id}
        self.env["logistics.opinion"].create(
            {**values, "name": "Wet", "owner_id": self.seller.id, "deadline": self._day(3)}
        )
        self.env["logistics.visit"].create(
            {**values, "planned_date": self._day(4), "user_id": self.seller.id}
        )
        person = {"kind": "company", "month": str(self.today.month), "day": self.today.day}
        self.env["logistics.person.occasion"].create({**values, **person})
        told = {"opinion", "visit", "occasion"}
        self.assertLessEqual(told, set(self._points()))
        self.env["ir.model.access"].search([("model_id.model", "in", models)]).active = False
        self.assertEqual(told & set(self._points()), {"occasion"})

    def test_contract_and_occasion(self):
        """A contract that runs out, unless renewed; the next occasion within a month."""
        values = {"customer_id": self.account.id, "state": "signed"}
        contracts = self.env["logistics.contract"]
        contract = contracts.create(
            {**values, "name": "C-1", "date_start": self._day(-300), "date_end": self._day(91)}
        )
        self.assertNotIn("contract", self._points(), "it has more than ninety days")
        contract.date_end = self._day(90)
        self.assertIn("C-1", self._points()["contract"]["text"])
        contracts.create(
            {
                **values,
                "name": "C-2",
                "date_start": self._day(91),
                "date_end": self._day(500),
                "previous_id": contract.id,
            }
        )
        self.assertNotIn("contract", self._points(), "it is renewed")
        person = self.env["logistics.key.person"].create(
            {"customer_id": self.account.id, "name": "Li Wei"}
        )
        soon = self._day(10)
        self.env["logistics.person.occasion"].create(
            {"person_id": person.id, "kind": "birthday", "month": str(soon.month), "day": soon.day}
        )
        self.assertIn("Li Wei", self._points(self.controller)["occasion"]["text"])
        person.do_not_contact = True
        self.assertNotIn("occasion", self._points())

    def test_missing(self):
        """How complete the file is, leading to the page that names what is missing."""
        self._refresh(self.today)
        point = self._points()["missing"]
        self.assertIn(f"{self.account.missing_fact_count} facts missing", point["text"])
        self.assertEqual(point["page"], "file")
        before = self.account.missing_fact_count
        self.partner.vat = "US12345"
        self._refresh(self.today)
        self.assertIn(f"{before - 1} facts missing", self._points()["missing"]["text"])

    def test_somebody_elses_customer(self):
        """The points of a customer are for those who may open the customer."""
        other = self._account(user_id=self.manager.id)
        form = Form(self.account.with_user(self.seller))
        self.assertTrue(form.open_points)
        with self.assertRaises(AccessError):
            other.with_user(self.seller).read(["open_points"])

    def test_few_queries(self):
        """All areas together ask a constant number of questions."""
        account = self.account.with_user(self.seller)
        account._open_points()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        account._open_points()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 30)
