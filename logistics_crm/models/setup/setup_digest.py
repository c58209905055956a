# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command, api, fields, models


class LogisticsSetup(models.Model):
    """The weekly mail of a company, for who wants it."""

    _inherit = "logistics.setup"

    digest_to_me = fields.Boolean(string="I get the weekly digest", compute="_compute_digest_to_me")

    def _digest(self):
        """The digest of this company with the figures of customers; superuser, maybe none."""
        digests = self.env["digest.digest"].sudo()
        return digests.search(
            [("company_id", "=", self.company_id.id), ("kpi_logistics_overdue", "=", True)],
            limit=1,
        )

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_digest_to_me(self):
        for setup in self:
            digest = setup._digest()
            setup.digest_to_me = digest.state == "activated" and self.env.user in digest.user_ids

    def action_digest(self):
        """Send the user the weekly digest of this company, or no longer.

        The company gets a digest of its own, in its own currency. It is sent to nobody who did
        not ask for it, and each reader gets the figures that the reader's rights allow.
        """
        self.ensure_one()
        self.check_access("write")
        digest = self._digest()
        if self.digest_to_me:
            digest.user_ids = [Command.unlink(self.env.uid)]
        else:
            if not digest:
                names = [
                    name
                    for name, field in digest._fields.items()
                    if name.startswith("kpi_logistics") and field.store
                ]
                digest = digest.create(
                    {
                        "name": self.env._("Customers, Weekly"),
                        "periodicity": "weekly",
                        "company_id": self.company_id.id,
                        "user_ids": [Command.clear()],
                        **dict.fromkeys(names, True),
                    }
                )
            digest.write({"state": "activated", "user_ids": [Command.link(self.env.uid)]})
        self.invalidate_recordset(["digest_to_me"])
        return True
