# Part of logistics_crm. License LGPL-3 or later.
"""What the rules look at: one order, who pays for it, and what is known about them today."""

from dataclasses import dataclass, field
from datetime import date

from odoo import fields
from odoo.tools import SQL

from .logistics_customer_limit import limit_of_rows


@dataclass
class Party:
    """One commercial entity as the order's company (and those above it) knows it."""

    entity_id: int
    account_id: int | None = None
    grade: str | None = None
    line: dict = field(default_factory=dict)
    limit: dict = field(default_factory=dict)
    holds: list = field(default_factory=list)
    signals: list = field(default_factory=list)
    gates: list = field(default_factory=list)
    conditions: list = field(default_factory=list)

    def value(self, rule, name):
        """The figure of a rule: the nearest special condition, else the policy's; None unknown."""
        for condition in self.conditions:
            if condition["rule"] == rule and condition["parameter"] == name:
                return condition["value"]
        return self.line.get(name)

    def excluded(self, rule):
        """Tell whether a rule does not apply to this customer today."""
        return any(c["rule"] == rule and not c["parameter"] for c in self.conditions)


@dataclass
class Case:
    """One order before the rules. Amounts in company currency, tax included."""

    order_id: int
    currency: object
    today: date
    payer: Party
    buyer: Party
    amount: float
    at_risk: float
    exposure: float
    parts: dict
    terms_days: int
    missing_rate: str | None

    @property
    def parties(self):
        """Who pays, and who ordered when that is another entity."""
        return [self.payer] if self.payer is self.buyer else [self.payer, self.buyer]

    @property
    def overdue_days(self):
        """Days since the oldest overdue due date, 0 when nothing is overdue."""
        oldest = self.parts["oldest_overdue"]
        return (self.today - oldest).days if oldest else 0


def order_rows(env, company, order_ids, entity_ids):
    """Read some orders of one company, and all open orders of who pays for them; one query.

    :return: dicts with the columns of ``_open_orders_sql``; the orders asked for have further
        ``asked``, ``buyer_id``, ``terms_days`` and ``missing_rate``
    """
    exposure = env["logistics.credit.exposure"]
    asked = SQL("so.id IN %s", tuple(order_ids))
    candidates = exposure._candidates_sql(company, entity_ids)
    return env.execute_query_dict(
        SQL(
            """
            SELECT t.*, a.*
              FROM %(open_orders)s AS t
              LEFT JOIN LATERAL (
                   SELECT TRUE AS asked, op.commercial_partner_id AS buyer_id,
                          COALESCE((SELECT max(pl.nb_days + CASE pl.delay_type
                                WHEN 'days_after_end_of_month' THEN 30
                                WHEN 'days_after_end_of_next_month' THEN 61
                                WHEN 'days_end_of_month_on_the' THEN 30 + COALESCE(NULLIF(
                                     regexp_replace(pl.days_next_month, '\\D', '', 'g'), '')::int,
                                     0)
                                ELSE 0 END)
                               FROM account_payment_term_line pl
                              WHERE pl.payment_id = so.payment_term_id), 0) AS terms_days,
                          CASE WHEN so.currency_id <> %(currency)s AND NOT EXISTS (
                             SELECT 1 FROM res_currency_rate cr
                              WHERE cr.currency_id = so.currency_id AND cr.rate > 0
                                AND (cr.company_id IS NULL OR cr.company_id = %(root)s)
                                AND cr.name <= GREATEST(so.date_order::date, %(today)s))
                          THEN (SELECT cur.name FROM res_currency cur
                                 WHERE cur.id = so.currency_id) END AS missing_rate
                     FROM sale_order so JOIN res_partner op ON op.id = so.partner_id
                    WHERE so.id = t.order_id AND %(asked)s
                   ) a ON TRUE
            """,
            open_orders=exposure._open_orders_sql(
                company,
                # One set of ids: "or" between the two would read every order there is.
                SQL(
                    "so.id IN (SELECT unnest(%s::int[]) UNION SELECT c.id FROM %s AS c)",
                    list(order_ids),
                    candidates,
                ),
            ),
            asked=asked,
            root=company.sudo().root_id.id,
            currency=company.sudo().root_id.currency_id.id,
            today=fields.Date.context_today(exposure),
        )
    )


