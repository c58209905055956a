# Part of logistics_crm. License LGPL-3 or later.
from odoo.tools import SQL, split_every
from odoo.tools.misc import clean_context

from .trading_history_lookup import name_key

_BATCH = 500


class PartnerFinder:
    """Which contact each ``customer_ref`` of a file means; creates the missing ones.

    The answer is the temporary table ``logistics_history_ref`` (ref, partner_id), so that rows
    are joined to it by SQL.
    """

    def __init__(self, load, countries):
        self.load = load
        self.env = load.env
        self.company = load.company
        self.countries = countries
        self.customers = {}  # ref -> (name, country as written, line of the first row)
        self.ambiguous = {}  # ref -> names of the contacts that have it
        self._warned = set()

    def note(self, line, values):
        """Remember the customer of a row; the first row of a reference gives the name."""
        ref, name, country = values["customer_ref"], values["customer_name"], values["country"]
        known = self.customers.get(ref)
        if known is None:
            self.customers[ref] = (name, country, line)
        elif known[0] != name or known[1] != country:
            self._note_difference(line, ref, known, name, country)

    def _note_difference(self, line, ref, known, name, country):
        # the first filled cell speaks for the customer
        self.customers[ref] = (known[0] or name, known[1] or country, known[2])
        if ref in self._warned:
            return
        if known[0] and name and known[0] != name:
            column, first, other = "customer_name", known[0], name
        elif known[1] and country and known[1] != country:
            column, first, other = "country", known[1], country
        else:
            return
        self._warned.add(ref)
        self.load.warn(
            line,
            column,
            self.env._(
                "%(ref)s is “%(other)s” here and “%(first)s” on line %(line)s; the first is used.",
                ref=ref,
                other=other,
                first=first,
                line=known[2],
            ),
        )

    # ------------------------------------------------------------------ finding
    def find(self):
        """Fill the table of references from contacts and from earlier imports.

        Active contacts come before archived ones, the company's own before shared ones, and
        commercial entities before their addresses. Where the best candidates belong to several
        entities, the reference is ambiguous.
        """
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE logistics_history_ref ON COMMIT DROP AS
                SELECT r.ref, best.ids[1] AS partner_id, best.entities
                  FROM (SELECT DISTINCT customer_ref AS ref FROM logistics_history_load) r
                  LEFT JOIN LATERAL (
                        SELECT array_agg(k.id ORDER BY k.id <> k.commercial_partner_id, k.id)
                                   AS ids,
                               count(DISTINCT k.commercial_partner_id) AS entities
                          FROM (SELECT p.id, p.commercial_partner_id,
                                       rank() OVER (ORDER BY NOT p.active, p.company_id IS NULL)
                                           AS place
                                  FROM res_partner p
                                 WHERE p.ref = r.ref
                                   AND (p.company_id IS NULL OR p.company_id = %s)) k
                         WHERE k.place = 1
                       ) best ON TRUE
                """,
                self.company.id,
            )
        )
        cr.execute("CREATE UNIQUE INDEX ON logistics_history_ref (ref)")
        cr.execute("ANALYZE logistics_history_ref")
        cr.execute(
            SQL(
                """
                UPDATE logistics_history_ref r
                   SET partner_id = (SELECT h.partner_id FROM logistics_trading_history h
                                      WHERE h.company_id = %s AND h.customer_ref = r.ref
                                      LIMIT 1)
                 WHERE r.partner_id IS NULL
                """,
                self.company.id,
            )
        )
        for ref, names in self.env.execute_query(
            SQL(
                """
                SELECT r.ref, array_agg(p.complete_name ORDER BY p.id)
                  FROM logistics_history_ref r
                  JOIN res_partner p ON p.ref = r.ref AND p.active
                   AND (p.company_id IS NULL OR p.company_id = %s)
                 WHERE r.entities > 1
                 GROUP BY r.ref
                """,
                self.company.id,
            )
        ):
            self.ambiguous[ref] = names

    def _missing(self):
        """References without a contact, among the rows that are going in, in file order."""
        return self.env.execute_query(
            SQL(
                """
                SELECT r.ref FROM logistics_history_ref r
                  JOIN logistics_history_load l ON l.customer_ref = r.ref
                 WHERE r.partner_id IS NULL
                 GROUP BY r.ref
                 ORDER BY min(l.line)
                """
            )
        )

    def count_missing(self):
        """How many contacts the import would create."""
        return len(self._missing())

    # ------------------------------------------------------------------ creating
    def create_missing(self):
        """Create the missing contacts; return how many."""
        quiet = {
            **clean_context(self.env.context),
            "tracking_disable": True,
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
        }
        model = self.env(context=quiet)["res.partner"]
        missing = [ref for (ref,) in self._missing()]
        for refs in split_every(_BATCH, missing, list):
            partners = model.create([self._partner_values(ref) for ref in refs])
            self.env.flush_all()
            self.env.cr.execute_values(
                "UPDATE logistics_history_ref r SET partner_id = v.id"
                " FROM (VALUES %s) AS v(ref, id) WHERE r.ref = v.ref",
                list(zip(refs, partners.ids, strict=True)),
                page_size=_BATCH,
            )
            self.env.invalidate_all()  # keep memory flat, however many there are
        return len(missing)

    def _partner_values(self, ref):
        name, country, line = self.customers[ref]
        country_id = self.countries.find(country) if country else None
        if country and not country_id:
            self.load.warn(
                line,
                "country",
                self.env._(
                    "“%(country)s” is not a country Odoo knows; %(ref)s was created without one.",
                    country=country,
                    ref=ref,
                ),
            )
        if not name:
            self.load.warn(
                line,
                "customer_name",
                self.env._("%s has no name; its reference was used.", ref),
            )
        return {
            "name": name or ref,
            "ref": ref,
            "country_id": country_id or False,
            "is_company": True,
            "customer_rank": 1,
            "company_id": False,
        }

    def batches(self):
        """Yield the contacts of all rows that are going in."""
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT partner_id FROM logistics_history_ref WHERE partner_id > 0")
        )
        for ids in split_every(4 * _BATCH, [partner_id for (partner_id,) in rows], list):
            yield self.env["res.partner"].browse(ids)

    def warn_about_names(self):
        """Say where the file calls a contact by another name; the contact's name is kept."""
        for ref, name in self.env.execute_query(
            SQL(
                """
                SELECT r.ref, p.name FROM logistics_history_ref r
                  JOIN res_partner p ON p.id = r.partner_id
                """
            )
        ):
            given, _country, line = self.customers[ref]
            if given and name and name_key(given) != name_key(name):
                self.load.warn(
                    line,
                    "customer_name",
                    self.env._(
                        "%(ref)s is called “%(name)s” in Odoo; that name was kept instead of "
                        "“%(given)s”.",
                        ref=ref,
                        name=name,
                        given=given,
                    ),
                )
