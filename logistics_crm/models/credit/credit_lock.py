# Part of logistics_crm. License LGPL-3 or later.
"""Two confirmations of one customer's orders at the same time must not both pass.

Odoo's transactions are REPEATABLE READ: whoever waits for a lock still reads what was there when
its transaction began. Writing a shared row would make the loser fail and Odoo repeat its request,
but only five times, each after a random sleep: ten people confirming at once for one customer
would see errors. So the loser neither fails nor decides on old figures:

1. It waits for an advisory lock on (legal entity, customer), held until its transaction ends.
2. It reads, through a second connection with a new snapshot, what others have confirmed since
   its own snapshot was taken, and adds that to the exposure it sees.

The lock needs no row: a customer without an account yet is as safe as any other.
"""

from contextlib import closing, contextmanager

from odoo import api, models
from odoo.tools import SQL


class LogisticsCreditExposure(models.AbstractModel):
    _inherit = "logistics.credit.exposure"

    @api.model
    def _lock(self, company, entity_ids):
        """Wait until no other transaction decides on orders of these entities; until the end.

        Taken in the order of ids, so that two batches cannot wait for each other.
        """
        root = company.sudo().root_id.id
        keys = [f"logistics_crm.credit/{root}/{entity}" for entity in sorted(entity_ids)]
        self.env.cr.execute(
            SQL(
                """
                SELECT pg_advisory_xact_lock(hashtextextended(k.key, 0))
                  FROM (SELECT unnest(%s::text[]) AS key) k
                """,
                keys,
            )
        )

    @api.model
    def _confirmed_elsewhere(self, company, entity_ids, known, own_ids):
        """Return what other transactions committed since this one began: ``{entity: amount}``.

        Orders confirmed meanwhile count with what is open of them, orders known here that grew
        meanwhile with their growth. To be called with the lock held.

        :param known: ``{order id: amount}`` of the open confirmed orders this transaction sees
        :param own_ids: orders decided now, which are counted by the caller
        """
        extra = {}
        with self._committed() as cr:
            cr.execute(
                SQL(
                    """
                    SELECT so.id, bp.commercial_partner_id,
                           (so.amount_total / COALESCE(NULLIF(so.currency_rate, 0), 1))::float8
                      FROM sale_order so
                      JOIN res_partner bp ON bp.id = so.partner_invoice_id
                     WHERE so.id IN %s
                    """,
                    self._candidates_sql(company, entity_ids),
                )
            )
            found = [row for row in cr.fetchall() if row[0] not in own_ids]
            strange = [order_id for order_id, _entity, _amount in found if order_id not in known]
            if strange:
                # Nothing of them is open any more in this transaction, or nothing was then.
                self.env.cr.execute(
                    SQL(
                        "SELECT id, (amount_total / COALESCE(NULLIF(currency_rate, 0), 1))::float8"
                        " FROM sale_order WHERE id IN %s AND state = 'sale'",
                        tuple(strange),
                    )
                )
                known = {**known, **dict(self.env.cr.fetchall())}
                strange = [order_id for order_id in strange if order_id not in known]
            if strange:
                cr.execute(
                    SQL(
                        "SELECT t.entity_id, t.exposure FROM %s AS t",
                        self._open_orders_sql(company, SQL("so.id IN %s", tuple(strange))),
                    )
                )
                for entity_id, exposure in cr.fetchall():
                    extra[entity_id] = extra.get(entity_id, 0.0) + exposure
        for order_id, entity_id, amount in found:
            if order_id in known:
                more = max(0.0, amount - known[order_id])
                extra[entity_id] = extra.get(entity_id, 0.0) + more
        return extra

    @api.model
    @contextmanager
    def _committed(self):
        """Give a cursor with a transaction of its own, which sees what is committed now."""
        with closing(self.env.registry.cursor()) as cr:
            # Never wait for a table that this very transaction has locked (module upgrade).
            cr.execute("SET LOCAL lock_timeout = '5s'")
            yield cr
