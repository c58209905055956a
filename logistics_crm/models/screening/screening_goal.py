# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat
from .screening import TOTALS_GROUPS


class LogisticsScreening(models.Model):
    """What the company wants of its customers in the following year: how many stay, how many come.

    Set with the decisions and frozen with them; how it goes is read from the months that are
    compared with the screened ones.
    """

    _inherit = "logistics.screening"

    goal_retention = KnownFloat(
        string="Customers to Retain",
        aggregator=None,
        tracking=True,
        help="Share of the customers that traded, without those who are wound down, that shall "
        "trade in the following year as well. Empty: no goal.",
    )
    goal_wins = KnownFloat(
        string="Customers to Win",
        aggregator=None,
        digits=(16, 0),
        tracking=True,
        help="Customers that shall trade for the first time in the following year. Empty: no goal.",
    )
    retained_share = KnownFloat(
        string="Retained",
        compute="_compute_goals",
        compute_sudo=True,
        groups=TOTALS_GROUPS,
        help="Share of the customers to retain that have traded since, in the months compared.",
    )
    won_count = fields.Integer(
        string="Won",
        compute="_compute_goals",
        compute_sudo=True,
        groups=TOTALS_GROUPS,
        help="Customers that traded for the first time in the months compared.",
    )

    @api.model
    def _open_fields(self):
        return super()._open_fields() | {"goal_retention", "goal_wins"}

    @api.constrains("goal_retention", "goal_wins")
    def _check_goals(self):
        for screening in self:
            share, wins = screening.goal_retention, screening.goal_wins
            if share is not False and not 0 <= share <= 1:
                raise ValidationError(
                    self.env._("The share of customers to retain lies between 0 and 100 %.")
                )
            if wins is not False and wins < 0:
                raise ValidationError(self.env._("The customers to win cannot be negative."))

    @api.depends("bridge_until")
    def _compute_goals(self):
        """Who has traded since, from the bridge; unknown until a month can be compared."""
        compared = self.filtered("bridge_until")
        rows = {}
        if compared:
            self.env.flush_all()
            rows = {
                row[0]: row[1:]
                for row in self.env.execute_query(
                    SQL(
                        """
                        WITH since AS (
                            SELECT DISTINCT screening_id, customer_id
                              FROM logistics_screening_bridge
                             WHERE screening_id IN %(ids)s
                               AND (actual_revenue IS NULL OR actual_revenue > 0)
                        )
                        SELECT s.id,
                               (SELECT count(n.customer_id)::float8 / NULLIF(count(*), 0)
                                  FROM logistics_screening_line l
                                  LEFT JOIN since n ON n.screening_id = s.id
                                                   AND n.customer_id = l.customer_id
                                 WHERE l.screening_id = s.id AND l.folded IS NOT TRUE AND l.traded
                                   AND l.decision IS DISTINCT FROM 'wind_down'),
                               (SELECT count(*) FROM since n
                                  JOIN logistics_customer c ON c.id = n.customer_id
                                 WHERE n.screening_id = s.id AND c.first_trade_date > s.date_to
                                   AND c.first_trade_date <= s.bridge_until)
                          FROM logistics_screening s
                         WHERE s.id IN %(ids)s
                        """,
                        ids=tuple(compared.ids),
                    )
                )
            }
        for screening in self:
            retained, won = rows.get(screening.id, (None, None))
            screening.retained_share = False if retained is None else retained
            screening.won_count = won or 0
