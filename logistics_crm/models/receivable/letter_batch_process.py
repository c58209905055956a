# Part of logistics_crm. License LGPL-3 or later.
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# What one transaction holds: small enough to lose little when the job is killed
CHUNK = 20


class LogisticsLetterBatch(models.Model):
    """The job behind letter batches."""

    _inherit = "logistics.letter.batch"

    @api.model
    def _cron_process_letters(self):
        """Write the letters of all running batches, some at a time, each time committed.

        Killed at any moment it goes on where it was: a letter exists exactly when its line is
        done.
        """
        lines = self.env["logistics.letter.batch.line"]
        waiting = [("state", "=", "pending"), ("batch_id.state", "=", "running")]
        self.env["ir.cron"]._commit_progress(remaining=lines.search_count(waiting))
        for batch in self.search([("state", "=", "running")], order="id"):
            while chunk := lines.search(
                [("batch_id", "=", batch.id), ("state", "=", "pending")], limit=CHUNK
            ):
                chunk = chunk.try_lock_for_update()
                if not chunk:
                    break  # another worker has them
                batch._process(chunk)
                if not self.env["ir.cron"]._commit_progress(len(chunk)):
                    return
                batch = self.browse(batch.id)
                if batch.state != "running":
                    break
            if batch.state == "running" and not batch.pending_count:
                batch.state = "done"
                self.env["ir.cron"]._commit_progress()

    def _process(self, lines):
        """Write the letters of some customers; what fails is noted on its line.

        The data of all of them are gathered at once. When that fails, each is tried by itself,
        so that one bad customer does not stop the others.
        """
        self.ensure_one()
        batch = self.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                data = batch._letter_data(lines)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.warning("Letters of %s: gathered one by one", batch.name, exc_info=True)
            data = None
        for line in lines:
            batch._process_line(line, data)

    def _process_line(self, line, data):
        try:
            with self.env.cr.savepoint():
                if data is None:
                    data = self._letter_data(line)
                values = self._letter_make(line, data.get(line.customer_id.id) or {})
                line.sudo().write(
                    {
                        **(values or {}),
                        "state": "done",
                        "error": False,
                        "done_at": fields.Datetime.now(),
                    }
                )
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            expected = isinstance(error, UserError)
            if not expected:
                _logger.warning("Letter to %s", line.customer_id.display_name, exc_info=True)
            self.env.invalidate_all(flush=False)
            text = self._error_text(error)
            line.sudo().write({"state": "failed", "error": text, "done_at": fields.Datetime.now()})

    @api.model
    def _error_text(self, error):
        """What the list of failed customers says."""
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, psycopg2.Error):
            return self.env._("The database refused it: %s", (error.pgerror or str(error)).strip())
        return self.env._(
            "Unexpected error, tell your administrator: %(kind)s: %(text)s",
            kind=type(error).__name__,
            text=str(error)[:500],
        )

    # ------------------------------------------------------------------ what the kinds override
    def _letter_data(self, lines):
        """Gather what the letters of some customers need, set-based.

        :param lines: ``logistics.letter.batch.line`` records of this batch
        :return: ``{customer id: dict}``; whoever is missing gets an empty dict
        """
        self.ensure_one()
        return {}

    def _letter_make(self, line, data):
        """Make the letter of one customer; runs in a savepoint of its own.

        :param line: the ``logistics.letter.batch.line``
        :param data: this customer's part of :meth:`_letter_data`
        :return: values for the line: ``sent_to``, ``message_id``, ``attachment_id``
        :raise UserError: with a text that says what to correct; the line fails, the rest go on
        """
        self.ensure_one()
        raise UserError(self.env._("Nothing is known about letters of the kind %s.", self.kind))
