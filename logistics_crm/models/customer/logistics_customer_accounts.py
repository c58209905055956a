# Part of logistics_crm. License LGPL-3 or later.
from odoo import models
from odoo.tools import SQL


class LogisticsCustomer(models.Model):
    """How accounts come into being by themselves."""

    _inherit = "logistics.customer"

    def _ensure_accounts(self, company=None, partners=None):
        """Open the missing accounts of everybody the company trades with, set-based.

        A customer is a commercial entity with a confirmed order, a posted customer invoice or
        trading history in the company, or one that Odoo already ranks as a customer and that is
        reserved for the company (or there is only one company).

        :param company: limit to this ``res.company``; all companies otherwise
        :param partners: limit to these ``res.partner`` (any contact of the entity)
        :return: the accounts created, as a recordset
        """
        self.env.flush_all()
        partner_filter = SQL()
        if partners is not None:
            ids = partners.commercial_partner_id.ids
            if not ids:
                return self.browse()
            partner_filter = SQL("AND c.id IN %s", tuple(ids))
        company_filter = SQL("AND t.company_id = %s", company.id) if company else SQL()
        uid = self.env.uid
        query = SQL(
            """
            INSERT INTO logistics_customer
                   (partner_id, company_id, currency_id, active, name, country_id, ref, user_id,
                    create_uid, create_date, write_uid, write_date)
            SELECT c.id, t.company_id, co.currency_id, c.active, c.name, c.country_id, c.ref,
                   c.user_id, %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM (
                    SELECT p.commercial_partner_id AS partner_id, so.company_id
                      FROM sale_order so JOIN res_partner p ON p.id = so.partner_id
                     WHERE so.state = 'sale'
                     UNION
                    SELECT p.commercial_partner_id, am.company_id
                      FROM account_move am JOIN res_partner p ON p.id = am.partner_id
                     WHERE am.state = 'posted'
                       AND am.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                     UNION
                    SELECT p.commercial_partner_id, h.company_id
                      FROM logistics_trading_history h JOIN res_partner p ON p.id = h.partner_id
                     UNION
                    SELECT p.id, COALESCE(p.company_id, only_one.id)
                      FROM res_partner p
                      LEFT JOIN (SELECT min(id) AS id FROM res_company HAVING count(*) = 1)
                             AS only_one ON TRUE
                     WHERE p.customer_rank > 0
                       AND p.commercial_partner_id = p.id
                       AND COALESCE(p.company_id, only_one.id) IS NOT NULL
                   ) t
              JOIN res_partner c ON c.id = t.partner_id
              JOIN res_company co ON co.id = t.company_id
             WHERE c.commercial_partner_id = c.id
               AND (c.company_id IS NULL OR c.company_id = t.company_id)
               AND NOT EXISTS (SELECT 1 FROM logistics_customer x
                                WHERE x.partner_id = c.id AND x.company_id = t.company_id)
               %(company_filter)s %(partner_filter)s
             ORDER BY c.id, t.company_id
                ON CONFLICT (partner_id, company_id) DO NOTHING
         RETURNING id
            """,
            uid=uid,
            company_filter=company_filter,
            partner_filter=partner_filter,
        )
        created = self.browse(row[0] for row in self.env.execute_query(query))
        if created:
            self.env["res.partner"].invalidate_model(["logistics_customer_ids"])
        self.env["logistics.trading.history"]._link_accounts()
        return created

    def _ensure_for(self, partners, company):
        """Open the accounts of a few contacts in one company, whether they traded yet or not.

        Called when an order is confirmed, an invoice posted, or by the button on the contact.
        Contacts that are reserved for another company are left out.

        :param partners: ``res.partner`` records; their commercial entities are used
        :param company: the ``res.company`` of the document
        :return: the accounts of these entities in the company, archived ones included
        """
        entities = partners.sudo().commercial_partner_id.filtered(
            lambda p: not p.company_id or p.company_id == company
        )
        accounts = self.sudo().with_context(active_test=False)
        found = accounts.search(
            [("partner_id", "in", entities.ids), ("company_id", "=", company.id)]
        )
        missing = entities - found.partner_id
        if missing:
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO logistics_customer
                           (partner_id, company_id, currency_id, active, name, country_id, ref,
                            user_id, create_uid, create_date, write_uid, write_date)
                    SELECT c.id, %(company)s, %(currency)s, c.active, c.name, c.country_id, c.ref,
                           c.user_id, %(uid)s, now() AT TIME ZONE 'UTC',
                           %(uid)s, now() AT TIME ZONE 'UTC'
                      FROM res_partner c
                     WHERE c.id IN %(ids)s
                        ON CONFLICT (partner_id, company_id) DO NOTHING
                    RETURNING id
                    """,
                    company=company.id,
                    currency=company.currency_id.id,
                    uid=self.env.uid,
                    ids=tuple(missing.ids),
                )
            )
            self.env["res.partner"].invalidate_model(["logistics_customer_ids"])
            found = accounts.search(
                [("partner_id", "in", entities.ids), ("company_id", "=", company.id)]
            )
        return found.with_env(self.env)
