# Part of logistics_crm. License LGPL-3 or later.
from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .personal_dossier import CONTENT, GROUP

# Handed down while a reading that was checked is on its way; nothing from outside equals it.
_READING = object()


def noting(method):
    """Mark a reader as one that writes, so that a request for it gets a cursor that can."""
    method._readonly = False
    return method


class LogisticsPersonalDossier(models.Model):
    """How the contents are kept shut, also from code that runs with more rights than its user.

    Contents leave the database through ``_fetch_query`` only; searching, grouping and exporting
    by contents are refused to everybody, because each would tell them without a trace.
    """

    _inherit = "logistics.personal.dossier"

    def _fetch_query(self, query, fields):
        if any(field.name in CONTENT for field in fields):
            self._check_dossier_group()
            reading = self.with_context(logistics_dossier_reading=_READING)
            fetched = super(LogisticsPersonalDossier, reading)._fetch_query(query, fields)
            fetched = self.browse(fetched.ids)
            fetched._note_access()
            return fetched
        return super()._fetch_query(query, fields)

    @api.model
    def _check_dossier_group(self):
        """Ask for the group even under sudo: a report or a template runs with its reader's name.

        :raise AccessError: for every user without the group but the system itself
        """
        if self.env.uid != SUPERUSER_ID and not self.env.user.has_group(GROUP):
            raise AccessError(
                self.env._("Personal dossiers are open to users of Personal Dossiers only.")
            )

    def _note_access(self):
        """Note who read these dossiers, once per user and day.

        On a read-only cursor PostgreSQL refuses the note, and Odoo serves the request again on
        one that writes: nothing is told that is not noted.
        """
        if not self or self.env.uid == SUPERUSER_ID:
            return
        statement = SQL(
            """
            INSERT INTO logistics_personal_dossier_access
                   (dossier_id, customer_id, company_id, user_id, date, create_uid, create_date,
                    write_uid, write_date)
            SELECT d.id, d.customer_id, d.company_id, %(uid)s, %(today)s,
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM logistics_personal_dossier d WHERE d.id IN %(ids)s
                ON CONFLICT (dossier_id, user_id, date) DO NOTHING
            """,
            uid=self.env.uid,
            today=fields.Date.context_today(self),
            ids=tuple(self.ids),
        )
        self.env.cr.execute(statement)

    @noting
    def read(self, fields=None, load="_classic_read"):
        """As in Odoo; the reading of contents is noted."""
        return super().read(fields, load)

    @api.model
    @noting
    def search_read(self, domain=None, fields=None, offset=0, limit=None, order=None, **kwargs):
        """As in Odoo; the reading of contents is noted."""
        return super().search_read(domain, fields, offset, limit, order, **kwargs)

    @noting
    def web_read(self, specification):
        """As in Odoo; the reading of contents is noted."""
        return super().web_read(specification)

    @api.model
    @noting
    def web_search_read(
        self, domain, specification, offset=0, limit=None, order=None, count_limit=None
    ):
        """As in Odoo; the reading of contents is noted."""
        return super().web_search_read(domain, specification, offset, limit, order, count_limit)

    @api.model
    def _refuse_contents(self, names):
        contents = [name for name in names if name and name.split(":")[0].split(".")[0] in CONTENT]
        if contents and self.env.uid != SUPERUSER_ID:
            raise AccessError(
                self.env._(
                    "Personal dossiers are read one by one. Nobody can search, group or export "
                    "by their contents."
                )
            )

    def _field_to_sql(self, alias, field_expr, query=None):
        # Other models come here to group, sort or filter by a path that ends in contents.
        if self.env.context.get("logistics_dossier_reading") is not _READING:
            self._refuse_contents([field_expr])
        return super()._field_to_sql(alias, field_expr, query)

    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        self._refuse_contents(
            condition.field_expr for condition in fields.Domain(domain).iter_conditions()
        )
        self._refuse_contents(part.strip().split(" ")[0] for part in (order or "").split(","))
        return super()._search(domain, offset, limit, order, **kwargs)

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        self._refuse_contents([*groupby, *aggregates])
        return super()._read_group(domain, groupby, aggregates, having, offset, limit, order)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        self._refuse_contents([*(name for names in grouping_sets for name in names), *aggregates])
        return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)

    def _export_rows(self, fields, **kwargs):
        self._refuse_contents(path[0] for path in fields if path)
        return super()._export_rows(fields, **kwargs)
