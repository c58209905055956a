# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from .common import LogisticsCommon

YEAR = 2021


class ScreeningCase(LogisticsCommon):
    """A company without chart of accounts, whose trade is told by its history alone.

    ========  ==============================================
    user      sees
    ========  ==============================================
    rep       own or unassigned customers
    rep_all   every customer
    manager   every customer; computes, decides and closes
    control   every customer with ledger amounts, reads only
    ========  ==============================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.company.currency_id
        cls.rep = cls._user("seller")
        cls.rep_all = cls._user("seller_all")
        cls.manager = cls._user("manager")
        cls.control = cls._user("controller")
        cls.services = cls.env["logistics.service"].create(
            [{"name": "Screening Air"}, {"name": "Screening Road"}]
        )

    @classmethod
    def _partners(cls, *names, **values):
        return cls.env["res.partner"].create(
            [{"name": name, "is_company": True, **values} for name in names]
        )

    @classmethod
    def _history(cls, *rows):
        """Record trade: ``(partner, date, amount[, values])``; quantity follows the amount."""
        vals_list = []
        for number, row in enumerate(rows):
            partner, day, amount, *rest = row
            values = {
                "company_id": cls.company.id,
                "partner_id": partner.id,
                "date": day,
                "document": f"D{number}",
                "line": str(next(cls._numbers)),
                "quantity": 1 if amount is None or amount >= 0 else -1,
                "amount": False if amount is None else amount,
                "currency_id": cls.usd.id,
            }
            values.update(rest[0] if rest else {})
            vals_list.append(values)
        return cls.env["logistics.trading.history"].create(vals_list)

    @classmethod
    def _screening(cls, year=YEAR, compute=True, **values):
        screening = cls.env["logistics.screening"].create(
            {"year": year, "company_id": cls.company.id, **values}
        )
        if compute:
            screening.action_compute()
        return screening

    def _line(self, screening, partner):
        line = screening.line_ids.filtered(lambda line: line.partner_id == partner)
        self.assertEqual(len(line), 1, f"one line for {partner.name}")
        return line

    @staticmethod
    def _day(month, day, year=YEAR):
        return date(year, month, day)
