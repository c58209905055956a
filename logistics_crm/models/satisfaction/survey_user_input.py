# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

from .results import mean


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    def _mark_done(self):
        result = super()._mark_done()
        self.env["logistics.satisfaction.invitation"].sudo()._take_answers(self.sudo())
        return result


class LogisticsSatisfactionInvitation(models.Model):
    """From the answers in core's survey to importance, perception, gap and opinions."""

    _inherit = "logistics.satisfaction.invitation"

    @api.model
    def _take_answers(self, user_inputs):
        """Read finished answer sheets; those without an invitation get one when the person
        belongs to a customer. Test entries and other surveys are left alone.
        """
        for user_input in user_inputs.filtered(
            lambda one: one.survey_id.logistics_satisfaction and not one.test_entry
        ):
            invitation = self.search([("user_input_id", "=", user_input.id)])
            if not invitation:
                customer = self._customer_of(user_input)
                if not customer:
                    continue
                invitation = self.create(
                    {
                        "customer_id": customer.id,
                        "partner_id": user_input.partner_id.id,
                        "survey_id": user_input.survey_id.id,
                        "user_input_id": user_input.id,
                    }
                )
            invitation._derive()

    @api.model
    def _customer_of(self, user_input):
        """The account of somebody who answered without being invited, if there is exactly one."""
        entity = user_input.partner_id.commercial_partner_id
        accounts = self.env["logistics.customer"].search([("partner_id", "=", entity.id)])
        if len(accounts) > 1:
            accounts = accounts.filtered(lambda one: one.company_id == self.env.company)
        return accounts if len(accounts) == 1 else accounts.browse()

    def _derive(self):
        """Work out these invitations' figures from the answers anew; done twice it changes
        nothing.

        The overall satisfaction of a person is the mean of the perceptions weighted by their
        importance: sum(importance x perception) / sum(importance). A dimension whose importance
        was not given counts with the mean importance of the others; without any importance all
        count alike.
        """
        scores = self.env["logistics.satisfaction.score"]
        for invitation in self:
            user_input = invitation.user_input_id.sudo()
            sides = {"expected": {}, "perceived": {}}
            nps, texts = False, []
            for question, lines in user_input.user_input_line_ids.grouped("question_id").items():
                side = question.logistics_side
                if side in sides:
                    for dimension, value in question._logistics_answers(lines):
                        sides[side].setdefault(dimension, []).append(value)
                elif side == "nps":
                    for line in lines.filtered(lambda one: one.answer_type == "scale"):
                        nps = line.value_scale
                elif side == "opinion":
                    for line in lines.filtered(lambda one: not one.skipped):
                        text = (line.value_text_box or line.value_char_box or "").strip()
                        if text:
                            texts.append((question, text))
            day = fields.Datetime.context_timestamp(
                self, user_input.end_datetime or fields.Datetime.now()
            ).date()
            invitation.score_ids.unlink()
            expected = {key: mean(values) for key, values in sides["expected"].items()}
            perceived = {key: mean(values) for key, values in sides["perceived"].items()}
            rows = []
            for dimension in self.env["logistics.satisfaction.dimension"].browse(
                sorted(expected.keys() | perceived.keys())
            ):
                known = dimension.id in expected and dimension.id in perceived
                rows.append(
                    {
                        "invitation_id": invitation.id,
                        "customer_id": invitation.customer_id.id,
                        "company_id": invitation.company_id.id,
                        "dimension_id": dimension.id,
                        "group": dimension.group,
                        "date": day,
                        "expected": expected.get(dimension.id, False),
                        "perceived": perceived.get(dimension.id, False),
                        "gap": perceived[dimension.id] - expected[dimension.id] if known else False,
                    }
                )
            scores.create(rows)
            gap = mean(row["gap"] for row in rows)
            fresh = not invitation.answered_on
            invitation.write(
                {
                    "answered_on": day,
                    "expected": _or_false(mean(expected.values())),
                    "perceived": _or_false(_weighted(expected, perceived)),
                    "gap": _or_false(gap),
                    "nps": nps,
                    "comment": "\n".join(text for _question, text in texts) or False,
                }
            )
            if fresh:
                invitation._raise_opinions(texts)
        self.customer_id._refresh_satisfaction()

    def _raise_opinions(self, texts):
        """What was written becomes an opinion with an owner and a deadline."""
        self.ensure_one()
        source = self._opinion_source()
        self.env["logistics.opinion"].sudo().create(
            [
                {
                    "customer_id": self.customer_id.id,
                    "name": text if len(text) <= 80 else text[:77] + "...",
                    "text": text,
                    "topic_id": question.logistics_topic_id.id,
                    "res_model": source._name,
                    "res_id": source.id,
                    "date": self.answered_on,
                    "owner_id": question.logistics_topic_id.owner_id.id
                    or self.customer_id.user_id.id
                    or self.round_id.user_id.id
                    or self.env.uid,
                }
                for question, text in texts
            ]
        )

    def _opinion_source(self):
        """Where opinions of this questionnaire were raised."""
        return self


def _or_false(value):
    return False if value is None else value


def _weighted(expected, perceived):
    """Mean of the perceptions, weighted by importance; None when nothing was perceived."""
    if not perceived:
        return None
    known = [expected[key] for key in perceived if key in expected]
    usual = mean(known)
    weights = {key: expected.get(key, usual) for key in perceived}
    total = sum(weights.values()) if usual is not None else 0
    if not total:
        return mean(perceived.values())
    return sum(weights[key] * value for key, value in perceived.items()) / total
