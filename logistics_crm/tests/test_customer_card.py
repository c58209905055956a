# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import LogisticsCommon, LogisticsLedgerCommon

CARD = "logistics_crm.action_report_customer_card"
HAND_OUT = "logistics_crm.action_report_customer_card_hand_out"
SECRET = "Collects antique compasses"


@tagged("post_install", "-at_install")
class TestCustomerCard(LogisticsCommon):
    """The customer card: one or many, by role, in the reader's language, never the dossier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["res.users"])
        cls.seller = cls._user("seller")
        cls.manager = cls._user("manager")
        cls.account = cls._account(
            cls._partner("上海东方物流有限公司", ref="CARD-1", city="Shanghai"),
            user_id=cls.seller.id,
        )
        cls.other = cls._account(cls._partner("Second Card"), user_id=cls.seller.id)
        cls._trade(
            cls.account.partner_id,
            {
                "date": cls.today - timedelta(days=40),
                "amount": 4321.0,
                "cost": 1000.0,
                "due_date": cls.today - timedelta(days=10),
            },
        )
        person = cls.env["logistics.key.person"].create(
            {"customer_id": cls.account.id, "name": "Mr Decider", "function": "Head of Purchase"}
        )
        cls.env["logistics.personal.dossier"].create(
            {
                "person_id": person.id,
                "purpose": cls.env["logistics.personal.dossier"]
                ._fields["purpose"]
                .get_values(cls.env)[0],
                "legal_basis": cls.env["logistics.personal.dossier"]
                ._fields["legal_basis"]
                .get_values(cls.env)[0],
                "source": cls.env["logistics.personal.dossier"]
                ._fields["source"]
                .get_values(cls.env)[0],
                "retention_date": cls.today + timedelta(days=100),
                "interests": SECRET,
            }
        )
        cls._refresh(cls.today)

    def _html(self, user, records=None, report=CARD):
        records = records or self.account
        action = self.env.ref(report).with_user(user).with_context(lang=user.lang)
        html, _kind = action._render_qweb_html(action, records.ids)
        return html.decode()

    def test_content(self):
        """Who, worth, persons; one page per customer in one document."""
        html = self._html(self.manager, self.account | self.other)
        for text in (
            "上海东方物流有限公司",
            "Second Card",
            "4,321.00",
            "Mr Decider",
            "Key Account",
        ):
            self.assertIn(text, html)
        self.assertEqual(html.count("page-break-before"), 1)
        both = self._html(self.manager, self.other | self.account)
        self.assertEqual(both.count("Twelve months"), 1, "a customer without trade has no chart")
        self.assertIn("height: 60px", both)
        self.assertEqual(html.count('class="article'), 1, "several articles cannot be printed")

    def test_ledger_amounts_by_role(self):
        """Receivables are printed for managers and controllers, not for the salesperson."""
        self.assertIn(">Overdue<", self._html(self.manager).replace("\n", ""))
        self.assertNotIn(">Overdue<", self._html(self.seller).replace("\n", ""))
        labels = [
            label
            for _title, rows in self.account.with_user(self.seller)._card()["sections"]
            for label, _text in rows
        ]
        self.assertIn("Late Share", labels)
        self.assertFalse({"Open Amount", "Overdue", "Credit Limit"} & set(labels))

    def test_never_the_dossier(self):
        """Not even for somebody who may read the dossiers."""
        self.manager.group_ids = [
            Command.link(self.env.ref("logistics_crm.group_personal_data").id)
        ]
        for report in (CARD, HAND_OUT):
            self.assertNotIn(SECRET, self._html(self.manager, report=report))

    def test_a_card_to_hand_out_judges_nobody(self):
        """Class, grade, revenue and margin are not on a card that leaves the company."""
        html = self._html(self.manager, report=HAND_OUT)
        self.assertIn("Mr Decider", html)
        for text in ("Key Account", "4,321.00", "Not rated", "Regular", "What They Are Worth"):
            self.assertNotIn(text, html)

    def test_address_in_one_line(self):
        """Parts of the address that are not known leave no comma behind."""
        self.account.partner_id.country_id = self.env.ref("base.cn")
        address = dict(self.account._card_who())["Address"]
        self.assertIn("Shanghai", address)
        self.assertNotIn(" ,", address)
        self.assertFalse(address.startswith(","))

    def test_somebody_elses_customer(self):
        """A salesperson prints own customers only, also among others."""
        self.other.user_id = self.manager
        with self.assertRaises(AccessError):
            self._html(self.seller, self.account | self.other)

    def test_printed(self):
        """The PDF is made in one go for many customers, Chinese names included."""
        self.allow_pdf_render()
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf(CARD, (self.account | self.other).ids)
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))

    def test_export_offers_no_dossier(self):
        """Odoo's own export of customers, for labels and mailings, leads to no dossier field."""
        self.manager.group_ids = [
            Command.link(self.env.ref("logistics_crm.group_personal_data").id)
        ]
        customers = self.account.with_user(self.manager)
        exportable = customers.fields_get(attributes=["exportable", "type", "relation"])
        self.assertIn("city", exportable)
        for name, field in exportable.items():
            if field.get("relation") == "logistics.personal.dossier":
                self.assertFalse(field.get("exportable", True), name)
        with self.assertRaises(Exception) as refused:
            customers.export_data(["name", "key_person_ids/dossier_ids/interests"])
        self.assertNotIn(SECRET, str(refused.exception))


