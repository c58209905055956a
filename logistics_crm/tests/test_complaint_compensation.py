# Part of logistics_crm. License LGPL-3 or later.
from contextlib import contextmanager

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .complaint_common import ComplaintLedgerCommon


@tagged("post_install", "-at_install")
class TestComplaintCompensation(ComplaintLedgerCommon):
    """What customers get: by whose authority, on which books, and never more than there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.logistics_claim_post = True
        cls.handler = cls._user("logistics_crm.group_complaint_handler")
        cls.second = cls._user("logistics_crm.group_complaint_handler")
        cls.boss = cls._user("manager")
        authority = cls.env["logistics.compensation.authority"]
        authority.create(
            [
                {
                    "company_id": cls.company.id,
                    "group_id": cls.env.ref("logistics_crm.group_complaint_handler").id,
                    "alone_amount": 100.0,
                    "max_amount": 300.0,
                },
                {"company_id": cls.company.id, "user_id": cls.boss.id, "unlimited": True},
            ]
        )
        cls.partner = cls._partner()
        cls.customer = cls._account(cls.partner)
        cls.invoice = cls._invoice(cls.partner, 1000.0, "2026-01-10")
        cls.complaint = cls._complain(cls.customer, cls.handler, move_id=cls.invoice.id)

    def _ask(self, amount, user=None, complaint=None, **values):
        return (
            self.env["logistics.complaint.compensation"]
            .with_user(user or self.handler)
            .create(
                {
                    "complaint_id": (complaint or self.complaint).id,
                    "amount": amount,
                    "reason": "Late",
                    **values,
                }
            )
        )

    @contextmanager
    def _refused(self, error, words=""):
        """What is refused leaves nothing behind, as when a user's request fails."""
        with self.assertRaisesRegex(error, words), self.env.cr.savepoint():
            yield

    def test_small_alone_large_with_somebody_else(self):
        """The front line grants small amounts alone; above, another authority is needed."""
        small = self._ask(60.0)
        small.action_approve()
        self.assertEqual(small.state, "approved")
        note = small.credit_note_id
        self.assertEqual(note.state, "posted")
        self.assertEqual(note.move_type, "out_refund")
        self.assertEqual(note.reversed_entry_id, self.invoice)
        self.assertEqual(note.amount_total, 60.0)
        self.assertEqual(self.invoice.amount_residual, 940.0, "set off against the invoice")
        self.assertEqual(self.complaint.compensation_amount, 60.0)
        # 60 and 50 together are above 100
        split = self._ask(50.0)
        with self.assertRaisesRegex(AccessError, "somebody else"):
            split.action_approve()
        split.with_user(self.second).action_approve()
        large = self._ask(200.0)
        with self.assertRaisesRegex(AccessError, "higher authority"):
            large.with_user(self.second).action_approve()
        large.with_user(self.boss).action_approve()
        self.assertEqual(self.complaint.compensation_amount, 310.0)

    def test_splitting_over_complaints(self):
        """Two complaints about one invoice share the limit."""
        other = self._complain(self.customer, self.handler, move_id=self.invoice.id)
        self._ask(80.0).action_approve()
        with self.assertRaises(AccessError):
            self._ask(80.0, complaint=other).action_approve()

    def test_nobody_without_authority(self):
        """A representative may ask, not grant; and nobody makes himself an authority."""
        seller = self._user("seller")
        self.customer.user_id = seller
        request = self._ask(1.0, seller)
        with self.assertRaises(AccessError):
            request.action_approve()
        with self.assertRaises(UserError):
            request.write({"state": "approved"})
        with self.assertRaises(UserError):
            request.with_context(logistics_credit_step=True).write({"state": "approved"})
        with self._refused(UserError):
            self._ask(1.0, seller, state="approved")
        sly = self.env["logistics.complaint.compensation"].with_user(seller)
        sly = sly.with_context(default_state="approved", default_requested_by=self.boss.id)
        made = sly.create({"complaint_id": self.complaint.id, "amount": 1.0, "reason": "x"})
        self.assertEqual((made.state, made.requested_by), ("requested", seller))
        with self.assertRaises(AccessError):
            request._refuse("no")
        with self.assertRaises(UserError):
            self.env["logistics.compensation.authority"].with_user(self.boss).create(
                {"company_id": self.company.id, "user_id": self.boss.id, "alone_amount": 9e9}
            )

    def test_claim_above_the_invoice(self):
        """Taken in and said so; on the invoice no more than is left of it, the rest apart."""
        complaint = self._complain(
            self.customer, self.handler, move_id=self.invoice.id, claim_amount=1500.0
        )
        self.assertTrue(complaint.above_invoice)
        with self._refused(ValidationError, "only .*1,000.00 can still be credited"):
            self._ask(1500.0, complaint=complaint)
        first = self._ask(900.0, complaint=complaint)
        with self._refused(ValidationError, "can still be credited"):
            self._ask(101.0, complaint=complaint)
        first.with_user(self.boss).action_approve()
        with self._refused(ValidationError, "product of compensations"):
            self._ask(500.0, complaint=complaint, kind="goodwill")
        self.company.logistics_claim_product_id = self.product_b
        rest = self._ask(500.0, complaint=complaint, kind="goodwill")
        self.assertFalse(rest.move_id)
        rest.with_user(self.boss).action_approve()
        self.assertEqual(rest.credit_note_id.amount_total, 500.0)
        self.assertFalse(rest.credit_note_id.reversed_entry_id)
        self.assertEqual(complaint.compensation_amount, 1400.0)

    def test_taxes_and_partial_refund(self):
        """A part of an invoice with taxes is credited to the cent, taxes in proportion."""
        tax, line = self.tax_sale_a, self._prepare_invoice_line
        invoice = self._create_invoice(
            move_type="out_invoice",
            partner_id=self.partner,
            invoice_date="2026-01-10",
            post=True,
            invoice_line_ids=[
                line(price_unit=333.33, product_id=self.product_a, tax_ids=tax),
                line(price_unit=100.0, product_id=self.product_a, tax_ids=False),
            ],
        )
        complaint = self._complain(self.customer, self.handler, move_id=invoice.id)
        request = self._ask(77.77, complaint=complaint)
        request.action_approve()
        note = request.credit_note_id
        self.assertEqual(note.amount_total, 77.77)
        expected = invoice.amount_tax / invoice.amount_total * 77.77
        self.assertAlmostEqual(note.amount_tax, expected, delta=0.02)

    def test_foreign_currency(self):
        """An invoice in francs is credited in francs; the books and the limit in own money."""
        invoice = self._invoice(self.partner, 400.0, "2026-01-10", currency_id=self.foreign.id)
        complaint = self._complain(
            self.customer,
            self.handler,
            move_id=invoice.id,
            claim_amount=400.0,
            claim_currency_id=self.foreign.id,
        )
        self.assertEqual(complaint.claimed_amount, 100.0, "4 francs to the dollar")
        self.assertFalse(complaint.above_invoice)
        request = self._ask(380.0, complaint=complaint)
        self.assertEqual(request.currency_id, self.foreign)
        request.action_approve()
        self.assertEqual(request.credit_note_id.currency_id, self.foreign)
        self.assertEqual(request.credit_note_id.amount_total, 380.0)
        self.assertEqual(complaint.compensation_amount, 95.0)
        self.assertEqual(invoice.amount_residual, 20.0)

    def test_locked_period(self):
        """A locked day moves the entry behind the lock; nothing is posted into the past."""
        today = fields.Date.context_today(self.complaint)
        self.company.sale_lock_date = fields.Date.end_of(today, "month")
        request = self._ask(60.0)
        request.action_approve()
        self.assertEqual(request.credit_note_id.state, "posted")
        self.assertGreater(request.credit_note_id.date, self.company.sale_lock_date)

    def test_draft_counts_for_nothing(self):
        """Accounting posts: until then nothing is credited, and a cancelled one never was."""
        self.company.logistics_claim_post = False
        request = self._ask(60.0)
        request.action_approve()
        self.assertEqual(request.credit_note_id.state, "draft")
        self.assertIs(self.complaint.compensation_amount, False)
        request.sudo().credit_note_id.action_post()
        self.assertEqual(self.complaint.compensation_amount, 60.0)
        request.sudo().credit_note_id.button_draft()
        self.assertIs(self.complaint.compensation_amount, False)

    def test_pending_money_holds_the_end(self):
        """A complaint does not end while money is asked for; refused money may be."""
        request = self._ask(60.0)
        with self.assertRaisesRegex(UserError, "waits for approval"):
            self.complaint._refuse("no")
        with self.assertRaisesRegex(UserError, "reason"):
            request.with_user(self.boss)._refuse(" ")
        request.with_user(self.boss)._refuse("Delivered on time")
        self.complaint._refuse("Delivered on time")
        with self._refused(ValidationError, "has ended"):
            self._ask(10.0)

    def test_days_to_compensation(self):
        """From the receipt to the posted credit note."""
        with freeze_time("2026-02-01 10:00:00"):
            complaint = self._complain(self.customer, self.handler, move_id=self.invoice.id)
        with freeze_time("2026-02-21 10:00:00"):
            self._ask(50.0, complaint=complaint).action_approve()
        self.assertEqual(complaint.compensation_days, 20)
        self.assertIs(self.complaint.compensation_days, False, "not credited is not zero days")

    def test_counts_once_in_the_true_margin(self):
        """The credit note lowers the revenue, and the margin once: untaxed, as a claim."""
        self._trade(self.partner, {"date": fields.Date.today(), "amount": 1000.0, "cost": 700.0})
        invoice = self._create_invoice(
            move_type="out_invoice",
            partner_id=self.partner,
            invoice_date=fields.Date.today(),
            post=True,
            invoice_line_ids=[
                self._prepare_invoice_line(
                    price_unit=500.0, product_id=self.product_a, tax_ids=self.tax_sale_a
                )
            ],
        )
        complaint = self._complain(self.customer, self.handler, move_id=invoice.id)
        request = self._ask(57.5, complaint=complaint)
        request.action_approve()
        net = request.credit_note_id.amount_untaxed
        self.assertLess(net, 57.5, "the invoice is taxed")
        ledger = self.env["logistics.concession"]
        for _again in range(2):
            ledger._derive(self.company)
        row = ledger.search([("customer_id", "=", self.customer.id), ("kind", "=", "claim")])
        self.assertEqual((row.amount, row.move_id), (net, request.credit_note_id))
        self.env.flush_all()
        report = self.env["logistics.true.margin.report"]
        [sums] = report._read_group(
            [("customer_id", "=", self.customer.id), ("date", "=", fields.Date.today())],
            [],
            [
                f"{name}:sum"
                for name in ("revenue", "margin", "financial", "given_on_price", "true_margin")
            ],
        )
        self.assertEqual(sums, (1500.0 - net, 300.0, net, False, 300.0 - net))

    def test_second_decision_is_refused(self):
        """What was decided is not decided again, and makes no second credit note."""
        request = self._ask(60.0)
        request.action_approve()
        with self.assertRaisesRegex(UserError, "decided already"):
            request.action_approve()
        with self.assertRaisesRegex(UserError, "decided already"):
            request.action_withdraw()
        self.assertEqual(len(self.invoice.reversal_move_ids), 1)

    def test_only_own_invoices(self):
        """The invoice of another customer cannot be credited here."""
        stranger = self._invoice(self._partner(), 500.0, "2026-01-10")
        with self._refused(ValidationError, "not a document of"):
            self._ask(10.0, move_id=stranger.id)

    def test_requested_on_the_form(self):
        """A request typed on the complaint's form is saved with it, and guards itself there."""
        line = {"amount": 20.0, "reason": "Late", "kind": "refund"}
        self.complaint.write({"compensation_ids": [Command.create(line)]})
        request = self.complaint.compensation_ids
        self.assertEqual((request.move_id, request.state), (self.invoice, "requested"))
        with self._refused(UserError):
            self.complaint.write(
                {"compensation_ids": [Command.update(request.id, {"state": "approved"})]}
            )
