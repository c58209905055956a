# Part of logistics_crm. License LGPL-3 or later.
"""Fixtures of the exposure, verdict and bypass tests: one customer, credit control on."""

from odoo import Command, fields

from .common import LogisticsLedgerCommon


class CreditControlCommon(LogisticsLedgerCommon):
    """Orders held by default; ``partner`` is looked after by ``seller`` and has no limit yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.logistics_credit_control = "enforce"
        cls.today = fields.Date.context_today(cls.env.user)
        cls.seller = cls._user("seller")
        cls.controller = cls._user("controller")
        cls.second = cls._user("controller")
        cls.partner = cls._partner("Harbour Freight Customer")
        cls.account = cls._account(cls.partner, user_id=cls.seller.id)
        cls.pricelist_chf = cls.env["product.pricelist"].create(
            {"name": "Francs", "currency_id": cls.foreign.id}
        )
        cls.exposure = cls.env["logistics.credit.exposure"]

    @classmethod
    def _quote(cls, price, quantity=1.0, partner=None, foreign=False, tax=None, **values):
        """A quotation of one line; ``foreign`` in francs."""
        partner = partner or cls.partner
        if foreign:
            values["pricelist_id"] = cls.pricelist_chf.id
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": cls.seller.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product_a.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(tax.ids if tax else [])],
                        }
                    )
                ],
                **values,
            }
        )

    def _total(self, account=None):
        """The exposure of a customer, in company currency."""
        return self.exposure._exposure(account or self.account)["total"]

    def _rules(self, verdict, level="hold"):
        return {r["rule"] for r in verdict["reasons"] if r["level"] == level}

    def _line(self, grade="N", company=None):
        policy = self.env["logistics.credit.policy"]._for_company(company or self.company)
        return policy._grade_line(grade)
