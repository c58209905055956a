# Part of logistics_crm. License LGPL-3 or later.
from odoo.http import request

from odoo.addons.survey.controllers.main import Survey


class LogisticsSurvey(Survey):
    """Staff enter what a customer said on paper or on the phone."""

    def _check_validity(
        self, survey_sudo, answer_sudo, answer_token, ensure_token=True, check_partner=True
    ):
        """Core refuses an answer sheet of somebody else. Whoever may change the invitation and
        knows its secret may fill it in, as long as it is not answered, or look at it afterwards.
        """
        code = super()._check_validity(
            survey_sudo,
            answer_sudo,
            answer_token,
            ensure_token=ensure_token,
            check_partner=check_partner,
        )
        if code == "answer_wrong_user" and answer_token and request.env.user._is_internal():
            invitations = request.env["logistics.satisfaction.invitation"]
            if invitations.has_access("write") and invitations.search_count(
                [("user_input_id", "=", answer_sudo.id)], limit=1
            ):
                return True
        return code
