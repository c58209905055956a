# Part of logistics_crm. License LGPL-3 or later.
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ROLES
from .visit_common import TODAY, VisitCommon

OPERATIONS = ("read", "write", "create", "unlink")
# Rights on models as such, as in test_security_models: role -> letters.
MATRIX = {
    "logistics.visit": {
        "seller": "rwc",
        "seller_all": "rwc",
        "manager": "rwcu",
        "controller": "r",
    },
    "logistics.visit.plan": {"seller": "r", "seller_all": "r", "manager": "rwcu"},
    "logistics.visit.override": {"seller": "r", "seller_all": "rwc", "manager": "rwcu"},
    "logistics.visit.status": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.visit.answer": {"seller": "rwcu", "seller_all": "rwcu", "manager": "rwcu"},
    "logistics.visit.fact": {"seller": "rw", "seller_all": "rw", "manager": "rw"},
    "logistics.visit.coverage": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.visit.report": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.visit.dashboard": {
        "seller": "r",
        "seller_all": "r",
        "manager": "r",
        "controller": "r",
    },
    "logistics.visit.handover": {"manager": "rwcu"},
    "logistics.opinion": {
        "seller": "rwc",
        "seller_all": "rwc",
        "manager": "rwcu",
        "controller": "rw",
        "accountant": "rw",
        "internal": "rw",
    },
    "logistics.opinion.topic": {
        "seller": "r",
        "seller_all": "r",
        "manager": "rwcu",
        "controller": "r",
        "accountant": "r",
        "internal": "r",
    },
}


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:00:00")
class TestVisitWork(VisitCommon):
    """What people do with visits, and what they may not see or do."""

    def test_rights_on_models(self):
        users = {role: self._user(role) for role in ROLES}
        for model, rights in MATRIX.items():
            for role, user in users.items():
                allowed = {
                    operation
                    for operation in OPERATIONS
                    if self.env[model].with_user(user).has_access(operation)
                }
                wanted = {name for name in OPERATIONS if name[0] in rights.get(role, "")}
                self.assertEqual(allowed, wanted, f"{role} on {model}")

    def test_own_and_others(self):
        mine, others = self._customer(self.anna), self._customer(self.ben)
        own = self._touch(mine, "2026-03-04", state="planned")
        foreign = self._touch(others, "2026-03-04", state="planned")
        visits = self.visits.with_user(self.anna)
        self.assertEqual(visits.search([("id", "in", (own + foreign).ids)]), own)
        with self.assertRaises(AccessError):
            foreign.with_user(self.anna).action_done()
        with self.assertRaises(AccessError):
            visits.create({"customer_id": others.id, "user_id": self.ben.id})
        foreign.participant_ids = self.anna
        self.assertEqual(visits.search([("id", "=", foreign.id)]), foreign, "she goes along")
        elsewhere = self._other_company()
        stranger = self._user("manager", elsewhere)
        there = self.visits.with_user(stranger).with_context(allowed_company_ids=elsewhere.ids)
        self.assertFalse(there.search([("id", "=", own.id)]))

    def test_answer_about_salespeople_is_hidden_from_them(self):
        account = self._customer(self.anna)
        account.backup_user_id = self.ben
        visit = self._touch(
            account, "2026-03-02", state="planned", kind="executive", user_id=self.boss.id
        )
        visit.with_user(self.boss).action_prepare_sheet()
        self.assertEqual(len(visit.with_user(self.boss).answer_ids), 4)
        about = visit.answer_ids.filtered(lambda answer: answer.question == "salespeople")
        about.with_user(self.boss).write({"rating": "2", "text": "Never calls back"})
        answers = self.env["logistics.visit.answer"]
        for user in (self.anna, self.ben):
            seen = answers.with_user(user).search([("visit_id", "=", visit.id)])
            self.assertNotIn("salespeople", seen.mapped("question"))
            with self.assertRaises(AccessError):
                about.with_user(user).read(["text"])
        self.assertEqual(len(answers.with_user(self.anna).search([("visit_id", "=", visit.id)])), 3)
        # a manager who is the salesperson is no exception, nor is a new representative bound
        boss_account = self._customer(self.boss)
        own = self._touch(boss_account, "2026-03-02", state="planned", kind="executive")
        own._prepare_sheet()
        seen = answers.with_user(self.boss).search([("visit_id", "=", own.id)])
        self.assertNotIn("salespeople", seen.mapped("question"))
        with self.assertRaises(UserError):
            about.with_user(self.boss).write({"about_ids": False})

    def test_sheet_updates_the_file_in_one_go(self):
        account = self._customer()
        partner = account.partner_id
        visit = self._touch(account, "2026-03-02", state="planned").with_user(self.anna)
        visit.action_prepare_sheet()
        facts = {fact.fact_key: fact for fact in visit.fact_ids}
        self.assertTrue(facts)
        weights = visit.fact_ids.mapped("weight")
        self.assertEqual(weights, sorted(weights, reverse=True), "most valuable first")
        first = visit.fact_ids.filtered(lambda one: one.fact_key.startswith("partner."))
        phone = facts.get("partner.phone") or first[0]
        values = {"fact_ids": [(1, phone.id, {"new_value": "+33 4 72 00 00 00"})]}
        visit.write(
            {
                **values,
                "findings": "New warehouse",
                "result": "good",
                "next_step": "Send an offer",
                "next_step_date": "2026-03-09",
                "opinion_ids": [(0, 0, {"name": "Pick-up too late"})],
            }
        )
        visit.action_done()
        self.assertEqual(visit.facts_gained, 1)
        self.assertTrue(phone.applied)
        if phone.fact_key == "partner.phone":
            self.assertEqual(partner.phone, "+33 4 72 00 00 00")
        opinion = visit.opinion_ids
        self.assertEqual(opinion.customer_id, account)
        self.assertEqual((opinion.owner_id, opinion.state), (self.anna, "open"))
        self.assertEqual(opinion.deadline, fields.Date.to_date("2026-03-16"))
        self.assertEqual(opinion.res_model, "logistics.visit")
        self.assertEqual(opinion.sudo().activity_ids.user_id, self.anna)
        step = account.activity_ids.filtered(lambda one: one.summary == "Send an offer")
        self.assertEqual(step.date_deadline, fields.Date.to_date("2026-03-09"))
        visit.action_prepare_sheet()
        self.assertEqual(visit.fact_ids.filtered("applied"), phone)
        with self.assertRaises(UserError):
            phone.with_user(self.anna).new_value = "another"

    def test_opinion_until_the_customer_says_it_helped(self):
        opinion = self.env["logistics.opinion"].create(
            {"customer_id": self._customer().id, "name": "Wrong bills", "owner_id": self.ben.id}
        )
        mine = opinion.with_user(self.ben)
        with self.assertRaisesRegex(UserError, "Write down"):
            mine.action_answer()
        mine.answer = "New template"
        mine.action_answer()
        self.assertEqual(opinion.state, "answered")
        self.assertFalse(opinion.activity_ids)
        mine.action_not_satisfied()
        self.assertEqual((opinion.state, opinion.satisfied), ("open", "no"))
        self.assertTrue(opinion.activity_ids, "it waits for its owner again")
        mine.action_answer()
        mine.action_satisfied()
        self.assertEqual((opinion.state, opinion.checked_by), ("done", self.ben))
        internal = self._user("internal")
        with self.assertRaises(AccessError):
            opinion.with_user(internal).read(["text"])
        opinion.action_reopen()
        opinion.owner_id = internal
        self.assertEqual(opinion.with_user(internal).name, "Wrong bills")

    def test_day_round_goes_to_the_nearest(self):
        self.company.partner_id.write({"partner_latitude": 45.0, "partner_longitude": 4.0})
        places = {"near": 45.1, "far": 46.5, "middle": 45.6}
        visits = {}
        for name, latitude in places.items():
            account = self._customer()
            account.partner_id.write({"partner_latitude": latitude, "partner_longitude": 4.0})
            visits[name] = self._touch(account, TODAY, state="planned")
        unknown = self._touch(self._customer(), TODAY, state="planned")
        ordered = self.visits.with_user(self.anna)._day_round(self.anna, TODAY)
        self.assertEqual(
            ordered.ids, (visits["near"] + visits["middle"] + visits["far"] + unknown).ids
        )
        self.assertEqual(ordered.mapped("route_sequence"), [1, 2, 3, 4])

    def test_list_begins_with_the_nearest(self):
        account = self._customer()
        days = ("2026-02-20", "2026-02-27")
        old, recent = (self._touch(account, day) for day in days)
        later, sooner = (
            self._touch(account, day, state="planned") for day in ("2026-04-01", "2026-03-05")
        )
        found = self.visits.search([("customer_id", "=", account.id)], order="agenda, start")
        self.assertEqual(found.ids, (sooner + later + recent + old).ids)
        self.assertEqual(found.sorted("agenda").ids, found.ids, "as the field says it")

    def test_worklist_by_weight(self):
        self._plan_of(interval_days=10, tolerance_days=0)
        key, other = self._customer(value_class="key"), self._customer()
        self._touch(key, "2026-02-15")
        self._touch(other, "2026-02-10")
        self.status._refresh(self.company, TODAY)
        rows = self.visits.with_user(self.anna)._worklist(self.anna)
        # five days late times four beats ten days late times one
        self.assertEqual(rows.mapped("priority"), [20, 10])
        self.assertEqual(rows.customer_id, key | other)

    def test_handover_of_an_archived_representative(self):
        account = self._customer()
        others = [self._customer(self.anna) for _number in range(19)]
        visits = self.visits.create(
            [
                {
                    "customer_id": (account, *others)[number % 20].id,
                    "user_id": self.anna.id,
                    "planned_date": TODAY + self._days(1 + number // 20),
                    # beyond the calendar's horizon most have no event yet
                    "generated": number >= 10,
                    "plan_key": "made by the planner",
                }
                for number in range(200)
            ]
        )
        self.anna.active = False
        self.assertEqual(set(visits.mapped("state")), {"planned"}, "nothing is lost")
        wizard = (
            self.env["logistics.visit.handover"]
            .with_user(self.boss)
            .create(
                {
                    "company_id": self.company.id,
                    "user_from_id": self.anna.id,
                    "target": "user",
                    "user_to_id": self.ben.id,
                    "customers_too": True,
                }
            )
        )
        self.assertEqual(wizard.open_count, 200)
        wizard.action_hand_over()
        self.assertEqual(visits.user_id, self.ben)
        self.assertEqual(set(visits.mapped("state")), {"planned"})
        self.assertEqual(len(visits.event_id), 200, "in the calendar of who goes now")
        self.assertEqual(visits.event_id.user_id, self.ben)
        self.assertEqual(account.user_id, self.ben)
        with self.assertRaises(AccessError):
            self.env["logistics.visit.handover"].with_user(self.ben).create(
                {"user_from_id": self.boss.id, "target": "rep"}
            )

    def test_missed_touch_is_planned_anew(self):
        self._plan_of()
        account = self._customer()
        self._run()
        first = self._open(account)[0]
        late = first.planned_date + self._days(3)
        self.assertEqual(self.visits._mark_missed(self.company, late), 1)
        self.assertEqual(first.state, "missed")
        self._run(late)
        again = self._open(account)[0]
        self.assertGreater(again.planned_date, late)
        first.action_done()
        self.assertEqual(first.state, "done", "entered late, still a touch")

    def test_thanks_with_occasion_quota_and_another_channel(self):
        self._plan_of(
            kind="warm",
            channel="phone",
            count_phone=True,
            count_message=True,
            count_mail=True,
            count_onsite=False,
            quota_per_year=1,
        )
        account = self._customer()
        self._trade(account.partner_id, "2024-03-01", "2025-12-01")
        self._refresh(TODAY)
        self._touch(account, "2026-02-01", channel="phone", kind="return")
        self._touch(account, "2026-02-10", channel="message", kind="return")
        quiet = self._customer()
        self.assertEqual(self.visits._propose_thanks(self.company, TODAY), 1)
        thanks = self.visits.search([("kind", "=", "warm")])
        self.assertEqual((thanks.customer_id, thanks.occasion), (account, "anniversary"))
        self.assertEqual(thanks.channel, "mail", "neither phone nor message again")
        self.assertEqual(self.visits._propose_thanks(self.company, TODAY), 0, "once")
        self.assertFalse(self.visits.search([("customer_id", "=", quiet.id)]))
        mails = self.env["mail.mail"].search_count([])
        self.visits._send_thanks(self.company, thanks.planned_date)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails, "off by default")
        self.assertEqual(thanks.state, "planned")

    def test_sheet_prints(self):
        visit = self._touch(self._customer(), "2026-03-02", state="planned", kind="executive")
        visit._prepare_sheet()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "logistics_crm.report_visit_sheet", visit.ids
        )[0]
        self.assertIn(visit.customer_id.name, html.decode())
        self.assertIn("Our Salespeople", html.decode())

    def test_merged_customers_keep_their_touches(self):
        self._plan_of()
        one, two = self._customer(), self._customer()
        self._touch(one, "2026-02-20")
        self._touch(two, "2026-02-25")
        self.status._refresh(self.company, TODAY)
        one._fold_into(two)
        rows = self.visits.search([("customer_id", "=", two.id)])
        self.assertEqual(len(rows), 2)
        self.assertEqual(self._status_of(two).last_done, fields.Date.to_date("2026-02-25"))
