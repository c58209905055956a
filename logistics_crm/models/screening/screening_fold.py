# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models


class LogisticsScreeningLine(models.Model):
    """What happens to screenings when two customer accounts become one."""

    _inherit = "logistics.screening.line"

    @api.model
    def _fold_customer(self, src_customer, dst_customer):
        """Move the lines of an account to the account it is merged into.

        In a closed campaign nothing changes but the link: both lines keep their figures,
        decision and the name of then; the second line of one customer is marked folded. In an
        open campaign the two become one line, the campaign asks to be computed again, and a
        decision is kept.

        :param src_customer: the ``logistics.customer`` that goes
        :param dst_customer: the ``logistics.customer`` that stays
        """
        lines = self.sudo().search([("customer_id", "=", src_customer.id)])
        if not lines:
            return
        target = {"customer_id": dst_customer.id, "partner_id": dst_customer.partner_id.id}
        survivors = {
            line.screening_id: line
            for line in self.sudo().search(
                [
                    ("customer_id", "=", dst_customer.id),
                    ("screening_id", "in", lines.screening_id.ids),
                    ("folded", "=", False),
                ]
            )
        }
        for line in lines:
            screening, survivor = line.screening_id, survivors.get(line.screening_id)
            if line.folded or not survivor:
                line._write_computed(target)
            elif screening.state == "closed":
                line._write_computed(target | {"folded": True})
            else:
                survivor._adopt(line)
            if screening.state != "closed":
                screening._write_results({"needs_recompute": True})

    def _adopt(self, other):
        """Take over decision and messages of another line of the same campaign, then drop it."""
        if other.decision and not self.decision:
            self.write({"decision": other.decision, "decision_reason": other.decision_reason})
        elif other.decision:
            labels = dict(self._fields["decision"]._description_selection(self.env))
            self._message_log(
                body=self.env._(
                    "%(name)s was merged in. Its decision was: %(decision)s. %(reason)s",
                    name=other.customer_name,
                    decision=labels[other.decision],
                    reason=other.decision_reason or "",
                )
            )
        self.env["mail.message"].sudo().search(
            [("model", "=", self._name), ("res_id", "=", other.id)]
        ).write({"res_id": self.id})
        other.activity_ids.write({"res_id": self.id})
        other.unlink()
