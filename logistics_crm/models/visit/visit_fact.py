# Part of logistics_crm. License LGPL-3 or later.
import ast
import re

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

SHEET_LIMIT = 8
CHOICES_SHOWN = 20
# A section that was not looked at for long, among missing facts of up to a few per cent each.
STALE_WEIGHT = 0.02
_TYPED = (
    "char",
    "text",
    "integer",
    "float",
    "monetary",
    "date",
    "selection",
    "many2one",
    "many2many",
)
_FINANCIALS = {"revenue": "revenue", "spend": "logistics_spend"}


class LogisticsVisitFact(models.Model):
    """One fact of the customer's file that a visit asked for, confirmed or learned."""

    _name = "logistics.visit.fact"
    _description = "Visit Fact"
    _order = "visit_id, weight desc, id"
    _rec_name = "label"

    visit_id = fields.Many2one("logistics.visit", required=True, index=True, ondelete="cascade")
    customer_id = fields.Many2one(related="visit_id.customer_id", store=True, index=True)
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    fact_key = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Fact", required=True, readonly=True)
    state = fields.Selection(
        [("missing", "Missing"), ("stale", "To Confirm")],
        required=True,
        readonly=True,
        default="missing",
    )
    new_value = fields.Char(
        string="Learned", help="Written to the customer's file when the visit is done."
    )
    confirmed = fields.Boolean(
        string="Still True", help="Counts the section as verified when the visit is done."
    )
    weight = fields.Float(readonly=True, help="Share of the whole file.")
    applied = fields.Boolean(string="In the File", readonly=True)

    _key_uniq = models.UniqueIndex("(visit_id, fact_key)", "Each fact is asked once per visit.")

    @api.model
    def _wanted(self, customer):
        """The most valuable missing facts and stale sections of a file, as values of these rows.

        What is missing and how much it weighs is the file's own answer (its completeness).

        :param customer: the ``logistics.customer``
        """
        customer = customer.sudo()
        items, plans = customer._file_plan(customer.company_id)
        facts = customer._file_facts_sql(
            items, plans, fields.Date.context_today(self), SQL("c.id = %s", customer.id)
        )
        rows = []
        for found in self.env.execute_query_dict(SQL("SELECT f.* FROM %s AS f", facts)):
            for item, known, weight in zip(items, found["known"], found["weights"], strict=True):
                if not known and weight:
                    rows.append(
                        {
                            "fact_key": item.fact,
                            "label": item.name,
                            "weight": weight,
                            "state": "missing",
                        }
                    )
        for section in customer._file_overview().get(customer.id, []):
            if section["state"] in ("stale", "never") and section["completeness"]:
                rows.append(
                    {
                        "fact_key": "section." + section["section"],
                        "label": section["name"],
                        "weight": STALE_WEIGHT * section["weight"],
                        "state": "stale",
                    }
                )
        rows.sort(key=lambda row: (-row["weight"], row["fact_key"]))
        return rows[:SHEET_LIMIT]

    def write(self, vals):
        if not self.env.su and vals.keys() - {"new_value", "confirmed"}:
            raise UserError(self.env._("On a visit sheet only the answer can be filled in."))
        if not self.env.su and any(fact.applied for fact in self):
            raise UserError(
                self.env._("This fact is in the customer's file already. Change it there.")
            )
        return super().write(vals)

    def _apply(self):
        """Write what was learned or confirmed to the file, and count what was gained.

        :raise UserError: when an answer does not fit its fact; it names both
        """
        for visit in self.visit_id:
            mine = self.filtered(
                lambda fact, visit=visit: fact.visit_id == visit and not fact.applied
            )
            gained = mine.filtered(lambda fact: (fact.new_value or "").strip())
            for fact in gained:
                fact._write_file(fact.new_value.strip())
            for fact in mine.filtered("confirmed"):
                if fact.state == "stale":
                    visit.customer_id.action_verify_section(fact.fact_key.partition(".")[2])
                gained |= fact
            gained.write({"applied": True})
            if gained:
                visit.facts_gained += len(gained)
                told = gained.filtered("new_value")
                if told:
                    visit.customer_id._message_log(
                        body=self.env._(
                            "Learned at %(visit)s: %(facts)s",
                            visit=visit.display_name,
                            facts=", ".join(f"{one.label} = {one.new_value}" for one in told),
                        )
                    )

    def _write_file(self, text):
        """Write one answer where the fact lives; papers are left to somebody as an activity."""
        self.ensure_one()
        customer = self.customer_id
        kind, _dot, name = self.fact_key.partition(".")
        if kind in ("role", "person"):
            self.env["logistics.key.person"].create(
                {
                    "customer_id": customer.id,
                    "name": text,
                    "role_ids": self.env["logistics.person.role"].search([("code", "=", name)]).ids,
                }
            )
        elif kind == "financial":
            self._write_financial(_FINANCIALS[name], text)
        elif kind == "competitor":
            self._write_competitor(text)
        elif kind in ("document", "contract"):
            # a paper has a number, dates and a file: one line does not hold them
            customer.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._(
                    "Enter into the file: %(fact)s = %(value)s", fact=self.label, value=text
                ),
                user_id=self.visit_id.user_id.id or self.env.uid,
            )
        else:
            record = {"partner": customer.partner_id, "account": customer}.get(kind)
            field = record is not None and record._fields.get(name)
            if field and field.type in _TYPED:
                values = {name: self._typed_value(field, text)}
                if field.type == "monetary":
                    currency = field.get_currency_field(record)
                    if not record[currency]:
                        values[currency] = customer.currency_id.id
                record.write(values)

    def _write_financial(self, name, text):
        """A yearly figure of the customer, told on this visit: of the last year that has ended."""
        customer = self.customer_id
        rows = customer.partner_id.logistics_financial_ids
        year = (self.visit_id.done_date or fields.Date.context_today(self)).year - 1
        row = rows.filtered(lambda one: one.year == year)[:1]
        value = self._typed_value(self.env["logistics.partner.financial"]._fields[name], text)
        if row:
            row.write({name: value})
        else:
            rows.create(
                {
                    "partner_id": customer.partner_id.id,
                    "year": year,
                    "currency_id": customer.currency_id.id,
                    "source": "customer",
                    name: value,
                }
            )

    def _write_competitor(self, text):
        """A competitor seen on this visit; one that nobody named before is added."""
        competitors = self.env["logistics.competitor"]
        competitor = competitors.search([("name", "=ilike", text)], limit=1)
        self.env["logistics.competitor.observation"].create(
            {
                "customer_id": self.customer_id.id,
                "competitor_id": (competitor or competitors.create({"name": text})).id,
                "date": self.visit_id.done_date or fields.Date.context_today(self),
                "source": "visit",
                "visit_id": self.visit_id.id,
            }
        )

    def _typed_value(self, field, text):
        """What a person wrote, as a value of a field."""
        try:
            if field.type == "integer":
                return int(text.replace(" ", ""))
            if field.type in ("float", "monetary"):
                return float(text.replace(" ", "").replace(",", "."))
            if field.type == "date":
                return fields.Date.to_date(text)
            if field.type in ("selection", "many2one"):
                return self._named(field, text)
            if field.type == "many2many":
                words = [word.strip() for word in re.split(r"[,;，；、]", text) if word.strip()]
                return [Command.link(self._named(field, word)) for word in words]
        except ValueError:
            message = self.env._(
                "%(value)s does not fit %(fact)s. Write it as the customer's file shows it, "
                "or leave it empty and put it into the findings.",
                value=text,
                fact=self.label,
            )
            names = [label for _code, label in self._choices(field)]
            if 0 < len(names) <= CHOICES_SHOWN:
                message += " " + self.env._("It may be: %s.", ", ".join(names))
            raise UserError(message) from None
        return text

    def _choices(self, field):
        """What the field allows, as the file shows it: ``(id or code, name)``; [] for free text."""
        if field.type == "selection":
            return field._description_selection(self.env)
        if field.type not in ("many2one", "many2many"):
            return []
        # the words of one question: the screen's own domain, where it is one of constants
        try:
            domain = ast.literal_eval(field.domain) if field.domain else []
        except (ValueError, SyntaxError, TypeError):
            domain = []
        records = self.env[field.comodel_name].search_fetch(domain, ["display_name"])
        return [(record.id, record.display_name) for record in records]

    def _named(self, field, text):
        """The one choice that is called so; the only one that begins so, where none is."""
        wanted = str(text).casefold()
        choices = [(code, label.casefold()) for code, label in self._choices(field)]
        found = [code for code, label in choices if wanted in (label, str(code))]
        found = found or [code for code, label in choices if label.startswith(wanted)]
        if len(found) != 1:
            raise ValueError(text)
        return found[0]
