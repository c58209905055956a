# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsFileReminderMixin(models.AbstractModel):
    """Rows of a file that are reminded of once for each date."""

    _name = "logistics.file.reminder.mixin"
    _description = "Reminded of Once"

    reminded_for = fields.Date(readonly=True, copy=False)

    def _remind(self, deadline, today):
        """Plan an activity on the customer for whoever is responsible, in that user's language.

        :param deadline: the day it is about; the activity is due today
        """
        self.ensure_one()
        user = self.user_id
        record = self.with_context(lang=user.lang or self.env.lang)
        record.customer_id.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=today,
            summary=record._reminder_text(deadline),
            user_id=user.id,
        )
        self.reminded_for = deadline

    @api.model
    def _reminder_text(self, deadline):
        return self.env._(
            "%(what)s: %(date)s",
            what=self.display_name,
            date=fields.Date.to_string(deadline),
        )
