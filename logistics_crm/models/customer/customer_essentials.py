# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models

GROUPS = "logistics_crm.group_user,logistics_crm.group_credit_controller"


class LogisticsCustomerEssentials(models.AbstractModel):
    """The essentials of a customer on documents: class with its entitlements, stage, grade.

    On every transaction the salesperson sees what the customer is entitled to. Computed when a
    form is opened, never in lists, and never for portal users.
    """

    _name = "logistics.customer.essentials"
    _description = "Customer Essentials on Documents"

    logistics_essentials = fields.Json(
        string="Customer Essentials",
        compute="_compute_logistics_essentials",
        groups=GROUPS,
        help="Value class with its entitlements, lifecycle stage and credit grade.",
    )

    def _essentials_partner(self):
        """The contact of this document, and the company that looks at it."""
        return self.partner_id, self.company_id or self.env.company

    @api.depends_context("uid", "lang", "company")
    def _compute_logistics_essentials(self):
        sources = {}
        for record in self:
            partner, company = record._essentials_partner()
            sources[record] = (partner.commercial_partner_id._origin.id, company._origin.id)
        accounts = (
            self.env["logistics.customer"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", [partner for partner, _company in sources.values()]),
                    ("company_id", "in", [company for _partner, company in sources.values()]),
                ]
            )
        )
        by_key = {(a.partner_id.id, a.company_id.id): a for a in accounts}
        readable = accounts.sudo(False)._filtered_access("read")
        for record, key in sources.items():
            account = by_key.get(key)
            record.logistics_essentials = (
                account._essentials(readable=account.sudo(False) in readable) if account else False
            )


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    def _essentials(self, readable=True):
        """The essentials of this account in the reader's language.

        The entitlements are told to whoever writes a quotation, also for a colleague's
        customer: they are a promise to the customer. Grade, stage and what is overdue only to
        those who may read the account.

        :param readable: whether the user may read the account
        :return: dict with id (False when not readable), value_class, value_label, entitlements
            (list of words), and for readers grade, stage, stage_label, overdue (days), rep, backup
        """
        self.ensure_one()
        account = self.sudo()
        names = account._fields
        words = []
        if account.value_class:
            policy = self.env["logistics.value.class.policy"]._for_company(account.company_id)
            line = policy.entitlement_ids.filtered(lambda e: e.value_class == account.value_class)
            words = line._words() if line else []
        result = {
            "id": account.id if readable else False,
            "value_class": account.value_class,
            "value_label": dict(names["value_class"]._description_selection(self.env)).get(
                account.value_class, ""
            ),
            "entitlements": words,
        }
        if readable:
            result |= {
                "grade": account.credit_grade_code,
                "stage": account.lifecycle_stage,
                "stage_label": dict(names["lifecycle_stage"]._description_selection(self.env)).get(
                    account.lifecycle_stage, ""
                ),
                "overdue": account.overdue_oldest_days or 0,
                "rep": account.user_id.name or "",
            }
        return result


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "logistics.customer.essentials"]

    @api.depends("partner_id", "company_id")
    def _compute_logistics_essentials(self):
        return super()._compute_logistics_essentials()


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "logistics.customer.essentials"]

    @api.depends("partner_id", "company_id", "move_type")
    def _compute_logistics_essentials(self):
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        (self - sales).logistics_essentials = False
        return super(AccountMove, sales)._compute_logistics_essentials()


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "logistics.customer.essentials"]

    def _essentials_partner(self):
        return self, self.env.company

    @api.depends("commercial_partner_id")
    def _compute_logistics_essentials(self):
        return super()._compute_logistics_essentials()
