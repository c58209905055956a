# Part of logistics_crm. License LGPL-3 or later.
"""Views of the version before that name what is gone would stop the upgrade; they load anew."""

GONE = ("visit_backup_id",)


def migrate(cr, version):
    """Remove inherited views of ours with a field that is gone; their data files bring them back.

    A form is checked together with the views that inherit from it, and those are still the old
    ones while the form loads.
    """
    for name in GONE:
        cr.execute(
            """
            DELETE FROM ir_ui_view v
             USING ir_model_data d
             WHERE d.model = 'ir.ui.view' AND d.res_id = v.id AND d.module = 'logistics_crm'
               AND v.inherit_id IS NOT NULL AND v.arch_db::text LIKE %s
               AND NOT EXISTS (SELECT 1 FROM ir_ui_view o WHERE o.inherit_id = v.id)
            """,
            [f"%{name}%"],
        )
