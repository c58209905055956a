# Part of logistics_crm. License LGPL-3 or later.
import csv
from datetime import date, timedelta
from io import StringIO

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ..models.file.person_occasion import next_on
from .common import ROLES
from .file_common import FileCommon

# Rights on models as such, as in test_security_models.
TAXONOMY = {
    "seller": "r",
    "seller_all": "r",
    "manager": "rwcu",
    "controller": "r",
    "accountant": "r",
    "internal": "r",
}
PART = {"seller": "rwc", "seller_all": "rwc", "manager": "rwcu", "controller": "r"}
READ = {"seller": "r", "seller_all": "r", "manager": "r", "controller": "r"}
RULES = {**READ, "manager": "rwcu"}
MATRIX = {
    "logistics.customer.type": TAXONOMY,
    "logistics.legal.form": TAXONOMY,
    "logistics.fact.tag": TAXONOMY,
    "logistics.person.role": TAXONOMY,
    "logistics.document.type": TAXONOMY,
    "logistics.file.section.rule": RULES,
    "logistics.file.item": RULES,
    "logistics.file.verification": READ,
    "logistics.fact.change": READ,
    "logistics.key.person": PART,
    "logistics.person.occasion": {
        "seller": "rwcu",
        "seller_all": "rwcu",
        "manager": "rwcu",
        "controller": "r",
    },
    "logistics.personal.dossier": {},
    "logistics.personal.dossier.access": {"manager": "r"},
    "logistics.document": PART,
    "logistics.contract": PART,
    "logistics.partner.financial": PART,
    "logistics.value.delivered": PART,
    "logistics.recognition": {**PART, "seller": "rwcu", "seller_all": "rwcu"},
    "logistics.competitor": PART,
    "logistics.competitor.observation": PART,
}


@tagged("post_install", "-at_install")
class TestFileRights(FileCommon):
    """Who may do what with the rows of a file."""

    def test_rights_on_models(self):
        """Each role has exactly the rights of the matrix."""
        for model, rights in MATRIX.items():
            for role in ROLES:
                allowed = {
                    name[0]
                    for name in ("read", "write", "create", "unlink")
                    if self.env[model].with_user(self.users[role]).has_access(name)
                }
                self.assertEqual(allowed, set(rights.get(role, "")), f"{role} on {model}")

    def test_own_customers_only(self):
        """A salesperson sees and changes rows of own and unassigned customers only."""
        person = self._person()
        occasion = self.env["logistics.person.occasion"].create(
            {"customer_id": self.account.id, "kind": "company", "month": "5", "day": 1}
        )
        observation = self.env["logistics.competitor.observation"].create(
            {
                "customer_id": self.account.id,
                "competitor_id": self.env["logistics.competitor"].create({"name": "R"}).id,
            }
        )
        money = self.env["logistics.partner.financial"].create(
            {"partner_id": self.partner.id, "year": 2020}
        )
        document = self._document()
        rows = (person, occasion, observation, money, document, self._contract("2020-01-01"))
        for record in rows:
            for user, sees in (
                (self.rep, True),
                (self.colleague, False),
                (self.users["seller_all"], True),
                (self.users["controller"], True),
                (self._user("seller_all", self._other_company(f"Far {record._name}")), False),
            ):
                rows_of = self.env[record._name].with_context(
                    allowed_company_ids=user.company_ids.ids
                )
                found = rows_of.with_user(user).search([("id", "=", record.id)])
                if (
                    record._name == "logistics.partner.financial"
                    and user.company_id != self.company
                ):
                    continue  # facts of the entity itself are shared between companies
                self.assertEqual(bool(found), sees, f"{record._name} for {user.login}")
        with self.assertRaises(AccessError):
            person.with_user(self.colleague).name = "Mine"
        with self.assertRaises(AccessError):
            self.env["logistics.key.person"].with_user(self.colleague).create(
                {"customer_id": self.account.id, "name": "Planted"}
            )

    def _document(self, kind="business_licence", **values):
        return self.env["logistics.document"].create(
            {
                "customer_id": self.account.id,
                "type_id": self._ref(f"document_type_{kind}").id,
                **values,
            }
        )

    def test_personal_papers(self):
        """Identity papers are shut for everybody without the group, their files included."""
        paper = self._document("identity", file=b"c2Nhbg==", file_name="id.png")
        licence = self._document()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "logistics.document"), ("res_id", "=", paper.id)]
        ) or self.env["ir.attachment"].search(
            [
                ("res_model", "=", "logistics.document"),
                ("res_id", "=", paper.id),
                ("res_field", "=", "file"),
            ]
        )
        self.assertTrue(attachment)
        self.env.invalidate_all()
        for role in ("seller_all", "manager", "controller"):
            user = self.users[role]
            found = self.env["logistics.document"].with_user(user).search([])
            self.assertIn(licence, found, role)
            self.assertNotIn(paper, found, role)
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                paper.with_user(user).read(["number"])
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                attachment.with_user(user).read(["datas"])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.env["logistics.document"].with_user(self.rep).create(
                {"customer_id": self.account.id, "type_id": paper.type_id.id}
            )
        self.assertIn(paper, self.env["logistics.document"].with_user(self.keeper).search([]))

    def test_portal_sees_no_fact(self):
        """A customer in the portal reads no judgement and no fact field of its own contact."""
        portal = self.users["portal"]
        portal.partner_id.parent_id = self.partner
        described = self.env["res.partner"].with_user(portal).fields_get()
        self.assertFalse([name for name in described if name.startswith("logistics_")])


