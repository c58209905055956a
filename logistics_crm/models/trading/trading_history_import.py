# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .trading_history_load import HistoryLoad
from .trading_history_rules import (
    MAX_NUMBER,
    is_formula,
    last_plausible_days,
    row_problems,
)

_DATE_COLUMNS = ("promised_date", "delivered_date", "due_date", "paid_date")
_NUMBER_COLUMNS = ("quantity", "weight_kg", "amount", "cost")


class LogisticsTradingHistory(models.Model):
    """Import of the trading history, and the rules every row obeys however it is entered."""

    _inherit = "logistics.trading.history"

    customer_ref = fields.Char(
        string="Customer Reference",
        compute="_compute_customer_ref",
        store=True,
        precompute=True,
        copy=False,
        help="The customer's reference in the old system. With document and line it identifies "
        "the row, also after the contact was renamed or merged into another one.",
    )

    _ref_identity_uniq = models.UniqueIndex(
        "(company_id, customer_ref, document, line) WHERE customer_ref IS NOT NULL",
        "This line of this document is already in the trading history of this customer.",
    )

    @api.depends("partner_id")
    def _compute_customer_ref(self):
        for row in self:
            row.customer_ref = row.sudo().partner_id.ref or False

    @api.constrains(*_NUMBER_COLUMNS, "date", *_DATE_COLUMNS)
    def _check_plausible(self):
        last_days = last_plausible_days(fields.Date.today())
        for row in self:
            values = {
                name: None if row[name] is False else row[name]
                for name in (*_NUMBER_COLUMNS, "date", *_DATE_COLUMNS)
            }
            for name in _NUMBER_COLUMNS:
                # written so that "not a number", which compares false, is refused too
                if values[name] is not None and not abs(values[name]) <= MAX_NUMBER:
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(document)s is not a possible number.",
                            field=self._fields[name]._description_string(self.env),
                            document=row.document,
                        )
                    )
            problems = row_problems(self.env, values, last_days)
            if problems:
                raise ValidationError(
                    "\n".join(
                        f"{row.document} / {row.line}, "
                        f"{self._fields[name]._description_string(self.env)}: {reason}"
                        for name, reason in problems
                    )
                )

    @api.constrains("document", "line")
    def _check_no_formula(self):
        for row in self:
            for name in ("document", "line"):
                if is_formula(row[name]):
                    raise ValidationError(
                        self.env._(
                            "“%s” begins like a spreadsheet formula and is refused for safety. "
                            "Remove the first character.",
                            row[name][:40],
                        )
                    )

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Trading History"),
                "template": "/logistics_crm/static/csv/trading_history_template.csv",
            }
        ]

    @api.model
    def _import_csv(self, text_or_path, company=None, skip_bad=False, dry_run=False):
        """Import trading history from CSV: all of the file or, when a row is bad, nothing.

        The columns are those of ``trading_history_rules.COLUMNS``, in any order: UTF-8, a header,
        ISO dates, dots before decimals, an empty cell for what is unknown (never zero). One row
        per document line. (customer_ref, document, line) identifies a row within the company:
        rows that are there already are skipped, so importing twice adds nothing.

        Customers are found by reference among the contacts of the company and the shared ones,
        archived ones included, then among the references of earlier imports; missing ones are
        created as shared companies, and every customer gets an account. Missing services are
        created. ``amount`` and ``cost`` are converted into the company's currency at the row's
        date.

        A ``str`` that names a file is read from the server's disk: pass bytes for anything that
        comes from outside.

        :param text_or_path: path, ``str`` or ``bytes`` of the CSV
        :param company: the ``res.company`` that traded; the current one when left out
        :param skip_bad: import the good rows of a file that has bad ones too
        :param dry_run: only check, and count what ``skip_bad`` would import; change nothing
        :return: dict of ``created`` and ``skipped`` (rows), ``errors`` as
            ``[(line, column, reason)]`` where line is that of the file, the header being 1, and
            column is empty when the whole row or file is meant; ``warnings`` likewise; ``rows``
            (read), ``refused`` (rows), ``error_count`` (``errors`` itself ends after 10,000
            unless ``skip_bad``), ``customers_created``, ``services_created`` and, with
            ``skip_bad``, ``refused_csv``: the refused rows as CSV text with their line and reason
        :raise UserError: when another import into the same company is running
        """
        company = company or self.env.company
        model = self.sudo().with_company(company)
        with self.env.cr.savepoint():
            self.env.cr.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                ("logistics.trading.history", company.id),
            )
            if not self.env.cr.fetchone()[0]:
                raise UserError(
                    self.env._(
                        "Another import of trading history is running for %s. Wait until it is "
                        "done.",
                        company.name,
                    )
                )
            load = HistoryLoad(model, company, skip_bad=skip_bad, dry_run=dry_run)
            return load.run(text_or_path)

    @api.model
    def _check_import_access(self, company):
        """:raise AccessError: unless the user may import history for ``company``."""
        if self.env.su:
            return
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("Only managers import trading history."))
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work for %s.", company.sudo().display_name))
