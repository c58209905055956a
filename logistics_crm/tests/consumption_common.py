# Part of logistics_crm. License LGPL-3 or later.
"""Baskets of the consumption tests, and white space in plain Python: slow and obvious."""

from collections import defaultdict
from statistics import median

from odoo import fields

from .common import LogisticsCommon

AS_OF = fields.Date.to_date("2024-12-31")


class ConsumptionCommon(LogisticsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service_names = "express", "pallet", "storage", "returns"
        made = cls.env["logistics.service"].create([{"name": name} for name in cls.service_names])
        cls.services = dict(zip(cls.service_names, made, strict=True))
        zones = cls.env["logistics.zone"].create(
            [{"name": name, "code": f"T-{name}"} for name in ("North", "South", "West")]
        )
        cls.lanes = cls.env["logistics.lane"].create(
            [
                {"origin_id": zones[0].id, "destination_id": zones[1].id},
                {"origin_id": zones[0].id, "destination_id": zones[2].id},
            ]
        )

    @classmethod
    def _basket(cls, name, items, user=None, date="2024-06-03", cost=0.6, **values):
        """A customer with one history row per service: name -> amount."""
        partner = cls._partner(name, **values)
        account = cls._account(partner, user_id=user.id if user else False)
        cls._trade(
            partner,
            *(
                {
                    "date": date,
                    "service_id": cls.services[service].id,
                    "amount": amount,
                    "cost": amount * cost if cost else False,
                    "quantity": 10.0,
                }
                for service, amount in items.items()
            ),
        )
        return account

    @classmethod
    def _compute(cls, as_of=AS_OF):
        cls._refresh(as_of)
        cls.env["logistics.consumption"]._refresh_company(cls.company, as_of)

    @classmethod
    def _proposals(cls, account, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return cls.env["logistics.white.space"].search([("customer_id", "=", account.id), *domain])


def white_space(baskets, min_buyers, min_share):
    """Proposals inside one group; ``baskets``: customer -> item -> (revenue, margin or None).

    :return: (customer, item) -> (because, buyers, peers, expected revenue, expected margin)
    """
    buyers = defaultdict(set)
    for customer, basket in baskets.items():
        for item in basket:
            buyers[item].add(customer)
    size = {c: sum(revenue for revenue, _margin in b.values()) for c, b in baskets.items()}
    found = {}
    for customer, basket in baskets.items():
        for item in set(buyers) - set(basket):
            options = []
            for have in basket:
                both = len(buyers[have] & buyers[item])
                peers = len(buyers[have] - {customer})
                if both >= min_buyers and both >= min_share * peers:
                    options.append((both / peers, both, peers, have))
            if not options:
                continue
            share, both, peers, have = max(options, key=lambda option: option[:2])
            parts = [baskets[c][item][0] / size[c] for c in buyers[item]]
            margins = [
                baskets[c][item][1] / size[c]
                for c in buyers[item]
                if baskets[c][item][1] is not None
            ]
            found[customer, item] = (
                have,
                both,
                peers,
                size[customer] * median(parts),
                size[customer] * median(margins) if margins else False,
            )
    return found
