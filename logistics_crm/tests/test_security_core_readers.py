# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import new_test_user, tagged

from .common import LogisticsLedgerCommon

# Whom Odoo lets read these records whole, without any group of ours.
READERS = {
    "sales_team.group_sale_salesman_all_leads": ("res.partner", "sale.order", "crm.lead"),
    "sales_team.group_sale_manager": ("sale.order", "sale.order.line", "product.template"),
    "account.group_account_manager": ("res.partner", "account.move", "account.move.line"),
    "base.group_user": ("res.partner", "calendar.event", "res.company"),
    "base.group_erp_manager": ("res.users", "res.company"),
}

# Whom Odoo lets duplicate one of them.
COPIERS = {
    "base.group_partner_manager": ("res.partner",),
    "sales_team.group_sale_salesman_all_leads": ("sale.order", "crm.lead"),
    "account.group_account_invoice": ("account.move",),
    "product.group_product_manager": ("product.template",),
    "base.group_user": ("calendar.event",),
    "base.group_system": ("res.users",),
}


@tagged("post_install", "-at_install")
class TestSecurityCoreReaders(LogisticsLedgerCommon):
    """What the addon adds to Odoo's own records stops nobody from reading them."""

    def _trade(self):
        partner = self._account().partner_id
        partner.write({"logistics_employee_count": 12, "logistics_founded_date": "1999-01-01"})
        self._order(partner)
        self._invoice(partner, 100.0, "2025-03-01")
        self.env["crm.lead"].create({"name": "Lead", "partner_id": partner.id})
        self.env["calendar.event"].create(
            {"name": "Visit", "start": "2026-03-02 09:00:00", "stop": "2026-03-02 10:00:00"}
        )
        return partner

    def _with_group(self, group):
        return new_test_user(
            self.env,
            login=f"reader_{group}",
            groups=f"base.group_user,{group}",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    def test_whole_records_stay_readable_without_our_groups(self):
        self._trade()
        for group, models in READERS.items():
            user = self._with_group(group)
            for model in models:
                with self.subTest(group=group, model=model):
                    records = self.env[model].with_user(user).search([], limit=20)
                    self.assertTrue(records)
                    fields = self.env[model].with_user(user).fields_get()
                    ours = [name for name in fields if name.startswith("logistics_")]
                    # an empty list would mean all fields, some of which are Odoo's secrets
                    self.assertEqual(len(records.read(ours or ["id"])), len(records))
                    for name in ours:
                        if fields[name].get("searchable") and fields[name]["type"] == "one2many":
                            records.search([(name, "=", False)], limit=1)

    def test_records_are_duplicated_without_our_groups(self):
        """And nobody's copy takes over what is known of the other entity."""
        partner = self._trade()
        for group, models in COPIERS.items():
            user = self._with_group(group)
            for model in models:
                with self.subTest(group=group, model=model):
                    record = self.env[model].with_user(user).search([], limit=1)
                    if model == "res.partner":
                        record = record.browse(partner.id)
                    copy = record.copy()
                    self.assertTrue(copy.exists())
                    if model == "res.partner":
                        self.assertIs(copy.sudo().logistics_employee_count, False)
                        self.assertFalse(copy.sudo().logistics_founded_date)
