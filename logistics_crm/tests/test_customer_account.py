# Part of logistics_crm. License LGPL-3 or later.
import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.logistics_crm.hooks import post_init_hook

from .common import LogisticsCommon, LogisticsLedgerCommon


@tagged("post_install", "-at_install")
class TestCustomerAccount(LogisticsCommon):
    """An account is one commercial entity as one company sees it, and follows its contact."""

    def test_one_account_per_entity_and_company(self):
        """A contact has one account in a company and may have another in a second company."""
        partner = self._partner("Once")
        first = self._account(partner)
        second = self._account(partner, company=self._other_company())
        self.assertNotEqual(first.currency_id, second.currency_id)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            self._account(partner)

    def test_only_commercial_entities(self):
        """The message names the entity for which the account should be opened."""
        parent = self._partner("Head Office Ltd")
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": parent.id})
        with self.assertRaisesRegex(ValidationError, "Head Office Ltd"):
            self._account(contact)

    def test_reserved_contact_is_refused(self):
        """A contact reserved for one company cannot be the customer of another."""
        other = self._other_company()
        partner = self._partner("Reserved", company_id=other.id)
        with self.assertRaisesRegex(ValidationError, "Second Freight"):
            self._account(partner)
        self.assertTrue(self._account(partner, company=other))
        self.assertFalse(self.customers._ensure_for(partner, self.company))
        with self.assertRaisesRegex(UserError, "another company"):
            partner.action_logistics_customer()

    def test_ensure_for_is_idempotent(self):
        """Asking twice gives the same account, also through a child or an archived entity."""
        parent = self._partner("Parent")
        child = self.env["res.partner"].create({"name": "Child", "parent_id": parent.id})
        account = self.customers._ensure_for(child, self.company)
        self.assertEqual(account.partner_id, parent)
        self.assertEqual(account.name, "Parent")
        self.assertEqual(account.currency_id, self.company.currency_id)
        parent.active = False
        self.assertFalse(account.active)
        self.assertEqual(self.customers._ensure_for(parent | child, self.company), account)
        self.assertEqual(self._account_of(parent), account)

    def test_button_opens_the_account(self):
        """The button on a contact opens the account of its entity, making it when needed."""
        parent = self._partner("Parent")
        child = self.env["res.partner"].create({"name": "Child", "parent_id": parent.id})
        action = child.action_logistics_customer()
        account = self._account_of(parent)
        self.assertEqual(action["res_id"], account.id)
        self.assertEqual(parent.action_logistics_customer()["res_id"], account.id)
        child.invalidate_recordset()
        self.assertEqual(child.logistics_customer_id, account)
        self.assertEqual(parent.logistics_customer_ids, account)
        other = self._other_company()
        self.assertFalse(child.with_company(other).logistics_customer_id)

    def test_rep_follows_salesperson_until_chosen(self):
        """The representative starts as the contact's salesperson and follows it, unless somebody
        chose another one in the account.
        """
        ann, bob, eve = (self._user("seller") for _number in range(3))
        partner = self._partner(user_id=ann.id)
        account = self._account(partner)
        other = self._account(partner, company=self._other_company(), user_id=eve.id)
        self.assertEqual(account.user_id, ann)
        partner.user_id = bob
        self.assertEqual(account.user_id, bob)
        self.assertEqual(other.user_id, eve, "a chosen representative stays")
        account.user_id = eve
        partner.user_id = ann
        self.assertEqual(account.user_id, eve)

    def test_rep_follows_for_several_contacts_at_once(self):
        """Each account compares with the salesperson its own contact had."""
        ann, bob, eve = (self._user("seller") for _number in range(3))
        one = self._partner(user_id=ann.id)
        two = self._partner(user_id=bob.id)
        accounts = self._account(one) | self._account(two) | self._account(self._partner())
        accounts.partner_id.user_id = eve
        self.assertEqual(accounts.mapped("user_id"), eve)

    def test_archive_follows_contact(self):
        """Archiving a contact archives its accounts of every company, and back."""
        partner = self._partner()
        accounts = self._account(partner) | self._account(partner, self._other_company())
        partner.active = False
        self.assertEqual(accounts.mapped("active"), [False, False])
        partner.active = True
        self.assertEqual(accounts.mapped("active"), [True, True])

    def test_account_is_archived_alone(self):
        """Ending a business relation leaves the contact in the address book."""
        account = self._account()
        account.active = False
        self.assertTrue(account.partner_id.active)

    def test_deleting_the_contact_deletes_its_accounts(self):
        """Nothing of the account stays behind: no message, no activity, no follower."""
        partner = self._partner()
        account = self._account(partner)
        account.message_post(body="A note")
        account.message_subscribe(self._partner().ids)
        account.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.user.id)
        gone = [("res_id", "=", account.id)]
        partner.unlink()
        self.assertFalse(account.exists())
        for model, name in (
            ("mail.message", "model"),
            ("mail.followers", "res_model"),
            ("mail.activity", "res_model"),
        ):
            left = self.env[model].search([(name, "=", "logistics.customer"), *gone])
            self.assertFalse(left, model)

    def test_contact_with_history_is_not_deleted(self):
        """Trading history keeps its contact: money does not vanish with an address."""
        partner = self._partner()
        self._trade(partner, "2024-01-01")
        with self.assertRaisesRegex(UserError, "1 lines of trading history"):
            partner.unlink()

    def test_contact_given_a_parent_folds(self):
        """A customer that becomes a department of another joins its account, with its trade."""
        parent, department = self._partner("Group"), self._partner("Department", is_company=False)
        self._trade(parent, {"date": "2024-01-10", "amount": 10.0})
        row = self._trade(department, {"date": "2024-02-10", "amount": 5.0})
        folded = row.customer_id
        self.assertEqual(folded.partner_id, department)
        folded.message_post(body="Remember me")
        department.parent_id = parent
        account = self._account_of(parent)
        self.assertFalse(folded.exists())
        self.assertEqual(row.customer_id, account)
        self.assertIn("Remember me", "".join(account.message_ids.mapped("body")))
        self._refresh("2024-12-31")
        self.assertEqual(account.revenue_12m, 15.0)
        self.assertFalse(self._account_of(department) - account)

    def test_contact_given_a_parent_without_account_takes_it_along(self):
        """Where the new parent has no account, the account moves to it."""
        parent, department = self._partner("Group"), self._partner("Department", is_company=False)
        account = self._account(department)
        department.parent_id = parent
        self.assertEqual(account.partner_id, parent)
        self.assertEqual(account.name, "Group")

    def test_history_of_a_contact_follows_it_to_its_new_entity(self):
        """A contact that moves to another company takes its old trade and its readers along."""
        old, new = self._partner("Old"), self._partner("New")
        contact = self.env["res.partner"].create({"name": "Branch", "parent_id": old.id})
        row = self._trade(contact, "2024-01-01")
        self.assertEqual(row.customer_id.partner_id, old)
        contact.parent_id = new
        self.assertEqual(row.customer_id.partner_id, new)

    def test_no_copy(self):
        """A second account of one customer cannot exist: copying is refused, with a reason."""
        with self.assertRaisesRegex(ValidationError, "cannot be duplicated"):
            self._account().copy()

    def test_search_by_name_and_reference(self):
        """Users type a name or the customer number; both find the account, also after changes."""
        account = self._account(self._partner("Zhejiang Tea Export", ref="TEA-0815"))
        self.assertEqual(self.customers.name_search("jiang tea")[0][0], account.id)
        self.assertEqual(self.customers.name_search("tea-0815")[0][0], account.id)
        account.partner_id.write({"name": "Silk Road Freight", "ref": "SILK-1"})
        self.assertFalse(self.customers.name_search("tea-0815"))
        self.assertEqual(self.customers.name_search("silk-1")[0][0], account.id)
        self.assertEqual(account.display_name, "Silk Road Freight")
        self.assertNotIn(
            account, self.customers.search([("display_name", "not ilike", "Silk Road")])
        )

    def test_unknown_figures_sort_last(self):
        """Largest first and smallest first both start with known figures."""
        partners = [self._partner(f"Sort {number}") for number in range(4)]
        self._trade(partners[0], {"date": "2024-05-01", "amount": 50.0})
        self._trade(partners[1], {"date": "2024-05-01", "amount": False, "quantity": 3})
        self._trade(partners[2], {"date": "2024-05-01", "amount": 70.0})
        self._account(partners[3])
        self._refresh("2024-12-31")
        domain = [("partner_id", "in", [partner.id for partner in partners])]
        down = self.customers.search(domain, order="revenue_12m desc, id")
        up = self.customers.search(domain, order="revenue_12m, id")
        self.assertEqual(down.mapped("revenue_12m"), [70.0, 50.0, 0.0, False])
        self.assertEqual(up.mapped("revenue_12m"), [0.0, 50.0, 70.0, False])
        groups = self.customers._read_group(domain, aggregates=["revenue_12m:sum"])
        self.assertEqual(groups, [(120.0,)], "unknown adds nothing to a sum")

    def test_unknown_and_zero_are_found_apart(self):
        """A filter on unknown does not list customers with a known zero, and the other way."""
        unknown, zero = self._partner(), self._partner()
        self._trade(unknown, {"date": "2024-05-01", "amount": False, "quantity": 3})
        self._account(zero)
        self._refresh("2024-12-31")
        mine = [("company_id", "=", self.company.id)]
        found = self.customers.search([*mine, ("revenue_12m", "=", False)])
        self.assertEqual(found.partner_id, unknown)
        found = self.customers.search([*mine, ("revenue_12m", "=", 0)])
        self.assertEqual(found.partner_id, zero)
        self.assertEqual(self._account_of(unknown).read(["revenue_12m"])[0]["revenue_12m"], False)
        self.assertEqual(self._account_of(zero).read(["revenue_12m"])[0]["revenue_12m"], 0.0)

    def test_export_and_domains_tell_unknown_from_zero(self):
        """A spreadsheet gets an empty cell for unknown and 0 for zero; filters agree in Python."""
        unknown, zero = self._partner(), self._partner()
        self._trade(unknown, {"date": "2024-05-01", "amount": False})
        self._account(zero)
        self._refresh("2024-12-31")
        accounts = self._account_of(unknown) | self._account_of(zero)
        self.assertEqual(accounts.export_data(["revenue_12m"])["datas"], [[""], [0.0]])
        self.assertEqual(
            accounts.filtered_domain([("revenue_12m", "=", False)]), self._account_of(unknown)
        )
        self.assertEqual(
            accounts.filtered_domain([("revenue_12m", "=", 0)]), self._account_of(zero)
        )

    def test_history_form_opens_no_account_before_saving(self):
        """Choosing a customer in a form that is then discarded leaves nothing behind."""
        partner = self._partner()
        with Form(self.history) as form:
            form.partner_id = partner
            form.document, form.line = "F-1", "1"
            form.date = "2024-01-01"
            self.assertFalse(self._account_of(partner))
        self.assertTrue(self._account_of(partner))

    def test_contact_lists_and_forms_stay_fast(self):
        """The account costs a contact list one query, however many contacts it shows."""
        partners = self.env["res.partner"]
        for number in range(40):
            partners |= self._partner(f"Fast {number}")
        self.customers._ensure_for(partners[:20], self.company)

        def queries(names):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.with_env(self.env).read(names)
            return self.env.cr.sql_log_count - before

        queries(["name", "commercial_partner_id", "logistics_customer_id"])
        plain = queries(["name", "commercial_partner_id"])
        self.assertLessEqual(
            queries(["name", "commercial_partner_id", "logistics_customer_id"]) - plain, 2
        )

    def test_install_opens_accounts_of_existing_customers(self):
        """Installed on a company that trades already, every customer has an account at once."""
        traded, ranked, reserved, vendor = (self._partner() for _number in range(4))
        child = self.env["res.partner"].create({"name": "Branch", "parent_id": traded.id})
        self._trade(child, "2024-01-01", "2024-02-01")
        ranked.customer_rank = 1
        reserved.write({"customer_rank": 1, "company_id": self.company.id})
        vendor.supplier_rank = 1
        self.customers.search([]).unlink()
        post_init_hook(self.env)
        self.assertEqual(len(self._account_of(traded)), 1)
        self.assertTrue(self._account_of(reserved))
        self.assertFalse(self._account_of(vendor))
        self.assertFalse(
            self._account_of(ranked), "with several companies nobody knows whose customer it is"
        )
        self.assertEqual(
            self.history.search([("partner_id", "=", child.id)]).customer_id,
            self._account_of(traded),
        )
        before = self.customers.search_count([])
        self.assertFalse(self.customers._ensure_accounts())
        self.assertEqual(self.customers.search_count([]), before)

    def test_ensure_accounts_of_one_company(self):
        """Limited to a company or to contacts, nobody else gets an account."""
        other = self._other_company()
        one, two = self._partner(), self._partner()
        self._trade(one, "2024-01-01")
        self._trade(one, "2024-01-01", company=other)
        self._trade(two, "2024-01-01")
        (self._account_of(one) | self._account_of(one, other) | self._account_of(two)).unlink()
        self.customers._ensure_accounts(company=self.company, partners=one)
        self.assertTrue(self._account_of(one))
        self.assertFalse(self._account_of(one, other))
        self.assertFalse(self._account_of(two))
        self.assertFalse(self.customers._ensure_accounts(partners=self.env["res.partner"]))

    def test_company_without_chart(self):
        """A company that keeps no books in Odoo has accounts and figures all the same."""
        partner = self._partner()
        self._trade(partner, {"date": "2024-01-05", "amount": 7.0, "due_date": "2024-02-05"})
        self._refresh("2024-06-30")
        account = self._account_of(partner)
        self.assertEqual((account.revenue_12m, account.open_amount), (7.0, 7.0))


