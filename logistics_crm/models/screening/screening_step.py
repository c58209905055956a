# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

STEPS = [
    ("prepare", "Prepare"),
    ("judge", "Judge"),
    ("decide", "Decide"),
    ("close", "Closed"),
    ("carry", "Carried Over"),
]
# Steps that representatives sign, each for the own customers.
SIGNED_STEPS = [("prepare", "Files Are Complete"), ("judge", "Customers Are Judged")]
# Days before a deadline on which those who have not signed are reminded.
REMIND_DAYS = 7


class LogisticsScreening(models.Model):
    """The steps of a campaign: prepare the files, compute, judge, decide, close, carry over."""

    _inherit = "logistics.screening"

    step = fields.Selection(
        STEPS,
        compute="_compute_step",
        store=True,
        help="Prepare: representatives complete the files of their customers. Judge: future and "
        "cooperation are judged. Decide: managers decide and sign. Then closed, then carried "
        "over into the next year.",
    )
    deciding = fields.Boolean(readonly=True, copy=False, help="Judging has ended; managers decide.")
    deadline_prepare = fields.Date(
        string="Files Complete by", tracking=True, copy=False, help="Empty: no reminder."
    )
    deadline_judge = fields.Date(string="Judged by", tracking=True, copy=False)
    deadline_decide = fields.Date(string="Decided by", tracking=True, copy=False)
    signature_ids = fields.One2many("logistics.screening.signature", "screening_id", readonly=True)
    progress_ids = fields.One2many("logistics.screening.progress", "screening_id", readonly=True)

    complete_progress = fields.Float(string="Files Complete (%)", compute="_compute_step_progress")
    signed_progress = fields.Float(
        string="Files Signed (%)",
        compute="_compute_step_progress",
        help="Customers whose representative has signed that the files are complete.",
    )
    judged_progress = fields.Float(string="Judged (%)", compute="_compute_step_progress")

    @api.depends("progress_ids")
    def _compute_step_progress(self):
        """Shares of the customers in scope, as far as the reader may see them."""
        for screening in self:
            rows = screening.progress_ids
            total = sum(rows.mapped("customer_count"))
            signed = rows.filtered("prepared_at")
            for name, count in (
                ("complete_progress", sum(rows.mapped("complete_count"))),
                ("signed_progress", sum(signed.mapped("customer_count"))),
                ("judged_progress", sum(rows.mapped("judged_count"))),
            ):
                screening[name] = 100.0 * count / total if total else 0.0

    @api.model
    def _open_fields(self):
        return super()._open_fields() | {"deadline_prepare", "deadline_judge", "deadline_decide"}

    @api.model
    def _result_fields(self):
        return super()._result_fields() | {"deciding", "step"}

    @api.depends("state", "deciding", "carried_at")
    def _compute_step(self):
        for screening in self:
            if screening.state == "closed":
                screening.step = "carry" if screening.carried_at else "close"
            elif screening.state == "draft":
                screening.step = "prepare"
            else:
                screening.step = "decide" if screening.deciding else "judge"

    @api.constrains("deadline_prepare", "deadline_judge", "deadline_decide")
    def _check_deadlines(self):
        for screening in self:
            days = [
                day
                for day in (
                    screening.deadline_prepare,
                    screening.deadline_judge,
                    screening.deadline_decide,
                )
                if day
            ]
            if days != sorted(days):
                raise ValidationError(
                    self.env._(
                        "The deadlines follow each other: first complete the files, then judge, "
                        "then decide."
                    )
                )

    def action_start_deciding(self):
        """End judging: give the points anew with the judgements, and let managers decide.

        :raise UserError: without figures, or when closed
        """
        self.check_access("write")
        for screening in self:
            screening._refuse_closed()
            screening._require_figures()
            screening._rescore()
        self._write_results({"deciding": True})
        return True

    def action_back_to_judging(self):
        """Let representatives and managers judge again; decisions stay."""
        self.check_access("write")
        for screening in self:
            screening._refuse_closed()
        self._write_results({"deciding": False})
        return True

    def action_sign(self):
        """Sign the present step for the customers of the reader: complete, or judged.

        Signing again renews the signature with today's counts.

        :raise UserError: in a step that nobody signs, or without customers
        """
        self.ensure_one()
        self.check_access("read")
        if self.step not in dict(SIGNED_STEPS):
            raise UserError(self.env._("There is nothing to sign in this step."))
        progress = self.progress_ids.filtered(lambda row: row.user_id == self.env.user)
        if not progress:
            raise UserError(self.env._("You have no customer in this screening: nothing to sign."))
        self._keep_signature(
            self.step,
            {
                "customer_count": progress.customer_count,
                "missing_count": progress.missing_count,
                "judged_count": progress.judged_count,
            },
        )
        self.activity_ids.filtered(
            lambda activity: activity.user_id == self.env.user
        ).sudo().action_feedback(feedback=self.env._("Signed."))
        self.progress_ids.invalidate_recordset()
        return True

    def _keep_signature(self, step, values):
        """Write or renew the signature of the reader for a step; rights are checked before."""
        signature = self.env["logistics.screening.signature"].sudo()
        values["signed_at"] = fields.Datetime.now()
        own = {"screening_id": self.id, "step": step, "user_id": self.env.uid}
        known = signature.search([(name, "=", value) for name, value in own.items()])
        if known:
            known.write(values)
        else:
            signature.create({**own, **values})

    def action_open_my_files(self):
        """Open the reader's customers in scope whose files are incomplete or due to verify."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_customer")
        action["domain"] = list(
            self._scope_domain()
            & (
                fields.Domain("missing_fact_count", ">", 0)
                | fields.Domain("verification_due_date", "<=", fields.Date.context_today(self))
            )
        )
        action["context"] = {"search_default_mine": 1}
        return action

    @api.model
    def _cron_remind(self):
        """Remind those who have not signed a step whose deadline is near: once per deadline."""
        today = fields.Date.context_today(self)
        running = self.search([("state", "!=", "closed")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(running))
        for screening in running:
            screening._remind(today)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _remind(self, today):
        self.ensure_one()
        deadline = {
            "prepare": self.deadline_prepare,
            "judge": self.deadline_judge,
            "decide": self.deadline_decide,
        }.get(self.step)
        if not deadline or today < deadline - relativedelta(days=REMIND_DAYS):
            return
        signed = self.signature_ids.filtered(lambda s: s.step == self.step).user_id
        told = (
            self.with_context(active_test=False)
            .activity_ids.filtered(lambda activity: activity.date_deadline == deadline)
            .user_id
        )
        asked = self.progress_ids.user_id - signed
        if self.step == "decide":
            # nobody signs here: who computed the campaign sees to it until all is decided
            asked = self.computed_by if self.decided_count < self.line_count else signed.browse()
        for user in asked - told:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=deadline,
                user_id=user.id,
                summary=self._reminder(format_date(self.env, deadline)),
            )

    def _reminder(self, day):
        """What is asked for in the present step, in words."""
        if self.step == "prepare":
            return self.env._("Complete your customers' files by %s", day)
        if self.step == "judge":
            return self.env._("Judge your customers by %s", day)
        return self.env._(
            "Decide by %(day)s: %(count)s customers are open",
            day=day,
            count=self.line_count - self.decided_count,
        )


class LogisticsScreeningSignature(models.Model):
    """Who has signed a step of the campaign, when, and how things stood."""

    _name = "logistics.screening.signature"
    _description = "Signature of a Screening Step"
    _order = "signed_at desc, id desc"
    _rec_name = "user_id"

    screening_id = fields.Many2one(
        "logistics.screening", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="screening_id.company_id", store=True, index=True)
    step = fields.Selection(
        [*SIGNED_STEPS, ("board", "The Board Has Signed")], required=True, readonly=True
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True)
    signed_at = fields.Datetime(required=True, readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    missing_count = fields.Integer(
        string="Missing Facts", readonly=True, help="Facts still missing when it was signed."
    )
    judged_count = fields.Integer(string="Judged", readonly=True)
    decided_count = fields.Integer(string="Decided", readonly=True)
    decision_print = fields.Char(readonly=True, help="Tells whether decisions changed since.")

    _user_step_uniq = models.UniqueIndex("(screening_id, step, user_id)")
