# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import format_date

# So many days ahead an occasion, and the end of a contract, is told.
OCCASION_DAYS = 30
CONTRACT_DAYS = 90


class LogisticsCustomer(models.Model):
    """The file on top of the customer's form: what is missing, what ends, what to celebrate."""

    _inherit = "logistics.customer"

    def _open_points(self):
        return [
            *super()._open_points(),
            *self._open_points_contract(),
            *self._open_points_occasion(),
            *self._open_points_missing(),
        ]

    def _open_points_contract(self):
        contracts = self.env["logistics.contract"]
        if not contracts.has_access("read"):
            return []
        today = fields.Date.context_today(self)
        ending = contracts.search(
            [
                ("customer_id", "=", self.id),
                ("state", "=", "signed"),
                ("renewed", "=", False),
                ("date_end", ">=", today),
                ("date_end", "<=", fields.Date.add(today, days=CONTRACT_DAYS)),
            ],
            order="date_end, id",
            limit=1,
        )
        return [
            {
                "code": "contract",
                "level": "warning",
                "text": self.env._(
                    "Contract %(name)s ends on %(date)s",
                    name=contract.name,
                    date=format_date(self.env, contract.date_end),
                ),
                "action": "action_open_contracts",
            }
            for contract in ending
        ]

    def _open_points_occasion(self):
        occasions = self.env["logistics.person.occasion"]
        if not occasions.has_access("read"):
            return []
        today = fields.Date.context_today(self)
        upcoming = occasions._upcoming(
            today, fields.Date.add(today, days=OCCASION_DAYS), customer=self
        )
        return [
            {
                "code": "occasion",
                "level": "info",
                "text": self.env._(
                    "%(occasion)s on %(date)s",
                    occasion=occasion.display_name,
                    date=format_date(self.env, occasion.next_date),
                ),
                "action": "action_open_occasions",
            }
            for occasion in upcoming[:1]
        ]

    def _open_points_missing(self):
        """How complete the file is; nothing while there is no answer or nothing is missing."""
        missing = self.missing_fact_count
        if not missing or self.completeness is None or self.completeness is False:
            return []
        share = round(self.completeness * 100)
        text = (
            self.env._("File %s %% complete, 1 fact missing", share)
            if missing == 1
            else self.env._(
                "File %(share)s %% complete, %(missing)s facts missing",
                share=share,
                missing=missing,
            )
        )
        stale = self.verification_state == "stale"
        return [
            {
                "code": "missing",
                "level": "warning" if stale else "info",
                "text": text,
                "action": False,
                "page": "file",
            }
        ]

    def action_open_contracts(self):
        """Open the contracts with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_contract")
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {"default_customer_id": self.id}
        return action

    def action_open_occasions(self):
        """Open the occasions of this customer and of the people there."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_person_occasion"
        )
        action["domain"] = [("customer_id", "=", self.id)]
        action["context"] = {"default_customer_id": self.id}
        return action
