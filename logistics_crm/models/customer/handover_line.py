# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

SHOWN = 5
# Told in a section of their own.
SHOWN_APART = {"activity", "promise", "promise_broken", "dispute", "occasion"}


class LogisticsHandoverLine(models.Model):
    """One customer of a handover, with the sheet of what is open as it was when given."""

    _name = "logistics.handover.line"
    _description = "Customer Handed Over"
    _order = "handover_id, id"
    _rec_name = "customer_id"

    handover_id = fields.Many2one(
        "logistics.handover", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="handover_id.company_id", store=True, index=True, precompute=True
    )
    customer_id = fields.Many2one(
        "logistics.customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('company_id', '=', parent.company_id), ('user_id', '=', parent.from_user_id)]",
    )
    customer_name = fields.Char(related="customer_id.name", string="Name")
    value_class = fields.Selection(related="customer_id.value_class")
    note = fields.Text(
        string="From Person to Person", help="What no system knows: habits, promises, warnings."
    )
    sheet = fields.Html(
        readonly=True, copy=False, help="What was open when the customer was handed over."
    )

    _customer_uniq = models.UniqueIndex(
        "(handover_id, customer_id)", "A customer is handed over once in a handover."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals.pop("sheet", None)
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        """The sheet is written by the system, the rest only before the customers are given."""
        if not self.env.su:
            self._check_draft()
            vals = {key: value for key, value in vals.items() if key != "sheet"}
        return super().write(vals)

    def unlink(self):
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        """What was given stays on record.

        :raise UserError: for a user, when the handover is not a draft any more
        """
        if not self.env.su and any(line.handover_id.state != "draft" for line in self):
            raise UserError(
                self.env._("This handover is given already. Cancel it and make a new one.")
            )

    def _write_sheet(self, lang=None):
        """Write down what is open, in the language of who takes over."""
        for line in self.sudo().with_context(lang=lang or self.env.user.lang):
            line.sheet = self.env["ir.qweb"]._render(
                "logistics_crm.handover_sheet",
                {"sheet": line.customer_id._handover_sheet(), "customer": line.customer_id},
                lang=lang,
            )

    @api.model
    def _fold_customer(self, source, destination):
        """Two accounts become one: a handover of both keeps the line of the destination."""
        lines = self.search([("customer_id", "in", (source.id, destination.id))])
        for _handover, both in lines.grouped("handover_id").items():
            kept = both.filtered(lambda line: line.customer_id == destination)
            if kept and len(both) > 1:
                extra = both - kept
                kept.note = "\n".join(note for note in (kept.note, extra.note) if note) or False
                if extra.sheet:
                    kept.sheet = (kept.sheet or "") + extra.sheet
                extra.unlink()


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    def _handover_sheet(self):
        """What the next representative must know of this customer, as lists of short texts.

        Nothing of the ledger but how long something is overdue, and nothing of the personal
        dossiers. Areas add sections by override.

        :return: list of ``(title, [texts])`` in the context's language; empty sections left out
        """
        self.ensure_one()
        account = self.sudo()
        env = self.env
        sections = [
            (
                env._("Open"),
                [
                    point["text"]
                    for point in account._points_by_level()
                    if point["code"] not in SHOWN_APART
                ],
            ),
            (env._("Open activities"), account._sheet_activities()),
            (env._("Promises of payment"), account._sheet_promises()),
            (
                env._("Disputes"),
                [
                    dispute.display_name
                    for dispute in env["logistics.dispute"]
                    .sudo()
                    .search([("customer_id", "=", self.id), ("state", "=", "open")])
                ],
            ),
            (
                env._("Persons"),
                [
                    ", ".join(
                        part
                        for part in (
                            person.name,
                            person.function,
                            ", ".join(person.role_ids.mapped("name")),
                            person.phone,
                        )
                        if part
                    )
                    for person in account.key_person_ids
                ],
            ),
            (
                env._("Occasions"),
                [
                    f"{occasion.next_date or ''} {occasion.display_name}".strip()
                    for occasion in env["logistics.person.occasion"]
                    .sudo()
                    .search([("customer_id", "=", self.id)], order="next_date", limit=SHOWN)
                ],
            ),
            (env._("Last contacts"), account._sheet_messages()),
        ]
        return [(title, texts) for title, texts in sections if texts]

    def _sheet_activities(self):
        return [
            f"{activity.date_deadline} {activity.summary or activity.activity_type_id.name or ''}"
            for activity in self.activity_ids
        ]

    def _sheet_promises(self):
        promises = self.env["logistics.payment.promise"].search(
            [("customer_id", "=", self.id), ("state", "in", ("open", "broken", "partly"))],
            limit=SHOWN,
        )
        labels = dict(promises._fields["state"]._description_selection(self.env))
        return [f"{promise.date_promised} {labels[promise.state]}" for promise in promises]

    def _sheet_messages(self):
        messages = self.env["mail.message"].search(
            [
                ("model", "in", ("logistics.customer", "res.partner")),
                ("message_type", "in", ("comment", "email", "email_outgoing")),
                "|",
                *("&", ("model", "=", "logistics.customer"), ("res_id", "=", self.id)),
                *("&", ("model", "=", "res.partner"), ("res_id", "=", self.partner_id.id)),
            ],
            order="date desc, id desc",
            limit=SHOWN,
        )
        return [
            f"{message.date.date()} {message.author_id.name or ''}: {message.preview or ''}"
            for message in messages
        ]

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.handover.line"]
