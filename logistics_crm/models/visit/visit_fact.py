# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

SHEET_LIMIT = 8
# A section that was not looked at for long, among missing facts of up to a few per cent each.
STALE_WEIGHT = 0.02
_TYPED = ("char", "text", "integer", "float", "date", "selection", "many2one")


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
        """Write one answer where the fact lives. Facts with rows of their own stay in the log."""
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
            return
        record = {"partner": customer.partner_id, "account": customer}.get(kind)
        field = record is not None and record._fields.get(name)
        if field and field.type in _TYPED:
            record.write({name: self._typed_value(field, text)})

    def _typed_value(self, field, text):
        """What a person wrote, as a value of a field."""
        try:
            if field.type == "integer":
                return int(text.replace(" ", ""))
            if field.type == "float":
                return float(text.replace(" ", "").replace(",", "."))
            if field.type == "date":
                return fields.Date.to_date(text)
            if field.type == "selection":
                for code, label in field._description_selection(self.env):
                    if text.casefold() in (str(code).casefold(), str(label).casefold()):
                        return code
                raise ValueError(text)
            if field.type == "many2one":
                found = self.env[field.comodel_name].name_search(text, operator="ilike", limit=2)
                exact = [row for row in found if row[1].casefold() == text.casefold()] or found
                if len(exact) != 1:
                    raise ValueError(text)
                return exact[0][0]
        except ValueError:
            raise UserError(
                self.env._(
                    "%(value)s does not fit %(fact)s. Write it as the customer's file shows it, "
                    "or leave it empty and put it into the findings.",
                    value=text,
                    fact=self.label,
                )
            ) from None
        return text
