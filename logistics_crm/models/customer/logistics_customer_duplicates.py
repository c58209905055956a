# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

SHOWN = 5
# A book in which everybody is called alike is searched no further than this.
ALIKE = 50
# Below this similarity two names of companies are two companies more often than not.
SIMILAR = 0.6
DUPLICATE_KINDS = [("vat", "Tax ID"), ("phone", "Phone"), ("name", "Name")]
# What companies hang behind their names, and what tells none of them apart.
_LEGAL_WORDS = (
    r"\m(inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|co|company|gmbh|mbh|ag|kg|ohg"
    r"|ug|se|sa|sarl|sas|srl|spa|sl|bv|nv|ab|as|aps|oy|pty|pte|sdn|bhd|the)\M"
)
_LEGAL_WORDS_CJK = "(股份有限公司|有限责任公司|有限公司|股份公司|集團|集团|公司)"


def name_key_sql(name):
    """A company's name without case, punctuation and legal form, as SQL."""
    return SQL(
        "regexp_replace(%s, '[^[:alnum:]]+', '', 'g')",
        name_words_sql(name),
    )


def name_words_sql(name):
    """A company's name without case and legal form ("G.m.b.H." too), as SQL."""
    return SQL(
        "regexp_replace(regexp_replace(replace(lower(%s), '.', ''), %s, '', 'g'), %s, '', 'g')",
        name,
        _LEGAL_WORDS,
        _LEGAL_WORDS_CJK,
    )


def phone_key_sql(phone):
    """The last nine digits of a phone number, whatever its spelling, as SQL."""
    return SQL(r"right(regexp_replace(%s, '\D', '', 'g'), 9)", phone)


def vat_key_sql(vat):
    """A tax number without blanks, dots and case, as SQL."""
    return SQL("upper(regexp_replace(%s, '[^[:alnum:]]', '', 'g'))", vat)


def _literal(text):
    return "'" + text.replace("'", "''") + "'"


class ResPartner(models.Model):
    _inherit = "res.partner"

    # What the duplicate warning of a single customer looks up.
    _logistics_phone_key = models.Index(
        r"(right(regexp_replace(phone, '\D', '', 'g'), 9)) WHERE phone IS NOT NULL"
    )
    _logistics_vat_key = models.Index(
        "(upper(regexp_replace(vat, '[^[:alnum:]]', '', 'g'))) WHERE vat IS NOT NULL"
    )


