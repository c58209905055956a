# Part of logistics_crm. License LGPL-3 or later.
"""A row of every model for a salesperson's own customer, and one for a colleague's.

They are written as rows of their tables, past what Python asks of a record, so that a model which
somebody adds tomorrow has its rows without anybody thinking of it: record rules look at columns.
"""

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL, OrderedSet, mute_logger

# The columns that say whose a row is; filled wherever a model has them.
WHOSE = ("customer_id", "partner_id", "company_id", "user_id", "currency_id", "name", "active")
# How fields begin whose day is after the row's other days.
LATER = ("date_to", "date_end", "date_promised", "outcome_date", "valid_until", "deadline")


def _row_of(model):
    return lambda rows: rows.row(model).id


# What columns must hold so that the checks of the table are content, or the row is a usual one.
VALUES = {
    "account.move": {"move_type": lambda rows: "out_invoice"},
    "logistics.competitor.rating": {"observation_id": _row_of("logistics.competitor.observation")},
    "logistics.duplicate.dismissal": {"other_customer_id": lambda rows: rows.further.id},
}


class AccessRecords:
    """The rows of one side.

    :param customer: the account whose rows they are
    :param further: another account of the same side
    :param user: its representative, and who made the rows
    :param other: the rows of the other side; a company's only row of a model belongs to both
    """

    def __init__(self, customer, further, user, other=None):
        self.env = customer.env
        self.further = further
        self.user = user
        self.other = other
        self.rows = {
            "logistics.customer": customer,
            "res.partner": customer.partner_id,
            "res.company": customer.company_id,
            "res.currency": customer.company_id.currency_id,
            "res.users": user,
        }

    def row(self, model):
        """The row of a model, made when it is asked for first."""
        if model not in self.rows:
            self.rows[model] = self._found(model) or self._made(model)
        return self.rows[model]

    def _found(self, model):
        """What Odoo has of it, where a row is nobody's in particular."""
        records = self.env[model]
        if model.startswith("logistics.") or "partner_id" in records._fields:
            return None
        return records.search([], limit=1)

    def _made(self, model):
        records = self.env[model]
        values = {
            name: self._column(records, field)
            for name, field in records._fields.items()
            if field.store and field.column_type and name not in MAGIC_COLUMNS
            if field.required or name in (*WHOSE, *VALUES.get(model, ()), *self._rule_fields(model))
        }
        if records._log_access:
            values["create_uid"] = self.user.id
        query = SQL(
            "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
            SQL.identifier(records._table),
            SQL(", ").join(map(SQL.identifier, values)),
            SQL(", ").join(SQL("%s", value) for value in values.values()),
        )
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                return records.browse(self.env.execute_query(query)[0])
        except UniqueViolation:
            if self.other is None:
                raise
            return self.other.row(model)

    def _rule_fields(self, model):
        """The fields with which the paths in the model's record rules begin."""
        rules = self.env["ir.rule"].search([("model_id.model", "=", model)])
        text = " ".join(rules.mapped("domain_force"))
        return OrderedSet(
            name for name in self.env[model]._fields if f"'{name}'" in text or f"'{name}." in text
        )

    def _column(self, records, field):
        value = self._value(records, field)
        return field.convert_to_column_insert(value, records)

    def _value(self, records, field):
        special = VALUES.get(records._name, {}).get(field.name)
        if special:
            return special(self)
        side = "own" if self.other is None else "theirs"
        month = 1 if self.other is None else 2
        if field.type == "many2one":
            if field.comodel_name == records._name:
                return False
            return self.row(field.comodel_name).id
        if field.default and field.type in ("selection", "integer", "float", "char"):
            if value := field.default(records):
                return value
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.type == "boolean":
            return field.name == "active"
        if field.type in ("date", "datetime") and field.name.startswith(LATER):
            month += 6
        return {
            "char": side,
            "text": side,
            "html": side,
            "integer": month,
            "float": 1.0,
            "monetary": 1.0,
            "json": [0],
            "date": fields.Date.to_date(f"2026-0{month}-01"),
            "datetime": fields.Datetime.to_datetime(f"2026-0{month}-01 08:00:00"),
        }.get(field.type)
