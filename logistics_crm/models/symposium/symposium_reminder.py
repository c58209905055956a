# Part of logistics_crm. License LGPL-3 or later.
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class LogisticsSymposium(models.Model):
    """A reminder when it is time for the next one."""

    _inherit = "logistics.symposium"

    @api.model
    def _cron_remind(self, today=None):
        """Give the company's organiser an activity when no symposium was held within the
        company's months and none is planned. Without an organiser nobody is reminded.

        :param today: date; the company's own today when omitted
        """
        companies = self.env["res.company"].search([("logistics_symposium_user_id", "!=", False)])
        for company in companies:
            day = today or self.env["logistics.visit.status"]._today(company)
            user = company.logistics_symposium_user_id
            since = day - relativedelta(months=company.logistics_symposium_months)
            last = self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "not in", ("cancelled",)),
                    ("kind", "=", "symposium"),
                ],
                order="start desc",
                limit=1,
            )
            if last and fields.Date.to_date(last.start) > since:
                continue
            target = company.partner_id
            summary = self.env(context={**self.env.context, "lang": user.lang})._(
                "Plan the customer symposium"
            )
            waiting = self.env["mail.activity"].search_count(
                [
                    ("res_model", "=", "res.partner"),
                    ("res_id", "=", target.id),
                    ("user_id", "=", user.id),
                    ("summary", "=", summary),
                ],
                limit=1,
            )
            if not waiting:
                target.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=day + timedelta(days=14),
                    summary=summary,
                    user_id=user.id,
                )


class ResCompany(models.Model):
    _inherit = "res.company"

    logistics_symposium_months = fields.Integer(
        string="Months Between Symposia", default=6, required=True
    )
    logistics_symposium_user_id = fields.Many2one(
        "res.users",
        string="Symposium Organiser",
        domain="[('share', '=', False)]",
        help="Gets an activity when the next symposium is due. Empty: nobody is reminded.",
    )

    _logistics_symposium_sane = models.Constraint(
        "CHECK (logistics_symposium_months > 0)", "The months between symposia must be positive."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    logistics_symposium_months = fields.Integer(
        related="company_id.logistics_symposium_months", readonly=False
    )
    logistics_symposium_user_id = fields.Many2one(
        related="company_id.logistics_symposium_user_id", readonly=False
    )
