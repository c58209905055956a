# Part of logistics_crm. License LGPL-3 or later.
import random

from .visit_common import VisitCommon


class SatisfactionCommon(VisitCommon):
    """A company whose customers answer the ready-made questionnaire."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.env.ref("logistics_crm.survey_satisfaction")
        cls.invitations = cls.env["logistics.satisfaction.invitation"]
        cls.dimensions = cls.env["logistics.satisfaction.dimension"].search([])

    @classmethod
    def _round(cls, customers, **values):
        asked = cls.env["logistics.satisfaction.round"].create(
            {
                "name": "Autumn",
                "company_id": cls.company.id,
                "survey_id": cls.survey.id,
                **values,
            }
        )
        asked._invite(customers)
        asked.action_open()
        return asked

    @classmethod
    def _answer(cls, invitation, marks, nps=None, text=None):
        """Fill in the full questionnaire the way core's web page does."""
        invitation._ensure_user_input()
        user_input = invitation.user_input_id
        user_input._mark_in_progress()
        for group in ("product", "service", "purchase"):
            for place, side in enumerate(("expected", "perceived")):
                question = cls.env.ref(f"logistics_crm.survey_satisfaction_{group}_{side}")
                columns = question.suggested_answer_ids.sorted("sequence")
                given = {}
                for row in question.matrix_row_ids:
                    mark = marks.get(row.logistics_dimension_id.id, (None, None))[place]
                    if mark is not None:
                        given[str(row.id)] = [str(columns[mark - 1].id)]
                user_input._save_lines(question, given)
        user_input._save_lines(
            cls.env.ref("logistics_crm.survey_satisfaction_nps"), "" if nps is None else str(nps)
        )
        user_input._save_lines(cls.env.ref("logistics_crm.survey_satisfaction_opinion"), text)
        user_input._mark_done()
        return invitation

    @classmethod
    def _random_marks(cls, rng):
        """Marks of a person who leaves some rows empty."""
        return {
            dimension.id: tuple(
                rng.randint(1, 5) if rng.random() > 0.15 else None for _side in range(2)
            )
            for dimension in cls.dimensions
        }

    @staticmethod
    def _rng(seed):
        return random.Random(seed)

    @classmethod
    def _same(cls, mark):
        """The same perception everywhere, all equally important."""
        return {dimension.id: (3, mark) for dimension in cls.dimensions}
