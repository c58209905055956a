# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...fields_unknown import KnownFloat, KnownMonetary

LINES_TO_MOVE = 5


class AccountMove(models.Model):
    _inherit = "account.move"

    logistics_complaint_id = fields.Many2one(
        "logistics.complaint",
        string="Complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The complaint this credit note compensates.",
    )


class LogisticsComplaintCompensation(models.Model):
    """An approved compensation becomes a real credit note."""

    _inherit = "logistics.complaint.compensation"

    def _make_credit_note(self):
        """Make the credit note, post it when the company says so, and set it off.

        On an invoice it is a credit note of that invoice in its currency, spread over its
        accounts and taxes as the invoice is. Where the books are locked it is dated on the first
        open day. Without an invoice it is one line without tax.
        """
        self.ensure_one()
        record = self.sudo().with_company(self.sudo().company_id)
        if record.credit_note_id:
            raise UserError(self.env._("The credit note exists already."))
        complaint, invoice = record.complaint_id, record.move_id
        moves = record.env["account.move"].with_context(default_move_type="out_refund")
        journal = invoice.journal_id or moves.new({"move_type": "out_refund"}).journal_id
        day = record._open_day(journal)
        values = {
            "move_type": "out_refund",
            "company_id": record.company_id.id,
            "currency_id": record.currency_id.id,
            "journal_id": journal.id,
            "invoice_date": day,
            "date": day,
            "invoice_origin": complaint.reference,
            "ref": record.reason,
            "logistics_complaint_id": complaint.id,
            "invoice_payment_term_id": False,
            "invoice_user_id": complaint.customer_id.user_id.id or False,
        }
        if invoice:
            values |= {
                "partner_id": invoice.partner_id.id,
                "reversed_entry_id": invoice.id,
                "fiscal_position_id": invoice.fiscal_position_id.id,
            }
        else:
            values["partner_id"] = complaint.partner_id.id
        note = record.env["account.move"].create(values)
        note.invoice_line_ids = [Command.create(line) for line in record._note_lines()]
        record._meet_amount(note)
        record._step().credit_note_id = note
        if record.company_id.logistics_claim_post:
            note.action_post()
            record._set_off(note)
        complaint._message_log(
            body=self.env._(
                "Compensation of %(amount)s approved by %(user)s.",
                amount=record.currency_id.format(record.amount),
                user=self.env.user.name,
            )
        )
        return note

    def _note_lines(self):
        """The lines of the credit note: one per account and taxes of the invoice."""
        product = self.company_id.logistics_claim_product_id
        name = f"{self.complaint_id.reference or ''} {self.reason}".strip()
        if not self.move_id:
            return [
                {
                    "product_id": product.id,
                    "name": name,
                    "quantity": 1.0,
                    "price_unit": self.amount,
                    "tax_ids": [Command.clear()],
                }
            ]
        share = self.amount / self.move_id.amount_total
        totals = {}
        for line in self.move_id.invoice_line_ids.filtered(lambda li: li.display_type == "product"):
            key = (line.account_id, line.tax_ids)
            included = any(line.tax_ids.mapped("price_include"))
            totals[key] = totals.get(key, 0.0) + (
                line.price_total if included else line.price_subtotal
            )
        return [
            {
                "product_id": product.id,
                "name": name,
                "quantity": 1.0,
                "price_unit": self.currency_id.round(total * share),
                "tax_ids": [Command.set(taxes.ids)],
                "account_id": (
                    product.product_tmpl_id.get_product_accounts()["income"] or account
                ).id
                if product
                else account.id,
            }
            for (account, taxes), total in totals.items()
            if not self.currency_id.is_zero(total * share)
        ]

    def _meet_amount(self, note):
        """Bring the total to the cent that was granted: taxes are rounded line by line.

        The lines with the least tax are moved first; what taxes make unreachable becomes a line
        of a cent or two without tax.
        """
        currency = self.currency_id

        def missing():
            return currency.round(self.amount - note.amount_total)

        lines = note.invoice_line_ids.sorted(lambda li: (len(li.tax_ids), -li.price_subtotal))
        for line in lines[:LINES_TO_MOVE]:
            if currency.is_zero(missing()):
                return
            before, price = missing(), line.price_unit
            line.price_unit = currency.round(price + before)
            if abs(missing()) > abs(before):
                line.price_unit = price
        rest = missing()
        if currency.is_zero(rest):
            return
        if abs(rest) > LINES_TO_MOVE * currency.rounding:
            raise UserError(
                self.env._(
                    "Taxes make %(got)s of it, not %(wanted)s: change the amount a little.",
                    got=currency.format(note.amount_total),
                    wanted=currency.format(self.amount),
                )
            )
        account = note.invoice_line_ids[:1].account_id
        note.invoice_line_ids = [
            Command.create(
                {
                    "name": self.env._("Rounding"),
                    "quantity": 1.0,
                    "price_unit": rest,
                    "account_id": account.id,
                    "tax_ids": [Command.clear()],
                }
            )
        ]

    def _open_day(self, journal):
        """Today, or the first day behind the locks of the books."""
        day = fields.Date.context_today(self)
        locks = self.company_id._get_violated_lock_dates(day, True, journal)
        return fields.Date.add(max(lock for lock, _field in locks), days=1) if locks else day

    def _set_off(self, note):
        """Set the posted credit note off against what is open of its invoice."""
        lines = (self.move_id.line_ids | note.line_ids).filtered(
            lambda li: li.account_id.account_type == "asset_receivable" and not li.reconciled
        )
        for account_lines in lines.grouped("account_id").values():
            if len(account_lines.move_id) > 1:
                account_lines.reconcile()


