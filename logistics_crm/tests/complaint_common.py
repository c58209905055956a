# Part of logistics_crm. License LGPL-3 or later.
from .common import LogisticsCommon, LogisticsFactories, LogisticsLedgerCommon


class ComplaintFactories(LogisticsFactories):
    """Complaints of a light company: made the way a handler makes them."""

    @classmethod
    def _complain(cls, customer=None, user=None, **values):
        """A complaint as a user (superuser when none is given) enters it."""
        complaints = cls.env["logistics.complaint"]
        if user:
            complaints = complaints.with_user(user)
        values.setdefault("name", "Parcel late")
        values.setdefault("type_id", cls.env.ref("logistics_crm.complaint_type_late").id)
        values.setdefault("company_id", cls.company.id)
        return complaints.create({"customer_id": customer.id if customer else False, **values})

    @classmethod
    def _settle(cls, complaint, verdict="justified", **values):
        """Take a complaint to its end by the steps people take."""
        complaint.write(
            {
                "answer": "We are sorry, and it will not happen again.",
                "verdict": verdict,
                "cause_id": cls.env.ref("logistics_crm.complaint_cause_process").id,
                "root_cause": "The night sort closed too early.",
                **values,
            }
        )
        complaint.action_answer()
        complaint.action_close()
        return complaint


class ComplaintCommon(ComplaintFactories, LogisticsCommon):
    """Complaints in a company without a ledger."""


class ComplaintLedgerCommon(ComplaintFactories, LogisticsLedgerCommon):
    """Complaints in a company with invoices and credit notes."""
