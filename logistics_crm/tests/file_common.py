# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command

from .common import ROLES, LogisticsCommon


class FileCommon(LogisticsCommon):
    """Two customers with a representative each, and users of every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = cls._user("seller")
        cls.colleague = cls._user("seller")
        cls.users = {role: cls._user(role) for role in ROLES}
        cls.keeper = cls._user(f"{ROLES['seller_all']},logistics_crm.group_personal_data")
        cls.partner = cls._partner("Filed Ltd")
        cls.account = cls._account(cls.partner, user_id=cls.rep.id)
        cls.other = cls._account(cls._partner("Other Ltd"), user_id=cls.colleague.id)

    @classmethod
    def _ref(cls, name):
        return cls.env.ref(f"logistics_crm.{name}")

    @classmethod
    def _person(cls, account=None, name="Li Wei", roles=(), **values):
        return cls.env["logistics.key.person"].create(
            {
                "customer_id": (account or cls.account).id,
                "name": name,
                "role_ids": [Command.link(cls._ref(f"person_role_{role}").id) for role in roles],
                **values,
            }
        )

    @classmethod
    def _contract(cls, start, end=False, account=None, **values):
        return cls.env["logistics.contract"].create(
            {
                "name": f"C-{next(cls._numbers)}",
                "customer_id": (account or cls.account).id,
                "date_start": start,
                "date_end": end,
                "state": "signed",
                **values,
            }
        )

    @classmethod
    def _dossier(cls, person=None, **values):
        return cls.env["logistics.personal.dossier"].create(
            {
                "person_id": (person or cls._person()).id,
                "purpose": "care",
                "legal_basis": "consent",
                "source": "person",
                "retention_date": "2999-12-31",
                **values,
            }
        )
