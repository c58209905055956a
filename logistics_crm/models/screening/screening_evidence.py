# Part of logistics_crm. License LGPL-3 or later.
from datetime import datetime, time

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .screening_sources import CLAIM_KINDS, LATE_KIND, VISIT_KINDS


class LogisticsScreeningLine(models.Model):
    """The records behind each raw figure: what the reader opens with one click."""

    _inherit = "logistics.screening.line"

    @api.model
    def _evidence_kinds(self):
        """What can be opened: kind -> method that returns the action."""
        return {
            "trade": self._evidence_trade,
            "margin": self._evidence_margin,
            "concessions": self._evidence_concessions,
            "claims": self._evidence_claims,
            "compensations": self._evidence_compensations,
            "visits": self._evidence_visits,
            "due": self._evidence_due,
            "open": self._evidence_open,
            "disputes": self._evidence_disputes,
            "gates": self._evidence_gates,
            "financials": self._evidence_financials,
            "contracts": self._evidence_contracts,
            "quotations": self._evidence_quotations,
            "promises": self._evidence_promises,
            "complaints": self._evidence_complaints,
        }

    def action_evidence(self):
        """Open the records behind a figure, of the screened period and as of its last day.

        Which figure comes from ``evidence`` in the context. Records are read with the rights of
        the reader; entries made later for that time are among them, the frozen figure is not
        changed by them.

        :raise UserError: when the context names nothing that can be opened
        """
        self.ensure_one()
        self.check_access("read")
        kinds = self._evidence_kinds()
        kind = self.env.context.get("evidence")
        if kind not in kinds:
            raise UserError(self.env._("Choose what to look at on the sheet of the customer."))
        return kinds[kind]()

    def _evidence_action(self, model, domain, views="list,form", *, name):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "view_mode": views,
            "views": [(False, view) for view in views.split(",")],
            "domain": domain,
            "context": {"create": False, "active_test": False},
            "name": f"{self.customer_name}: {name}",
        }

    def _evidence_days(self, name):
        """Domain: a date field within the screened period."""
        campaign = self.sudo().screening_id
        return [(name, ">=", campaign.date_from), (name, "<=", campaign.as_of)]

    def _evidence_trade(self):
        domain = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        return self._evidence_action(
            "logistics.trading.report",
            [*domain, *self._evidence_days("date")],
            "list,pivot,graph",
            name=self.env._("Lines of the Year"),
        )

    def _evidence_margin(self):
        return self._evidence_action(
            "logistics.true.margin.report",
            [("customer_id", "=", self.customer_id.id), *self._evidence_days("date")],
            "list,pivot",
            name=self.env._("Margin and Concessions"),
        )

    def _evidence_concession(self, *further, name):
        return self._evidence_action(
            "logistics.concession",
            [
                ("customer_id", "=", self.customer_id.id),
                ("active", "=", True),
                *self._evidence_days("date"),
                *further,
            ],
            name=name,
        )

    def _evidence_concessions(self):
        apart = (*VISIT_KINDS, *CLAIM_KINDS, LATE_KIND)
        return self._evidence_concession(
            ("in_margin", "=", False), ("kind", "not in", apart), name=self.env._("Concessions")
        )

    def _evidence_claims(self):
        return self._evidence_concession(
            ("in_margin", "=", False),
            ("derived", "=", False),
            ("kind", "in", CLAIM_KINDS),
            name=self.env._("Claims Paid"),
        )

    def _evidence_visits(self):
        return self._evidence_concession(
            ("in_margin", "=", False),
            ("kind", "in", VISIT_KINDS),
            name=self.env._("Visits and Gifts"),
        )

    def _evidence_items(self, condition, *, name):
        """Journal items, or rows of the trading history where there are none."""
        campaign = self.sudo().screening_id
        items = self.env["logistics.settlement.facts"]._items_sql(
            campaign.as_of,
            company=self.sudo().company_id,
            partner_ids=self.sudo().partner_id.ids,
            due_from=campaign.date_from,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT i.source, i.ref_id, i.document, i.due_date FROM %s AS i WHERE %s",
                items,
                condition,
            )
        )
        ledger = [ref for source, ref, _document, _due in rows if source == "invoice"]
        if ledger and len(ledger) < len(rows):
            name = self.env._(
                "%(name)s, and %(count)s in the trading history",
                name=name,
                count=len(rows) - len(ledger),
            )
        if ledger or not rows:
            return self._evidence_action(
                "account.move.line", [("id", "in", ledger)], "list", name=name
            )
        # one item of the history are all rows of a document with one due date
        return self._evidence_action(
            "logistics.trading.history",
            [
                ("partner_id.commercial_partner_id", "=", self.sudo().partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("document", "in", [row[2] for row in rows]),
                ("due_date", "in", [row[3] for row in rows]),
            ],
            name=name,
        )

    def _evidence_due(self):
        as_of = self.sudo().screening_id.as_of
        return self._evidence_items(
            SQL("i.kind = 'item' AND i.due_date <= %s", as_of), name=self.env._("Fallen Due")
        )

    def _evidence_open(self):
        """The items with what was open on the closing date, of the ledger and from before it."""
        report = self.env["logistics.receivable.report"].create(
            {
                "company_id": self.company_id.id,
                "as_of": self.sudo().screening_id.as_of,
                "customer_id": self.customer_id.id,
            }
        )
        report.action_run()
        return self._evidence_action(
            "logistics.receivable.report.line",
            [("report_id", "=", report.id)],
            "list",
            name=self.env._("Open on the Closing Date"),
        )

    def _evidence_disputes(self):
        return self._evidence_items(
            SQL("i.is_open AND i.disputed IS TRUE"), name=self.env._("In Dispute")
        )

    def _evidence_gates(self):
        domain = [
            ("customer_id", "=", self.customer_id.id),
            ("year", "<=", self.sudo().screening_id._last_full_year()),
        ]
        return self._evidence_action(
            "logistics.arrears.gate", domain, name=self.env._("Arrears Gates")
        )

    def _evidence_financials(self):
        return self._evidence_action(
            "logistics.partner.financial",
            [
                ("partner_id", "=", self.partner_id.id),
                ("year", "<=", self.sudo().screening_id._last_full_year()),
            ],
            name=self.env._("Yearly Financials"),
        )

    def _evidence_contracts(self):
        return self._evidence_action(
            "logistics.contract",
            [
                ("customer_id", "=", self.customer_id.id),
                ("state", "=", "signed"),
                ("date_start", "<=", self.sudo().screening_id.as_of),
            ],
            name=self.env._("Contracts"),
        )

    def _evidence_quotations(self):
        campaign = self.sudo().screening_id
        start = datetime.combine(campaign.date_from, time.min)
        return self._evidence_action(
            "sale.order",
            [
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("date_order", ">=", start),
                ("date_order", "<=", datetime.combine(campaign.as_of, time.max)),
                "|",
                ("state", "in", ("sale", "cancel")),
                "&",
                ("state", "=", "sent"),
                "|",
                ("validity_date", "=", False),
                ("validity_date", "<", campaign.as_of),
            ],
            name=self.env._("Quotations Decided"),
        )

    def _evidence_promises(self):
        return self._evidence_action(
            "logistics.payment.promise",
            [
                ("customer_id", "=", self.customer_id.id),
                ("state", "in", ("kept", "partly", "broken")),
                *self._evidence_days("date_deadline"),
            ],
            name=self.env._("Payment Promises"),
        )

    def _evidence_compensations(self):
        if "logistics.complaint" not in self.env:
            raise UserError(self.env._("Complaints are not kept in this database."))
        notes = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("logistics_complaint_id", "!=", False),
                    ("commercial_partner_id", "=", self.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("state", "=", "posted"),
                    *self._evidence_days("date"),
                ]
            )
        )
        return self._evidence_action(
            "logistics.complaint",
            [("id", "in", notes.logistics_complaint_id.ids)],
            name=self.env._("Complaints Compensated"),
        )

    def _evidence_complaints(self):
        if "logistics.complaint" not in self.env:
            raise UserError(self.env._("Complaints are not kept in this database."))
        return self._evidence_action(
            "logistics.complaint",
            [
                *self.env["logistics.complaint.repeat"]._counting_domain(),
                ("customer_id", "=", self.customer_id.id),
                *self._evidence_days("received_on"),
            ],
            name=self.env._("Complaints"),
        )
