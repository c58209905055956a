# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.exceptions import UserError

from ...complaint_words import OPEN_STATES


class LogisticsComplaint(models.Model):
    """From a new complaint to its end, and back when the customer is not content."""

    _inherit = "logistics.complaint"

    def _move_to(self, state, sources, **values):
        """Take complaints to a state, as a user who may write them.

        :param sources: the states this step starts from
        :raise UserError: when one of them is in another state
        """
        self.check_access("write")
        self.lock_for_update()
        labels = dict(self._fields["state"]._description_selection(self.env))
        wrong = self.filtered(lambda complaint: complaint.state not in sources)
        if wrong:
            raise UserError(
                self.env._(
                    "%(complaint)s is %(state)s: this step is not possible from there.",
                    complaint=wrong[0].display_name,
                    state=labels[wrong[0].state],
                )
            )
        self._step().write({"state": state, "state_since": fields.Datetime.now(), **values})
        return True

    def action_accept(self):
        """Take the complaint on: the customer may rely on somebody seeing to it."""
        for complaint in self:
            complaint._move_to(
                "accepted",
                ("new",),
                accepted_at=fields.Datetime.now(),
                user_id=complaint.user_id.id or self.env.uid,
            )
        return True

    def action_investigate(self):
        """Look into what really happened."""
        for complaint in self:
            complaint._move_to(
                "investigating",
                ("new", "accepted"),
                accepted_at=complaint.accepted_at or fields.Datetime.now(),
                user_id=complaint.user_id.id or self.env.uid,
            )
        return True

    def _require(self, *names):
        """Raise UserError that names the empty ones of these fields."""
        for complaint in self:
            missing = [
                self._fields[name]._description_string(self.env)
                for name in names
                if not complaint[name] or (name == "verdict" and complaint[name] == "unknown")
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "%(complaint)s: fill in %(fields)s first.",
                        complaint=complaint.display_name,
                        fields=", ".join(missing),
                    )
                )

    def action_answer(self):
        """The customer gets the answer: what was found, what is done."""
        self._require("answer", "customer_id")
        return self._move_to(
            "answered", ("new", "accepted", "investigating"), answered_at=fields.Datetime.now()
        )

    def action_close(self):
        """End the complaint: the customer has the answer, cause and verdict are known."""
        self._require("verdict", "type_id", "cause_id", "department_id", "root_cause")
        return self._end("closed", ("answered",))

    def _end(self, state, sources, reason=None, **values):
        return self._move_to(
            state,
            sources,
            closed_on=fields.Date.context_today(self),
            closed_by=self.env.uid,
            end_reason=reason or False,
            **values,
        )

    def _refuse(self, reason):
        """Refuse the claim with the reason the customer is told.

        :raise UserError: without reason, or when it has ended already
        """
        reason = self._need_reason(reason)
        self._require("customer_id")
        for complaint in self:
            complaint._end(
                "refused",
                OPEN_STATES,
                reason,
                verdict="not_justified",
                answer=complaint.answer or reason,
                answered_at=complaint.answered_at or fields.Datetime.now(),
            )
        return True

    def _cancel(self, reason):
        """Cancel: withdrawn by the customer, or opened by mistake."""
        return self._end("cancelled", OPEN_STATES, self._need_reason(reason))

    def _reopen(self, reason):
        """Take it up again: the customer is not content, or something new is known."""
        reason = self._need_reason(reason)
        for complaint in self:
            complaint._move_to(
                "investigating",
                ("answered", "closed", "refused", "cancelled"),
                closed_on=False,
                closed_by=False,
                answered_at=False,
                end_reason=reason,
                verdict="unknown" if complaint.state == "refused" else complaint.verdict,
                reopen_count=complaint.reopen_count + 1,
            )
        return True
