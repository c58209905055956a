# Part of logistics_crm. License LGPL-3 or later.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_date

from ...sentences import join_sentences

NEAREST = 3


class LogisticsCustomer(models.Model):
    """Why a customer has its value class, and what is missing for the next higher one."""

    _inherit = "logistics.customer"

    value_class_explanation = fields.Html(
        string="Why This Class",
        compute="_compute_value_class_explanation",
        help="Which criteria are met, what is missing for the next class, and who is nearest.",
    )

    @api.depends_context("uid", "lang")
    def _compute_value_class_explanation(self):
        for account in self:
            account.value_class_explanation = (
                account._value_explanation()["text"] if account.id else False
            )

    def _value_criteria(self):
        """The criteria of the company's policy with this account's values.

        Read with the figures as they are on the account now; one statement.

        :return: ``{value class: [(criterion record, value or None, met)]}``
        """
        self.ensure_one()
        account = self.sudo()
        policy = self.env["logistics.value.class.policy"]._for_company(account.company_id)
        criteria = policy.criterion_ids
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT cr.id, %(value)s
                  FROM logistics_customer c
                  JOIN res_partner p ON p.id = c.partner_id
                  CROSS JOIN LATERAL (SELECT c.value_place AS place,
                                             COALESCE(c.figures_as_of, %(today)s) AS as_of) pl
                  JOIN logistics_value_class_criterion cr ON cr.policy_id = %(policy)s
                 WHERE c.id = %(id)s
                """,
                value=criteria._value_case_sql(),
                policy=policy.id,
                today=fields.Date.context_today(self),
                id=account.id,
            )
        )
        values = dict(rows)
        result = {"key": [], "core": [], "standard": []}
        for criterion in criteria:
            value = values.get(criterion.id)
            result[criterion.value_class].append((criterion, value, criterion._is_met(value)))
        return result

    def _value_explanation(self):
        """Explain the value class of this account in words, from the figures it was given by.

        :return: dict with class, computed, basis, missing ``[(criterion, value)]`` of the next
            higher class, gap (money or None), nearest (accounts below the border, those the
            user may see) and text (HTML in the reader's language)
        """
        self.ensure_one()
        account = self.sudo()
        criteria = self._value_criteria()
        order = ["marginal", "standard", "core", "key"]
        computed = account.value_class_computed or False
        higher = order[order.index(computed) + 1 :] if computed else []
        above = next((code for code in higher if criteria[code]), False)
        missing = [
            (criterion, value) for criterion, value, met in criteria.get(above, []) if not met
        ]
        nearest = self._value_nearest()
        data = {
            "class": account.value_class,
            "computed": computed,
            "basis": account.value_class_basis,
            "above": above,
            "missing": missing,
            "gap": None if account.value_gap is False else account.value_gap,
            "nearest": nearest,
        }
        parts = [
            account._words_value_class(data, criteria),
            account._words_value_missing(data),
            account._words_value_nearest(data),
        ]
        data["text"] = Markup("").join(Markup("<p>%s</p>") % part for part in parts if part)
        return data

    def _value_nearest(self):
        """The core customers nearest to being key accounts, as far as the user may see them."""
        return self.search(
            [
                ("company_id", "=", self.sudo().company_id.id),
                ("value_class", "=", "core"),
                ("value_gap", ">", 0),
                ("id", "!=", self.id),
            ],
            order="value_gap, id",
            limit=NEAREST,
        )

    def _value_class_label(self, code):
        return dict(self._fields["value_class"]._description_selection(self.env)).get(code, "")

    @api.model
    def _words_criteria(self, rows):
        return "; ".join(
            self.env._(
                "%(criterion)s %(value)s (%(needed)s needed)",
                criterion=criterion._criterion_label(),
                value=criterion._value_words(value),
                needed=criterion._threshold_words(),
            )
            for criterion, value in rows
        )

    def _words_value_class(self, data, criteria):
        label = self._value_class_label(data["class"])
        met = [
            (criterion, value) for criterion, value, ok in criteria.get(data["computed"], []) if ok
        ]
        if data["basis"] == "override":
            today = fields.Date.context_today(self)
            override = self.value_override_ids.filtered(
                lambda o: o.state == "approved" and o.date_from <= today <= o.date_to
            )[:1]
            return self.env._(
                "%(class)s by hand until %(until)s, approved by %(user)s: %(reason)s By the rules: "
                "%(computed)s.",
                **{"class": label},
                until=format_date(self.env, override.date_to),
                user=override.approved_by.name or override.user_id.name or "",
                reason=(override.reason or "").rstrip(".") + ".",
                computed=self._value_class_label(data["computed"]) or self.env._("no class"),
            )
        if not data["class"]:
            if not self.trade_days_12m:
                return self.env._("No class: no trade in the last twelve months.")
            return self.env._("No class: margin and revenue of the last months are unknown.")
        if data["class"] == "marginal":
            return self.env._("Marginal: meets the criteria of no higher class.")
        return self.env._(
            "%(class)s because: %(criteria)s.",
            **{"class": label},
            criteria=self._words_criteria(met),
        )

    def _words_value_missing(self, data):
        if not data["missing"]:
            return False
        text = self.env._(
            "Missing for %(class)s: %(criteria)s.",
            **{"class": self._value_class_label(data["above"])},
            criteria=self._words_criteria(data["missing"]),
        )
        if data["gap"]:
            amount = format_amount(self.env, data["gap"], self.company_id.currency_id)
            text = join_sentences(
                text,
                self.env._("About %s more margin in twelve months would do.", amount)
                if self.value_worth_basis == "margin"
                else self.env._("About %s more revenue in twelve months would do.", amount),
            )
        return text

    def _words_value_nearest(self, data):
        if data["class"] not in ("key", "core") or not data["nearest"]:
            return False
        return self.env._(
            "Core customers nearest to key account: %s.",
            ", ".join(
                self.env._(
                    "%(name)s (%(gap)s short)",
                    name=near.display_name,
                    gap=format_amount(self.env, near.value_gap, near.currency_id),
                )
                for near in data["nearest"]
            ),
        )
