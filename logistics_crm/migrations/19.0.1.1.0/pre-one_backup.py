# Part of logistics_crm. License LGPL-3 or later.
"""Views that show the field that goes would not let the new ones load: they name the other one.

Filters and export lists that people made go on working the same way.
"""

from odoo.tools import SQL

PLACES = {
    "ir_ui_view": ("arch_db", "jsonb"),
    "ir_filters": ("domain", "text"),
    "ir_exports_line": ("name", "text"),
}


def migrate(cr, version):
    """Rename the field wherever text names it; doing it again changes nothing."""
    for table, (column, kind) in PLACES.items():
        cr.execute(
            SQL(
                """
                UPDATE %(table)s
                   SET %(column)s = replace(%(column)s::text, 'visit_backup_id', 'backup_user_id')
                                    ::%(kind)s
                 WHERE %(column)s::text LIKE '%%visit_backup_id%%'
                """,
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                kind=SQL(kind),
            )
        )
