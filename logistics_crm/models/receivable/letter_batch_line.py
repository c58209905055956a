# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsLetterBatchLine(models.Model):
    """One customer of a letter batch: what was sent, or why it was not."""

    _name = "logistics.letter.batch.line"
    _description = "Letter of a Batch"
    _inherit = ["logistics.readonly.mixin"]
    _order = "id"
    _rec_name = "customer_id"
    _check_company_auto = True

    batch_id = fields.Many2one(
        "logistics.letter.batch", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    customer_id = fields.Many2one(
        "logistics.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="customer_id.user_id")
    state = fields.Selection(
        [("pending", "Pending"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="pending",
    )
    error = fields.Text(
        string="Why It Failed",
        readonly=True,
        help="What to correct before trying again.",
    )
    done_at = fields.Datetime(readonly=True)
    sent_to = fields.Char(
        readonly=True,
        help="Address the mail went to. Empty: printed only.",
    )
    message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The message on the customer's timeline.",
    )
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="PDF",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _batch_customer_uniq = models.UniqueIndex(
        "(batch_id, customer_id)", "A customer is in a batch once."
    )
    _waiting = models.Index("(batch_id, id) WHERE state = 'pending'")

    @api.model
    def _fold_customer(self, src, dst):
        """Two accounts become one: a batch keeps one line per customer, a written one first."""
        mine = self.sudo().search([("customer_id", "=", src.id)])
        kept = self.sudo().search(
            [("customer_id", "=", dst.id), ("batch_id", "in", mine.batch_id.ids)]
        )
        kept = {line.batch_id: line for line in kept}
        for line in mine:
            other = kept.get(line.batch_id)
            if other and (other.state == "done" or line.state != "done"):
                line.unlink()
                continue
            if other:
                other.unlink()
                other.flush_model()
            line.customer_id = dst

    def action_open_pdf(self):
        """Open the PDF that was made for this customer."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.sudo().attachment_id.id}?download=true",
            "target": "new",
        }

    def action_retry(self):
        """Try these failed customers again."""
        failed = self.filtered(lambda line: line.state == "failed")
        failed.batch_id._check_sender()
        failed.check_access("write")
        failed.sudo().write({"state": "pending", "error": False})
        failed.sudo().batch_id.state = "running"
        self.env["logistics.letter.batch"]._trigger_job()
        return True
