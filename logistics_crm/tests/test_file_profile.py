# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .file_common import FileCommon

ASKED = ("why", "known", "think", "want")


@tagged("post_install", "-at_install")
class TestProfile(FileCommon):
    """The twelve questions about a customer: the books answer some, the others are asked."""

    def _answers(self, user=None):
        account = self.account.with_user(user or self.rep)
        account.invalidate_recordset(["profile_questions"])
        return {row["code"]: row for row in account.profile_questions}

    def test_nothing_is_known(self):
        """A new customer: twelve questions, unanswered ones say so instead of a zero."""
        self._refresh()
        answers = self._answers()
        self.assertEqual(len(answers), 12)
        self.assertEqual(len({row["question"] for row in answers.values()}), 12)
        for code in ("people", "what", "when", "often", "much", *ASKED):
            self.assertEqual((answers[code]["answers"], answers[code]["source"]), ([], False), code)

    def test_the_books_answer(self):
        """What, when, how often and how much come from trade, with no hand of anybody."""
        air, road = self.env["logistics.service"].create(
            [{"name": "Profile Air", "code": "PAIR"}, {"name": "Profile Road", "code": "PROAD"}]
        )
        # Mondays of three months: June has three, March two, October one
        days = ("2025-06-02", "2025-06-09", "2025-06-16", "2025-03-03", "2025-03-10", "2025-10-06")
        for day in days:
            self._trade(self.partner, {"date": day, "amount": 60.0, "service_id": road.id})
        self._trade(self.partner, {"date": "2025-10-06", "amount": 40.0, "service_id": air.id})
        self._trade(self.other.partner_id, {"date": "2025-10-06", "amount": 900.0})
        self._refresh("2025-12-31")
        answers = self._answers()
        self.assertEqual(answers["what"]["answers"], ["Profile Road 90 %", "Profile Air 10 %"])
        self.assertEqual(answers["what"]["source"], "books")
        self.assertEqual(
            answers["when"]["answers"], ["most in March, June, October", "usually on Monday"]
        )
        much = " ".join(answers["much"]["answers"])
        self.assertIn("400", much)
        self.assertIn("66.67", much, "400 on six days")
        self.assertIn("10/06/2025", " ".join(answers["often"]["answers"]))

    def test_the_file_answers(self):
        """Typed answers are words of a list; each change keeps the previous one."""
        person = self._person(name="Mei Lin", roles=["buyer"])
        self._person(name="Hans", roles=["warehouse"])
        tag = self._ref("fact_tag_reason_reliability")
        self.account.with_user(self.rep).write(
            {
                "buying_reason_ids": [Command.link(tag.id)],
                "known_from_id": self._ref("fact_tag_known_from_internet").id,
                "opinion_of_us": "4",
                "wish_ids": [Command.link(self._ref("fact_tag_wish_faster_claims").id)],
                "buying_way_ids": [Command.link(self._ref("fact_tag_buying_way_portal").id)],
            }
        )
        answers = self._answers()
        self.assertEqual(answers["why"]["answers"], ["Reliability"])
        self.assertEqual(answers["known"]["answers"], ["Internet"])
        self.assertEqual(answers["think"]["answers"], ["High"])
        self.assertEqual(answers["want"]["answers"], ["Faster Claims"])
        self.assertIn("Portal", answers["how"]["answers"])
        self.assertEqual(len(answers["people"]["answers"]), 1)
        self.assertIn(person.name, answers["people"]["answers"][0])
        self.account.with_user(self.rep).opinion_of_us = "2"
        change = self.env["logistics.fact.change"].search(
            [("customer_id", "=", self.account.id), ("field_name", "=", "opinion_of_us")], limit=1
        )
        self.assertEqual((change.old_value, change.new_value), ("High", "Low"))
        found = self.customers.search([("wish_ids", "=", "Faster Claims")])
        self.assertEqual(found & (self.account | self.other), self.account)

    def test_known_from_the_first_lead(self):
        """How they know us: the source of the first lead until somebody asked."""
        source = self.env["utm.source"].create({"name": "Hanover Fair Profile"})
        self.env["crm.lead"].create(
            {"name": "First", "partner_id": self.partner.id, "source_id": source.id}
        )
        self.assertEqual(self._answers()["known"]["answers"], ["Hanover Fair Profile"])
        self.assertEqual(self._answers()["known"]["source"], "books")

    def test_answers_count_for_the_file(self):
        """What was not asked is missing in the file and asked on the visit sheet."""
        before = self.account.completeness
        visit = self.env["logistics.visit.fact"]
        keys = {row["fact_key"] for row in visit._wanted(self.account)}
        self.assertTrue(keys)
        self.account.opinion_of_us = "5"
        self.assertGreater(self.account.completeness, before)


