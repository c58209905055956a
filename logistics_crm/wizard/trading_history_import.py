# Part of logistics_crm. License LGPL-3 or later.
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

SHOWN_ISSUES = 200


class LogisticsTradingHistoryImport(models.TransientModel):
    """Upload a trading history file, see what it would do, import it."""

    _name = "logistics.trading.history.import"
    _description = "Import Trading History"
    _check_company_auto = True

    state = fields.Selection(
        [("upload", "Choose File"), ("checked", "Check"), ("done", "Result")],
        default="upload",
        required=True,
        readonly=True,
    )
    file = fields.Binary(string="CSV File")
    file_name = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    row_count = fields.Integer(string="Rows in the File", readonly=True)
    created_count = fields.Integer(string="New Rows", readonly=True)
    skipped_count = fields.Integer(
        string="Skipped",
        readonly=True,
        help="Rows that are in the history already, or twice in the file.",
    )
    refused_count = fields.Integer(string="Refused Rows", readonly=True)
    customer_count = fields.Integer(string="New Customers", readonly=True)
    service_count = fields.Integer(string="New Services", readonly=True)
    issue_ids = fields.One2many(
        "logistics.trading.history.import.issue", "import_id", string="Problems", readonly=True
    )
    issues_left_out = fields.Integer(readonly=True)
    refused_file = fields.Binary(string="Refused Rows as CSV", readonly=True)
    refused_file_name = fields.Char(readonly=True)

    @api.onchange("file", "company_id")
    def _onchange_file(self):
        # what was found belongs to the file that was checked
        self.state = "upload"

    def action_check(self):
        """Check the file and count what would happen; nothing is stored."""
        result = self._run(dry_run=True)
        self._show(result, "checked")
        return self._reopen()

    def action_import(self):
        """Import the file; when a row is bad, nothing of it, and the problems are shown."""
        result = self._run()
        if result["refused"]:
            return self.action_check()
        self._show(result, "done")
        return self._reopen()

    def action_import_good(self):
        """Import the good rows and give the refused ones back as a CSV file."""
        result = self._run(skip_bad=True)
        self._show(result, "done")
        return self._reopen()

    def action_open_history(self):
        """Open the trading history of the company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "logistics_crm.action_trading_history"
        )
        return dict(action, domain=[("company_id", "=", self.company_id.id)])

    def action_open_customers(self):
        """Open the customer accounts of the company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_customer")
        return dict(action, domain=[("company_id", "=", self.company_id.id)])

    def _run(self, **options):
        """Run the import as superuser, for those who may; return the result of ``_import_csv``.

        :raise AccessError: for anybody but a manager of the company
        :raise UserError: without a file
        """
        self.ensure_one()
        history = self.env["logistics.trading.history"]
        history._check_import_access(self.company_id)
        if not self.file:
            raise UserError(self.env._("Choose the file to import first."))
        # always bytes: a text could name a file on the server
        content = base64.b64decode(self.file)
        result = history.sudo()._import_csv(content, self.company_id, **options)
        if result["created"] and not options.get("dry_run"):
            self.env["logistics.customer"].sudo()._refresh_figures(company=self.company_id)
        return result

    def _show(self, result, state):
        issues = [("error", *error) for error in result["errors"]]
        issues += [("warning", *warning) for warning in result["warnings"]]
        total = result["error_count"] + len(result["warnings"])
        refused_csv = result.get("refused_csv")
        self.issue_ids.unlink()
        self.write(
            {
                "state": state,
                "row_count": result["rows"],
                "created_count": result["created"],
                "skipped_count": result["skipped"],
                "refused_count": result["refused"],
                "customer_count": result["customers_created"],
                "service_count": result["services_created"],
                "issue_ids": [
                    fields.Command.create(
                        {"level": level, "line": line, "column": column, "reason": reason}
                    )
                    for level, line, column, reason in issues[:SHOWN_ISSUES]
                ],
                "issues_left_out": max(0, total - SHOWN_ISSUES),
                "refused_file": refused_csv and base64.b64encode(refused_csv.encode("utf-8-sig")),
                "refused_file_name": refused_csv and self._refused_name(),
            }
        )

    def _refused_name(self):
        stem = (self.file_name or "trading_history").removesuffix(".csv")
        return f"{stem}-refused.csv"

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Trading History"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class LogisticsTradingHistoryImportIssue(models.TransientModel):
    """One thing that is wrong, or strange, in an uploaded file."""

    _name = "logistics.trading.history.import.issue"
    _description = "Problem in a Trading History File"
    _order = "level, line, id"

    import_id = fields.Many2one(
        "logistics.trading.history.import", required=True, ondelete="cascade", index=True
    )
    level = fields.Selection(
        [("error", "Refused"), ("warning", "Note")], required=True, readonly=True
    )
    line = fields.Integer(readonly=True, help="Line of the file; the header is line 1.")
    column = fields.Char(readonly=True)
    reason = fields.Text(readonly=True)
