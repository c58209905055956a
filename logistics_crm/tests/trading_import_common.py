# Part of logistics_crm. License LGPL-3 or later.
import csv
import io

from odoo.tests import TransactionCase

from odoo.addons.logistics_crm.models.trading.trading_history_rules import COLUMNS

ROW = {
    "customer_ref": "R1",
    "customer_name": "Acme Ltd",
    "country": "Kenya",
    "date": "2014-03-05",
    "document": "D1",
    "line": "1",
    "service": "Import Test Air",
    "quantity": "12",
    "weight_kg": "340.5",
    "amount": "1250.25",
    "cost": "980",
    "currency": "USD",
    "promised_date": "2014-03-12",
    "delivered_date": "2014-03-11",
    "due_date": "2014-04-04",
    "paid_date": "2014-04-02",
    "disputed": "no",
}


def csv_text(*rows, columns=COLUMNS):
    """CSV text of rows given as changes to ``ROW``."""
    output = io.StringIO()
    writer = csv.DictWriter(output, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return output.getvalue()


class ImportCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.env.ref("base.USD")
        cls.eur = cls.env.ref("base.EUR")
        (cls.usd | cls.eur).active = True
        cls.company = cls.env["res.company"].create(
            {"name": "Import Test Freight", "currency_id": cls.usd.id}
        )
        cls.History = cls.env["logistics.trading.history"]

    def import_csv(self, text, **options):
        return self.History._import_csv(text, self.company, **options)

    def rows(self):
        return self.History.search([("company_id", "=", self.company.id)], order="id")

    def assert_refused(self, text, line, column, words):
        """One problem at a place, told in these words, and nothing stored."""
        result = self.import_csv(text)
        self.assertEqual(result["created"], 0)
        self.assertIn((line, column), [error[:2] for error in result["errors"]], result)
        reasons = " ".join(error[2] for error in result["errors"])
        self.assertIn(words, reasons)
        self.assertFalse(self.rows())
        return result
