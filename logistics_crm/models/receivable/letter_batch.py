# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

LEDGER_GROUPS = ("logistics_crm.group_credit_controller", "logistics_crm.group_manager")


class LogisticsLetterBatch(models.Model):
    """Letters to many customers as one job: one line per customer, one after the other.

    The job survives being killed. A letter, its mail and the state of its line are written in one
    transaction, so that going on neither leaves a customer out nor writes to one twice. What
    cannot be written is listed with the reason, and the others go on.

    A kind of letter is added by extending ``kind`` and overriding :meth:`_letter_data` and
    :meth:`_letter_make`.
    """

    _name = "logistics.letter.batch"
    _description = "Letter Batch"
    _inherit = ["logistics.readonly.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    kind = fields.Selection(
        [("statement", "Customer Statement"), ("confirmation", "Balance Confirmation")],
        required=True,
        default="statement",
        help="What is written to each customer.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        string="As Of",
        required=True,
        default=fields.Date.context_today,
        help="The letters say what was known on this day. It cannot lie in the future.",
    )
    date_from = fields.Date(
        string="Movements Since",
        help="A statement lists the movements from this day on, with the balance before. Empty: "
        "open items only.",
    )
    delivery = fields.Selection(
        [("print", "Print Only"), ("mail", "Send by Mail")],
        required=True,
        default="print",
        help="Print Only makes one PDF per customer. Send by Mail also mails it to the invoice "
        "contact, or to the customer when there is none.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="Mail Template",
        domain="[('model', '=', 'logistics.customer')]",
        help="Subject and text of the mail, in the customer's language.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Started By",
        readonly=True,
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("done", "Done"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        copy=False,
    )
    line_ids = fields.One2many("logistics.letter.batch.line", "batch_id", copy=False)
    line_count = fields.Integer(string="Customers", compute="_compute_progress")
    pending_count = fields.Integer(string="Pending", compute="_compute_progress")
    done_count = fields.Integer(string="Done", compute="_compute_progress")
    failed_count = fields.Integer(string="Failed", compute="_compute_progress")
    progress = fields.Float(
        compute="_compute_progress",
        help="Share of the customers that are dealt with, in percent.",
    )

    @api.model
    def default_get(self, fields):
        """Give every new batch the state of a draft and its user, whatever a context says."""
        own = {"state": "draft", "user_id": self.env.uid}
        values = super().default_get(fields)
        return {**values, **{name: value for name, value in own.items() if name in fields}}

    @api.depends("kind", "date")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for batch in self:
            batch.name = f"{kinds.get(batch.kind, '')} {batch.date or ''}".strip()

    @api.depends("line_ids.state")
    def _compute_progress(self):
        counts = {
            (batch.id, state): count
            for batch, state, count in self.env["logistics.letter.batch.line"]._read_group(
                [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
            )
        }
        for batch in self:
            batch.pending_count = counts.get((batch.id, "pending"), 0)
            batch.done_count = counts.get((batch.id, "done"), 0)
            batch.failed_count = counts.get((batch.id, "failed"), 0)
            batch.line_count = batch.pending_count + batch.done_count + batch.failed_count
            dealt_with = batch.done_count + batch.failed_count
            batch.progress = 100.0 * dealt_with / batch.line_count if batch.line_count else 0.0

    @api.constrains("date", "date_from")
    def _check_dates(self):
        for batch in self:
            if batch.date > fields.Date.context_today(batch):
                raise UserError(
                    self.env._(
                        "%s lies in the future: nobody knows yet what will be owed. Choose today "
                        "or a day before.",
                        batch.date,
                    )
                )
            if batch.date_from and batch.date_from > batch.date:
                raise UserError(
                    self.env._(
                        "Movements cannot begin (%(start)s) after the letter's day %(day)s.",
                        start=batch.date_from,
                        day=batch.date,
                    )
                )

    @api.constrains("kind", "date", "date_from", "delivery", "template_id", "company_id")
    def _check_draft(self):
        if any(batch.state != "draft" for batch in self):
            raise UserError(
                self.env._("A batch that has started cannot be changed any more. Make a new one.")
            )

    def _check_sender(self):
        """:raise AccessError: unless the user may write to customers about what they owe."""
        if not self.env.su and not any(self.env.user.has_group(g) for g in LEDGER_GROUPS):
            raise AccessError(
                self.env._("Only credit controllers and managers write to customers about money.")
            )

    # ------------------------------------------------------------------ filling
    def _add_customers(self, customers):
        """Add customers to the batch, each once, in one statement.

        :param customers: ``logistics.customer`` records of the batch's company; others are
            left out
        :return: number of customers added
        """
        self.ensure_one()
        self.env.flush_all()
        added = self.env.execute_query(
            SQL(
                """
                INSERT INTO logistics_letter_batch_line
                       (batch_id, company_id, customer_id, state, create_uid, create_date)
                SELECT %(batch)s, c.company_id, c.id, 'pending', %(uid)s, now() at time zone 'UTC'
                  FROM logistics_customer c
                 WHERE c.id IN %(ids)s AND c.company_id = %(company)s
                 ORDER BY c.name, c.id
                    ON CONFLICT (batch_id, customer_id) DO NOTHING
             RETURNING id
                """,
                batch=self.id,
                uid=self.env.uid,
                ids=tuple(customers.ids) or (0,),
                company=self.company_id.id,
            )
        )
        self.env["logistics.letter.batch.line"].invalidate_model()
        self.invalidate_recordset()
        return len(added)

    # ------------------------------------------------------------------ actions
    def action_start(self):
        """Hand the batch to the job.

        :raise UserError: without customers, or without a mail template when mails are to be sent
        """
        self._check_sender()
        self.check_access("write")
        for batch in self.sudo():
            if batch.state != "draft":
                raise UserError(self.env._("%s has been started already.", batch.name))
            if not batch.line_count:
                raise UserError(self.env._("Choose the customers first: the batch is empty."))
            if batch.delivery == "mail" and not batch.template_id:
                raise UserError(self.env._("Choose the mail template to send with."))
        self.sudo().write({"state": "running", "user_id": self.env.uid})
        self._trigger_job()
        return True

    def action_cancel(self):
        """Stop a batch; what is done stays done."""
        self._check_sender()
        self.check_access("write")
        self.sudo().filtered(lambda batch: batch.state in ("draft", "running")).state = "cancelled"
        return True

    def action_retry(self):
        """Try the failed customers again; those that are done are left alone."""
        self._check_sender()
        self.check_access("write")
        for batch in self.sudo():
            failed = batch.line_ids.filtered(lambda line: line.state == "failed")
            if failed:
                failed.write({"state": "pending", "error": False})
                batch.state = "running"
        self._trigger_job()
        return True

    def action_open_lines(self):
        """Open the customers of the batch, the failed ones first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_letter_batch_line"
        )
        action["domain"] = [("batch_id", "=", self.id)]
        action["context"] = {"search_default_failed": bool(self.failed_count)}
        return action

    @api.model
    def _trigger_job(self):
        self.env.ref("logistics_crm.cron_letter_batch").sudo()._trigger()
