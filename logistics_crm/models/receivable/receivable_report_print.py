# Part of logistics_crm. License LGPL-3 or later.
from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...report.ageing_workbook import AgeingWorkbook


class LogisticsReceivableReport(models.Model):
    """The run on paper and as a workbook."""

    _inherit = "logistics.receivable.report"

    def _check_computed(self):
        """:raise UserError: for a run without figures"""
        for run in self:
            if not run.computed_at:
                raise UserError(self.env._("%s has no figures yet: compute it first.", run.name))

    def _buckets(self):
        """Return ``[(bucket id, name)]`` of the run in their order, as they were called then."""
        return [(total.bucket_id.id, total.name) for total in self.total_ids if total.bucket_id]

    def _customer_rows(self):
        """Return the customers of the run with their buckets, the largest total first.

        Items of the ledger only. Two queries, whatever the number of customers.

        :return: list of dicts ``partner_id`` (False: no partner), ``name``, ``ref``, ``amounts``
            (one per bucket of :meth:`_buckets`), ``unallocated``, ``total``; company currency
        """
        self.ensure_one()
        self.check_access("read")
        self._check_computed()
        positions = {bucket: index for index, (bucket, _name) in enumerate(self._buckets())}
        rows = {}
        for partner, name, ref, bucket, amount in self.env.execute_query(
            SQL(
                """
                SELECT l.partner_id, COALESCE(rp.complete_name, rp.name), rp.ref, l.bucket_id,
                       sum(l.open_amount)
                  FROM logistics_receivable_report_line l
                  LEFT JOIN res_partner rp ON rp.id = l.partner_id
                 WHERE l.report_id = %s AND l.source = 'ledger'
                 GROUP BY l.partner_id, rp.complete_name, rp.name, rp.ref, l.bucket_id
                """,
                self.id,
            )
        ):
            row = rows.setdefault(
                partner,
                {
                    "partner_id": partner or False,
                    "name": name or self.env._("Without Partner"),
                    "ref": ref or "",
                    "amounts": [0.0] * len(positions),
                    "unallocated": 0.0,
                    "total": 0.0,
                },
            )
            amount = float(amount)
            if bucket is None:
                row["unallocated"] += amount
            else:
                row["amounts"][positions[bucket]] += amount
            row["total"] += amount
        return sorted(rows.values(), key=lambda row: (-row["total"], row["name"]))

    # ------------------------------------------------------------------ workbook
    def _workbook_name(self):
        """File name of the workbook, without a path."""
        self.ensure_one()
        return f"aged-receivables-{self.as_of}.xlsx"

    def _workbook_write(self, path_or_fileobj):
        """Write the run as an xlsx workbook in the reader's language.

        :param path_or_fileobj: path of the file, or a binary file opened for writing
        :raise AccessError: unless the reader may read the run
        :raise UserError: when it has not been computed, or has more items than a sheet has rows
        """
        self.ensure_one()
        self.check_access("read")
        self._check_computed()
        self.env.flush_all()
        AgeingWorkbook(self).write_out(path_or_fileobj)

    def action_download_workbook(self):
        """Download the run as a workbook."""
        self.ensure_one()
        self.check_access("read")
        self._check_computed()
        return {
            "type": "ir.actions.act_url",
            "url": f"/logistics_crm/receivables/{self.id}/workbook",
            "target": "download",
        }
