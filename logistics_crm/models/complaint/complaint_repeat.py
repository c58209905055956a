# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...complaint_words import OPEN_STATES


class LogisticsComplaint(models.Model):
    """The same again: of one customer within a year, or the same complaint twice."""

    _inherit = "logistics.complaint"

    repeat_number = fields.Integer(
        string="Of the Customer in 12 Months",
        compute="_compute_repeat_number",
        help="How many complaints the customer made in the twelve months up to this one.",
    )
    repeated = fields.Boolean(compute="_compute_repeat_number", search="_search_repeated")
    same_type_number = fields.Integer(string="Of the Same Type", compute="_compute_repeat_number")
    duplicate_of_id = fields.Many2one(
        "logistics.complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The complaint this one was merged into.",
    )
    duplicate_ids = fields.One2many(
        "logistics.complaint", "duplicate_of_id", string="Merged In", readonly=True
    )
    possible_duplicate_count = fields.Integer(
        string="Possible Duplicates", compute="_compute_possible_duplicate_count"
    )

    @api.depends("customer_id", "received_on", "type_id")
    def _compute_repeat_number(self):
        counts = {}
        ids = tuple(self._origin.ids) or (0,)
        self.env["logistics.complaint"].flush_model()
        for row in self.env.execute_query(
            SQL(
                """
                SELECT c.id, count(o.id),
                       count(o.id) FILTER (WHERE o.type_id = c.type_id)
                  FROM logistics_complaint c
                  JOIN logistics_complaint o ON o.customer_id = c.customer_id
                   AND o.received_on > c.received_on - interval '1 year'
                   AND (o.received_on, o.id) <= (c.received_on, c.id)
                   AND o.duplicate_of_id IS NULL AND o.active
                   AND (o.state <> 'cancelled' OR o.id = c.id)
                 WHERE c.id IN %s
                 GROUP BY c.id
                """,
                ids,
            )
        ):
            counts[row[0]] = row[1:]
        for complaint in self:
            number, same = counts.get(complaint._origin.id, (0, 0))
            complaint.repeat_number, complaint.same_type_number = number, same
            complaint.repeated = number >= complaint.company_id.logistics_complaint_repeat > 0

    def _search_repeated(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = SQL(
            """
            (SELECT c.id FROM logistics_complaint c
               JOIN res_company p ON p.id = c.company_id
               JOIN logistics_complaint o ON o.customer_id = c.customer_id
                AND o.received_on > c.received_on - interval '1 year'
                AND (o.received_on, o.id) <= (c.received_on, c.id)
                AND o.duplicate_of_id IS NULL AND o.state <> 'cancelled' AND o.active
              GROUP BY c.id, p.logistics_complaint_repeat
             HAVING count(o.id) >= p.logistics_complaint_repeat)
            """
        )
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return fields.Domain("id", "in" if True in value else "not in", found)

    def _possible_duplicates(self):
        """Open complaints of the same customer about the same thing, in the company's days."""
        self.ensure_one()
        if not self.customer_id or not self._origin:
            return self.browse()
        days = timedelta(days=self.company_id.logistics_complaint_duplicate_days)
        same = fields.Domain("type_id", "=", self.type_id.id)
        for name in ("order_id", "move_id", "shipment_ref"):
            if value := self[name]:
                value = value if name == "shipment_ref" else value.id
                same |= fields.Domain(name, "=", value)
        return self.search(
            same
            & fields.Domain(
                [
                    ("customer_id", "=", self.customer_id.id),
                    ("state", "in", OPEN_STATES),
                    ("id", "!=", self._origin.id),
                    ("received_on", ">=", self.received_on - days),
                    ("received_on", "<=", self.received_on + days),
                ]
            )
        )

    @api.depends("customer_id", "type_id", "order_id", "move_id", "shipment_ref", "state")
    def _compute_possible_duplicate_count(self):
        for complaint in self:
            complaint.possible_duplicate_count = (
                len(complaint._possible_duplicates()) if complaint.state in OPEN_STATES else 0
            )

    def action_open_duplicates(self):
        """Open what may be the same complaint, to compare and merge."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", (self | self._possible_duplicates()).ids)],
            "name": self.env._("Possible Duplicates"),
        }

    def action_open_repeats(self):
        """Open the complaints of the customer of the last twelve months."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [
                ("customer_id", "=", self.customer_id.id),
                ("received_on", ">", self.received_on - relativedelta(years=1)),
            ],
            "context": {"search_default_group_type": 1},
            "name": self.env._("Complaints of the Customer"),
        }

    def _merge_into(self, target):
        """Make one of several: these end as duplicates of the target, and nothing is lost.

        Files, followers and what the target does not know yet move to it; the messages stay
        where they were written, one link away.

        :raise UserError: for another customer, one that has ended, or one with compensation
        """
        target.ensure_one()
        target.check_access("write")
        self.check_access("write")
        for source in self - target:
            if source.state not in OPEN_STATES or target.state not in OPEN_STATES:
                raise UserError(self.env._("Only open complaints can be merged."))
            if source.company_id != target.company_id or (
                source.customer_id and source.customer_id != target.customer_id
            ):
                raise UserError(
                    self.env._(
                        "%(one)s and %(other)s are complaints of different customers.",
                        one=source.display_name,
                        other=target.display_name,
                    )
                )
            if source.sudo().compensation_ids.filtered(
                lambda c: c.state in ("requested", "approved")
            ):
                raise UserError(
                    self.env._(
                        "%s has a compensation: merge the other one into it.", source.display_name
                    )
                )
            values = {
                name: source[name].id if source._fields[name].relational else source[name]
                for name in (
                    "contact_id",
                    "order_id",
                    "order_line_id",
                    "move_id",
                    "shipment_ref",
                    "dispute_id",
                    "cause_id",
                )
                if source[name] and not target[name]
            }
            if target.claim_amount is False and source.claim_amount is not False:
                values |= {
                    "claim_amount": source.claim_amount,
                    "claim_currency_id": source.claim_currency_id.id,
                }
            if source.received_at < target.received_at:
                values |= {"received_on": source.received_on, "received_at": source.received_at}
            target._step().write(values)
            self.env["ir.attachment"].sudo().search(
                [("res_model", "=", self._name), ("res_id", "=", source.id)]
            ).write({"res_id": target.id})
            target.message_subscribe(source.message_partner_ids.ids)
            source.duplicate_ids._step().write({"duplicate_of_id": target.id})
            source._step().write({"duplicate_of_id": target.id})
            source._end("cancelled", OPEN_STATES, self.env._("Merged into %s", target.display_name))
            target._message_log(
                body=self.env._("%s was merged in.", source._get_html_link()),
            )
        return True
