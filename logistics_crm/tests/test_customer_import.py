# Part of logistics_crm. License LGPL-3 or later.
import csv

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import LogisticsCommon

COLUMNS = ("contact_name", "contact_ref", "vat", "contact_country_id", "user_id", "phone", "city")


@tagged("post_install", "-at_install")
class TestCustomerImport(LogisticsCommon):
    """Customers come in through Odoo's own import, contact and account in one row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller", name="Sally Seller")

    def _load(self, *rows, user=None, columns=COLUMNS):
        return self.customers.with_user(user or self.seller).load(list(columns), list(rows))

    def test_contact_and_account_in_one_row(self):
        """A salesperson imports two customers; related columns land on the contact."""
        result = self._load(
            ["Import One", "I-1", "", "Germany", "Sally Seller", "+49 40 111111", "Hamburg"],
            ["Import Two", "I-2", "", "China", "", "", "Shanghai"],
        )
        self.assertFalse(result["messages"])
        one, two = self.customers.browse(result["ids"])
        self.assertRecordValues(
            one.partner_id,
            [
                {
                    "name": "Import One",
                    "ref": "I-1",
                    "is_company": True,
                    "phone": "+49 40 111111",
                    "city": "Hamburg",
                    "country_id": self.env.ref("base.de").id,
                }
            ],
        )
        self.assertEqual((one.name, one.ref, one.user_id), ("Import One", "I-1", self.seller))
        self.assertEqual((two.country_id.code, two.user_id.id), ("CN", False))

    def test_a_known_contact_is_used_and_not_overwritten(self):
        """Found by reference or tax number: only what the contact does not know is filled in."""
        partner = self._partner("Known Ltd", ref="K-1", city="Bremen")
        result = self._load(["Other Spelling", "K-1", "", "Germany", "", "+49 1", "Berlin"])
        self.assertFalse(result["messages"])
        account = self.customers.browse(result["ids"])
        self.assertEqual(account.partner_id, partner)
        self.assertEqual(
            (partner.name, partner.city, partner.phone, partner.country_id.code),
            ("Known Ltd", "Bremen", "+49 1", "DE"),
        )
        again = self._load(["Known Ltd", "K-1", "", "", "", "", ""])
        self.assertFalse(again["ids"])
        self.assertIn("is a customer already", str(again["messages"]))
        self._partner("Twin A", vat="TWIN-1")
        self._partner("Twin B", vat="TWIN-1")
        several = self._load(["Twin", "", "TWIN-1", "", "", "", ""])
        self.assertIn("several contacts", str(several["messages"]))

    def test_update_by_import(self):
        """The same columns with a database id change the contact."""
        account = self._account(self._partner("Before"), user_id=self.seller.id)
        result = self._load([str(account.id), "After"], columns=[".id", "contact_name"])
        self.assertFalse(result["messages"])
        self.assertEqual((account.name, account.partner_id.name), ("After", "After"))

    def test_figures_stay_out_of_reach(self):
        """An import cannot type a figure, a class or a protection."""
        for column, value in (("value_class", "key"), ("protected_until", "2030-01-01")):
            result = self._load(["Sly", value], columns=["contact_name", column])
            self.assertFalse(result["ids"])
            self.assertIn("cannot be typed", str(result["messages"]))
            self.assertFalse(self.env["res.partner"].search([("name", "=", "Sly")]))

    def test_template(self):
        """The template that is offered loads as it is, and its columns can be imported."""
        (template,) = self.customers.get_import_templates()
        path = template["template"].lstrip("/")
        with file_open(path, "r") as file:
            columns, *rows = list(csv.reader(file))
        importable = self.env["base_import.import"].get_fields_tree("logistics.customer")
        self.assertLessEqual(set(columns), {field["name"] for field in importable})
        result = self._load(*rows, columns=columns, user=self._user("manager"))
        self.assertFalse(result["messages"])
        self.assertEqual(self.customers.browse(result["ids"]).country_id.code, "DE")


@tagged("post_install", "-at_install")
class TestCustomerDuplicates(LogisticsCommon):
    """Customers that are in the book twice are found, and merged by core's own wizard."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager")
        cls.first = cls._account(
            cls._partner("Nordwind Spedition GmbH", vat="DE 123.456", phone="+49 (40) 123456-78")
        )

    def _kinds(self):
        return {other.name: kind for other, kind in self.first._find_duplicates()}

    def test_what_gives_them_away(self):
        """Tax number, phone and name in another spelling; not the archived, nor elsewhere."""
        self._account(self._partner("Alpha", vat="de123456"))
        self._account(self._partner("Beta", phone="0049 40 123 45 678"))
        self._account(self._partner("NORDWIND SPEDITION G.m.b.H."))
        self._account(self._partner("Unrelated Trading", phone="12"))
        self._account(self._partner("Gone", vat="DE123456")).active = False
        self._account(self._partner("Elsewhere", vat="DE123456"), company=self._other_company())
        self.assertEqual(
            self._kinds(),
            {"Alpha": "vat", "Beta": "phone", "NORDWIND SPEDITION G.m.b.H.": "name"},
        )
        self.assertEqual(
            {hint["name"] for hint in self.first.with_user(self.manager).duplicate_hint},
            {"Alpha", "Beta", "NORDWIND SPEDITION G.m.b.H."},
        )

    def test_nothing_known_is_nothing_shared(self):
        """Customers without tax number and phone are no duplicates of each other."""
        empty = self._account(self._partner("Zwirn"))
        self._account(self._partner("Quast"))
        self.assertEqual(empty._find_duplicates(), [])

    def test_worklist(self):
        """Groups by tax number, phone and name without legal form, with a merge behind them."""
        self._account(self._partner("Alpha", vat="de123456"))
        self._account(self._partner("Nordwind-Spedition AG"))
        self._account(self._partner("上海东方物流有限公司"))
        self._account(self._partner("上海东方物流股份有限公司"))
        groups = self.env["logistics.customer.duplicate"].with_user(self.manager).search([])
        found = {(group.kind, group.names) for group in groups}
        self.assertEqual(
            found,
            {
                ("vat", "Nordwind Spedition GmbH | Alpha"),
                ("name", "Nordwind Spedition GmbH | Nordwind-Spedition AG"),
                ("name", "上海东方物流有限公司 | 上海东方物流股份有限公司"),
            },
        )
        group = groups.filtered(lambda g: g.kind == "vat")
        action = group.action_merge()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertEqual(wizard.partner_ids, group._customers().partner_id)
        wizard.dst_partner_id = self.first.partner_id
        wizard.action_merge()
        self.env.flush_all()
        self.assertFalse(self.env["logistics.customer.duplicate"].search([("kind", "=", "vat")]))
        with self.assertRaises(AccessError):
            self.env["logistics.customer.duplicate"].with_user(self._user("seller")).search([])

    def _groups(self):
        self.env.invalidate_all()
        groups = self.env["logistics.customer.duplicate"].with_user(self.manager)
        return groups.search([("company_id", "=", self.company.id)])

    def test_not_a_duplicate(self):
        """Whoever looks after a customer says that it is not the other one, and takes it back."""
        rep, colleague = self._user("seller"), self._user("seller")
        self.first.user_id = rep
        twin = self._account(self._partner("Nordwind Spedition AG"), user_id=colleague.id)
        third = self._account(self._partner("Nordwind Spedition Ltd"), user_id=colleague.id)
        mine = self.first.with_user(rep)
        self.assertEqual(len(mine.duplicate_hint), 2)
        with self.assertRaises(AccessError):
            twin.with_user(rep).action_not_duplicate()
        mine.action_not_duplicate(twin.id)
        self.assertEqual([hint["id"] for hint in mine.duplicate_hint], [third.id])
        self.assertFalse(
            twin._find_duplicates() and self.first in [o for o, _k in twin._find_duplicates()],
            "said once, it holds from both sides",
        )
        row = self.env["logistics.duplicate.dismissal"].search([("customer_id", "=", mine.id)])
        self.assertEqual((row.user_id, row.other_customer_id), (rep, twin))
        self.assertEqual(row.date, fields.Date.context_today(self.env.user))
        mine.action_not_duplicate(twin.id)
        self.assertEqual(len(row.search([("customer_id", "=", mine.id)])), 1, "said twice")
        mine.action_not_duplicate()
        self.assertFalse(mine.duplicate_hint)
        row.with_user(rep).action_take_back()
        self.assertEqual((row.active, row.taken_back_by_id), (False, rep))
        mine.invalidate_recordset()
        self.assertEqual([hint["id"] for hint in mine.duplicate_hint], [twin.id])
        with self.assertRaises(AccessError):
            row.with_user(self._user("seller")).action_take_back()
        with self.assertRaises(AccessError):
            row.with_user(rep).create({"customer_id": mine.id, "other_customer_id": twin.id})

    def test_group_goes_with_its_last_pair(self):
        """A group goes when every pair of it is dismissed, and comes back with a newcomer."""
        self._account(self._partner("Nordwind Spedition AG"))
        third = self._account(self._partner("Nordwind Spedition Ltd"))
        group = self._groups()
        self.assertEqual((len(group), group.customer_count), (1, 3))
        self.first.action_not_duplicate()
        self.assertEqual(self._groups(), group, "the other two may still be one")
        group.action_dismiss()
        self.assertFalse(self._groups())
        self._account(self._partner("Nordwind Spedition KG"))
        self.assertEqual(self._groups().customer_count, 4)
        # one of them turns out to be another after all
        self._groups().action_dismiss()
        third._fold_into(self.first)
        self.assertFalse(self._groups())
        rows = self.env["logistics.duplicate.dismissal"].with_context(active_test=False)
        self.assertFalse(
            rows.search(["|", ("customer_id", "=", third.id), ("other_customer_id", "=", third.id)])
        )