def party_rows(env, company, entity_ids, today):
    """Read accounts, limits, policy, conditions, holds and signals of entities, one query.

    One row for every entity and every company of the chain, the order's company first.
    """
    return env.execute_query_dict(
        SQL(
            """
            SELECT ent.id AS entity_id, ch.rank::int - 1 AS rank, c.id AS account_id,
                   c.credit_grade_code AS grade,
                   co.logistics_default_credit_limit::float8 AS default_limit,
                   (SELECT jsonb_object_agg(g.grade, to_jsonb(g))
                      FROM logistics_credit_policy p
                      JOIN logistics_credit_grade_policy g ON g.policy_id = p.id
                     WHERE p.company_id = co.id AND p.active) AS policy,
                   (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.date_from DESC, l.id DESC)
                      FROM logistics_credit_limit l
                     WHERE l.customer_id = c.id AND l.state IN ('in_force', 'ended')
                       AND l.date_from <= %(today)s
                       AND (l.date_to IS NULL OR l.date_to >= %(today)s OR l.kind = 'base'))
                       AS limits,
                   (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.customer_id NULLS LAST,
                                     x.grade NULLS LAST, x.id DESC)
                      FROM logistics_credit_rule_exclusion x
                     WHERE x.company_id = co.id AND x.state = 'in_force'
                       AND (x.customer_id IS NULL OR x.customer_id = c.id)
                       AND x.date_from <= %(today)s
                       AND (x.date_to IS NULL OR x.date_to >= %(today)s)) AS conditions,
                   (SELECT jsonb_agg(jsonb_build_object(
                               'reason', h.reason, 'forced', h.forced, 'date_until', h.date_until)
                               ORDER BY h.forced DESC NULLS LAST, h.date_from, h.id)
                      FROM logistics_credit_hold h
                     WHERE h.customer_id = c.id AND h.state = 'in_force'
                       AND h.date_from <= %(today)s
                       AND (h.date_until IS NULL OR h.date_until >= %(today)s)) AS holds,
                   (SELECT jsonb_agg(jsonb_build_object(
                               'type_id', s.type_id, 'level', s.level, 'weight', s.weight,
                               'date', s.date, 'source', s.source)
                               ORDER BY s.level, s.weight DESC, s.date, s.id)
                      FROM logistics_credit_signal s
                     WHERE s.customer_id = c.id AND s.state = 'active' AND s.date <= %(today)s
                       AND (s.date_until IS NULL OR s.date_until >= %(today)s)) AS signals,
                   (SELECT min(ac.id) FROM logistics_arrears_gate ag
                      JOIN logistics_customer ac ON ac.id = ag.customer_id
                     WHERE ac.partner_id = ent.id AND ag.company_id IN %(scope)s
                       AND ag.state <> 'lifted') AS gated_account
              FROM unnest(%(entities)s::int[]) AS ent(id)
             CROSS JOIN unnest(%(chain)s::int[]) WITH ORDINALITY AS ch(company_id, rank)
              JOIN res_company co ON co.id = ch.company_id
              LEFT JOIN logistics_customer c
                ON c.partner_id = ent.id AND c.company_id = ch.company_id
             ORDER BY ent.id, ch.rank
            """,
            today=today,
            entities=list(entity_ids),
            chain=company._credit_chain_ids(),
            scope=company._credit_scope_sql(),
        )
    )


def build_parties(env, company, entity_ids, today):
    """Return ``{entity id: Party}`` for a company, with one query (two when a gate is open)."""
    parties = {}
    for entity_id in entity_ids:
        parties[entity_id] = Party(entity_id)
    rows_of = {}
    for row in party_rows(env, company, entity_ids, today):
        rows_of.setdefault(row["entity_id"], []).append(row)
    for entity_id, rows in rows_of.items():
        _fill_party(env, company, parties[entity_id], rows, today)
    return parties


def _fill_party(env, company, party, rows, today):
    nearest = next((row for row in rows if row["account_id"]), None)
    if nearest:
        party.account_id = nearest["account_id"]
        party.grade = nearest["grade"]
    policy = next((row["policy"] for row in rows if row["policy"]), None)
    if policy is None:
        line = env["logistics.credit.policy"]._for_company(company)._grade_line(party.grade)
        party.line = {name: _known(line[name]) for name in _LINE_FIGURES}
        party.line.update(stop=line.stop, approval_needed=line.approval_needed)
    else:
        party.line = policy.get(party.grade or "N", {})
    default = next((r["default_limit"] for r in rows if r["default_limit"] is not None), None)
    documents = []
    for row in rows:
        for document in row["limits"] or []:
            for name in ("date_from", "date_to", "review_date"):
                document[name] = fields.Date.to_date(document[name])
            documents.append({**document, "rank": row["rank"]})
        party.holds += row["holds"] or []
        party.signals += row["signals"] or []
    party.limit = limit_of_rows(documents, today, default)
    grade = party.grade or "N"
    conditions = [c for row in rows for c in row["conditions"] or []]
    party.conditions = (
        [c for c in conditions if c["customer_id"]]
        + [c for c in conditions if not c["customer_id"] and c["grade"] == grade]
        + [c for c in conditions if not c["customer_id"] and not c["grade"]]
    )
    if rows[0]["gated_account"]:
        account = env["logistics.customer"].browse(rows[0]["gated_account"])
        party.gates = env["logistics.arrears.gate"]._open_for(account)


_LINE_FIGURES = (
    "terms_max_days",
    "warn_utilisation",
    "hold_utilisation",
    "warn_overdue_days",
    "hold_overdue_days",
    "overdue_tolerance",
    "hold_overdue_amount",
    "order_amount_limit",
)


def _known(value):
    return None if value is False else value
