# Part of logistics_crm. License LGPL-3 or later.
from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from . import satisfaction_reference as reference
from .common import ROLES
from .satisfaction_common import SatisfactionCommon

RIGHTS = {
    "logistics.symposium": {"seller": "rwc", "seller_all": "rwc", "manager": "rwcu"},
    "logistics.symposium.agenda": {
        "seller": "rwcu",
        "seller_all": "rwcu",
        "manager": "rwcu",
    },
    "logistics.symposium.invitee": {
        "seller": "rwcu",
        "seller_all": "rwcu",
        "manager": "rwcu",
    },
    "logistics.opinion.focus": {
        "seller": "rw",
        "seller_all": "rw",
        "manager": "rwcu",
        "controller": "rw",
        "accountant": "rw",
        "internal": "rw",
    },
    "logistics.opinion.ranking": {"seller": "r", "seller_all": "r", "manager": "r"},
}


@tagged("post_install", "-at_install")
class TestSymposium(SatisfactionCommon):
    """From the list of invitees to the opinions that open the next meeting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-03-02 09:00:00"))
        cls.topic = cls.env["logistics.opinion.topic"].create({"name": "Slow Compensation"})
        cls.other_topic = cls.env["logistics.opinion.topic"].create({"name": "Night Pick-Ups"})

    def _symposium(self, start="2026-02-20 13:00:00", **values):
        return self.env["logistics.symposium"].create(
            {
                "name": "Spring",
                "company_id": self.company.id,
                "user_id": self.boss.id,
                "start": start,
                **values,
            }
        )

    def _say(self, customer, topic, day, source=None, **values):
        return self.env["logistics.opinion"].create(
            {
                "customer_id": customer.id,
                "name": "They said",
                "topic_id": topic.id,
                "date": day,
                **({"res_model": source._name, "res_id": source.id} if source else {}),
                **values,
            }
        )

    def test_invitees_by_class_and_coverage(self):
        """The chosen classes are invited once each; the share says how many of all."""
        keys = [self._customer(value_class="key") for _number in range(3)]
        core = self._customer(value_class="core")
        self._customer(value_class="standard")
        symposium = self._symposium(invite_core=False)
        symposium.action_add_invitees()
        symposium.action_add_invitees()
        self.assertEqual(symposium.invitee_ids.customer_id, self.customers.union(*keys))
        self.assertEqual(len(symposium.invitee_ids), 3)
        self.env["logistics.symposium.invitee"].create(
            {"symposium_id": symposium.id, "customer_id": core.id}
        )
        symposium.invitee_ids[:2].attended = True
        rows = {row["code"]: row for row in symposium.coverage}
        self.assertEqual((rows["key"]["invited"], rows["key"]["invited_share"]), (3, 1.0))
        self.assertAlmostEqual(rows["key"]["attended_share"], 2 / 3)
        self.assertEqual(rows["core"]["invited_share"], 1.0)
        self.assertEqual(rows["standard"]["invited_share"], 0.0)
        self.assertIsNone(rows["marginal"]["invited_share"], "no customers: no share")
        with self.assertRaisesRegex(ValidationError, "invited to this symposium already"):
            self.env["logistics.symposium.invitee"].create(
                {"symposium_id": symposium.id, "customer_id": core.id}
            )
        symposium.write(dict.fromkeys(("invite_key", "invite_core"), False))
        with self.assertRaisesRegex(UserError, "at least one value class"):
            symposium.action_add_invitees()

    def test_cost_in_the_concessions(self):
        """What it cost is shared among the customers who came; unknown stays unknown."""
        came = [self._customer(value_class="key") for _number in range(2)]
        stayed = self._customer(value_class="key")
        symposium = self._symposium(cost=300.0)
        symposium.action_add_invitees()
        colleague = self.env["res.partner"].create(
            {"name": "Second Guest", "parent_id": came[0].partner_id.id}
        )
        self.env["logistics.symposium.invitee"].create(
            {
                "symposium_id": symposium.id,
                "customer_id": came[0].id,
                "partner_id": colleague.id,
            }
        )
        for invitee in symposium.invitee_ids:
            invitee.attended = invitee.customer_id != stayed
        ledger = self.env["logistics.concession"]
        ours = [("kind", "=", "event"), ("company_id", "=", self.company.id)]
        ledger._derive(self.company)
        self.assertFalse(ledger.search(ours), "not held yet")
        symposium.action_held()
        ledger._derive(self.company)
        rows = ledger.search(ours)
        self.assertEqual(rows.customer_id, came[0] | came[1])
        self.assertEqual(rows.mapped("amount"), [150.0, 150.0], "by customer, not by guest")
        self.assertEqual(set(rows.mapped("level")), {"2"})
        self.assertEqual(set(rows.mapped("date")), {symposium.start.date()})
        symposium.cost = False
        ledger._derive(self.company)
        self.assertEqual(ledger.search(ours).mapped("amount"), [False, False])

    def test_calendar(self):
        """The meeting is an event with both sides; called off, it leaves the calendar."""
        customer = self._customer()
        symposium = self._symposium(participant_ids=[(4, self.ben.id)])
        self.env["logistics.symposium.invitee"].create(
            {"symposium_id": symposium.id, "customer_id": customer.id}
        )
        event = symposium.event_id
        self.assertEqual(
            event.partner_ids,
            self.boss.partner_id | self.ben.partner_id | customer.partner_id,
        )
        symposium.start = "2026-02-21 13:00:00"
        self.assertEqual(event.start, symposium.start)
        self.assertEqual(event.stop, symposium.stop)
        symposium.action_cancel()
        self.assertFalse(event.active)
        symposium.action_reopen()
        self.assertEqual((symposium.state, event.active), ("draft", True))

    def test_invitations(self):
        """Written to once, only with a mail address, and only by the button."""
        first, second = self._customer(), self._customer()
        first.partner_id.email = "first@example.com"
        symposium = self._symposium()
        for customer in (first, second):
            self.env["logistics.symposium.invitee"].create(
                {"symposium_id": symposium.id, "customer_id": customer.id}
            )
        mails = self.env["mail.mail"].search_count([])
        self.assertEqual(symposium.state, "draft")
        symposium.action_send_invitations()
        self.assertEqual(symposium.state, "invited")
        self.assertEqual(symposium.invitee_ids.filtered("invited_on").customer_id, first)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails + 1)
        with self.assertRaisesRegex(UserError, "Nobody is left"):
            symposium.action_send_invitations()

    def test_attendance_counts_as_a_touch(self):
        """Two people of one customer are one touch, and it covers where events count."""
        self._plan_of(kind="symposium", channel="event", count_event=True, interval_days=200)
        came, stayed = self._customer(), self._customer()
        person = self.env["res.partner"].create({"name": "Wei", "parent_id": came.partner_id.id})
        symposium = self._symposium()
        invitees = self.env["logistics.symposium.invitee"].create(
            [
                {
                    "symposium_id": symposium.id,
                    "customer_id": came.id,
                    "partner_id": came.partner_id.id,
                },
                {
                    "symposium_id": symposium.id,
                    "customer_id": came.id,
                    "partner_id": person.id,
                },
                {"symposium_id": symposium.id, "customer_id": stayed.id},
            ]
        )
        with self.assertRaisesRegex(UserError, "Tick who attended"):
            symposium.action_held()
        invitees[:2].attended = True
        symposium.action_held()
        visit = self.visits.search([("customer_id", "=", came.id)])
        self.assertEqual(len(visit), 1)
        self.assertEqual((visit.kind, visit.channel, visit.state), ("symposium", "event", "done"))
        self.assertEqual(visit.done_date, fields.Date.to_date("2026-02-20"))
        self.assertEqual(self._status_of(came, "symposium").status, "covered")
        self.assertEqual(self._status_of(stayed, "symposium").status, "never")
        # remembered afterwards, and a slip of the pen taken back
        invitees[2].attended = True
        self.assertEqual(self._status_of(stayed, "symposium").status, "covered")
        invitees[2].attended = False
        self.assertEqual(self._status_of(stayed, "symposium").status, "never")
        invitees[0].attended = False
        self.assertEqual(visit.state, "done", "the other person was there")

    def test_questionnaires_and_results(self):
        """Everybody who came has a questionnaire; what is written there was raised here."""
        customers = [self._customer() for _number in range(6)]
        symposium = self._symposium()
        self.env["logistics.symposium.invitee"].create(
            [{"symposium_id": symposium.id, "customer_id": one.id} for one in customers]
        )
        with self.assertRaisesRegex(UserError, "Tick who attended"):
            symposium.action_hand_out()
        symposium.invitee_ids[:5].attended = True
        symposium.action_held()
        symposium.action_hand_out()
        symposium.action_hand_out()
        self.assertEqual(len(symposium.round_id.invitation_ids), 5)
        rng = self._rng(4)
        people = []
        for number, invitee in enumerate(symposium.invitee_ids[:4]):
            marks = self._random_marks(rng)
            people.append(marks)
            self._answer(invitee.invitation_id, marks, nps=number * 3, text=f"Word {number}")
        self.env.flush_all()
        results = symposium.results
        self.assertEqual((results["answered"], results["invited"]), (4, 5))
        self.assertAlmostEqual(results["nps"], reference.promoter_score([0, 3, 6, 9]))
        wanted = reference.by_dimension(people)
        for row in results["dimensions"]:
            self.assertAlmostEqual(row["expected"], wanted[row["id"]][0], 6)
            self.assertAlmostEqual(row["perceived"], wanted[row["id"]][1], 6)
        self.assertAlmostEqual(
            results["perceived"],
            reference.average(reference.person(marks)[0] for marks in people),
            6,
        )
        self.assertEqual(
            sorted(symposium.opinion_ids.mapped("name")), [f"Word {n}" for n in range(4)]
        )
        with self.assertRaisesRegex(UserError, "stays on the list"):
            symposium.invitee_ids[0].with_user(self.boss).unlink()

    def test_last_times_opinions_come_first(self):
        """The first point is what became of last time's; topics said again are flagged."""
        customer = self._customer()
        autumn = self._symposium("2025-09-01 13:00:00", name="Autumn")
        self.env["logistics.symposium.invitee"].create(
            {"symposium_id": autumn.id, "customer_id": customer.id, "attended": True}
        )
        autumn.action_held()
        with self.assertRaisesRegex(UserError, "minutes"):
            autumn.action_close()
        said = self._say(customer, self.topic, "2025-09-01", autumn)
        self._say(customer, self.other_topic, "2025-09-01", autumn)
        autumn.minutes = "<p>All was told</p>"
        autumn.action_close()
        said.answer = "Paid within a week now"
        said.action_answer()
        self._say(customer, self.topic, "2026-01-15")
        spring = self._symposium("2026-04-01 13:00:00")
        self.assertEqual(spring.previous_id, autumn)
        self.assertTrue(spring.agenda_ids[0].follow_up)
        self.assertEqual(len(spring.last_opinion_ids), 2)
        self.assertEqual(spring.last_told, {"done": 0, "answered": 1, "open": 1, "dropped": 0})
        self.assertEqual(
            [(row["name"], row["now"], row["before"]) for row in spring.repeated_topics],
            [("Slow Compensation", 1, 1)],
        )
        self.env["logistics.symposium.agenda"].create(
            {"symposium_id": spring.id, "name": "Prices", "sequence": -5}
        )
        spring.invalidate_recordset()
        self.assertTrue(spring.agenda_ids[0].follow_up, "whatever its place is set to")
        with self.assertRaisesRegex(UserError, "first point stays"):
            spring.agenda_ids[0].with_user(self.boss).unlink()
        again = spring.copy({"name": "Copy"})
        self.assertEqual(len(again.agenda_ids.filtered("follow_up")), 1)
        for report in ("agenda", "minutes"):
            html = self.env["ir.actions.report"]._render_qweb_html(
                f"logistics_crm.report_symposium_{report}", (spring | autumn).ids
            )[0]
            self.assertIn(b"They said", html)
        agenda = self.env["ir.actions.report"]._render_qweb_html(
            "logistics_crm.report_symposium_agenda", spring.ids
        )[0]
        self.assertIn(b"Paid within a week now", agenda)
        self.assertNotIn(customer.name.encode(), agenda, "customers are not named to others")
        with self.assertRaisesRegex(UserError, "was held"):
            autumn.unlink()

    def test_not_before_it_begins(self):
        symposium = self._symposium("2026-05-01 13:00:00")
        self.env["logistics.symposium.invitee"].create(
            {
                "symposium_id": symposium.id,
                "customer_id": self._customer().id,
                "attended": True,
            }
        )
        with self.assertRaisesRegex(ValidationError, "has not begun"):
            symposium.action_held()

    def test_reminder(self):
        """After half a year without a symposium its organiser gets one activity."""
        today = fields.Date.to_date("2026-09-01")
        activities = self.company.partner_id.activity_ids

        def remind():
            self.env["logistics.symposium"]._cron_remind(today)
            self.company.partner_id.invalidate_recordset()
            return self.company.partner_id.activity_ids - activities

        self.assertFalse(remind(), "nobody is named")
        self.company.logistics_symposium_user_id = self.boss
        symposium = self._symposium("2026-03-01 13:00:00")
        found = remind()
        self.assertEqual(found.user_id, self.boss)
        self.assertEqual(remind(), found, "once")
        found.unlink()
        symposium.start = "2026-03-02 13:00:00"
        self.assertFalse(remind())
        symposium.action_cancel()
        self.assertTrue(remind())

    # ------------------------------------------------------------------ opinions
    def test_ranking_and_taking_up(self):
        """What is raised most often stands on top; the executive takes it up, one at a time."""
        first, second = self._customer(), self._customer()
        for customer in (first, first, second):
            self._say(customer, self.topic, "2026-01-15")
        late = self._say(second, self.other_topic, "2026-01-20", deadline="2026-02-01")
        self._say(second, self.other_topic, "2024-12-20")
        ranking = self.env["logistics.opinion.ranking"]
        rows = ranking.search([("company_id", "=", self.company.id)])
        self.assertEqual(rows.topic_id, self.topic | self.other_topic)
        top, other = rows
        self.assertEqual((top.rank, top.opinion_count, top.customer_count), (1, 3, 2))
        self.assertEqual((other.opinion_count, other.before_count, other.overdue_count), (1, 1, 1))
        self.assertEqual(top.share, 0.75)
        self.assertIs(other.answer_days, False)
        self.assertIs(other.satisfied_share, False)
        late.answer = "Done"
        late.action_answer()
        late.action_satisfied()
        ranking.invalidate_model()
        self.assertEqual((other.answer_days, other.satisfied_share), (41.0, 1.0))
        # nobody is named: nothing happens by itself
        focus = self.env["logistics.opinion.focus"]
        focus._cron_take_up()
        self.assertFalse(focus.search([("company_id", "=", self.company.id)]))
        self.company.logistics_opinion_executive_id = self.boss
        focus._cron_take_up()
        focus._cron_take_up()
        taken = focus.search([("company_id", "=", self.company.id)])
        self.assertEqual((taken.topic_id, taken.executive_id), (self.topic, self.boss))
        self.assertEqual(taken.activity_ids.user_id, self.boss)
        self.assertEqual((taken.count_before, taken.count_after), (3, 0))
        ranking.invalidate_model()
        self.assertEqual(top.executive_id, self.boss)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            focus.create({"topic_id": self.topic.id, "executive_id": self.boss.id})
        with self.assertRaisesRegex(UserError, "what it came to"):
            taken.action_done()
        taken.result = "Claims are paid within ten days"
        taken.with_user(self.boss).action_done()
        self.assertEqual(taken.state, "done")
        self.assertFalse(taken.activity_ids)
        with self.assertRaises(AccessError):
            taken.with_user(self.anna).write({"result": "mine"})

    def test_said_again_by_the_same_customer(self):
        customer, other = self._customer(), self._customer()
        first = self._say(customer, self.topic, "2025-06-01")
        again = self._say(customer, self.topic, "2026-01-15")
        late = self._say(customer, self.other_topic, "2026-01-15")
        elsewhere = self._say(other, self.topic, "2026-01-16")
        self.assertTrue(again.repeated)
        self.assertFalse(any((first | late | elsewhere).mapped("repeated")))

    # ------------------------------------------------------------------ rights
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

    def test_whose_invitees(self):
        """A representative sees and changes invitees of own customers; the meeting is the
        organiser's."""
        mine, other = self._customer(), self._customer(self.ben)
        symposium = self._symposium()
        invitees = self.env["logistics.symposium.invitee"].create(
            [{"symposium_id": symposium.id, "customer_id": one.id} for one in (mine, other)]
        )
        self.env.invalidate_all()
        as_anna = symposium.with_user(self.anna)
        self.assertEqual(as_anna.invitee_ids.customer_id, mine)
        self.assertEqual(as_anna.invitee_count, 2)
        invitees[0].with_user(self.anna).answer = "yes"
        with self.assertRaises(AccessError):
            invitees[1].with_user(self.anna).write({"answer": "yes"})
        with self.assertRaises(AccessError):
            as_anna.write({"name": "Mine now"})
        with self.assertRaises(AccessError):
            as_anna.action_held()
        with self.assertRaises(AccessError):
            symposium.with_user(self.boss).write({"state": "closed"})

    def test_merged_customers(self):
        first, second = self._customer(), self._customer()
        symposium = self._symposium()
        invitees = self.env["logistics.symposium.invitee"].create(
            [{"symposium_id": symposium.id, "customer_id": one.id} for one in (first, second)]
        )
        second._fold_into(first)
        self.assertEqual(invitees.customer_id, first)