@tagged("post_install", "-at_install")
class TestCustomerAccountFromDocuments(LogisticsLedgerCommon):
    """Orders and invoices open accounts by themselves; nothing else does."""

    def test_confirmed_order(self):
        """A quotation opens no account, its confirmation does."""
        partner = self._partner()
        order = self.env["sale.order"].create({"partner_id": partner.id})
        self.assertFalse(self._account_of(partner))
        order.action_confirm()
        self.assertEqual(self._account_of(partner).company_id, self.company)

    def test_orders_of_several_customers_at_once(self):
        """Confirming a batch opens one account per entity."""
        parent = self._partner()
        child = self.env["res.partner"].create({"name": "Buyer", "parent_id": parent.id})
        other = self._partner()
        orders = self.env["sale.order"].create(
            [{"partner_id": partner.id} for partner in (parent, child, other)]
        )
        orders.action_confirm()
        self.assertEqual(len(self._account_of(parent) | self._account_of(other)), 2)

    def test_posted_invoice_of_a_contact(self):
        """A draft opens nothing; posting opens the account of the commercial entity."""
        parent = self._partner(user_id=self._user("seller").id)
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": parent.id})
        invoice = self._invoice(contact, 100, "2024-03-01", post=False)
        self.assertFalse(self._account_of(parent))
        invoice.action_post()
        account = self._account_of(parent)
        self.assertEqual(account.partner_id, parent)
        self.assertEqual(account.user_id, parent.user_id)

    def test_credit_note_and_vendor_bill(self):
        """A credit note makes a customer, a vendor bill and a payment do not."""
        refunded, vendor = self._partner(), self._partner()
        self._invoice(refunded, 100, "2024-03-01", move_type="out_refund")
        self._invoice(vendor, 100, "2024-03-01", move_type="in_invoice")
        self.env["account.payment"].create(
            {"partner_id": vendor.id, "amount": 5, "payment_type": "outbound"}
        ).action_post()
        self.assertTrue(self._account_of(refunded))
        self.assertFalse(self._account_of(vendor))

    def test_accountant_without_our_groups_posts(self):
        """Somebody who may not see accounts can still post an invoice that opens one."""
        accountant = self._user("accountant")
        partner = self._partner()
        invoice = self._invoice(partner, 100, "2024-03-01", post=False)
        invoice.with_user(accountant).action_post()
        account = self._account_of(partner)
        self.assertTrue(account)
        self.assertEqual(account.create_uid, accountant)

    def test_install_over_orders_and_invoices(self):
        """Everybody with a confirmed order or a posted invoice is opened, set-based."""
        ordered, invoiced, quoted, billed = (self._partner() for _number in range(4))
        self._order(ordered)
        self._invoice(invoiced, 100, "2024-03-01")
        self.env["sale.order"].create({"partner_id": quoted.id})
        self._invoice(billed, 100, "2024-03-01", move_type="in_invoice")
        self.customers.search([]).unlink()
        self.customers._ensure_accounts(company=self.company)
        self.assertTrue(self._account_of(ordered))
        self.assertTrue(self._account_of(invoiced))
        self.assertFalse(self._account_of(quoted))
        self.assertFalse(self._account_of(billed))