class LogisticsComplaint(models.Model):
    _inherit = "logistics.complaint"

    compensation_ids = fields.One2many(
        "logistics.complaint.compensation", "complaint_id", string="Compensations"
    )
    compensation_amount = KnownMonetary(
        compute="_compute_compensation_amount", compute_sudo=True, store=True
    )
    compensated_on = fields.Date(
        compute="_compute_compensation_amount",
        compute_sudo=True,
        store=True,
        help="The day of the last posted credit note.",
    )
    compensation_days = KnownFloat(
        string="Days to Compensation",
        digits=(16, 0),
        compute="_compute_compensation_amount",
        compute_sudo=True,
        store=True,
        aggregator="avg",
        help="From the receipt to the first posted credit note. Empty: nothing was credited.",
    )
    to_approve = fields.Boolean(
        string="Compensation to Approve",
        compute="_compute_to_approve",
        compute_sudo=True,
        store=True,
    )
    above_invoice = fields.Boolean(
        string="Claim Above the Invoice",
        compute="_compute_above_invoice",
        compute_sudo=True,
        help="More is claimed than the invoice is for. It is taken in; on the invoice no more "
        "than its amount can be credited, the rest without an invoice or not at all.",
    )

    def _open_fields(self):
        """Requests are added on the complaint's form; each guards itself."""
        names = super()._open_fields()
        return names | {"compensation_ids"} if "name" in names else names

    @api.depends("compensation_ids.credited_amount", "compensation_ids.credited_on", "received_on")
    def _compute_compensation_amount(self):
        for complaint in self:
            credited = complaint.compensation_ids.filtered(lambda c: c.credited_amount is not False)
            days = [day for day in credited.mapped("credited_on") if day]
            complaint.compensation_amount = (
                sum(credited.mapped("credited_amount")) if credited else False
            )
            complaint.compensated_on = max(days, default=False)
            complaint.compensation_days = (
                max((min(days) - complaint.received_on).days, 0) if days else False
            )

    @api.depends("compensation_ids.state")
    def _compute_to_approve(self):
        for complaint in self:
            complaint.to_approve = "requested" in complaint.compensation_ids.mapped("state")

    @api.depends("claim_amount", "claim_currency_id", "move_id")
    def _compute_above_invoice(self):
        for complaint in self:
            move = complaint.move_id
            claim = complaint.claim_amount or 0.0
            if not move or not claim:
                complaint.above_invoice = False
                continue
            if complaint.claim_currency_id and complaint.claim_currency_id != move.currency_id:
                claim = complaint.claim_currency_id._convert(
                    claim, move.currency_id, complaint.company_id, complaint.received_on
                )
            complaint.above_invoice = move.currency_id.compare_amounts(claim, move.amount_total) > 0

    def _end(self, state, sources, reason=None, **values):
        """Money that is asked for is granted or refused before the complaint ends."""
        for complaint in self:
            if complaint.sudo().to_approve:
                raise UserError(
                    self.env._(
                        "%s: a compensation waits for approval. Approve, refuse or withdraw it "
                        "first.",
                        complaint.display_name,
                    )
                )
        return super()._end(state, sources, reason, **values)
