# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import ROLES
from .portal_common import PortalCommon

RIGHTS = {
    "logistics.visit.request": {"seller": "rwc", "seller_all": "rwc", "manager": "rwcu"},
}


@tagged("post_install", "-at_install")
class TestPortalPages(PortalCommon, HttpCase):
    """What a customer finds in the portal, and what comes of it on our side."""

    def _page(self, path, who=None, **kwargs):
        self.authenticate((who or self.ours)["login"], (who or self.ours)["login"])
        return self.url_open(path, **kwargs)

    def _ask(self, **values):
        self.authenticate(self.ours["login"], self.ours["login"])
        return self.url_open(
            "/my/visits/ask",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "subject": "New warehouse",
                "channel": "onsite",
                "company_id": self.company.id,
                **values,
            },
        )

    # ------------------------------------------------------------------ deliveries
    def test_deliveries_and_their_share_on_time(self):
        """Three of four with both dates are on time; what is not known does not count."""
        order = self._order(
            self.ours["partner"], *({"name": f"Line {number}"} for number in range(6))
        )
        lines = order.order_line
        self._dates(self.ours["order"].order_line[0], -10, -8)  # two days late
        self._dates(lines[0], -5, -5)
        self._dates(lines[1], -5, -7)
        self._dates(lines[2], -30, -30)
        self._dates(lines[3], -400, -300)  # too long ago
        self._dates(lines[4], -3)  # not there yet
        self._dates(lines[5], None, -2)  # nothing was promised
        entity = self.ours["partner"]
        self.assertEqual(self.env["sale.order.line"]._portal_on_time(entity), (3, 4))
        page = self._page("/my/deliveries").text
        self.assertIn("75%", page)
        self.assertIn("2 days late", page)
        self.assertIn("Overdue for 3 days", " ".join(page.split()))
        self.assertNotIn(self.theirs["name"], page)
        found = self.env["sale.order.line"].search
        domain = self.env["sale.order.line"]._portal_delivery_domain
        self.assertEqual(
            found(domain(entity, "late")),
            lines[3] | lines[4] | self.ours["order"].order_line[0],
        )
        self.assertIn(lines[4], found(domain(entity, "open")))
        self.assertNotIn(lines[4], found(domain(entity, "delivered")))
        for state in ("open", "late", "delivered", "nonsense"):
            self.assertEqual(self._page(f"/my/deliveries?filterby={state}").status_code, 200)

    def test_unknown_share(self):
        """Without both dates the share is not known, and not 0%."""
        self._dates(self.theirs["order"].order_line[0], -3)
        page = self._page("/my/deliveries", self.theirs).text
        self.assertIn("Not known yet", page)
        self.assertNotIn("0%", page)

    def test_off_until_switched_on(self):
        """A company that has not switched it on shows nothing of its orders."""
        self.company.write(
            dict.fromkeys(
                (
                    "logistics_portal_delivery",
                    "logistics_portal_visit",
                    "logistics_portal_statement",
                ),
                False,
            )
        )
        self.assertNotIn(self.ours["order"].name, self._page("/my/deliveries").text)
        self.assertIn("call us", self._page("/my/visits").text)
        self._ask()
        self.assertEqual(self.env["logistics.visit.request"].search_count([]), 2)
        self.assertEqual(self._counts(self.ours)["logistics_visit_count"], 0)
        self.assertEqual(self._counts(self.ours)["logistics_delivery_count"], 0)

    def _counts(self, who):
        names = [
            "logistics_delivery_count",
            "logistics_survey_count",
            "logistics_visit_count",
            "logistics_confirmation_count",
            "statement_count",
        ]
        self.authenticate(who["login"], who["login"])
        return self.make_jsonrpc_request("/my/counters", {"counters": names})

    def test_counts_at_home(self):
        counts = self._counts(self.ours)
        self.assertEqual(counts["logistics_delivery_count"], 1)
        self.assertEqual(counts["logistics_survey_count"], 1)
        self.assertEqual(counts["logistics_visit_count"], 1)
        self.assertEqual(counts["statement_count"], 1)
        self.assertEqual(counts["logistics_confirmation_count"], 0)
        self.assertIn("/my/deliveries", self._page("/my/home").text)

    def test_statement_with_ageing(self):
        page = " ".join(self._page("/my/statement").text.split())
        self.assertIn("31-60", page)
        self.assertIn("77.00", page)
        statement = self.ours["account"]._statement_data()[self.ours["account"].id]
        self.assertEqual(statement["columns"]["b31_60"], 77.0)

    def test_dates_on_the_order(self):
        """Core's own page of an order tells promised and delivered days as well."""
        page = self._page(f"/my/orders/{self.ours['order'].id}").text
        self.assertIn("Promised", page)
        self.assertIn("Delivered", page)

    # ------------------------------------------------------------------ questionnaires
    def test_answer_a_questionnaire(self):
        page = self._page("/my/surveys")
        self.assertIn("Customer Satisfaction, Short", page.text)
        self.assertNotIn(self.ours["invitation"].user_input_id.access_token, page.text)
        survey = self._page(f"/my/surveys/{self.ours['invitation'].id}")
        self.assertIn("/survey/", survey.url)
        self.assertIn("Customer Satisfaction, Short", survey.text)
        self.ours["invitation"].user_input_id._mark_done()
        page = self._page("/my/surveys").text
        self.assertIn("Answered on", page)
        self.assertEqual(self._counts(self.ours)["logistics_survey_count"], 0)

    def test_staff_fill_in_for_a_customer(self):
        """Whoever may change the invitation opens its sheet; core alone would refuse."""
        url = self.ours["invitation"]._url()
        for login, may in (("portal_rep", True), (self._user("seller").login, False)):
            self.authenticate(login, login)
            page = self.url_open(url).text
            self.assertEqual("Customer Satisfaction, Short" in page, may, login)
            self.assertEqual("o_survey_start" in page or "Start" in page, may, login)

    # ------------------------------------------------------------------ visits
    def test_ask_for_a_visit(self):
        """The request reaches the representative, becomes a visit, and the customer sees it."""
        wished = fields.Date.today() + timedelta(days=7)
        page = self._ask(wished_date=str(wished), text="Please bring the price list")
        self.assertIn("Thank you", page.text)
        request = self.env["logistics.visit.request"].search([("subject", "=", "New warehouse")])
        self.assertEqual(request.customer_id, self.ours["account"])
        self.assertEqual(request.activity_ids.user_id, self.rep)
        self.assertIn("visit_request", {p["code"] for p in request.customer_id._open_points()})
        request.with_user(self.rep).action_plan()
        self.assertEqual(request.visit_id.planned_date, wished)
        self.assertEqual(request.visit_id.user_id, self.rep)
        self.assertFalse(request.activity_ids)
        self.assertIn("Planned for", self._page("/my/visits").text)
        with self.assertRaisesRegex(UserError, "answered already"):
            request.action_plan()

    def test_declined_with_an_answer(self):
        request = self.ours["request"].with_user(self.rep)
        with self.assertRaisesRegex(UserError, "Write the answer"):
            request.action_decline()
        request.answer = "We call you tomorrow"
        request.action_decline()
        self.assertIn("We call you tomorrow", self._page("/my/visits").text)

    def test_bad_requests(self):
        """Nothing typed, a day that is over, a text for a day: a clear message, nothing kept."""
        before = self.env["logistics.visit.request"].search_count([])
        yesterday = str(fields.Date.today() - timedelta(days=1))
        for values, message in (
            ({"subject": "  "}, "what it is about"),
            ({"wished_date": yesterday}, "This day is over"),
            ({"wished_date": "soon"}, "2026-05-31"),
            ({"channel": "helicopter"}, "between a visit and a call"),
        ):
            page = self._ask(**values).text
            self.assertIn(message, page)
        self.assertEqual(self.env["logistics.visit.request"].search_count([]), before)
        self.assertIn("<textarea", self._page("/my/visits").text, "also with nothing in it")
        # what was typed is still in the form
        self.assertIn("Keep this", self._ask(subject="", text="Keep this").text)
        # markup is shown as text
        self._ask(subject="<script>alert(1)</script>")
        self.assertNotIn("<script>alert(1)", self._page("/my/visits").text)

    def test_a_flood_stops(self):
        """Three may wait; the fourth is told so."""
        self.assertIn("Thank you", self._ask().text)
        self.assertIn("Thank you", self._ask().text)
        self.assertIn("wait for an answer already", self._ask().text)
        self.assertEqual(
            self.env["logistics.visit.request"].search_count(
                [("customer_id", "=", self.ours["account"].id)]
            ),
            3,
        )

    def test_rights(self):
        users = {role: self._user(role) for role in ROLES}
        for model, rights in RIGHTS.items():
            for role, user in users.items():
                for operation in ("read", "write", "create", "unlink"):
                    self.assertEqual(
                        self.env[model].with_user(user).has_access(operation),
                        operation[0] in rights.get(role, ""),
                        f"{role} {operation} {model}",
                    )
        other = self._user("seller")
        with self.assertRaises(AccessError):
            self.ours["request"].with_user(other).read(["subject"])
        with self.assertRaises(AccessError):
            self.ours["request"].with_user(self.rep).write({"state": "planned"})
