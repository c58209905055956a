# Part of logistics_crm. License LGPL-3 or later.
from psycopg2 import Error

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import LogisticsCommon

# Written by the addon's own statements or meaningless without more than one row.
LEAST_COVERED = {
    "logistics.trading.history",
    "logistics.credit.review",
    "logistics.value.class.override",
    "logistics.value.class.change",
    "logistics.key.person",
    "logistics.contract",
    "logistics.payment.promise",
}
# Derived rows: computed anew for the surviving account, never carried over.
DERIVED = {"logistics.visit.status"}


@tagged("post_install", "-at_install")
class TestCustomerFoldAll(LogisticsCommon):
    """Whatever of this addon hangs on a customer moves when two customers become one.

    The models are taken from the registry: one that is added later is in this test by itself.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source, cls.target = cls._account(cls._partner("S")), cls._account(cls._partner("T"))

    def _linked_models(self):
        """Models of this addon with stored links to a customer: ``{model: [field names]}``."""
        result = {}
        for name, model in self.env.registry.items():
            if not name.startswith("logistics.") or not model._auto or model._abstract:
                continue
            if model._transient or name == "logistics.customer" or name in DERIVED:
                continue
            names = [
                field.name
                for field in model._fields.values()
                if field.type == "many2one"
                and field.store
                and field.comodel_name == "logistics.customer"
            ]
            if names:
                result[name] = names
        return result

    def _value(self, field):
        if field.type == "many2one":
            given = {
                "logistics.customer": self.source.id,
                "res.partner": self.source.partner_id.id,
                "res.company": self.company.id,
                "res.currency": self.company.currency_id.id,
                "res.users": self.env.uid,
            }
            comodel = self.env[field.comodel_name].with_context(active_test=False)
            return given.get(field.comodel_name) or comodel.search([], limit=1).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return {
            "integer": 1,
            "float": 1.0,
            "monetary": 1.0,
            "boolean": False,
            "date": fields.Date.today(),
            "datetime": fields.Datetime.now(),
        }.get(field.type, "x")

    def _insert(self, name, links):
        """A row of a model as the database asks for it; None when rules of its own forbid it."""
        model = self.env[name]
        required = {
            column
            for (column,) in self.env.execute_query(
                SQL(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                    " AND is_nullable = 'NO' AND column_default IS NULL",
                    model._table,
                )
            )
        }
        values = {
            column: self._value(model._fields[column])
            for column in required | set(links)
            if column in model._fields
        }
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                ((row_id,),) = self.env.execute_query(
                    SQL(
                        "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                        SQL.identifier(model._table),
                        SQL(", ").join(SQL.identifier(column) for column in values),
                        SQL(", ").join(SQL("%s", value) for value in values.values()),
                    )
                )
        except Error:
            return None
        return row_id

    def test_every_row_survives_and_moves(self):
        """No row is lost, and each link points at the customer that remains."""
        rows = {}
        for name, links in self._linked_models().items():
            row_id = self._insert(name, links)
            if row_id:
                rows[name] = (row_id, links)
        self.assertLessEqual(LEAST_COVERED, set(rows))
        self.assertGreater(len(rows), 14)
        self.env.invalidate_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.source | self.target).partner_id.ids, self.target.partner_id)
        self.env.flush_all()
        self.assertFalse(self.source.exists())
        for name, (row_id, links) in rows.items():
            table = SQL.identifier(self.env[name]._table)
            for link in links:
                found = self.env.execute_query(
                    SQL("SELECT %s FROM %s WHERE id = %s", SQL.identifier(link), table, row_id)
                )
                self.assertEqual(found, [(self.target.id,)], f"{name}.{link}")
