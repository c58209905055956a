# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from . import satisfaction_reference as reference
from .common import ROLES, LogisticsLedgerCommon
from .satisfaction_common import SatisfactionCommon

RIGHTS = {
    "logistics.satisfaction.dimension": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwcu",
        "controller": "r",
    },
    "logistics.satisfaction.round": {"seller": "rwc", "seller_all": "rwc", "manager": "rwcu"},
    "logistics.satisfaction.invitation": {
        "seller": "rwcu",
        "seller_all": "rwcu",
        "manager": "rwcu",
        "controller": "r",
    },
    "logistics.satisfaction.score": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.satisfaction.entry": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
}


@tagged("post_install", "-at_install")
class TestSatisfaction(SatisfactionCommon):
    """Questionnaires, what they come to, the smoothed score and its alarms."""

    # ------------------------------------------------------------------ results
    def test_results_equal_an_independent_computation(self):
        """Twelve people answer, some rows empty: every figure worked out apart is the same."""
        customers = [self._customer() for _number in range(12)]
        asked = self._round(self.customers.union(*customers))
        rng = self._rng(9)
        people, nps = [], []
        for invitation in asked.invitation_ids[:9]:
            marks = self._random_marks(rng)
            mark = rng.choice((None, *range(11)))
            self._answer(invitation, marks, nps=mark)
            people.append(marks)
            nps.append(mark)
            overall, gap = reference.person(marks)
            self.assertAlmostEqual(invitation.perceived, overall, 6)
            self.assertAlmostEqual(invitation.gap, gap, 6)
            self.assertEqual(invitation.nps, False if mark is None else mark)
        self.env.flush_all()
        results = asked.results
        self.assertEqual((results["invited"], results["answered"]), (12, 9))
        self.assertAlmostEqual(
            results["nps"], reference.promoter_score([one for one in nps if one is not None])
        )
        wanted = reference.by_dimension(people)
        self.assertEqual({row["id"] for row in results["dimensions"]}, set(wanted))
        crosses = [
            reference.average(pair[side] for pair in wanted.values() if pair[side] is not None)
            for side in (0, 1)
        ]
        for row in results["dimensions"]:
            expected, perceived = wanted[row["id"]]
            self.assertAlmostEqual(row["expected"], expected, 6)
            self.assertAlmostEqual(row["perceived"], perceived, 6)
            important, good = expected >= crosses[0], perceived >= crosses[1]
            self.assertEqual(
                row["quadrant"],
                {(1, 1): "keep", (1, 0): "concentrate", (0, 1): "overkill", (0, 0): "low"}[
                    int(important), int(good)
                ],
            )
        self.assertAlmostEqual(asked.response_rate, 9 / 12)

    def test_nobody_answered_is_unknown(self):
        """No answer is no zero: not in the results, not on the account, not in the rate."""
        customer = self._customer()
        asked = self._round(customer)
        self.assertEqual(asked.results["answered"], 0)
        self.assertIsNone(asked.results["nps"])
        self.assertIsNone(asked.results["perceived"])
        self.assertEqual(asked.results["dimensions"], [])
        self.assertEqual(asked.response_rate, 0)
        empty = self.env["logistics.satisfaction.round"].create(
            {"name": "Empty", "company_id": self.company.id, "survey_id": self.survey.id}
        )
        self.assertIs(empty.response_rate, False)
        self._refresh()
        self.assertIs(customer.satisfaction_score, False)
        # a sheet handed in with nothing on it counts as a response and tells nothing
        self._answer(asked.invitation_ids, {})
        self.assertEqual(asked.response_rate, 1)
        self.assertIs(asked.invitation_ids.perceived, False)
        self.assertIs(customer.satisfaction_score, False)
        self.assertIsNone(asked.results["cross"][0])

    def test_zero_is_a_mark(self):
        """The worst mark is 0 points and counts; 0 of 10 is a detractor."""
        customer = self._customer()
        asked = self._round(customer)
        self._answer(asked.invitation_ids, self._same(1), nps=0)
        self.assertEqual(asked.invitation_ids.perceived, 0.0)
        self.assertIsNot(asked.invitation_ids.perceived, False)
        self.assertEqual(asked.results["nps"], -100)
        self.assertEqual(customer.satisfaction_score, 0.0)
        self.assertEqual(customer.satisfaction_count, 1)

    def test_scale_questions(self):
        """The short questionnaire asks on scales from 1 to 5."""
        customer = self._customer()
        survey = self.env.ref("logistics_crm.survey_satisfaction_short")
        invitation = self._round(customer, survey_id=survey.id).invitation_ids
        sheet = invitation.user_input_id
        for key, expected, perceived in (("condition", 5, 4), ("delivery", 3, 1)):
            for side, mark in (("expected", expected), ("perceived", perceived)):
                question = self.env.ref(f"logistics_crm.survey_satisfaction_short_{key}_{side}")
                sheet._save_lines(question, str(mark))
        sheet._mark_done()
        self.assertAlmostEqual(invitation.perceived, (100 * 75 + 50 * 0) / 150)
        self.assertAlmostEqual(invitation.gap, (75 - 100 + 0 - 50) / 2)

    def test_words_become_an_opinion(self):
        """What the customer writes gets an owner and a deadline; reading it twice doubles none."""
        customer = self._customer()
        asked = self._round(customer)
        invitation = self._answer(asked.invitation_ids, self._same(3), text="  Earlier pick-ups ")
        opinion = self.env["logistics.opinion"].search([("customer_id", "=", customer.id)])
        self.assertEqual((opinion.name, opinion.owner_id), ("Earlier pick-ups", self.anna))
        self.assertEqual(opinion.res_model, "logistics.satisfaction.invitation")
        self.assertTrue(opinion.deadline)
        invitation._derive()
        again = self.env["logistics.opinion"].search([("customer_id", "=", customer.id)])
        self.assertEqual(again, opinion)
        self.assertEqual(len(invitation.score_ids), len(self.dimensions))

    def test_uninvited_and_test_answers(self):
        """Somebody of a customer who answers uninvited counts; a test entry does not."""
        customer = self._customer()
        person = self.env["res.partner"].create(
            {"name": "Wei", "parent_id": customer.partner_id.id, "email": "wei@example.com"}
        )
        for test_entry in (True, False):
            sheet = self.survey._create_answer(partner=person, test_entry=test_entry)
            sheet._save_lines(self.env.ref("logistics_crm.survey_satisfaction_nps"), "9")
            sheet._mark_done()
        invitation = self.invitations.search([("customer_id", "=", customer.id)])
        self.assertEqual((invitation.partner_id, invitation.nps), (person, 9))

    def test_questions_are_checked(self):
        """A side needs a question that can answer it."""
        nps = self.env.ref("logistics_crm.survey_satisfaction_nps")
        with self.assertRaisesRegex(ValidationError, "0 to 10"):
            nps.scale_max = 5
        with self.assertRaisesRegex(ValidationError, "scale or a matrix"):
            self.env.ref("logistics_crm.survey_satisfaction_opinion").logistics_side = "expected"
        question = self.env.ref("logistics_crm.survey_satisfaction_short_delivery_expected")
        with self.assertRaisesRegex(ValidationError, "dimension"):
            question.logistics_dimension_id = False

    # ------------------------------------------------------------------ asking
    def test_whom_a_segment_asks(self):
        """A segment invites each customer once, by the contact with a mail address."""
        first, second = self._customer(), self._customer()
        person = self.env["res.partner"].create(
            {"name": "Li", "parent_id": first.partner_id.id, "email": "li@example.com"}
        )
        segment = self.env["logistics.segment"].create(
            {
                "name": "Two",
                "company_id": self.company.id,
                "customer_domain": str([("id", "in", (first | second).ids)]),
            }
        )
        asked = self._round(self.customers.browse(first.id), segment_id=segment.id)
        asked.action_add_segment()
        asked.action_add_segment()
        self.assertEqual(asked.invitation_ids.customer_id, first | second)
        self.assertEqual(len(asked.invitation_ids), 2)
        self.assertEqual(
            asked.invitation_ids.filtered(lambda one: one.customer_id == first).partner_id, person
        )
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self.invitations.create({"customer_id": second.id, "partner_id": person.id})
        with self.assertRaisesRegex(ValidationError, "invited to this survey already"):
            self.invitations.create(
                {"round_id": asked.id, "customer_id": first.id, "partner_id": person.id}
            )
        with self.assertRaisesRegex(UserError, "Choose a segment"):
            self._round(first).action_add_segment()

    def test_mails_and_deadline(self):
        """Only who has a mail address is written to, once; the deadline closes the sheets."""
        first, second = self._customer(), self._customer()
        first.partner_id.email = "first@example.com"
        asked = self._round(first | second, deadline=fields.Date.today() + timedelta(days=3))
        told = asked.action_send()
        self.assertIn("1 of 2", told["params"]["message"])
        self.assertEqual(asked.invitation_ids.filtered("sent_on").customer_id, first)
        with self.assertRaisesRegex(UserError, "Nobody is left"):
            asked.action_send()
        sheets = asked.invitation_ids.user_input_id
        self.assertEqual(len(sheets), 2)
        asked.deadline = fields.Date.today() + timedelta(days=9)
        self.assertEqual(
            set(sheets.mapped("deadline")), {fields.Datetime.to_datetime(asked._deadline_moment())}
        )
        asked.action_close()
        self.assertTrue(all(one <= fields.Datetime.now() for one in sheets.mapped("deadline")))
        self._answer(asked.invitation_ids[:1], self._same(4))
        with self.assertRaisesRegex(UserError, "have answered"):
            asked.unlink()

    # ------------------------------------------------------------------ score, drop, spread
    def test_smoothed_score_and_drop(self):
        """An answer's weight halves with each half-life; the last one is held against those
        before."""
        customer = self._customer()
        self.company.logistics_satisfaction_half_life = 100
        marks = (("2026-01-10", 5), ("2026-04-20", 4), ("2026-07-29", 2))
        days = []
        for day, mark in marks:
            with freeze_time(f"{day} 10:00:00"):
                self._answer(self._round(customer).invitation_ids, self._same(mark))
            days.append((fields.Date.to_date(day), (mark - 1) * 25.0))
        for as_of in ("2026-07-29", "2026-09-01", "2026-05-01", "2026-01-01"):
            self._refresh(as_of)
            known = [one for one in days if one[0] <= fields.Date.to_date(as_of)]
            if not known:
                self.assertIs(customer.satisfaction_score, False)
                continue

            def smooth(rows, last=known[-1][0]):
                weights = [0.5 ** ((last - day).days / 100) for day, _score in rows]
                pairs = zip(weights, rows, strict=True)
                return sum(w * row[1] for w, row in pairs) / sum(weights)

            self.assertAlmostEqual(customer.satisfaction_score, smooth(known), 1)
            self.assertAlmostEqual(customer.satisfaction_drop, smooth(known[:-1]) - known[-1][1], 1)
            self.assertEqual(customer.satisfaction_count, len(known))
            self.assertEqual(customer.satisfaction_date, known[-1][0])

    def test_a_drop_alarms_once(self):
        """A high level that falls alarms the representative; a low level that stays does not."""
        falls, stays = self._customer(), self._customer()
        for day, high, low in (("2026-01-10", 5, 1), ("2026-03-01", 4, 1)):
            with freeze_time(f"{day} 10:00:00"):
                self._answer(self._round(falls).invitation_ids, self._same(high))
                self._answer(self._round(stays).invitation_ids, self._same(low))
                self._refresh(day)
        self.assertEqual(falls.satisfaction_drop, 25.0)
        self.assertEqual(falls.activity_ids.user_id, self.anna)
        self.assertFalse(stays.activity_ids)
        with freeze_time("2026-03-02 10:00:00"):
            self._refresh("2026-03-02")
            self.assertIn("satisfaction", {point["code"] for point in falls._open_points()})
        self.assertEqual(len(falls.activity_ids), 1)

    def test_no_alarm_where_it_is_off_or_small(self):
        customer = self._customer()
        for alarm, points in ((False, 5), (True, 30)):
            self.company.write(
                {"logistics_satisfaction_alarm": alarm, "logistics_satisfaction_drop": points}
            )
            with freeze_time("2026-01-10 10:00:00"):
                self._answer(self._round(customer).invitation_ids, self._same(5))
            with freeze_time("2026-03-01 10:00:00"):
                self._answer(self._round(customer).invitation_ids, self._same(4))
            self.assertFalse(customer.activity_ids)

    def test_spread_between_contacts(self):
        """The buyer is happy, the warehouse is not: one mean would hide it."""
        customer = self._customer()
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": customer.partner_id.id} for name in ("Buyer", "Dock")]
        )
        asked = self._round(customer)
        asked.invitation_ids.partner_id = people[0]
        self._answer(asked.invitation_ids, self._same(5))
        self.assertIs(customer.satisfaction_spread, False)
        second = self.invitations.create(
            {"round_id": asked.id, "customer_id": customer.id, "partner_id": people[1].id}
        )
        self._answer(second, self._same(2))
        self.assertEqual(customer.satisfaction_spread, 75.0)

    def test_executive_visits_count_without_the_hidden_answer(self):
        """Marks of an executive visit are in; what was said of salespeople is not."""
        customer = self._customer()
        visit = self._touch(customer, "2026-02-01", kind="executive")
        self.env["logistics.visit.answer"].create(
            [
                {"visit_id": visit.id, "question": "product", "rating": "5"},
                {"visit_id": visit.id, "question": "service", "rating": "4"},
                {"visit_id": visit.id, "question": "salespeople", "rating": "1"},
            ]
        )
        self._refresh("2026-03-01")
        self.assertEqual(customer.satisfaction_score, 87.5)
        self.assertIs(customer.satisfaction_spread, False, "nobody is named")

    # ------------------------------------------------------------------ rights, merge
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

    def test_whose_answers(self):
        """A representative sees the answers of own and unassigned customers, and as a backup."""
        mine, other, covered = (
            self._customer(),
            self._customer(self.ben),
            self._customer(self.ben, backup_user_id=self.anna.id),
        )
        asked = self._round(mine | other | covered)
        for invitation in asked.invitation_ids:
            self._answer(invitation, self._same(3))
        self.env.flush_all()
        for model in ("invitation", "score", "entry"):
            records = self.env[f"logistics.satisfaction.{model}"].with_user(self.anna).search([])
            self.assertEqual(records.customer_id, mine | covered, model)
        with self.assertRaises(AccessError):
            asked.invitation_ids.filtered(lambda one: one.customer_id == other).with_user(
                self.anna
            ).read(["perceived"])
        with self.assertRaises(AccessError):
            asked.invitation_ids[:1].with_user(self.boss).write({"perceived": 99.0})
        self.assertEqual(asked.with_user(self.anna).results["answered"], 2)

    def test_merged_customers(self):
        """Answers of both accounts are kept and counted together."""
        first, second = self._customer(), self._customer()
        asked = self._round(first | second)
        for invitation, mark in zip(asked.invitation_ids, (5, 3), strict=True):
            self._answer(invitation, self._same(mark))
        second._fold_into(first)
        self.assertEqual(asked.invitation_ids.customer_id, first)
        self.assertEqual(asked.invitation_ids.score_ids.customer_id, first)
        self.assertEqual((first.satisfaction_score, first.satisfaction_count), (75.0, 2))

    def test_same_number_of_statements_for_many(self):
        """The nightly refresh asks as often for three customers as for thirty."""

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["logistics.customer"]._satisfaction_update(fields.Date.today(), SQL("TRUE"))
            return self.env.cr.sql_log_count - before

        self._round(self._customer())
        few = count()
        for _number in range(10):
            self._answer(self._round(self._customer()).invitation_ids, self._same(4))
        self.assertEqual(count(), few)


