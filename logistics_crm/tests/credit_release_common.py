# Part of logistics_crm. License LGPL-3 or later.
"""The cast of the release, gate and signal tests: a rep, controllers with and without authority."""

from odoo import Command, fields

from .common import LogisticsLedgerCommon


class CreditReleaseCommon(LogisticsLedgerCommon):
    """Credit control on, one customer with a limit of 1,000 looked after by ``rep``.

    ======== =========== ==========================
    user     role        authority
    ======== =========== ==========================
    rep      salesperson none
    other    salesperson none
    junior   controller  up to 100
    senior   controller  up to 5,000
    newbie   controller  none
    director manager     lifts gates, releases none
    ======== =========== ==========================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "logistics_credit_control": "enforce",
                "logistics_release_days": 10,
                "logistics_release_tolerance": 5.0,
            }
        )
        cls.today = fields.Date.context_today(cls.env.user)
        cls.rep = cls._user("seller", email="rep@test.example.com")
        cls.other = cls._user("seller_all", email="other@test.example.com")
        cls.junior = cls._user("controller", email="junior@test.example.com")
        cls.senior = cls._user("controller", email="senior@test.example.com")
        cls.newbie = cls._user("controller", email="newbie@test.example.com")
        cls.director = cls._user("manager", email="director@test.example.com")
        cls.releases = cls.env["logistics.credit.release"]
        cls.gates = cls.env["logistics.arrears.gate"]
        cls._grant(cls.junior, 100.0)
        cls._grant(cls.senior, 5000.0)
        cls._grant(cls.director, 0.0, may_lift_gate=True)
        cls.partner = cls._partner("Harbour Textiles", email="customer@test.example.com")
        cls.account = cls._account(cls.partner, user_id=cls.rep.id)
        cls._limit(cls.account, 1000.0)

    @classmethod
    def _other_company(cls):
        return cls.env["res.company"].create({"name": "Second Freight"})

    @classmethod
    def _grant(cls, holder, amount, **values):
        field = "user_id" if holder._name == "res.users" else "group_id"
        return cls.env["logistics.credit.authority"].create(
            {
                field: holder.id,
                "max_excess": amount,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _limit(cls, account, amount):
        """A base limit that is in force."""
        account._grant_limit(amount)

    @classmethod
    def _quote(cls, amount, partner=None, user=None, **values):
        """A quotation over an amount without tax."""
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.partner).id,
                "user_id": (user or cls.rep).id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product_a.id,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _held(cls, amount, **values):
        """A quotation whose confirmation was held."""
        order = cls._quote(amount, **values)
        order.with_user(order.user_id).action_confirm()
        return order

    @classmethod
    def _request(cls, order, user=None, **values):
        """The release the salesperson asks for, through the dialog."""
        dialog = (
            cls.env["logistics.credit.release.request"]
            .with_user(user or cls.rep)
            .create(
                {
                    "order_id": order.id,
                    "reason_code": "payment_announced",
                    "reason": "The transfer is on its way.",
                    **values,
                }
            )
        )
        dialog.action_request()
        return cls.releases.search([("order_id", "=", order.id)], order="id desc", limit=1)

    def _confirm(self, order):
        """Confirm as the salesperson does; tell whether it went through."""
        order.with_user(order.user_id).action_confirm()
        return order.state == "sale"