class LogisticsCustomer(models.Model):
    """Is this customer in the book twice? By tax number, phone and similar names."""

    _inherit = "logistics.customer"

    # What the warning looks up where the database has no pg_trgm: the same as name_key_sql.
    _name_key = models.Index(
        "((regexp_replace(regexp_replace(regexp_replace(replace(lower(name), '.', ''), "
        f"{_literal(_LEGAL_WORDS)}, '', 'g'), {_literal(_LEGAL_WORDS_CJK)}, '', 'g'), "
        "'[^[:alnum:]]+', '', 'g')))"
    )

    duplicate_hint = fields.Json(
        string="Possible Duplicates",
        compute="_compute_duplicate_hint",
        exportable=False,
        help="Other customers of the company with the same tax number, phone or a similar name.",
    )

    @api.depends_context("uid", "lang")
    def _compute_duplicate_hint(self):
        labels = dict(DUPLICATE_KINDS)
        for account in self:
            account.duplicate_hint = [
                {"id": other.id, "name": other.name, "kind": labels[kind]}
                for other, kind in (account._find_duplicates() if account.id else ())
            ]

    def _find_duplicates(self):
        """Other active accounts of the company that look like this one; one statement.

        By the same tax number, the same last nine digits of the phone, a similar name where the
        database has pg_trgm, and otherwise the same name without case, punctuation and legal
        form. Names are told whoever looks after them: a contact is nobody's secret, its account
        is.

        :return: list of ``(account with superuser rights, kind)``, at most five
        """
        self.ensure_one()
        account = self.sudo()
        partner = account.partner_id
        self.env.flush_all()
        registry = self.env.registry
        if registry.has_trigram:
            self.env.cr.execute(
                "SELECT set_config('pg_trgm.similarity_threshold', %s, TRUE)", [str(SIMILAR)]
            )
            column = registry.unaccent(SQL("c.name"))
            same_name = SQL(
                "%s %% %s", column, registry.unaccent(name_words_sql(SQL("%s", account.name or "")))
            )
        else:
            same_name = SQL(
                "%s = %s AND %s <> ''",
                name_key_sql(SQL("c.name")),
                name_key_sql(SQL("%s", account.name or "")),
                name_key_sql(SQL("%s", account.name or "")),
            )
        phone, vat = (
            SQL("%s::varchar", partner.phone or None),
            SQL("%s::varchar", partner.vat or None),
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (id) id, kind FROM (
                    SELECT c.id, 'vat' AS kind, 1 AS rank FROM logistics_customer c
                      JOIN res_partner p ON p.id = c.partner_id
                     WHERE p.vat IS NOT NULL AND %(vat_column)s = %(vat)s
                       AND length(%(vat)s) > 3 AND %(scope)s
                     UNION ALL
                    SELECT c.id, 'phone', 2 FROM logistics_customer c
                      JOIN res_partner p ON p.id = c.partner_id
                     WHERE p.phone IS NOT NULL AND %(phone_column)s = %(phone)s
                       AND length(%(phone)s) > 6 AND %(scope)s
                     UNION ALL
                    (SELECT c.id, 'name', 3 FROM logistics_customer c
                      WHERE %(same_name)s AND %(scope)s LIMIT %(alike)s)) found
                 ORDER BY id, rank LIMIT %(limit)s
                """,
                vat_column=vat_key_sql(SQL("p.vat")),
                vat=vat_key_sql(vat),
                phone_column=phone_key_sql(SQL("p.phone")),
                phone=phone_key_sql(phone),
                same_name=same_name,
                scope=SQL(
                    """
                    c.company_id = %(company)s AND c.id <> %(id)s AND c.active
                       AND NOT EXISTS (SELECT 1 FROM logistics_duplicate_dismissal d
                                        WHERE d.active
                                          AND d.customer_id = LEAST(c.id, %(id)s)
                                          AND d.other_customer_id = GREATEST(c.id, %(id)s))
                    """,
                    company=account.company_id.id,
                    id=account.id,
                ),
                limit=SHOWN,
                alike=ALIKE,
            )
        )
        return [(account.browse(row_id), kind) for row_id, kind in rows]

    def action_not_duplicate(self, other_id=None):
        """Note that this customer is not the same as those it looks like; can be taken back.

        :param other_id: one of the accounts the warning names; all of them when omitted
        :raise AccessError: for users who may not change this account
        """
        self.ensure_one()
        self.check_access("write")
        shown = self.browse([other.id for other, _kind in self._find_duplicates()])
        others = shown.filtered(lambda other: other_id in (None, other.id))
        if others:
            self.env["logistics.duplicate.dismissal"]._dismiss(self, others)
        self.invalidate_recordset(["duplicate_hint"])

    @api.model
    def _folding_models(self):
        return [*super()._folding_models(), "logistics.duplicate.dismissal"]

    def _merge_contacts_action(self):
        """Core's merge of the contacts behind these accounts, ready to be confirmed.

        :raise AccessError: for users who may not merge contacts
        """
        wizard = self.env["base.partner.merge.automatic.wizard"]
        if not wizard.has_access("create"):
            raise AccessError(
                self.env._("You may not merge contacts. Ask somebody who maintains them.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Contacts"),
            "res_model": wizard._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": "res.partner",
                "active_ids": self.sudo().partner_id.ids,
            },
        }

    def action_merge_duplicates(self):
        """Open core's merge of this customer's contact with those that look like it."""
        self.ensure_one()
        self.check_access("write")
        others = self.browse([other.id for other, _kind in self._find_duplicates()])
        return (self | others)._merge_contacts_action()
