# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import formatLang

from ...sentences import join_sentences


class LogisticsNetworkFinding(models.Model):
    """What was found, in the reader's language, from the numbers the check kept."""

    _inherit = "logistics.network.finding"

    @api.depends("facts", "kind", "amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for finding in self:
            explain = getattr(finding.sudo(), f"_explain_{finding.kind}", None)
            finding.explanation = explain(finding.facts or {}) if explain else False

    def _money(self, value):
        return formatLang(self.env, value or 0, currency_obj=self.currency_id)

    def _number(self, value, digits=0):
        return formatLang(self.env, value or 0, digits=digits)

    def _names(self, facts):
        return ", ".join(name for name in facts.get("names") or [] if name)

    def _explain_diversion(self, facts):
        holder = self.other_customer_id
        return join_sentences(
            self.env._(
                "%(customer)s had %(amount)s delivered into the exclusive territory %(territory)s "
                "in %(month)s. Orders (%(orders)s): %(names)s; to %(places)s.",
                customer=self.customer_id.name,
                amount=self._money(self.amount),
                territory=self.territory_id.name,
                month=facts.get("month"),
                orders=facts.get("orders"),
                names=self._names(facts),
                places=", ".join(facts.get("places") or []),
            ),
            self.env._("It belongs to %s.", holder.name)
            if holder
            else self.env._("The company keeps it for itself."),
        )

    def _explain_price(self, facts):
        return self.env._(
            "%(customer)s pays %(price)s per unit for %(service)s; the median of its %(members)s "
            "siblings is %(median)s, the floor %(floor)s. On %(quantity)s units %(amount)s are "
            "missing.",
            customer=self.customer_id.name,
            price=self._money(facts.get("price")),
            service=" ".join(filter(None, [self.service_id.name, facts.get("lane")])),
            members=facts.get("members"),
            median=self._money(facts.get("median")),
            floor=self._money(facts.get("floor")),
            quantity=self._number(facts.get("quantity")),
            amount=self._money(self.amount),
        )

    def _explain_overlap(self, facts):
        return self.env._(
            "%(one)s and %(other)s have areas in common (%(codes)s), but different holders, and "
            "at least one of them is exclusive.",
            one=self.territory_id.name,
            other=self.other_territory_id.name,
            codes=", ".join(code.strip() for code in facts.get("codes") or []),
        )

    def _explain_uncovered(self, facts):
        place = " ".join(filter(None, [facts.get("state"), facts.get("region")]))
        return self.env._(
            "Customers in no territory in %(country)s %(place)s (%(count)s): %(names)s.",
            count=facts.get("customers"),
            country=self.country_id.name,
            place=place or self.env._("(no postal code)"),
            names=self._names(facts),
        )

    def _explain_tier(self, facts):
        return join_sentences(
            self.env._(
                "%(customer)s earns us %(earned)s per unit; customers we serve ourselves with the "
                "same services and no more volume earn %(direct)s (at least %(examples)s "
                "examples). On %(quantity)s units that is %(amount)s a year.",
                customer=self.customer_id.name,
                earned=self._money(facts.get("earned")),
                direct=self._money(facts.get("direct")),
                examples=facts.get("examples"),
                quantity=self._number(facts.get("quantity")),
                amount=self._money(self.amount),
            ),
            self.env._(
                "%(cost)s for serving its %(count)s customers directly are taken off.",
                cost=self._money(facts.get("cost")),
                count=facts.get("customers"),
            )
            if facts.get("cost")
            else self.env._(
                "The cost of serving its %s customers directly is not set, and not taken off.",
                facts.get("customers"),
            ),
        )

    def _explain_direct(self, facts):
        distance = self._number(facts.get("distance"))
        return join_sentences(
            self.env._(
                "%(customer)s is supplied through %(supplier)s, %(distance)s km from our nearest "
                "place%(how)s.",
                customer=self.customer_id.name,
                supplier=self.other_customer_id.name,
                distance=distance,
                how="" if facts.get("typed") else self.env._(" as the crow flies"),
            ),
            self.env._(
                "It trades %(amount)s a year. Competitors seen there: %(count)s.",
                amount=self._money(self.amount),
                count=facts.get("competitors"),
            ),
        )
