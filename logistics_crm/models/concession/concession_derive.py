# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

from .concession import KINDS


class LogisticsConcession(models.Model):
    """Read the ledger of concessions from the documents, set-based and repeatable."""

    _inherit = "logistics.concession"

    @api.model
    def _derive(self, company, as_of=None, date_from=None):
        """Derive the concessions of a company from its documents.

        One statement per source. Running it again changes nothing; a document that was
        cancelled, or that no longer grants anything, loses its row. Recorded rows are never
        touched.

        :param company: the ``res.company``
        :param as_of: date; today when omitted. Nothing dated later is looked at.
        :param date_from: documents from this day on; the first day of the previous year when
            omitted. Older rows stay as they are.
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        date_from = fields.Date.to_date(date_from) or as_of.replace(
            year=as_of.year - 1, month=1, day=1
        )
        self.env.flush_all()
        for kinds, source in self._derived_sources(company, as_of, date_from):
            self.env.cr.execute(self._derive_sql(company, as_of, date_from, kinds, source))
        self.invalidate_model()
        self.env["logistics.customer"]._update_concession_figures(company, as_of)

    @api.model
    def _derived_sources(self, company, as_of, date_from):
        """What is read: pairs of the kinds a source yields and its subquery.

        A subquery has the columns ``partner_id`` (commercial entity), ``kind``, ``source_key``
        (unique per kind), ``date``, ``amount`` (company currency; NULL unknown), ``move_id`` and
        ``document``. Areas add theirs by override.
        """
        sources = [
            (("discount", "below_list"), self._price_source_sql(company, as_of, date_from)),
            (("terms", "late_payment"), self._terms_source_sql(company, as_of, date_from)),
        ]
        if "logistics.visit" in self.env:
            sources.append((("visit", "gift"), self._visit_source_sql(company, as_of, date_from)))
        if "logistics.complaint" in self.env:
            sources.append((("claim",), self._claim_source_sql(company, as_of, date_from)))
        return sources

    @api.model
    def _price_source_sql(self, company, as_of, date_from):
        """Discounts and prices below list per invoice, from the trading facts.

        Where the list price is known, discount and price below list together are what the
        invoice lacks to it; a price above list is no negative concession. Where it is not, only
        the discount percentage speaks.
        """
        facts = self.env["logistics.trading.facts"]._facts_sql(
            company=company, date_from=date_from, date_to=as_of
        )
        return SQL(
            """
            SELECT d.partner_id, k.kind, 'move:' || d.document_id AS source_key, d.date,
                   CASE k.kind WHEN 'discount' THEN d.discount
                               ELSE d.missing - d.discount END AS amount,
                   d.document_id AS move_id, d.document
              FROM (
                SELECT l.partner_id, l.document_id, min(l.document) AS document,
                       min(l.date) AS date, sum(l.missing) AS missing, sum(l.discount) AS discount
                  FROM (
                    SELECT f.partner_id, f.document_id, f.document, f.date, m.missing,
                           CASE WHEN abs(f.discount_amount) < abs(m.missing)
                                THEN f.discount_amount ELSE m.missing END AS discount
                      FROM %(facts)s AS f
                     CROSS JOIN LATERAL (
                        SELECT CASE WHEN f.list_amount IS NULL THEN f.discount_amount
                                    WHEN abs(f.list_amount) > abs(f.amount)
                                    THEN f.list_amount - f.amount
                                    ELSE 0 END AS missing
                     ) m
                     WHERE f.document_id IS NOT NULL
                  ) l
                 GROUP BY l.partner_id, l.document_id
              ) d
             CROSS JOIN (VALUES ('discount'), ('below_list')) AS k (kind)
            """,
            facts=facts,
        )

    @api.model
    def _terms_source_sql(self, company, as_of, date_from):
        """Cost of waiting per receivable item: terms beyond the standard, and being paid late.

        Amount x days x annual rate / 365. NULL where no cost of capital is set, or the amount is
        not known.
        """
        items = self.env["logistics.settlement.facts"]._items_sql(as_of, company=company)
        rate = company.logistics_capital_rate
        return SQL(
            """
            SELECT i.partner_id, k.kind, 'item:' || i.source || ':' || i.ref_id AS source_key,
                   i.document_date AS date,
                   k.weight * %(rate)s::float8 / 100 / 365 AS amount,
                   aml.move_id, i.document
              FROM %(items)s AS i
              LEFT JOIN account_move_line aml ON i.source = 'invoice' AND aml.id = i.ref_id
             CROSS JOIN LATERAL (VALUES
                    ('terms', i.due_date - i.document_date - %(standard)s > 0,
                     i.amount * (i.due_date - i.document_date - %(standard)s)),
                    ('late_payment',
                     i.last_paid_date > i.due_date OR (i.is_open AND i.due_date < %(as_of)s),
                     i.weighted_days_late
                     + CASE WHEN i.is_open THEN i.open_amount
                                                * GREATEST(0, %(as_of)s::date - i.due_date)
                            ELSE 0 END)
                   ) AS k (kind, granted, weight)
             WHERE i.kind = 'item' AND k.granted AND i.document_date >= %(date_from)s
               AND (i.amount IS NULL OR i.amount > 0)
            """,
            rate=None if rate is False else rate,
            items=items,
            standard=company.logistics_standard_term_days,
            as_of=as_of,
            date_from=date_from,
        )

    @api.model
    def _visit_source_sql(self, company, as_of, date_from):
        """Visits that were made and the gifts they brought; a visit's cost is without its gift."""
        return SQL(
            """
            SELECT c.partner_id, k.kind, 'visit:' || v.id AS source_key, v.done_date AS date,
                   k.amount, NULL::integer AS move_id, COALESCE(k.document, v.purpose) AS document
              FROM logistics_visit v
              JOIN logistics_customer c ON c.id = v.customer_id
             CROSS JOIN LATERAL (VALUES
                    ('visit', v.channel = 'onsite' OR v.cost - COALESCE(v.gift_cost, 0) > 0,
                     v.cost - COALESCE(v.gift_cost, 0), NULL),
                    ('gift', v.gift_cost > 0 OR COALESCE(v.gift, '') <> '', v.gift_cost, v.gift)
                   ) AS k (kind, given, amount, document)
             WHERE v.state = 'done' AND k.given AND c.company_id = %(company)s
               AND v.done_date BETWEEN %(date_from)s AND %(as_of)s
            """,
            company=company.id,
            as_of=as_of,
            date_from=date_from,
        )

    @api.model
    def _claim_source_sql(self, company, as_of, date_from):
        """What complaints brought the customer: their posted credit notes, untaxed.

        They lowered the revenue but have no cost of their own, so that no margin, which looks at
        lines of known cost only, has them yet: here they count, once.
        """
        return SQL(
            """
            SELECT p.commercial_partner_id AS partner_id, 'claim' AS kind,
                   'note:' || m.id AS source_key, m.date, -m.amount_untaxed_signed AS amount,
                   m.id AS move_id, m.name AS document
              FROM account_move m
              JOIN res_partner p ON p.id = m.partner_id
             WHERE m.logistics_complaint_id IS NOT NULL AND m.move_type = 'out_refund'
               AND m.state = 'posted' AND m.company_id = %(company)s
               AND m.date BETWEEN %(date_from)s AND %(as_of)s
            """,
            company=company.id,
            as_of=as_of,
            date_from=date_from,
        )

    @api.model
    def _derive_sql(self, company, as_of, date_from, kinds, source):
        """Bring the rows of a source in step: insert, update what differs, delete what is gone."""
        levels = SQL(", ").join(
            SQL(
                "(%s, %s, %s)",
                kind,
                self._level_of(kind),
                self._is_in_margin(kind),
            )
            for kind in kinds
        )
        return SQL(
            """
            WITH found AS MATERIALIZED (
                SELECT c.id AS customer_id, s.kind, s.source_key, s.date, l.level, l.in_margin,
                       round(s.amount::numeric, %(digits)s) AS amount, s.move_id, s.document
                  FROM (%(source)s) s
                  JOIN (VALUES %(levels)s) AS l (kind, level, in_margin) ON l.kind = s.kind
                  JOIN logistics_customer c ON c.partner_id = s.partner_id
                                           AND c.company_id = %(company)s
                 WHERE s.amount IS NULL OR round(s.amount::numeric, %(digits)s) <> 0
            ),
            kept AS (
                INSERT INTO logistics_concession AS w
                       (customer_id, company_id, kind, level, in_margin, source_key, date, amount,
                        move_id, document, derived, active,
                        create_uid, write_uid, create_date, write_date)
                SELECT f.customer_id, %(company)s, f.kind, f.level, f.in_margin, f.source_key,
                       f.date, f.amount, f.move_id, f.document, TRUE, TRUE,
                       %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM found f
                    ON CONFLICT (kind, source_key) WHERE derived
                    DO UPDATE SET customer_id = EXCLUDED.customer_id,
                                  company_id = EXCLUDED.company_id,
                                  date = EXCLUDED.date,
                                  amount = EXCLUDED.amount,
                                  document = EXCLUDED.document
                            WHERE (w.customer_id, w.date, w.amount, w.document)
                                  IS DISTINCT FROM (EXCLUDED.customer_id, EXCLUDED.date,
                                                    EXCLUDED.amount, EXCLUDED.document)
             RETURNING w.id
            )
            DELETE FROM logistics_concession w
             WHERE w.company_id = %(company)s AND w.derived AND w.kind IN %(kinds)s
               AND w.date >= %(date_from)s
               AND NOT EXISTS (SELECT 1 FROM found f
                                WHERE f.kind = w.kind AND f.source_key = w.source_key)
            """,
            source=source,
            levels=levels,
            kinds=kinds,
            company=company.id,
            digits=company.currency_id.decimal_places,
            date_from=date_from,
            uid=self.env.uid,
        )

    @api.model
    def _level_of(self, kind):
        return KINDS[kind][1]

    @api.model
    def _is_in_margin(self, kind):
        """Whether a derived row lowered the margin already."""
        return KINDS[kind][2]
