# Part of logistics_crm. License LGPL-3 or later.
"""Screenings from before there was a market state were made in a normal market."""


def migrate(cr, version):
    """Give old campaigns and scenarios the neutral values instead of today's; repeatable."""
    for table in ("logistics_screening", "logistics_screening_scenario"):
        cr.execute(
            f"""
            ALTER TABLE IF EXISTS {table}
                ADD COLUMN IF NOT EXISTS market_state varchar DEFAULT 'normal',
                ADD COLUMN IF NOT EXISTS market_factor numeric DEFAULT 1
            """
        )
        cr.execute(
            f"""
            ALTER TABLE IF EXISTS {table}
                ALTER COLUMN market_state DROP DEFAULT, ALTER COLUMN market_factor DROP DEFAULT
            """
        )
