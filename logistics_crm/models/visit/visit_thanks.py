# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Look back a few days, so that a job that did not run loses nothing.
LOOK_BACK = 5
# An occasion of the file is thought of this many days before.
AHEAD_DAYS = 4
# Two thank-yous within a month are one too many.
PAUSE_DAYS = 30
_TEMPLATES = {
    "order": "logistics_crm.mail_template_thanks_order",
    "payment": "logistics_crm.mail_template_thanks_payment",
    "anniversary": "logistics_crm.mail_template_thanks_anniversary",
}


class LogisticsVisit(models.Model):
    """Warm and horizontal follow-up: thanks with an occasion, another way each time."""

    _inherit = "logistics.visit"

    @api.model
    def _propose_thanks(self, company, today):
        """Propose a touch after an order, a payment or an anniversary, or before an occasion.

        One statement per thank-you plan, the most specific plan first. Nobody gets more than the
        plan's quota in twelve months, nor two within thirty days. The channel is one that counts
        for the plan and differs from those of the last two touches, the preferred one first.

        :param company: the ``res.company``
        :param today: the day, a date
        :return: how many were proposed
        """
        plans = (
            self.env["logistics.visit.plan"]
            .sudo()
            .search([("company_id", "=", company.id), ("kind", "=", "warm")])
        )
        plans = plans.sorted(
            lambda plan: (
                -bool(plan.value_class)
                - bool(plan.customer_type_id)
                - bool(plan.credit_grade_code),
                plan.sequence,
                plan.id,
            )
        )
        self.env.flush_all()
        new = []
        for plan in plans:
            new += self.env.execute_query(self._thanks_sql(plan, company, today))
        count = len(new)
        if count:
            self.env.cr.execute(self._greeted_sql([visit_id for (visit_id,) in new], today))
            self.invalidate_model()
        self._send_thanks(company, today)
        return count

    @api.model
    def _thanks_sql(self, plan, company, today):
        counted = [
            code
            for code in ("phone", "message", "thanks", "mail", "onsite", "event")
            if plan["count_" + code]
        ]
        conditions = [
            SQL("%s = %s", SQL.identifier("c", name), value)
            for name, value in (
                ("value_class", plan.value_class),
                ("credit_grade_code", plan.credit_grade_code),
                ("customer_type_id", plan.customer_type_id.id),
            )
            if value
        ]
        since = today - timedelta(days=LOOK_BACK)
        occasions = []
        if plan.on_order:
            occasions.append(
                SQL(
                    """SELECT p.commercial_partner_id AS partner_id, 'order' AS occasion, 1 AS rank
                         FROM sale_order so JOIN res_partner p ON p.id = so.partner_id
                        WHERE so.company_id = %s AND so.state = 'sale'
                          AND so.date_order::date BETWEEN %s AND %s""",
                    company.id,
                    since,
                    today,
                )
            )
        if plan.on_payment:
            occasions.append(
                SQL(
                    """SELECT p.commercial_partner_id AS partner_id, 'payment' AS occasion,
                              2 AS rank
                         FROM account_partial_reconcile r
                         JOIN account_move_line l ON l.id = r.debit_move_id
                         JOIN account_account a ON a.id = l.account_id
                          AND a.account_type = 'asset_receivable'
                         JOIN account_move_line k ON k.id = r.credit_move_id
                         JOIN account_move m ON m.id = k.move_id AND m.move_type <> 'out_refund'
                         JOIN res_partner p ON p.id = l.partner_id
                        WHERE l.company_id = %s AND r.max_date BETWEEN %s AND %s""",
                    company.id,
                    since,
                    today,
                )
            )
        if plan.on_anniversary:
            occasions.append(
                SQL(
                    """SELECT partner_id, 'anniversary' AS occasion, 0 AS rank
                         FROM logistics_customer
                        WHERE company_id = %s AND first_trade_date < %s::date - 360
                          AND (%s::date - first_trade_date) %% 365.25 < %s""",
                    company.id,
                    today,
                    today,
                    LOOK_BACK,
                )
            )
        if plan.on_occasion:
            occasions.append(
                SQL(
                    """SELECT c.partner_id, 'personal' AS occasion, -1 AS rank
                         FROM (%s) o JOIN logistics_customer c ON c.id = o.customer_id
                        WHERE c.company_id = %s""",
                    self._occasions_sql(today),
                    company.id,
                )
            )
        if not occasions or not plan.quota_per_year:
            return SQL("SELECT 1 WHERE FALSE")
        return SQL(
            """
            INSERT INTO logistics_visit
                   (customer_id, company_id, kind, channel, state, user_id, planned_date, duration,
                    plan_id, occasion, generated, moved, route_sequence, gift_cost, gift,
                    create_uid, create_date, write_uid, write_date)
            SELECT c.id, c.company_id, 'warm',
                   COALESCE((SELECT way FROM unnest(%(counted)s) WITH ORDINALITY AS w (way, place)
                              WHERE way <> ALL (COALESCE(recent.channels, ARRAY[]::text[]))
                              ORDER BY way IS DISTINCT FROM c.visit_channel, place LIMIT 1),
                            %(channel)s),
                   'planned', COALESCE(u.id, b.id), %(day)s, %(duration)s, %(plan)s, o.occasion,
                   TRUE, FALSE, 0, %(gift_cost)s, %(gift)s, %(uid)s, now() AT TIME ZONE 'UTC',
                   %(uid)s, now() AT TIME ZONE 'UTC'
              FROM (SELECT DISTINCT ON (partner_id) * FROM (%(occasions)s) x
                     ORDER BY partner_id, rank) o
              JOIN logistics_customer c ON c.partner_id = o.partner_id
                                       AND c.company_id = %(company)s AND c.active
              LEFT JOIN res_users u ON u.id = c.user_id AND u.active
              LEFT JOIN res_users b ON b.id = c.backup_user_id AND b.active
              LEFT JOIN LATERAL (
                   SELECT array_agg(t.channel::text) AS channels
                     FROM (SELECT v.channel FROM logistics_visit v
                            WHERE v.customer_id = c.id AND v.state = 'done'
                            ORDER BY v.done_date DESC, v.id DESC LIMIT 2) t) recent ON TRUE
             WHERE COALESCE(u.id, b.id) IS NOT NULL AND %(conditions)s
               AND NOT EXISTS (SELECT 1 FROM logistics_visit v
                                WHERE v.customer_id = c.id AND v.kind = 'warm'
                                  AND COALESCE(v.done_date, v.planned_date)
                                      > %(today)s::date - %(pause)s)
               AND (SELECT count(*) FROM logistics_visit v
                     WHERE v.customer_id = c.id AND v.kind = 'warm' AND v.state <> 'cancelled'
                       AND COALESCE(v.done_date, v.planned_date) > %(today)s::date - 365)
                   < %(quota)s
             ORDER BY c.id
         RETURNING id
            """,
            counted=counted,
            channel=plan.channel,
            day=SQL(
                """(SELECT min(d)::date FROM generate_series(%s::date + 1, %s::date + 4, '1 day') d
                     WHERE date_part('isodow', d) < 6)""",
                today,
                today,
            ),
            duration=plan.duration,
            gift_cost=(plan.gift_approved_by_id and plan.gift_cost) or None,
            gift=(plan.gift_approved_by_id and plan.gift) or None,
            plan=plan.id,
            uid=self.env.uid,
            occasions=SQL(" UNION ALL ").join(occasions),
            company=company.id,
            conditions=SQL(" AND ").join(conditions or [SQL("TRUE")]),
            today=today,
            pause=PAUSE_DAYS,
            quota=plan.quota_per_year,
        )

    @api.model
    def _occasions_sql(self, today):
        """Customer and key person of the occasions in the coming days; the person may be NULL."""
        return SQL(
            """SELECT o.customer_id, o.person_id
                 FROM logistics_person_occasion o
                 LEFT JOIN logistics_key_person k ON k.id = o.person_id
                WHERE o.active AND o.next_date BETWEEN %s::date + 1 AND %s::date + %s
                  AND (o.person_id IS NULL
                       OR k.active AND NOT COALESCE(k.do_not_contact, FALSE))""",
            today,
            today,
            AHEAD_DAYS,
        )

    @api.model
    def _greeted_sql(self, visit_ids, today):
        """Put the persons whose occasion it is on the touches proposed for it."""
        return SQL(
            """
            INSERT INTO logistics_visit_key_person_rel (%(visit)s, %(person)s)
            SELECT DISTINCT v.id, o.person_id
              FROM logistics_visit v JOIN (%(occasions)s) o ON o.customer_id = v.customer_id
             WHERE v.id IN %(ids)s AND v.occasion = 'personal' AND o.person_id IS NOT NULL
            """,
            visit=SQL.identifier(self._fields["key_person_ids"].column1),
            person=SQL.identifier(self._fields["key_person_ids"].column2),
            occasions=self._occasions_sql(today),
            ids=tuple(visit_ids),
        )

    @api.model
    def _send_thanks(self, company, today):
        """Send the thank-you mails of the day, when the company has switched that on.

        Greetings for an occasion of the file are left to people: they are for a person.
        """
        if not company.logistics_thanks_send:
            return
        due = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", "warm"),
                ("channel", "=", "mail"),
                ("state", "=", "planned"),
                ("planned_date", "<=", today),
                ("generated", "=", True),
                ("occasion", "!=", "personal"),
            ]
        )
        for visit in due.filtered(lambda one: one.partner_id.email):
            visit._thanks_template().send_mail(visit.id)
            visit._touch_done()

    def _thanks_template(self):
        """The mail template of this touch's occasion."""
        self.ensure_one()
        name = _TEMPLATES.get(self.occasion, "logistics_crm.mail_template_visit_greeting")
        return self.env.ref(name)

    def action_write_message(self):
        """Open the mail composer with the template of the occasion, in the customer's language."""
        self.ensure_one()
        template = self._thanks_template()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
            },
        }
