# Part of logistics_crm. License LGPL-3 or later.
"""Numbers that know the difference between zero and unknown.

Odoo's own Float and Monetary write 0.0 where nothing was given, so that "no cost known" and
"cost nothing" become the same figure. These two keep NULL: it reads as ``False`` in Python and
over RPC (the web client shows an empty cell), it is left out of SUM and AVG by PostgreSQL, and
``('field', '=', False)`` finds it while ``('field', '=', 0)`` does not.
"""

from odoo import fields


def _unknown(value):
    return value is None or value is False or value == ""


class _KnownNumberMixin:
    falsy_value = None

    def convert_to_column(self, value, record, values=None, validate=True):
        if _unknown(value):
            return None
        return super().convert_to_column(value, record, values, validate)

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        if _unknown(value):
            return None
        return super().convert_to_column_insert(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        if _unknown(value):
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_read(self, value, record, use_display_name=True):
        return False if value is None else value

    def convert_to_write(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if _unknown(value) else value

    def filter_function(self, records, field_expr, operator, value):
        if operator != "in":
            return super().filter_function(records, field_expr, operator, value)
        # In Python False equals 0: records in memory would mix up what the database keeps apart.
        getter = self.expression_getter(field_expr)
        finds_unknown = any(_unknown(item) for item in value)
        numbers = {item for item in value if not _unknown(item)}

        def matches(record):
            found = getter(record)
            return finds_unknown if _unknown(found) else found in numbers

        return matches


class KnownFloat(_KnownNumberMixin, fields.Float):
    """A float that may be unknown (NULL, ``False`` in Python)."""


class KnownMonetary(_KnownNumberMixin, fields.Monetary):
    """An amount of money that may be unknown (NULL, ``False`` in Python)."""
