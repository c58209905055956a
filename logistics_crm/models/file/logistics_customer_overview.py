# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .file_section_rule import SECTIONS


class LogisticsCustomer(models.Model):
    """What one file shows about itself: sections, missing items, who verified what and when."""

    _inherit = "logistics.customer"

    file_overview = fields.Json(
        string="File",
        compute="_compute_file_overview",
        exportable=False,
        help="Completeness, missing items and verification of each section.",
    )

    shown_sections = fields.Char(
        compute="_compute_shown_sections",
        exportable=False,
        help="Codes of the sections this file has, for the screen.",
    )

    @api.depends("customer_type_id", "value_class", "company_id")
    def _compute_shown_sections(self):
        rules = self.env["logistics.file.section.rule"]._resolve(self.company_id)
        for account in self:
            key = (account.company_id.id, account.customer_type_id.id, account.value_class)
            account.shown_sections = ",".join(
                section for section, rule in rules.get(key, {}).items() if rule.shown
            )

    @api.depends_context("lang", "uid")
    @api.depends("completeness", "verification_ids", "customer_type_id", "value_class")
    def _compute_file_overview(self):
        stored = self.filtered("id")
        (self - stored).file_overview = False
        overviews = stored._file_overview()
        for account in stored:
            account.file_overview = overviews.get(account._origin.id, [])

    def _file_overview(self):
        """Describe the sections of these files in the user's language.

        :return: ``{account id: [dict(section=, name=, weight=, completeness= (0..1 or False),
            missing=[dict(name=, weight=)] by weight, verified_on=, verified_by=, due=, state=)]}``;
            weights are shares of the whole file, dates ISO texts or False
        """
        ids = self._origin.ids
        if not ids:
            return {}
        today = fields.Date.context_today(self)
        self.env.flush_all()
        customers = self.sudo().browse(ids)
        items, plans = customers._file_plan(customers.company_id)
        facts = customers._file_facts_sql(items, plans, today, SQL("c.id IN %s", tuple(ids)))
        latest = customers._latest_verifications()
        labels = self.env["logistics.file.item"]._fields["section"]._description_selection(self.env)
        rules = self.env["logistics.file.section.rule"]._resolve(customers.company_id)
        overviews = {}
        for row in self.env.execute_query_dict(SQL("SELECT f.* FROM %s AS f", facts)):
            account = customers.browse(row["id"])
            by_section = rules[
                account.company_id.id, account.customer_type_id.id, account.value_class
            ]
            overviews[row["id"]] = [
                self._section_overview(
                    section,
                    dict(labels)[section],
                    [
                        (item, known, weight)
                        for item, known, weight in zip(
                            items, row["known"], row["weights"], strict=True
                        )
                        if item.section == section and weight
                    ],
                    (by_section[section], latest.get((row["id"], section)), row["opened_on"]),
                    today,
                )
                for section, _label in SECTIONS
                if by_section[section].shown
            ]
        return overviews

    @api.model
    def _section_overview(self, section, label, items, review, today):
        rule, verification, opened_on = review
        total = sum(weight for _item, _known, weight in items)
        missing = sorted(
            ((item, weight) for item, known, weight in items if not known),
            key=lambda pair: (-pair[1], pair[0].sequence, pair[0].id),
        )
        due = False
        state = "unreviewed"
        if rule.review_months:
            due = (
                fields.Date.add(verification.date, months=rule.review_months)
                if verification
                else opened_on
            )
            state = "never" if not verification else "stale" if due < today else "verified"
        known = sum(weight for _item, known, weight in items if known)
        return {
            "section": section,
            "name": label,
            "weight": total,
            "completeness": known / total if total else False,
            "missing": [{"name": item.name, "weight": weight} for item, weight in missing],
            "verified_on": fields.Date.to_string(verification.date) if verification else False,
            "verified_by": verification.user_id.name if verification else False,
            "due": fields.Date.to_string(due) if due else False,
            "state": state,
        }

    def _latest_verifications(self):
        """The last verification of each section: ``{(account id, section): record}`` (sudo)."""
        found = {}
        rows = (
            self.env["logistics.file.verification"]
            .sudo()
            .search_fetch(
                [("customer_id", "in", self.ids)],
                ["customer_id", "section", "user_id", "date"],
                order="date, id",
            )
        )
        for row in rows:
            found[row.customer_id.id, row.section] = row
        return found

    def action_verify_section(self, section):
        """Note that the user looked at a section of these files today and found it right.

        :param section: code of a section
        :raise AccessError: for a user who may not change the accounts
        :raise UserError: for a section that does not exist
        """
        if section not in dict(SECTIONS):
            raise UserError(self.env._("There is no section %(code)s.", code=section))
        self.check_access("write")
        today = fields.Date.context_today(self)
        self.env["logistics.file.verification"].sudo().create(
            [
                {
                    "customer_id": account.id,
                    "section": section,
                    "user_id": self.env.uid,
                    "date": today,
                }
                for account in self
            ]
        )
        self._refresh_file()

    def action_open_fact_changes(self):
        """Open the previous values of the facts of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_fact_change")
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("customer_id", "in", (False, self.id)),
        ]
        return action
