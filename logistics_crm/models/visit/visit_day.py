# Part of logistics_crm. License LGPL-3 or later.
from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from .visit_actions import distance_km

# What one person can do on a day; more are listed after the round, in their order.
ROUND_LIMIT = 50
# The order of lists: days since then, and beyond this what is not planned any more.
AGENDA_START = date(2000, 1, 1)
AGENDA_REST = 1_000_000


class LogisticsVisit(models.Model):
    """The representative's day: who waits most, and the shortest way round."""

    _inherit = "logistics.visit"

    agenda = fields.Integer(
        compute="_compute_agenda",
        help="Orders lists: planned touches first, the nearest on top; then the others, the latest "
        "on top.",
    )

    @api.depends("state", "planned_date")
    def _compute_agenda(self):
        for visit in self:
            day = visit.planned_date and (visit.planned_date - AGENDA_START).days
            visit.agenda = day if visit.state == "planned" else AGENDA_REST - (day or 0)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == "agenda":
            return SQL(
                "CASE WHEN %s = 'planned' THEN %s - %s::date ELSE %s - (%s - %s::date) END %s %s",
                self._field_to_sql(alias, "state", query),
                self._field_to_sql(alias, "planned_date", query),
                AGENDA_START,
                AGENDA_REST,
                self._field_to_sql(alias, "planned_date", query),
                AGENDA_START,
                direction,
                nulls,
            )
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _day_round(self, user, day):
        """Order a person's planned touches of a day as a round and number the stops.

        From the company's address (or, without its position, the customer who waits most) always
        on to the nearest by haversine. Customers without coordinates come last, by postcode.

        :param user: the ``res.users``
        :param day: the date
        :return: the touches in the order of the round
        """
        self.env["logistics.visit"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT v.id, p.partner_latitude AS lat, p.partner_longitude AS lon,
                       v.route_sequence, v.channel IN ('onsite', 'event') AS out,
                       cp.partner_latitude AS home_lat, cp.partner_longitude AS home_lon
                  FROM logistics_visit v
                  JOIN logistics_customer c ON c.id = v.customer_id
                  JOIN res_partner p ON p.id = c.partner_id
                  JOIN res_company co ON co.id = v.company_id
                  JOIN res_partner cp ON cp.id = co.partner_id
                  LEFT JOIN logistics_visit_status s
                         ON s.customer_id = v.customer_id AND s.kind = v.kind
                 WHERE v.user_id = %s AND v.planned_date = %s AND v.state = 'planned'
                   AND v.company_id IN %s
                 ORDER BY s.priority DESC NULLS LAST, p.zip, v.id
                """,
                user.id,
                day,
                tuple(self.env.companies.ids),
            )
        )

        def located(row):
            return row["out"] and (row["lat"] or row["lon"])

        waiting = [row for row in rows if located(row)][:ROUND_LIMIT]
        later = [row for row in rows if row not in waiting]
        ordered = []
        here = None
        if waiting and (waiting[0]["home_lat"] or waiting[0]["home_lon"]):
            here = (waiting[0]["home_lat"], waiting[0]["home_lon"])
        while waiting:
            nearest = waiting[0]
            if here:
                nearest = min(
                    waiting,
                    key=lambda row, here=here: distance_km(*here, row["lat"], row["lon"]),
                )
            waiting.remove(nearest)
            ordered.append(nearest)
            here = (nearest["lat"], nearest["lon"])
        ordered += later
        changed = [
            (row["id"], stop)
            for stop, row in enumerate(ordered, 1)
            if row["route_sequence"] != stop
        ]
        if changed:
            self.env.cr.execute_values(
                "UPDATE logistics_visit v SET route_sequence = x.stop"
                " FROM (VALUES %s) AS x (id, stop) WHERE v.id = x.id",
                changed,
            )
            self.invalidate_model(["route_sequence"])
        return self.browse(row["id"] for row in ordered)

    @api.model
    def _worklist(self, user, limit=50):
        """Who waits most for this person: statuses by days overdue times class weight.

        :param user: the ``res.users``
        :param limit: how many
        :return: ``logistics.visit.status`` records, most urgent first
        """
        return self.env["logistics.visit.status"].search(
            [("user_id", "=", user.id), ("status", "in", ("never", "overdue", "due"))],
            limit=limit,
        )

    @api.model
    def action_my_day(self):
        """Open the current user's touches of today and what was left over, as a round."""
        today = fields.Date.context_today(self)
        self._day_round(self.env.user, today)
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_visit")
        action.update(
            name=self.env._("My Day"),
            display_name=self.env._("My Day"),
            path=False,
            domain=[
                "|",
                ("user_id", "=", self.env.uid),
                ("participant_ids", "in", self.env.user.ids),
                "|",
                ("planned_date", "=", today),
                "&",
                ("planned_date", "<", today),
                ("state", "=", "planned"),
            ],
            context={"default_user_id": self.env.uid, "default_planned_date": str(today)},
            view_mode="kanban,list,form",
            views=[(False, "kanban"), (False, "list"), (False, "form")],
        )
        return action