@tagged("post_install", "-at_install")
class TestSheetAnswers(FileCommon):
    """Every kind of fact a visit sheet asks for reaches the file, in the words of the visitor."""

    def _learn(self, key, text):
        visit = self.env["logistics.visit"].create(
            {"customer_id": self.account.id, "user_id": self.rep.id, "planned_date": "2026-03-02"}
        )
        fact = self.env["logistics.visit.fact"].create(
            {"visit_id": visit.id, "fact_key": key, "label": key}
        )
        fact.new_value = text
        visit.with_user(self.rep).action_done()
        self.assertTrue(fact.applied)
        return visit

    def test_money_words_rows(self):
        """An amount, words of a list, a yearly figure, a competitor: all in the file at once."""
        self._learn("partner.logistics_registered_capital", "500 000")
        self.assertEqual(self.account.registered_capital, 500000.0)
        self.assertEqual(self.account.capital_currency_id, self.account.currency_id)
        self._learn("partner.logistics_scope_ids", "manufacturing, Wholesale")
        self.assertEqual(set(self.account.scope_ids.mapped("name")), {"Manufacturing", "Wholesale"})
        self._learn("account.wish_ids", "faster claims")
        self.assertEqual(self.account.wish_ids.mapped("name"), ["Faster Claims"])
        visit = self._learn("financial.spend", "120000.50")
        row = self.account.financial_ids
        self.assertEqual(row.logistics_spend, 120000.50)
        self.assertEqual(row.year, visit.done_date.year - 1)
        self._learn("financial.revenue", "9000000")
        self.assertEqual(self.account.financial_ids, row)
        self.assertEqual(row.revenue, 9000000.0)
        visit = self._learn("competitor.seen", "Falcon Freight")
        self.assertEqual(self.account.observation_ids.competitor_id.name, "Falcon Freight")
        self.assertEqual(visit.observation_ids, self.account.observation_ids)
        self._learn("competitor.seen", "falcon freight")
        self.assertEqual(len(self.account.observation_ids.competitor_id), 1, "known by its name")

    def test_a_paper_waits_for_somebody(self):
        """A contract does not fit one line: the visitor is reminded to enter it."""
        self._learn("contract.in_force", "Framework until 2027, signed")
        activity = self.account.activity_ids
        self.assertIn("Framework until 2027", activity.summary)
        self.assertEqual(activity.user_id, self.rep)

    def test_an_answer_that_does_not_fit(self):
        """A word the list does not know is refused with those it knows, and nothing is done."""
        with self.assertRaises(UserError) as refused:
            self._learn("account.wish_ids", "a pony")
        self.assertIn("Faster Claims", str(refused.exception))
        self.assertNotIn("Manufacturing", str(refused.exception), "a word of another question")
        self.assertFalse(self.account.wish_ids)


