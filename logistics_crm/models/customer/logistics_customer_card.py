# Part of logistics_crm. License LGPL-3 or later.
from odoo import fields, models
from odoo.tools import format_amount, format_date, formatLang


class LogisticsCustomer(models.Model):
    """What the customer card (客户资料卡) says, by the role of who prints it."""

    _inherit = "logistics.customer"

    def _card(self, hand_out=False):
        """The content of the card of this customer, in the context's language.

        Ledger amounts only for those who may see the ledger. The personal dossiers are never
        part of it, whoever prints. Areas add sections by override.

        :param hand_out: leave out every internal judgement (grade, class, risk, figures), for a
            card that leaves the company
        :return: dict with ``badges`` (texts) and ``sections``: list of ``(title, rows)`` with
            rows ``(label, text)``; unknown ones left out
        """
        self.ensure_one()
        self.check_access("read")
        env = self.env
        sections = [(env._("Who"), self._card_who()), (env._("Company"), self._card_facts())]
        badges = []
        if not hand_out:
            badges = self._card_badges()
            points = [("", point["text"]) for point in self._points_by_level()]
            sections += [
                (env._("What They Are Worth"), self._card_worth()),
                (env._("How They Pay"), self._card_pay()),
                (env._("What Is Open"), points),
            ]
        sections += [
            (env._("Key Persons"), self._card_persons(hand_out)),
            (env._("Contracts"), self._card_contracts()),
        ]
        return {
            "badges": badges,
            "sections": [
                (title, [row for row in rows if row[1]]) for title, rows in sections if rows
            ],
        }

    def _card_label(self, name, record=None):
        record = self if record is None else record
        return record._fields[name]._description_string(self.env)

    def _card_text(self, name, record=None):
        """A field of this account (or another record) as text; empty when unknown."""
        record = self if record is None else record
        field, value = record._fields[name], record[name]
        if value is False or value is None:
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type in ("many2one", "many2many"):
            return ", ".join(value.mapped("display_name"))
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return format_amount(self.env, value, currency)
        if field.type == "float":
            return formatLang(self.env, value, digits=1)
        return str(value)

    def _card_rows(self, *names):
        return [(self._card_label(name), self._card_text(name)) for name in names]

    def _card_badges(self):
        grade = self.credit_grade_code
        return [
            text
            for text in (
                self._card_text("value_class"),
                self._card_text("lifecycle_stage"),
                self.env._("Grade %s", grade) if grade else self.env._("Not rated"),
            )
            if text
        ]

    def _card_who(self):
        address = self.partner_id._display_address(without_company=True)
        return [
            *self._card_rows("ref", "vat", "company_registry", "phone", "email", "website"),
            (
                self.env._("Address"),
                ", ".join(filter(None, (part.strip(" ,") for part in address.split("\n")))),
            ),
            *self._card_rows("user_id", "backup_user_id"),
        ]

    def _card_facts(self):
        return self._card_rows(
            "customer_type_id",
            "industry_id",
            "legal_form_id",
            "founded_date",
            "employee_band",
            "scale",
            "scope_ids",
            "area_country_ids",
            "first_trade_date",
        )

    def _card_worth(self):
        rows = self._card_rows("revenue_12m", "margin_12m", "last_trade_date", "contract_years")
        names = ("development_potential", "market_influence", "innovation_ability")
        return rows + self._card_rows(*names)

    def _card_pay(self):
        late = self.late_share
        rows = [
            *self._card_rows("credit_grade_code"),
            (
                self._card_label("late_share"),
                "" if late is False else f"{formatLang(self.env, late * 100, digits=0)} %",
            ),
            *self._card_rows("average_days_late"),
        ]
        if self._sees_ledger():
            rows += self._card_rows("open_amount", "overdue_amount", "credit_limit_total")
        return rows

    def _card_persons(self, hand_out):
        rows = []
        for person in self.key_person_ids:
            details = [person.function, person.phone, person.email]
            if not hand_out:
                details.insert(1, ", ".join(person.role_ids.mapped("name")))
            rows.append((person.name, ", ".join(detail for detail in details if detail)))
        return [(name, text or "–") for name, text in rows]

    def _card_contracts(self):
        today = fields.Date.context_today(self)
        return [
            (
                contract.name,
                " – ".join(
                    (
                        format_date(self.env, contract.date_start),
                        format_date(self.env, contract.date_end) if contract.date_end else "…",
                    )
                ),
            )
            for contract in self.contract_ids
            if contract.state == "signed" and (not contract.date_end or contract.date_end >= today)
        ]