@tagged("post_install", "-at_install")
class TestDeliveryRating(LogisticsLedgerCommon):
    """After a delivery the customer is asked once, where the company wants it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner("Rated", email="rated@example.com")
        cls.today = fields.Date.today()

    def _delivered(self, *days, partner=None):
        """An order whose lines arrived so many days ago; None: promised and not there yet."""
        order = self._order(partner or self.partner, *({} for _day in days))
        for line, day in zip(order.order_line, days, strict=True):
            line.logistics_promised_date = self.today
            if day is not None:
                line.logistics_delivered_date = self.today - timedelta(days=day)
        return order

    def _asked(self):
        with self.enter_registry_test_mode():
            self.env.ref("logistics_crm.cron_rating_requests").method_direct_trigger()
        return self.env["rating.rating"].search(
            [
                ("res_model", "=", "sale.order"),
                ("partner_id.commercial_partner_id", "=", self.partner.id),
            ]
        )

    def test_whom_it_asks(self):
        """Everything delivered within the week, one order per customer, and not again soon."""
        complete = self._delivered(2, 3)
        self._delivered(1, None)
        self._delivered(30)
        self.assertFalse(self._asked(), "nobody is asked until it is switched on")
        self.company.logistics_rating_delivery = True
        rating = self._asked()
        self.assertEqual((rating.res_id, rating.consumed), (complete.id, False))
        account = self._account_of(self.partner)
        self.assertIs(account.satisfaction_score, False, "asked is not answered")
        self._delivered(0)
        self.assertEqual(self._asked(), rating, "not within the pause")
        complete.rating_apply(3, rating=rating, feedback="Box was wet")
        self.assertEqual((account.satisfaction_score, account.satisfaction_count), (50.0, 1))
        entry = self.env["logistics.satisfaction.entry"].search([("customer_id", "=", account.id)])
        self.assertEqual((entry.source, entry.score), ("delivery", 50.0))
        opinion = self.env["logistics.opinion"].search([("customer_id", "=", account.id)])
        self.assertEqual(opinion.name, "Box was wet")
        complete.rating_apply(1, rating=rating, feedback="Box was very wet")
        self.assertEqual(account.satisfaction_score, 0.0, "changed its mind")
        self.assertEqual(opinion.name, "Box was very wet")

    def test_no_address_nobody_asked(self):
        self.company.logistics_rating_delivery = True
        self.partner.email = False
        self._delivered(1)
        self.assertFalse(self._asked())