@tagged("post_install", "-at_install")
class TestGain(FileCommon):
    """What customers gain from us, and how the best are honoured."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["manager"]
        cls.today = fields.Date.context_today(cls.env.user)

    def _value(self, **values):
        return (
            self.env["logistics.value.delivered"]
            .with_user(self.rep)
            .create(
                {
                    "customer_id": self.account.id,
                    "name": "Half the stock",
                    "kind": "cost",
                    "date_from": "2025-01-01",
                    "date_to": "2025-12-31",
                    **values,
                }
            )
        )

    def _award(self, user=None, **values):
        return (
            self.env["logistics.recognition"]
            .with_user(user or self.rep)
            .create(
                {
                    "customer_id": self.account.id,
                    "name": "Customer of the Year",
                    "reason": "Every parcel on time",
                    **values,
                }
            )
        )

    def _section(self, title, user=None, hand_out=False):
        card = self.account.with_user(user or self.rep)._card(hand_out=hand_out)
        return dict(card["sections"]).get(title)

    def test_only_confirmed_gains_leave_the_house(self):
        """The card to hand out tells what the customer agreed to; unknown worth stays unknown."""
        row = self._value(amount=12000.0)
        self._value(name="Two days faster", kind="decision", quantity=2.0, unit="day")
        gained = self._section("What They Gained with Us")
        self.assertEqual({kind for kind, _text in gained}, {"Costs Saved", "Faster Decisions"})
        self.assertIn("12,000", dict(gained)["Costs Saved"])
        self.assertEqual(dict(gained)["Faster Decisions"], "Two days faster (2.0 Days)")
        self.assertIsNone(self._section("What They Gained with Us", hand_out=True))
        row.confirmed_on = self.today
        gained = self._section("What They Gained with Us", hand_out=True)
        self.assertEqual([kind for kind, _text in gained], ["Costs Saved"])
        total = self.env["logistics.value.delivered"]._read_group(
            [("customer_id", "=", self.account.id)], [], ["amount:sum"]
        )
        self.assertEqual(total, [(12000.0,)])

    def test_gains_that_make_no_sense(self):
        """A period that ends before it begins, a coming confirmation, somebody else's person."""
        stranger = self._person(self.other)
        for wrong in (
            {"date_to": "2024-12-31"},
            {"confirmed_on": fields.Date.add(self.today, days=1)},
            {"quantity": 3.0},
            {"person_id": stranger.id},
        ):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self._value(**wrong)

    def test_award_is_granted_by_a_manager(self):
        """Anybody proposes, a manager grants; by no other way, and it stays as it was granted."""
        award = self._award(state="granted", granted_by_id=self.rep.id)
        self.assertEqual((award.state, award.granted_by_id.id), ("proposed", False))
        with self.assertRaises(AccessError):
            award.action_grant()
        with self.assertRaises(UserError):
            award.write({"state": "granted"})
        self.assertIsNone(self._section("Awards"))
        award.with_user(self.manager).action_grant()
        self.assertEqual((award.state, award.granted_by_id), ("granted", self.manager))
        self.assertEqual([text for _day, text in self._section("Awards")], ["Customer of the Year"])
        with self.assertRaises(UserError):
            award.name = "Customer of the Century"
        with self.assertRaises(UserError):
            award.unlink()
        award.with_user(self.manager).action_withdraw()
        self.assertIsNone(self._section("Awards", hand_out=True))
        self._award().unlink()

    def test_an_honorary_employee_is_a_person(self):
        """The title goes to a key person of that customer."""
        for wrong in (
            {"kind": "honorary"},
            {"kind": "honorary", "person_id": self._person(self.other).id},
            {"date": "2026-01-01", "date_end": "2025-01-01"},
        ):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self._award(**wrong)
        person = self._person()
        self.assertEqual(self._award(kind="honorary", person_id=person.id).person_id, person)

    def test_whose_rows(self):
        """A colleague sees neither gains nor awards of somebody else's customer."""
        for row in (self._value(), self._award()):
            self.assertFalse(row.with_user(self.colleague).search([("id", "=", row.id)]))
            with self.assertRaises(AccessError):
                row.with_user(self.colleague).read(["name"])
