# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import LogisticsCommon
from .credit_grade_common import AS_OF, GradeFactories

FIGURES = [
    "first_trade_date",
    "last_trade_date",
    "trade_days_12m",
    "order_interval_days",
    "quantity_12m",
    "revenue_12m",
    "margin_12m",
    "cost_coverage_12m",
    "on_time_rate",
    "invoice_count_due",
    "late_share",
    "average_days_late",
    "open_amount",
    "overdue_amount",
    "credit_grade_code",
    "lifecycle_stage",
]


@tagged("post_install", "-at_install")
class TestCustomerMerge(LogisticsCommon):
    """Core's contact merge folds two accounts into one and loses nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._other_company()
        cls.stays = cls._partner("Stays", email="same@example.com", ref="S-1")
        cls.goes = cls._partner("Goes", email="same@example.com", ref="G-1")

    def _merge(self, *sources, into=None):
        partners = self.env["res.partner"].union(into or self.stays, *(sources or [self.goes]))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, into or self.stays)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_every_company_and_every_row(self):
        """In each company one account remains, with the trade of both and its figures."""
        rows = self._trade(
            self.stays,
            {"date": "2024-01-05", "amount": 10.0, "cost": 4.0, "due_date": "2024-02-05"},
            {"date": "2024-03-05", "amount": 20.0},
        ) + self._trade(
            self.goes,
            {"date": "2024-02-05", "amount": 40.0, "quantity": 2, "due_date": "2024-03-05"},
            {"date": "2024-04-05", "amount": False, "quantity": 1},
        )
        rows += self._trade(self.goes, {"date": "2024-05-05", "amount": 7.0}, company=self.other)
        self._merge()
        account = self._account_of(self.stays)
        moved = self._account_of(self.stays, self.other)
        self.assertFalse(self.goes.exists())
        self.assertEqual(rows.exists(), rows)
        self.assertEqual(rows.partner_id, self.stays)
        self.assertEqual(rows.customer_id, account | moved)
        self._refresh("2024-12-31")
        self._refresh("2024-12-31", company=self.other)
        self.assertEqual(account.revenue_12m, 70.0)
        self.assertEqual(account.trade_days_12m, 4)
        self.assertEqual(account.open_amount, 50.0)
        self.assertEqual(moved.revenue_12m, 7.0)

    def test_figures_are_those_of_one_customer(self):
        """After the merge every figure is what it would be had there been one customer always."""
        twin = self._partner("Twin")
        for partner, days in ((self.stays, (3, 9)), (self.goes, (6, 21))):
            for day in days:
                row = {
                    "date": f"2024-03-{day:02}",
                    "amount": 10.0 * day,
                    "cost": 3.0 * day,
                    "quantity": day,
                    "due_date": f"2024-04-{day:02}",
                    "paid_date": f"2024-04-{day + 4:02}",
                    "promised_date": "2024-04-10",
                    "delivered_date": f"2024-04-{day + 4:02}",
                }
                self._trade(partner, row)
                self._trade(twin, row)
        self._refresh("2024-12-31")
        self._merge()
        self._refresh("2024-12-31")
        merged, expected = self._account_of(self.stays), self._account_of(twin)
        self.assertEqual(merged.read(FIGURES)[0] | {"id": 0}, expected.read(FIGURES)[0] | {"id": 0})

    def test_figures_are_fresh_at_once(self):
        """Nobody has to wait for the night to see the joined revenue."""
        today = self.customers.env.cr.now().date().isoformat()
        self._trade(self.stays, {"date": today, "amount": 10.0})
        self._trade(self.goes, {"date": today, "amount": 30.0})
        self._refresh()
        self._merge()
        self.assertEqual(self._account_of(self.stays).revenue_12m, 40.0)

    def test_everything_that_hangs_on_the_account(self):
        """Messages, attachments, activities, meetings and all followers move along."""
        account, folded = self._account(self.stays), self._account(self.goes)
        both, only = self._partner("Follows both"), self._partner("Follows one")
        account.message_subscribe(both.ids)
        folded.message_subscribe((both | only).ids)
        message = folded.message_post(body="Promised to pay on Friday")
        attachment = self.env["ir.attachment"].create(
            {"name": "contract.pdf", "res_model": folded._name, "res_id": folded.id, "raw": b"x"}
        )
        activity = folded.activity_schedule("mail.mail_activity_data_call", user_id=2)
        meeting = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2030-01-01 09:00:00",
                "stop": "2030-01-01 10:00:00",
                "res_model_id": self.env["ir.model"]._get_id(folded._name),
                "res_id": folded.id,
            }
        )
        self._merge()
        self.assertFalse(folded.exists())
        for record in (message, attachment, activity, meeting):
            self.assertEqual(record.exists().res_id, account.id, record._name)
        self.assertLessEqual(both | only, account.message_partner_ids)
        self.assertIn("Goes", "".join(account.message_ids.mapped("body")))

    def test_same_document_and_line_in_both(self):
        """Two customers with a document of the same number keep all their money."""
        nameless = [self._partner(f"No number {count}") for count in range(3)]
        for partners in ([self.stays, self.goes], nameless):
            for amount, partner in enumerate(partners, 10):
                self._trade(
                    partner,
                    {"date": "2024-02-01", "amount": amount, "document": "INV-7", "line": "1"},
                    {"date": "2024-02-01", "amount": amount, "document": "INV-7", "line": "2"},
                )
            self._merge(*partners[1:], into=partners[0])
        self._refresh("2024-12-31")
        self.assertEqual(self._account_of(self.stays).revenue_12m, 42.0)
        account = self._account_of(nameless[0])
        self.assertEqual(account.revenue_12m, 66.0)
        self.assertIn(
            "4 lines of trading history",
            "".join(account.message_ids.mapped("body")),
            "somebody is told that there may be duplicates",
        )

    def test_representative_and_archive(self):
        """A missing representative is taken over, a chosen one stays; active wins."""
        ann, bob = self._user("seller"), self._user("seller")
        account = self._account(self.stays)
        self._account(self.goes, user_id=ann.id)
        kept = self._account(self.stays, self.other, user_id=bob.id)
        self._account(self.goes, self.other, user_id=ann.id)
        account.active = False
        self._merge()
        self.assertEqual(account.user_id, ann)
        self.assertTrue(account.active)
        self.assertEqual(kept.user_id, bob)

    def test_archived_source(self):
        """The account of an archived contact folds too and does not archive the other."""
        row = self._trade(self.goes, "2024-02-01")
        account = self._account(self.stays)
        self.goes.active = False
        self._merge()
        self.assertTrue(account.active)
        self.assertEqual(row.customer_id, account)

    def test_portal_user_of_the_source(self):
        """A customer with a portal login merges like any other and keeps the login."""
        user = self._user("portal")
        user.partner_id.write({"email": "same@example.com", "is_company": True})
        row = self._trade(user.partner_id, "2024-02-01")
        self._merge(user.partner_id)
        self.assertEqual(user.partner_id, self.stays)
        self.assertEqual(row.customer_id, self._account_of(self.stays))

    def test_contacts_of_two_customers(self):
        """Merging a contact of one customer into a contact of another moves its trade only."""
        one = self.env["res.partner"].create({"name": "A", "parent_id": self.stays.id})
        two = self.env["res.partner"].create({"name": "B", "parent_id": self.goes.id})
        row = self._trade(two, "2024-02-01")
        other_row = self._trade(self.goes, "2024-02-01")
        account, other = self._account(self.stays), self._account_of(self.goes)
        self._merge(two, into=one)
        self.assertEqual(row.customer_id, account)
        self.assertEqual(other_row.customer_id, other)
        self.assertEqual(self._account_of(self.goes), other)

    def test_customer_into_a_contact_of_another(self):
        """A company merged into a person under another company: the account follows the money."""
        person = self.env["res.partner"].create({"name": "P", "parent_id": self.stays.id})
        row = self._trade(self.goes, {"date": "2024-02-01", "amount": 9.0})
        self._merge(self.goes, into=person)
        entity = person.commercial_partner_id
        account = self._account_of(person)
        self.assertEqual(account.partner_id, entity)
        self.assertEqual(row.customer_id, account)
        self._refresh("2024-12-31")
        self.assertEqual(account.revenue_12m, 9.0)
        facts = self._facts(company=self.company)
        self.assertEqual({fact["partner_id"] for fact in facts}, {entity.id})

    def test_screenings_keep_their_money(self):
        """An open screening counts the joined customer once; a closed one stays as it was."""
        self._trade(self.stays, {"date": "2023-05-01", "amount": 10.0}, "2022-05-01")
        self._trade(self.goes, {"date": "2023-06-01", "amount": 32.0}, "2022-06-01")
        screenings = self.env["logistics.screening"].create(
            [{"year": year, "company_id": self.company.id} for year in (2022, 2023)]
        )
        for screening in screenings:
            screening.action_compute()
        closed, opened = screenings
        closed.action_close()
        before = sorted(closed.line_ids.mapped("revenue"))
        self._merge()
        account = self._account_of(self.stays)
        self.assertEqual(sorted(closed.line_ids.mapped("revenue")), before)
        self.assertEqual(closed.line_ids.customer_id, account)
        opened.action_compute()
        self.assertEqual(opened.line_ids.customer_id, account)
        self.assertEqual(opened.line_ids.mapped("revenue"), [42.0])

    def test_only_one_has_an_account(self):
        """The account moves to the contact that stays, with its name and country."""
        account = self._account(self.goes)
        self._merge()
        self.assertEqual(account.partner_id, self.stays)
        self.assertEqual(account.name, "Stays")
        self.assertEqual(account.ref, "S-1")

    def test_identity_stays_unique(self):
        """However often contacts merge, a contact has one account per company."""
        for number in range(3):
            source = self._partner(f"Again {number}", email="same@example.com")
            self._trade(source, "2024-02-01")
            self._merge(source)
        self.assertEqual(len(self._account_of(self.stays)), 1)
        self.assertEqual(
            self.history.search_count([("customer_id", "=", self._account_of(self.stays).id)]), 3
        )


@tagged("post_install", "-at_install")
class TestGradesMerge(GradeFactories, LogisticsCommon):
    """Two accounts of different grades become one: its grade is that of the joined history."""

    PUNCTUAL = ((-90, -3), (-60, 0), (-30, 0))
    LATE = ((-120, 5), (-90, 5), (-80, 9))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["logistics.credit.policy"]._for_company(cls.company)

    def _merge(self, source, into):
        partners = (source | into).partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, into.partner_id)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_grade_of_the_joined_history(self):
        for keep in ("good", "bad"):
            accounts = {"good": self._ledger(*self.PUNCTUAL), "bad": self._ledger(*self.LATE)}
            twin = self._ledger(*self.PUNCTUAL, *self.LATE)
            self._refresh(AS_OF)
            self.assertEqual(accounts["good"].credit_grade_code, "A")
            self.assertEqual(accounts["bad"].credit_grade_code, "C")
            stays = accounts.pop(keep)
            [goes] = accounts.values()
            self._merge(goes, stays)
            self._refresh(AS_OF)
            self.assertEqual(stays.credit_grade_code, twin.credit_grade_code)
            self.assertEqual(stays.late_share, twin.late_share)

    def _by_hand(self, account, grade):
        return self.env["logistics.credit.override"].create(
            {
                "customer_id": account.id,
                "grade": grade,
                "reason": "Known for years",
                "date_to": fields.Date.today() + timedelta(days=30),
            }
        )

    def test_of_two_grades_by_hand_the_worse_stays(self):
        for mine, theirs in (("A", "C"), ("C", "A"), ("B", None), (None, "B")):
            stays, goes = self._account(self._partner()), self._account(self._partner())
            overrides = self.env["logistics.credit.override"]
            for account, grade in ((stays, mine), (goes, theirs)):
                if grade:
                    overrides |= self._by_hand(account, grade)
            self._merge(goes, stays)
            worse = max(grade for grade in (mine, theirs) if grade)
            self.assertEqual(overrides.customer_id, stays, "each is kept on record")
            self.assertEqual(overrides.filtered("in_force").grade, worse)
            self.assertEqual(stays.credit_grade_code, worse)
            ended = overrides.filtered(lambda one: not one.in_force)
            self.assertEqual(len(ended), len(overrides) - 1)
            self.assertFalse(ended.filtered(lambda one: "merged" not in one.end_reason))
