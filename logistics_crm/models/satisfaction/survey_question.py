# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

SIDES = [
    ("expected", "Importance"),
    ("perceived", "Perception"),
    ("nps", "Recommendation"),
    ("opinion", "Opinion"),
]
# Which kind of question can answer which side.
_TYPES = {
    "expected": ("scale", "matrix"),
    "perceived": ("scale", "matrix"),
    "nps": ("scale",),
    "opinion": ("text_box", "char_box"),
}


class SurveyQuestion(models.Model):
    """Which dimension a question of a survey asks about, and which side of it."""

    _inherit = "survey.question"

    logistics_side = fields.Selection(
        SIDES,
        string="Satisfaction Side",
        help="Importance: how much it matters, or what is expected. Perception: how well it is "
        "done. Recommendation: 0 to 10, for the net promoter score. Opinion: the text becomes an "
        "opinion with an owner and a deadline.",
    )
    logistics_dimension_id = fields.Many2one(
        "logistics.satisfaction.dimension",
        string="Satisfaction Dimension",
        ondelete="restrict",
        index="btree_not_null",
        help="For scale questions. In a matrix each row names its own dimension.",
    )
    logistics_topic_id = fields.Many2one(
        "logistics.opinion.topic",
        string="Opinion Topic",
        ondelete="set null",
        help="The topic of the opinions that come out of this question.",
    )

    @api.constrains("logistics_side", "question_type", "logistics_dimension_id", "scale_max")
    def _check_logistics_side(self):
        sides = dict(self._fields["logistics_side"]._description_selection(self.env))
        for question in self.filtered("logistics_side"):
            side = question.logistics_side
            if question.question_type not in _TYPES[side]:
                raise ValidationError(
                    self.env._(
                        "“%(question)s” cannot tell the %(side)s: use a scale or a matrix for "
                        "importance and perception, a scale for recommendation and a text for "
                        "opinions.",
                        question=question.title,
                        side=sides[side],
                    )
                )
            if side == "nps" and (question.scale_min, question.scale_max) != (0, 10):
                raise ValidationError(
                    self.env._(
                        "“%s”: the net promoter score is asked on a scale from 0 to 10.",
                        question.title,
                    )
                )
            if (
                side in ("expected", "perceived")
                and question.question_type == "scale"
                and not question.logistics_dimension_id
            ):
                raise ValidationError(
                    self.env._("“%s”: choose the dimension it asks about.", question.title)
                )

    def _logistics_answers(self, lines):
        """What the answer lines of one participant say about dimensions, each 0 to 100.

        A scale from a to b maps v to 100 (v - a) / (b - a); in a matrix the columns are equally
        far apart, the first is 0 and the last 100. What was skipped is not in the result.

        :param lines: ``survey.user_input.line`` of this question
        :return: list of (dimension id, value)
        """
        self.ensure_one()
        values = []
        columns = self.suggested_answer_ids.sorted(lambda answer: (answer.sequence, answer.id)).ids
        for line in lines.filtered(lambda line: not line.skipped):
            if line.answer_type == "scale" and self.question_type == "scale":
                share = (line.value_scale - self.scale_min) / (self.scale_max - self.scale_min)
                values.append((self.logistics_dimension_id.id, 100.0 * share))
            elif (
                line.answer_type == "suggestion"
                and self.question_type == "matrix"
                and line.matrix_row_id.logistics_dimension_id
                and len(columns) > 1
            ):
                place = columns.index(line.suggested_answer_id.id)
                values.append(
                    (
                        line.matrix_row_id.logistics_dimension_id.id,
                        100.0 * place / (len(columns) - 1),
                    )
                )
        return values


class SurveyQuestionAnswer(models.Model):
    _inherit = "survey.question.answer"

    logistics_dimension_id = fields.Many2one(
        "logistics.satisfaction.dimension",
        string="Satisfaction Dimension",
        ondelete="restrict",
        index="btree_not_null",
        help="What this row of a matrix asks about.",
    )


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    logistics_satisfaction = fields.Boolean(
        string="Satisfaction Questionnaire",
        compute="_compute_logistics_satisfaction",
        search="_search_logistics_satisfaction",
        help="At least one question tells importance, perception or recommendation.",
    )

    @api.depends("question_and_page_ids.logistics_side")
    def _compute_logistics_satisfaction(self):
        for survey in self:
            survey.logistics_satisfaction = any(
                survey.question_and_page_ids.mapped("logistics_side")
            )

    @api.model
    def _search_logistics_satisfaction(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = Domain("question_and_page_ids", "any", [("logistics_side", "!=", False)])
        if set(value) == {True, False}:
            return Domain.TRUE
        return found if True in value else ~found
