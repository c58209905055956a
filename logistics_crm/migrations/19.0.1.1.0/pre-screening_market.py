# Part of logistics_crm. License LGPL-3 or later.
"""Screenings from before there was a market state were made in a normal market."""

from odoo.tools import SQL


def migrate(cr, version):
    """Give old campaigns and scenarios the neutral values instead of today's; repeatable."""
    for name in ("logistics_screening", "logistics_screening_scenario"):
        table = SQL.identifier(name)
        cr.execute(
            SQL(
                """
                ALTER TABLE IF EXISTS %s
                    ADD COLUMN IF NOT EXISTS market_state varchar DEFAULT 'normal',
                    ADD COLUMN IF NOT EXISTS market_factor numeric DEFAULT 1
                """,
                table,
            )
        )
        cr.execute(
            SQL(
                """
                ALTER TABLE IF EXISTS %s
                    ALTER COLUMN market_state DROP DEFAULT,
                    ALTER COLUMN market_factor DROP DEFAULT
                """,
                table,
            )
        )
