# Part of logistics_crm. License LGPL-3 or later.
"""Screenings that were closed before there were peer groups stay what they were."""


def migrate(cr, version):
    """Say on closed campaigns without peers that no point comes from them; repeatable."""
    cr.execute(
        """
        UPDATE logistics_screening s SET peer_share = 0
         WHERE s.state = 'closed'
           AND NOT EXISTS (SELECT 1 FROM logistics_screening_line l
                            WHERE l.screening_id = s.id AND l.peer_level IS NOT NULL)
        """
    )