@tagged("post_install", "-at_install")
class TestPapers(FileCommon):
    """Documents, contracts, occasions and money: dates, chains, reminders, refusals."""

    def test_document_dates(self):
        """A document that expires before it was issued is refused; on the same day it is not."""
        document = TestFileRights._document(self, date_issue="2024-05-05", date_expiry="2024-05-05")
        with self.assertRaisesRegex(ValidationError, "before it was issued"):
            document.date_expiry = "2024-05-04"
        with self.assertRaisesRegex(ValidationError, "before it was signed"):
            self._contract("2024-05-05", "2024-05-04")
        with freeze_time("2024-03-06"):
            self.assertEqual(document.with_context(x=1).state, "expiring")
        with freeze_time("2024-05-06"):
            document.invalidate_recordset()
            self.assertEqual(document.state, "expired")

    def test_contract_years(self):
        """An unbroken chain counts from its first day; a gap beyond the tolerance breaks it."""
        as_of = date(2024, 6, 30)

        def years():
            self.env["logistics.customer"]._refresh_contract_years(as_of, self.company)
            return self.account.contract_years

        self.assertIs(years(), False, "unknown, not zero")
        self._contract("2015-01-01", "2016-12-31")
        self.assertEqual(years(), 0, "the last contract has run out")
        first = self._contract("2020-01-01", "2020-12-31")
        gap = self.company.logistics_contract_gap_days
        second = self._contract(date(2020, 12, 31) + timedelta(days=gap + 1), "2023-12-31")
        third = self._contract("2022-01-01", "2025-12-31")
        expected = round(((as_of - date(2020, 1, 1)).days + 1) / 365.25, 2)
        self.assertEqual(years(), expected)
        self.assertEqual(self.account.contract_end_date, date(2025, 12, 31))
        second.date_start = date(2020, 12, 31) + timedelta(days=gap + 2)
        expected = round(((as_of - second.date_start).days + 1) / 365.25, 2)
        self.assertEqual(years(), expected)
        third.state = "draft"
        self.assertEqual(years(), 0, "ended half a year before")
        second.date_end = as_of - timedelta(days=gap)
        self.assertEqual(
            years(), round(((second.date_end - second.date_start).days + 1) / 365.25, 2)
        )
        second.date_end = as_of - timedelta(days=gap + 1)
        self.assertEqual(years(), 0)
        second.date_end = False
        self.assertFalse(self.account.contract_end_date and years() == 0)
        self.assertTrue(first)

    def test_contracts_do_not_chase_their_tail(self):
        """A contract renews no later one, itself, or another customer's."""
        first = self._contract("2020-01-01", "2020-12-31")
        action = first.action_renew()
        second = self.env["logistics.contract"].browse(action["res_id"])
        self.assertEqual(
            (second.date_start, second.date_end, second.state),
            (date(2021, 1, 1), date(2021, 12, 31), "draft"),
        )
        self.assertFalse(first.renewed)
        second.action_sign()
        self.assertTrue(first.renewed)
        with self.assertRaisesRegex(ValidationError, "cannot renew itself"):
            first.previous_id = second
        with self.assertRaisesRegex(ValidationError, "another customer"):
            self._contract("2022-01-01", account=self.other, previous_id=second.id)
        with self.assertRaises(UserError):
            self._contract("2022-01-01").action_renew()

    def test_persons_of_others(self):
        """A person of another entity, or of another company's customer, is refused."""
        stranger = self._partner("Bob", is_company=False, parent_id=self.other.partner_id.id)
        with self.assertRaisesRegex(ValidationError, "belongs to Other Ltd"):
            self._person(partner_id=stranger.id)
        own = self._partner("Eve", is_company=False, parent_id=self.partner.id, phone="12")
        person = self.env["logistics.key.person"].create(
            {"customer_id": self.account.id, "partner_id": own.id}
        )
        self.assertEqual((person.name, person.phone), ("Eve", "12"))
        with self.assertRaisesRegex(ValidationError, "already"):
            self._person(partner_id=own.id)
        own.parent_id = self.other.partner_id
        self.env.invalidate_all()
        self.assertEqual(person.moved_to_id, self.other.partner_id)
        abroad = self._account(self._partner(), self._other_company())
        for model, values in (
            ("logistics.person.occasion", {"month": "1", "day": 1, "kind": "birthday"}),
            ("logistics.document", {"type_id": self._ref("document_type_identity").id}),
        ):
            with self.assertRaises(UserError):
                self.env[model].create({"customer_id": abroad.id, "person_id": person.id, **values})

    def test_circular_parents(self):
        """Odoo refuses a circle of parents, and the accounts stay as they are."""
        child = self._partner("Child", is_company=True, parent_id=self.partner.id)
        with self.assertRaises(ValidationError):
            self.partner.parent_id = child
        self.assertEqual(self.account.partner_id, self.partner)

    def test_occasions(self):
        """The next day, leap years and the end of the year; impossible days are refused."""
        self.assertEqual(next_on(2, 29, date(2023, 3, 1)), date(2024, 2, 29))
        self.assertEqual(next_on(2, 29, date(2022, 3, 1)), date(2023, 2, 28))
        self.assertEqual(next_on(12, 31, date(2023, 12, 31)), date(2023, 12, 31))
        self.assertEqual(next_on(1, 1, date(2023, 12, 31)), date(2024, 1, 1))
        occasions = self.env["logistics.person.occasion"]
        days = [("2", 29), ("12", 31), ("1", 1), ("6", 30)]
        rows = occasions.create(
            [
                {"customer_id": self.account.id, "kind": "company", "month": month, "day": day}
                for month, day in days
            ]
        )
        for today in (date(2027, 12, 31), date(2028, 2, 29), date(2028, 3, 1), date(2029, 2, 28)):
            self.env.flush_all()
            self.env.cr.execute("UPDATE logistics_person_occasion SET next_date = NULL")
            self.env.invalidate_all()
            occasions._roll_forward(today)
            for row, (month, day) in zip(rows, days, strict=True):
                self.assertEqual(row.next_date, next_on(int(month), day, today), (today, month))
        for month, day in (("2", 30), ("4", 31), ("1", 0)):
            with self.assertRaisesRegex(ValidationError, "has no day"):
                occasions.create(
                    {"customer_id": self.account.id, "month": month, "day": day, "kind": "other"}
                )

    def test_reminders(self):
        """Nothing until switched on; then each once, to the responsible, in good time."""
        today = fields.Date.today()
        document = TestFileRights._document(self, date_expiry=today + timedelta(days=20))
        far = TestFileRights._document(self, date_expiry=today + timedelta(days=200))
        contract = self._contract("2020-01-01", today + timedelta(days=30))
        person = self._person()
        silent = self._person(name="Silent", do_not_contact=True)
        soon = today + timedelta(days=3)
        for who in (person, silent):
            self.env["logistics.person.occasion"].create(
                {
                    "person_id": who.id,
                    "month": str(soon.month),
                    "day": soon.day,
                }
            )

        def run():
            with self.enter_registry_test_mode():
                self._ref("cron_file_reminders").method_direct_trigger()
            self.env.invalidate_all()
            return self.account.activity_ids

        self.assertFalse(run())
        self.company.write({"logistics_file_reminders": True, "logistics_occasion_days": 5})
        found = run()
        self.assertEqual(len(found), 3)
        self.assertEqual(found.user_id, self.rep)
        self.assertEqual(run(), found, "once")
        self.assertEqual(document.reminded_for, document.date_expiry)
        self.assertFalse(far.reminded_for)
        self.assertEqual(contract.reminded_for, contract.date_end)
        document.date_expiry = today + timedelta(days=25)
        self.assertEqual(len(run()), 4, "a new date is reminded of anew")

    def test_share_of_wallet(self):
        """Our revenue of the year over their spend, at its exchange rate; unknown stays unknown."""
        year = fields.Date.today().year - 1
        money = self.env["logistics.partner.financial"]
        self._trade(self.partner, {"date": f"{year}-05-01", "amount": 300.0})
        self._trade(self.partner, {"date": f"{year - 1}-05-01", "amount": 100.0})
        row = money.create({"partner_id": self.partner.id, "year": year, "revenue": 10.0})
        self.assertIs(self.account.share_of_wallet, False)
        row.logistics_spend = 1200
        self.assertEqual(self.account.share_of_wallet, 0.25)
        self.assertEqual(self.account.share_of_wallet_year, str(year))
        self._refresh()
        self.env.invalidate_all()
        self.assertEqual(self.account.share_of_wallet, 0.25)
        euro = self.env.ref("base.EUR")
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": f"{year}-01-01",
                "rate": 0.5,
            }
        )
        row.currency_id = euro
        self.assertEqual(self.account.share_of_wallet, 0.125)
        money.create({"partner_id": self.other.partner_id.id, "year": year, "logistics_spend": 5})
        self.assertEqual(self.other.share_of_wallet, 0)
        row.logistics_spend = False
        self.assertIs(self.account.share_of_wallet, False)
        with self.assertRaisesRegex(ValidationError, "already"):
            money.create({"partner_id": self.partner.id, "year": year})
        with self.assertRaisesRegex(ValidationError, "not a year"):
            money.create({"partner_id": self.partner.id, "year": 24})

    def test_observations(self):
        """A share beyond the whole, or a day that has not come, is refused."""
        rival = self.env["logistics.competitor"].create({"name": "Rival"})
        values = {"customer_id": self.account.id, "competitor_id": rival.id}
        seen = self.env["logistics.competitor.observation"]
        self.assertIs(seen.create(values).share, False)
        self.assertEqual(seen.create({**values, "share": 0}).share, 0)
        for bad in ({"share": 1.01}, {"share": -0.1}, {"date": "2999-01-01"}):
            with self.assertRaises(ValidationError):
                seen.create({**values, **bad})
        self.assertEqual(rival.observation_count, 2)

    def test_import_templates(self):
        """Each template file that the import screen offers can be imported as it is."""
        self._account(self._partner("Example Trading Ltd"))
        self.env["logistics.competitor"].create({"name": "Rival Express"})
        for model in (
            "logistics.key.person",
            "logistics.document",
            "logistics.contract",
            "logistics.competitor.observation",
        ):
            path = self.env[model].get_import_templates()[0]["template"].lstrip("/")
            with file_open(path) as file:
                rows = list(csv.reader(StringIO(file.read())))
            result = (
                self.env[model]
                .with_user(self.users["manager"])
                .load(rows[0], [[cell or False for cell in row] for row in rows[1:]])
            )
            self.assertFalse(result["messages"], model)
            self.assertEqual(len(result["ids"]), len(rows) - 1, model)