@tagged("post_install", "-at_install")
class TestCockpit(LogisticsLedgerCommon):
    """What the form answers at a glance, computed from the documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["res.users"])
        cls.seller = cls._user("seller")
        cls.account = cls._account(user_id=cls.seller.id)
        cls.partner = cls.account.partner_id

    def test_month_series(self):
        """Twelve months and the twelve before, by accounting date; unknown is not zero."""
        self._invoice(self.partner, 100.0, "2024-06-10")
        self._invoice(self.partner, 30.0, "2024-06-20")
        self._invoice(self.partner, 7.0, "2023-06-30")
        self._invoice(self.partner, 5.0, "2022-06-30")
        self.company.logistics_ledger_start = "2022-01-01"
        self.company.logistics_ledger_start = False
        self._trade(self.partner, {"date": "2024-02-03", "amount": False, "quantity": 2})
        series = self.account._month_series("2024-06-25")[self.account.id]
        self.assertEqual((series["months"][0], series["months"][-1]), ("2023-07", "2024-06"))
        self.assertEqual(series["this"][-1], 130.0)
        self.assertEqual(series["last"][-1], 7.0)
        self.assertIsNone(series["this"][series["months"].index("2024-02")])
        self.assertEqual(sum(value or 0 for value in series["this"] + series["last"]), 137.0)
        with self.assertRaises(AccessError):
            self.account.with_user(self._user("seller"))._month_series()

    def _codes(self):
        return {point["code"] for point in self.account._open_points()}

    def test_open_points(self):
        """Overdue, quotations, orders to invoice and the next activity, each leading somewhere."""
        self.assertFalse({"overdue", "quotation", "order", "activity"} & self._codes())
        due = self.today - timedelta(days=12)
        self._invoice(self.partner, 50.0, due, due=due)
        quotation = self.env["sale.order"].create({"partner_id": self.partner.id})
        order = self._order(self.partner, {"product_uom_qty": 1, "price_unit": 10.0})
        order.order_line.qty_delivered = 1
        self.account.activity_schedule("mail.mail_activity_data_todo", summary="Ask")
        self._refresh(self.today)
        points = {point["code"]: point for point in self.account._open_points()}
        self.assertLessEqual({"overdue", "quotation", "order", "activity"}, set(points))
        self.assertEqual(self.account._points_by_level()[0]["code"], "overdue")
        self.assertIn("12 days", points["overdue"]["text"])
        opened = self.account.action_open_quotations()
        self.assertEqual(self.env["sale.order"].search(opened["domain"]), quotation)
        opened = self.account.action_open_to_invoices()
        self.assertEqual(self.env["sale.order"].search(opened["domain"]), order)

    def test_gauge_by_role(self):
        """Amounts for the controller; the salesperson learns the state in one word."""
        self.account._grant_limit(100.0, reason="Start")
        self._invoice(self.partner, 85.0, self.today, due=self.today + timedelta(days=30))
        controller, seller = self._user("controller"), self.seller
        self.assertEqual(
            self.account.with_user(controller).limit_gauge,
            {"state": "near", "share": 0.85, "exposure": 85.0, "limit": 100.0},
        )
        self.assertEqual(self.account.with_user(seller).limit_gauge, {"state": "near"})

    def test_essentials_on_documents(self):
        """Quotation, invoice and contact tell the class and what it is entitled to."""
        policy = self.env["logistics.value.class.policy"]._for_company(self.company)
        line = policy.entitlement_ids.filtered(lambda e: e.value_class == "key")
        line.write({"response_hours": 4, "discount_percent": 7.5, "extras": "personal thank-you"})
        invoice = self._invoice(self.partner, 85.0, self.today)
        self._refresh(self.today)
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        for record in (order, invoice, self.partner):
            data = record.with_user(self.seller).sudo(False).logistics_essentials
            self.assertEqual((data["id"], data["value_class"]), (self.account.id, "key"))
            self.assertEqual(
                data["entitlements"],
                ["answer within 4 h", "discount up to 7.5 %", "personal thank-you"],
            )
        stranger = self.partner.with_user(self._user("seller")).logistics_essentials
        self.assertEqual(set(stranger), {"id", "value_class", "value_label", "entitlements"})
        self.assertFalse(stranger["id"])
        with self.assertRaises(AccessError):
            self.partner.with_user(self._user("internal")).read(["logistics_essentials"])

    def test_list_adds_few_queries(self):
        """The list of 80 customers asks at most three questions more than that of contacts."""
        for number in range(30):
            self._account(user_id=self.seller.id, partner=self._partner(f"Listed {number}"))
        self._refresh(self.today)

        def queries(model):
            view = self.env["ir.ui.view"].browse(
                self.env[model].with_user(self.seller).get_view(view_type="list")["id"]
            )
            arch = self.env[model].with_user(self.seller).get_view(view.id, "list")["arch"]
            names = {part.split('"')[0] for part in arch.split('<field name="')[1:]} & set(
                self.env[model]._fields
            )
            hidden = {"activity_ids", "properties"}
            spec = {
                name: {"fields": {"display_name": {}}}
                if self.env[model]._fields[name].type == "many2one"
                else {}
                for name in names - hidden
                if self.env[model]._fields[name].type not in ("one2many", "many2many")
            }
            records = self.env[model].with_user(self.seller)
            counts = []
            for _turn in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                records.web_search_read([("name", "ilike", "listed")], spec, limit=80)
                counts.append(self.env.cr.sql_log_count - before)
            return counts[-1]

        self.assertLessEqual(queries("logistics.customer"), queries("res.partner") + 3)

    def test_the_form_opens_for_everybody(self):
        """No field that any area put on the form asks for a right the salesperson lacks."""
        due = self.today - timedelta(days=12)
        self._invoice(self.partner, 50.0, due, due=due)
        self._refresh(self.today)
        for user in (self.seller, self._user("controller"), self._user("manager")):
            Form(self.account.with_user(user))

    def test_form_of_a_new_customer(self):
        """A new customer is typed on the form: contact, representative, backup."""
        partner = self._partner("Typed")
        form = Form(self.env["logistics.customer"].with_user(self._user("manager")))
        form.partner_id = partner
        form.user_id = self.seller
        account = form.save()
        self.assertEqual((account.name, account.user_id), ("Typed", self.seller))
