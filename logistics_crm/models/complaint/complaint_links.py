# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError

# what a dispute calls a type of complaint
DISPUTE_REASONS = {
    "late": "late",
    "not_delivered": "late",
    "damaged": "damage",
    "lost": "damage",
    "overcharged": "price",
}


class LogisticsComplaint(models.Model):
    """What hangs together with a complaint: the dispute, opinions, the visit it was told at."""

    _name = "logistics.complaint"
    _inherit = ["logistics.complaint", "logistics.customer.essentials"]

    visit_id = fields.Many2one(
        "logistics.visit",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The touch at which it was told.",
    )
    opinion_ids = fields.One2many(
        "logistics.opinion",
        "res_id",
        domain=[("res_model", "=", "logistics.complaint")],
        string="Opinions",
    )
    opinion_count = fields.Integer(compute="_compute_opinion_count")
    inquest_id = fields.Many2one(
        "logistics.inquest",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The inquest into why this customer complains again and again.",
    )
    logistics_essentials = fields.Json(
        groups="logistics_crm.group_user,logistics_crm.group_credit_controller,"
        "logistics_crm.group_complaint_handler"
    )

    @api.model
    def _given_fields(self):
        return super()._given_fields() | {"visit_id"}

    def _essentials_partner(self):
        return self.partner_id, self.company_id or self.env.company

    @api.depends("partner_id", "company_id")
    def _compute_logistics_essentials(self):
        return super()._compute_logistics_essentials()

    @api.depends("opinion_ids")
    def _compute_opinion_count(self):
        counts = dict(
            self.env["logistics.opinion"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for complaint in self:
            complaint.opinion_count = counts.get(complaint.id, 0)

    def action_make_opinion(self):
        """Record what the customer said beyond this case, to be answered on its own."""
        self.ensure_one()
        if not self.customer_id:
            raise UserError(self.env._("Say first which customer complained."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.opinion",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_customer_id": self.customer_id.id,
                "default_name": self.name,
                "default_res_model": self._name,
                "default_res_id": self.id,
            },
            "name": self.env._("New Opinion"),
        }

    def action_open_opinions(self):
        """Open the opinions raised by this complaint."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_opinion")
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_ratings(self):
        """Open how the customer rated the handling."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("rating.rating_rating_action")
        action["domain"] = [
            ("res_model", "=", self._name),
            ("res_id", "=", self.id),
            ("consumed", "=", True),
        ]
        return action

    def action_preview(self):
        """Open the page the customer sees."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "target": "self", "url": self.get_portal_url()}

    # ------------------------------------------------------------------ dispute
    def action_dispute(self):
        """Open the dispute of the invoice, so that reminders leave it out; make it if needed.

        An open dispute of the same invoice is taken, not doubled.

        :raise UserError: without an invoice
        """
        self.ensure_one()
        self.check_access("write")
        if not self.move_id:
            raise UserError(self.env._("Choose the invoice that is disputed first."))
        if not self.dispute_id:
            dispute = (
                self.env["logistics.dispute"]
                .sudo()
                .search([("move_id", "=", self.move_id.id), ("state", "=", "open")], limit=1)
            )
            if not dispute:
                values = {
                    "move_id": self.move_id.id,
                    "reason": DISPUTE_REASONS.get(self.type_id.code, "other"),
                    "description": self.name,
                    "owner_id": self.user_id.id or self.env.uid,
                    "date_opened": self.received_on,
                    "deadline": max(
                        fields.Date.add(fields.Date.context_today(self), days=14),
                        self.received_on,
                    ),
                }
                move = self.move_id.sudo()
                claim = self.claim_amount or 0.0
                if claim and self.claim_currency_id == move.currency_id:
                    values["amount"] = min(claim, move.amount_total)
                dispute = self.env["logistics.dispute"].sudo().create(values)
            self._step().write({"dispute_id": dispute.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.dispute",
            "res_id": self.dispute_id.id,
            "view_mode": "form",
        }

    def _end(self, state, sources, reason=None, **values):
        result = super()._end(state, sources, reason, **values)
        for complaint in self:
            dispute = complaint.sudo().dispute_id
            if dispute.state == "open":
                complaint._end_dispute(dispute, state, reason)
        return result

    def _end_dispute(self, dispute, state, reason):
        """The dispute ends as the complaint did, with the credit note if there is one."""
        granted = self.sudo().compensation_ids.filtered(
            lambda c: c.state == "approved" and c.credit_note_id and c.move_id == dispute.move_id
        )
        compare = dispute.currency_id.compare_amounts
        amount = min(sum(granted.mapped("amount")), dispute.amount)
        if granted and compare(amount, 0) > 0:
            whole = not compare(amount, dispute.amount)
            outcome = ("credit_note" if whole else "partly", amount, granted[:1].credit_note_id)
        else:
            outcome = ("withdrawn" if state == "cancelled" else "rejected", 0.0, None)
        dispute._close(*outcome, note=reason or self.answer)


class LogisticsDispute(models.Model):
    _inherit = "logistics.dispute"

    complaint_ids = fields.One2many("logistics.complaint", "dispute_id", string="Complaints")
    complaint_id = fields.Many2one("logistics.complaint", compute="_compute_complaint_id")

    @api.depends("complaint_ids")
    def _compute_complaint_id(self):
        for dispute in self:
            dispute.complaint_id = dispute.complaint_ids[:1]

    def action_complaint(self):
        """Open the complaint behind the dispute, or make one: one matter, two views of it."""
        self.ensure_one()
        if not self.complaint_id:
            codes = {"late": "late", "damage": "damaged", "price": "overcharged"}
            kind = self.env["logistics.complaint.type"].search(
                [("code", "=", codes.get(self.reason, "other"))], limit=1
            )
            complaint = self.env["logistics.complaint"].create(
                {
                    "name": self.display_name,
                    "customer_id": self.customer_id.id,
                    "company_id": self.company_id.id,
                    "move_id": self.move_id.id,
                    "type_id": kind.id,
                    "channel": "other",
                    "claim_amount": self.amount,
                    "claim_currency_id": self.currency_id.id,
                    "received_on": self.date_opened,
                    "description": self.description,
                }
            )
            complaint._step().write({"dispute_id": self.id})
        return self.complaint_id._get_records_action()


class LogisticsVisit(models.Model):
    _inherit = "logistics.visit"

    complaint_count = fields.Integer(compute="_compute_complaint_count")

    def _compute_complaint_count(self):
        counts = dict(
            self.env["logistics.complaint"]._read_group(
                [("visit_id", "in", self.ids)], ["visit_id"], ["__count"]
            )
        )
        for visit in self:
            visit.complaint_count = counts.get(visit, 0)

    def action_open_complaints(self):
        """Open the complaints told at this touch, or record the first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_complaint")
        action["domain"] = [("visit_id", "=", self.id)]
        action["context"] = {
            "default_customer_id": self.customer_id.id,
            "default_visit_id": self.id,
            "default_channel": "visit",
        }
        if not self.complaint_count:
            action |= {"view_mode": "form", "views": [(False, "form")]}
        return action
