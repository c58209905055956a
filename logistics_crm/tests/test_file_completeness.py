# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.file.file_section_rule import SECTIONS
from .file_common import FileCommon


@tagged("post_install", "-at_install")
class TestCompleteness(FileCommon):
    """What a file knows, what it lacks, and how much that is."""

    def _rule(self, section):
        return self._ref(f"file_section_rule_{section}")

    def _expected(self, account, known):
        """The share by hand: weight of the section times the known part of its items."""
        rules = {section: self._rule(section).weight for section, _label in SECTIONS}
        items = self.env["logistics.file.item"].search([])
        total = sum(rules.values())
        share = 0.0
        for section, weight in rules.items():
            own = items.filtered(lambda item, section=section: item.section == section)
            found = own.filtered(lambda item: item.fact in known)
            share += weight / total * sum(found.mapped("weight")) / sum(own.mapped("weight"))
        return share, len(items) - len(known)

    def _assert_file(self, account, known):
        share, missing = self._expected(account, known)
        self.assertAlmostEqual(account.completeness, share, places=4)
        self.assertEqual(account.missing_fact_count, missing)

    def test_grows_with_what_is_typed(self):
        """Each kind of fact counts as soon as it is typed, and no more when it is removed."""
        account = self.account
        self.assertEqual(account.completeness, 0.0)
        self.assertTrue(account.nothing_but_name)
        known = {"partner.phone", "partner.city"}
        self.partner.write({"phone": "+1 555 0100", "city": "Duluth", "street": "  "})
        self._assert_file(account, known)
        self.assertTrue(account.nothing_but_name, "an address is no more than a name")
        account.vat = "X-1"
        known |= {"partner.vat"}
        self._assert_file(account, known)
        self.assertFalse(account.nothing_but_name)
        person = self._person(roles=["decision_maker"])
        known |= {"person.any", "role.decision_maker"}
        self._assert_file(account, known)
        self.partner.logistics_scope_ids = self._ref("fact_tag_scope_retail")
        account.policy_ids = self._ref("fact_tag_policy_yearly_tender")
        account.development_potential = "4"
        # Zero is an answer: they have no vehicles.
        account.vehicle_count = 0
        known |= {
            "partner.logistics_scope_ids",
            "account.policy_ids",
            "account.development_potential",
            "partner.logistics_vehicle_count",
        }
        self._assert_file(account, known)
        contract = self._contract("2020-01-01")
        year = fields.Date.today().year - 1
        self.env["logistics.partner.financial"].create(
            {"partner_id": self.partner.id, "year": year, "revenue": 5.0}
        )
        self.env["logistics.competitor.observation"].create(
            {
                "customer_id": account.id,
                "competitor_id": self.env["logistics.competitor"].create({"name": "Rival"}).id,
            }
        )
        known |= {"contract.in_force", "financial.revenue", "competitor.seen"}
        self._assert_file(account, known)
        contract.state = "cancelled"
        person.active = False
        account.vehicle_count = False
        known -= {
            "contract.in_force",
            "person.any",
            "role.decision_maker",
            "partner.logistics_vehicle_count",
        }
        self._assert_file(account, known)

    def test_all_at_once_is_the_same(self):
        """The nightly refresh comes to the same result, in as many queries for one as for many."""
        self._person(roles=["buyer"])
        self.partner.vat = "X-2"
        before = self.account.completeness
        today = fields.Date.today()
        customers = self.env["logistics.customer"]

        def queries():
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            customers._refresh_files(today, self.company)
            return self.env.cr.sql_log_count - start

        queries()
        few = queries()
        for _number in range(30):
            self._account(self._partner())
        self.assertEqual(queries(), few)
        self.env.invalidate_all()
        self.assertEqual(self.account.completeness, before)
        self.env.cr.execute("UPDATE logistics_customer SET completeness = 0.9")
        self._refresh()
        self.env.invalidate_all()
        self.assertEqual(self.account.completeness, before)

    def test_type_and_class_decide(self):
        """Type and class beat type, that class, that everybody; a company's own rule all."""
        rules = self.env["logistics.file.section.rule"]
        express = self._ref("customer_type_express")
        resolved = rules._resolve(self.company)
        key = (self.company.id, express.id, "key")
        self.assertEqual(resolved[key]["finance"], self._ref("file_section_rule_express_finance"))
        self.assertEqual(resolved[key]["people"], self._ref("file_section_rule_key_people"))
        own = rules.create(
            {"section": "people", "company_id": self.company.id, "weight": 1, "review_months": 1}
        )
        both = rules.create(
            {"section": "finance", "customer_type_id": express.id, "value_class": "key"}
        )
        resolved = rules._resolve(self.company)
        self.assertEqual(resolved[key]["people"], own)
        self.assertEqual(resolved[key]["finance"], both)
        self.assertEqual(
            rules._resolve(self.env.ref("base.main_company"))[
                self.env.ref("base.main_company").id, False, False
            ]["people"],
            self._rule("people"),
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            rules.create({"section": "identity"}).flush_recordset()

    def test_a_section_that_is_not_shown(self):
        """It does not count, asks for nothing and is not on the screen."""
        shown = {row["section"] for row in self.account.file_overview}
        self.assertIn("finance", shown)
        before = self.account.missing_fact_count
        self.account.customer_type_id = self._ref("customer_type_express")
        self.assertNotIn("finance", {row["section"] for row in self.account.file_overview})
        self.assertNotIn("finance", self.account.shown_sections)
        # Two items of the section left, one became known: the type.
        self.assertEqual(self.account.missing_fact_count, before - 3)
        with self.assertRaises(ValidationError):
            self._rule("identity").weight = -1

    def test_overview_tells_what_is_missing_by_weight(self):
        """Heaviest first; the weights of known and missing items make the whole."""
        self.account.vat = "X-3"
        overview = {row["section"]: row for row in self.account.file_overview}
        identity = overview["identity"]
        names = [item["name"] for item in identity["missing"]]
        self.assertNotIn("Tax Number", names)
        weights = [item["weight"] for item in identity["missing"]]
        self.assertEqual(weights, sorted(weights, reverse=True))
        known = sum(row["weight"] * (row["completeness"] or 0) for row in overview.values())
        self.assertAlmostEqual(known, self.account.completeness, places=4)
        self.assertAlmostEqual(sum(row["weight"] for row in overview.values()), 1.0)

    def test_items_of_ones_own(self):
        """A manager adds any stored field, and is told when it is none."""
        items = self.env["logistics.file.item"].with_user(self.users["manager"])
        items.create({"name": "Language", "section": "identity", "fact": "partner.lang"})
        for fact in ("partner.nothing", "account.file_overview", "vat", "res_users.password"):
            with self.assertRaisesRegex(ValidationError, "no such fact"):
                items.create({"name": "X", "section": "identity", "fact": fact})
        with self.assertRaises(AccessError):
            items.with_user(self.rep).create(
                {"name": "X", "section": "identity", "fact": "partner.vat"}
            )

    def test_figures_cannot_be_typed(self):
        """Completeness and verification are computed, for the web client and for imports."""
        for name, value in (
            ("completeness", 1.0),
            ("missing_fact_count", 0),
            ("verification_state", "verified"),
            ("verification_due_date", "2999-01-01"),
            ("contract_years", 30),
            ("share_of_wallet", 1),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self.account.with_user(self.rep).write({name: value})


@tagged("post_install", "-at_install")
class TestVerification(FileCommon):
    """Who looked at which section when, and when it is due again."""

    def _verified(self, section, day, account=None):
        return self.env["logistics.file.verification"].create(
            {
                "customer_id": (account or self.account).id,
                "section": section,
                "user_id": self.rep.id,
                "date": day,
            }
        )

    def _all_verified(self, day, account=None):
        for section, _label in SECTIONS:
            self._verified(section, day, account)

    def _refresh_on(self, day):
        self.env["logistics.customer"]._refresh_files(fields.Date.to_date(day), self.company)
        self.env.invalidate_all()

    def test_one_click(self):
        """The representative verifies a section; others' customers and sections are refused."""
        account = self.account.with_user(self.rep)
        self.assertEqual(account.verification_state, "never")
        account.action_verify_section("people")
        row = {r["section"]: r for r in account.file_overview}["people"]
        self.assertEqual(row["verified_by"], self.rep.name)
        self.assertEqual(row["verified_on"], fields.Date.to_string(fields.Date.today()))
        self.assertEqual(row["state"], "verified")
        with self.assertRaises(AccessError):
            self.other.with_user(self.rep).action_verify_section("people")
        with self.assertRaises(AccessError):
            self.account.with_user(self.users["controller"]).action_verify_section("people")
        with self.assertRaises(UserError):
            account.action_verify_section("nonsense")
        with self.assertRaises(AccessError):
            self.env["logistics.file.verification"].with_user(self.rep).create(
                {"customer_id": account.id, "section": "people", "date": "2999-01-01"}
            )

    def test_due_stale_and_fresh(self):
        """The section with the shortest cycle decides; each boundary is the day itself."""
        self._all_verified("2024-01-31")
        for section, _label in SECTIONS:
            self._ref(f"file_section_rule_{section}").review_months = 12
        self._ref("file_section_rule_people").review_months = 1
        for day, state in (
            ("2024-01-31", "verified"),
            # End of February: a month after the 31st.
            ("2024-02-01", "due"),
            ("2024-02-29", "due"),
            ("2024-03-01", "stale"),
        ):
            self._refresh_on(day)
            self.assertEqual(self.account.verification_state, state, day)
            self.assertEqual(self.account.verification_due_date, date(2024, 2, 29))
        self._verified("people", "2024-03-01")
        self._refresh_on("2024-03-01")
        self.assertEqual(self.account.verification_state, "verified")
        self._ref("file_section_rule_people").review_months = 0
        self._refresh_on("2024-03-01")
        self.assertEqual(self.account.verification_due_date, date(2025, 1, 31))

    def test_worklists(self):
        """Never, stale and due are told apart by the filters of the lists."""
        self._all_verified("2020-01-01")
        self._refresh_on(fields.Date.today())
        stale = [("verification_due_date", "<", "today"), ("verification_state", "!=", "never")]
        customers = self.env["logistics.customer"].with_user(self.users["manager"])
        self.assertEqual(customers.search(stale), self.account)
        self.assertEqual(customers.search([("verification_state", "=", "never")]), self.other)
        self.assertEqual(
            customers.search([("nothing_but_name", "=", True)]), self.account + self.other
        )
        mine = self.env["logistics.customer"].with_user(self.rep)
        self.assertEqual(mine.search([("nothing_but_name", "=", True)]), self.account)

    def test_previous_values(self):
        """What a fact said before, who changed it and when; contacts' copies are left out."""
        contact = self._partner("Bob", is_company=False, parent_id=self.partner.id)
        self.partner.with_user(self.rep).write({"phone": "111", "city": "Duluth"})
        self.partner.with_user(self.users["seller_all"]).phone = "222"
        self.partner.with_user(self.rep).write({"phone": "222"})
        self.account.with_user(self.rep).legal_form_id = self._ref("legal_form_stock")
        self.account.with_user(self.rep).development_potential = "2"
        contact.phone = "333"
        changes = self.env["logistics.fact.change"].search(
            [("partner_id", "in", (self.partner + contact).ids)], order="id"
        )
        told = [(c.field_name, c.old_value or "", c.new_value, c.user_id) for c in changes]
        self.assertIn(("phone", "", "111", self.rep), told)
        self.assertIn(("phone", "111", "222", self.users["seller_all"]), told)
        self.assertIn(("logistics_legal_form_id", "", "Joint-Stock Company", self.rep), told)
        self.assertIn(("development_potential", "", "Low", self.rep), told)
        self.assertEqual(len([row for row in told if row[0] == "phone"]), 2)
        self.assertTrue(all(changes.mapped("date")))
        self.assertIn("Phone", changes.mapped("field_label"))
        seen = self.env["logistics.fact.change"]
        self.assertTrue(seen.with_user(self.rep).search([("id", "in", changes.ids)]))
        self.assertFalse(seen.with_user(self.colleague).search([("id", "in", changes.ids)]))
        with self.assertRaises(AccessError):
            changes[0].with_user(self.users["manager"]).write({"old_value": "forged"})

    def test_second_company_sees_its_own(self):
        """Facts of the entity are shared, what a company thinks is not, nor its history."""
        second = self._other_company()
        abroad = self._account(self.partner, second)
        foreigner = self._user("seller_all", second)
        self.account.development_potential = "5"
        self.partner.phone = "444"
        self.assertFalse(abroad.development_potential)
        there = self.env(context={"allowed_company_ids": second.ids})
        self.assertEqual(abroad.with_env(there).with_user(foreigner).phone, "444")
        names = (
            there["logistics.fact.change"]
            .with_user(foreigner)
            .search([("partner_id", "=", self.partner.id)])
            .mapped("field_name")
        )
        self.assertIn("phone", names)
        self.assertNotIn("development_potential", names)

    def test_properties_of_a_type(self):
        """A company adds fields to a type without a programmer; another type has others."""
        express = self._ref("customer_type_express")
        express.with_user(self.users["manager"]).properties_definition = [
            {"name": "parcels", "type": "integer", "string": "Parcels per Day"}
        ]
        account = self.account.with_user(self.rep)
        account.write({"customer_type_id": express.id, "properties": {"parcels": 120}})
        self.assertEqual(account.properties["parcels"], 120)
        found = account.search([("properties.parcels", "=", 120)])
        self.assertEqual(found, account)
        account.customer_type_id = self._ref("customer_type_third_party")
        self.assertFalse(dict(account.properties))

    def test_merge_keeps_both_files(self):
        """What only the folded account knows is taken over, what differs is kept as history."""
        express = self._ref("customer_type_express")
        self.other.write({"customer_type_id": express.id, "development_potential": "2"})
        self.account.write({"development_potential": "4"})
        self.other.policy_ids = self._ref("fact_tag_policy_yearly_tender")
        person = self._person(self.other, name="Goes Along")
        dossier = self._dossier(person, interests="x")
        contract = self._contract("2020-01-01", account=self.other)
        verification = self._verified("people", "2024-01-01", self.other)
        moved = self.other.partner_id
        moved.vat = "KEPT"
        self.other.user_id = self.account.user_id
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.partner + moved).ids, self.partner)
        account = self._account_of(self.partner)
        self.assertEqual(account, self.account)
        self.env.invalidate_all()
        self.assertEqual(account.customer_type_id, express)
        self.assertEqual(account.policy_ids, self._ref("fact_tag_policy_yearly_tender"))
        self.assertEqual(account.development_potential, "4")
        kept = self.env["logistics.fact.change"].search(
            [("customer_id", "=", account.id), ("field_name", "=", "development_potential")]
        )
        self.assertIn(("Low", "High"), kept.mapped(lambda c: (c.old_value, c.new_value)))
        self.assertEqual((person + account.key_person_ids), person)
        self.assertEqual(dossier.customer_id, account)
        self.assertEqual(contract.customer_id + verification.customer_id, account)
        self.assertGreater(account.contract_years, 0)
        self.assertEqual(self.partner.vat, "KEPT")
        log = self.env["mail.message"].search(
            [("model", "=", "logistics.customer"), ("res_id", "=", account.id)]
        )
        self.assertNotIn("interests", " ".join(log.mapped("body")))
