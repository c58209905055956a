# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

GROUP = "logistics_crm.group_personal_data"
# What the dossier is kept for; emptied on erasure, never exported, searched or grouped.
CONTENT = ["character", "interests", "family", "education", "abilities", "ambitions", "birth_year"]


class LogisticsPersonalDossier(models.Model):
    """What is recorded about a person beyond the business role: optional, restricted, dated.

    Only users of group_personal_data read it, each day's reading is noted, and it is emptied by
    itself when its retention date has passed. See personal_dossier_guard for how it is kept shut.
    """

    _name = "logistics.personal.dossier"
    _description = "Personal Dossier"
    _order = "retention_date, id"
    _rec_name = "person_id"
    _check_company_auto = True

    person_id = fields.Many2one(
        "logistics.key.person", required=True, index=True, ondelete="cascade", check_company=True
    )
    customer_id = fields.Many2one(related="person_id.customer_id", store=True, index=True)
    company_id = fields.Many2one(related="person_id.company_id", store=True, index=True)
    purpose = fields.Selection(
        [
            ("care", "Care of the Relationship"),
            ("negotiation", "Preparation of Negotiations"),
            ("protocol", "Protocol and Invitations"),
        ],
        required=True,
        help="Why it is recorded. What serves no purpose may not be recorded.",
    )
    legal_basis = fields.Selection(
        [
            ("consent", "Consent"),
            ("contract", "Contract"),
            ("interest", "Legitimate Interest"),
            ("obligation", "Legal Obligation"),
        ],
        required=True,
        help="On which ground the law allows it.",
    )
    source = fields.Selection(
        [
            ("person", "The Person"),
            ("colleague", "A Colleague of the Person"),
            ("visit", "Observed on a Visit"),
            ("public", "Public Source"),
        ],
        required=True,
        help="Where it was learned.",
    )
    retention_date = fields.Date(
        string="Keep Until",
        required=True,
        index=True,
        help="After this day the contents are erased by themselves.",
    )
    character = fields.Text(groups=GROUP, exportable=False, prefetch=False)
    interests = fields.Text(groups=GROUP, exportable=False, prefetch=False)
    family = fields.Text(groups=GROUP, exportable=False, prefetch=False)
    education = fields.Char(groups=GROUP, exportable=False, prefetch=False)
    abilities = fields.Text(groups=GROUP, exportable=False, prefetch=False)
    ambitions = fields.Text(groups=GROUP, exportable=False, prefetch=False)
    birth_year = fields.Char(groups=GROUP, exportable=False, prefetch=False)
    erased_on = fields.Datetime(
        readonly=True, copy=False, help="Everything personal was deleted then; only this remains."
    )
    erased_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    access_ids = fields.One2many(
        "logistics.personal.dossier.access", "dossier_id", string="Read By"
    )

    _person_uniq = models.UniqueIndex(
        "(person_id) WHERE erased_on IS NULL",
        "There is a dossier of this person already.",
    )

    @api.constrains("retention_date", "erased_on")
    def _check_retention(self):
        today = fields.Date.context_today(self)
        for dossier in self.filtered(lambda d: not d.erased_on):
            if dossier.retention_date < today:
                raise ValidationError(
                    self.env._(
                        "Keep Until %(date)s has passed already. Choose a day in the future, or "
                        "erase the dossier.",
                        date=fields.Date.to_string(dossier.retention_date),
                    )
                )

    def copy_data(self, default=None):
        """Refuse duplication: personal data is recorded once, for one purpose."""
        raise UserError(self.env._("A personal dossier cannot be duplicated."))

    def action_erase(self):
        """Erase the contents of these dossiers now, for good.

        :raise AccessError: for a user who may not change them
        """
        self.check_access("write")
        self._erase()

    def _erase(self):
        """Delete values, attachments and messages; keep that and when something was erased."""
        dossiers = self.filtered(lambda d: not d.erased_on)
        if not dossiers:
            return
        user = self.env.user
        dossiers = dossiers.sudo().with_user(self.env.ref("base.user_root")).sudo()
        for model, link in (("ir.attachment", "res_model"), ("mail.message", "model")):
            self.env[model].sudo().search(
                [(link, "=", self._name), ("res_id", "in", dossiers.ids)]
            ).unlink()
        dossiers.write(
            {
                **dict.fromkeys(CONTENT, False),
                "erased_on": fields.Datetime.now(),
                "erased_by_id": user.id,
            }
        )
        dossiers.flush_recordset()

    @api.model
    def _cron_erase(self):
        """Daily: erase the dossiers whose retention date has passed."""
        overdue = self.sudo().search(
            [("retention_date", "<", fields.Date.context_today(self)), ("erased_on", "=", False)]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(overdue))
        for dossier in overdue:
            dossier._erase()
            if not self.env["ir.cron"]._commit_progress(1):
                break
