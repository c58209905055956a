# Part of logistics_crm. License LGPL-3 or later.
import re
from datetime import timedelta
from importlib import util
from pathlib import Path

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .visit_common import TODAY, VisitCommon

MIGRATION = Path(__file__).parents[1] / "migrations" / "19.0.1.1.0" / "post-one_backup.py"
# Their rows have an owner who is not the customer's representative.
NOT_BY_CUSTOMER = {"logistics.handover.line"}


@tagged("post_install", "-at_install")
class TestBackup(VisitCommon):
    """The backup works with every record of a customer as the representative does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls._user("seller", login="visit_third")
        cls.account = cls._customer(cls.anna, backup_user_id=cls.ben.id)

    def _own_rules(self):
        """The addon's rules that bind salespeople, with their names."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "logistics_crm"), ("model", "=", "ir.rule")]
        )
        group = self.env.ref("logistics_crm.group_user")
        rules = self.env["ir.rule"].browse(data.mapped("res_id")).exists()
        return rules.filtered(lambda rule: group in rule.groups)

    def test_every_rule_knows_the_backup(self):
        """A rule that lets the representative in and not the backup fails here, by name."""
        checked = 0
        for rule in self._own_rules():
            names = re.findall(r"\('([\w.]+)'", rule.domain_force)
            if any(re.fullmatch(r"customer_id(\.\w+)*\.user_id", name) for name in names):
                checked += 1
                self.assertIn("backup_user_id", rule.domain_force, rule.name)
        self.assertGreater(checked, 30)

    def test_same_rows_for_both(self):
        """Every model with rows of a customer: representative and backup in, a third one out."""
        checked = 0
        for model in self._own_rules().model_id.mapped("model"):
            if "customer_id" not in self.env[model]._fields or model in NOT_BY_CUSTOMER:
                continue
            values = {"customer_id": self.account.id}
            partner = self.env[model]._fields.get("partner_id")
            if partner and not partner.compute:
                values["partner_id"] = self.account.partner_id.id
            row = self.env[model].new(values)
            parent, _dot, rest = (row._fields["customer_id"].related or "").partition(".")
            if rest == "customer_id":
                # a row of a row: its rule may ask the one it belongs to
                row[parent] = row[parent].new({"customer_id": self.account.id})
            if "user_id" in row._fields and not row.user_id and row._auto is False:
                # columns of an analysis come from its query
                row.user_id = self.account.user_id
            for mode in ("read", "write"):
                seen = [
                    self._passes(row.with_user(user), mode)
                    for user in (self.anna, self.ben, self.third)
                ]
                with self.subTest(model, mode=mode):
                    self.assertEqual(seen[:2], [True, True])
                    self.assertFalse(seen[2])
            checked += 1
        self.assertGreater(checked, 25)

    def _passes(self, row, mode):
        rules = row.env["ir.rule"]._get_rules(row._name, mode).sudo()
        user_groups = row.env.user.all_group_ids
        context = rules.with_user(row.env.user)._eval_context()
        domains = [
            Domain(safe_eval(rule.domain_force, context))
            for rule in rules
            if rule.groups & user_groups
        ]
        return not domains or bool(row.sudo().filtered_domain(Domain.OR(domains)))

    def test_backup_at_work(self):
        """The backup reads and writes what the representative may, and nobody else can."""
        account = self.account
        visit = self._touch(account, TODAY, state="planned")
        rows = [
            account,
            visit,
            self.env["logistics.key.person"].create({"customer_id": account.id, "name": "Wu"}),
            self.env["logistics.opinion"].create({"customer_id": account.id, "name": "Slow"}),
            self.env["logistics.contract"].create(
                {"customer_id": account.id, "name": "C-1", "date_start": "2026-01-01"}
            ),
        ]
        for record in rows:
            for user in (self.anna, self.ben):
                record.with_user(user).read(["display_name"])
                record.with_user(user).check_access("write")
                self.assertTrue(record.with_user(user).search([("id", "=", record.id)]))
            self.assertFalse(record.with_user(self.third).search([("id", "=", record.id)]))
            with self.assertRaises(AccessError):
                record.with_user(self.third).check_access("read")
        visit.with_user(self.ben).findings = "Seen by the backup"
        self.assertIn("Seen by the backup", visit.findings or "")
        account.backup_user_id = False
        with self.assertRaises(AccessError):
            visit.with_user(self.ben).read(["findings"])

    def test_backup_sees_the_quotations(self):
        """The backup carries on with the representative's quotations; others see none of them."""
        salesman = self.env.ref("sales_team.group_sale_salesman")
        (self.anna | self.ben | self.third).write({"group_ids": [Command.link(salesman.id)]})
        product = self.env["product.product"].create({"name": "Freight", "list_price": 70.0})
        contact = self.account.partner_id.create(
            {"name": "Dispatch", "parent_id": self.account.partner_id.id}
        )
        orders = self.env["sale.order"]
        for partner in (self.account.partner_id, contact, self._customer(self.anna).partner_id):
            orders += orders.create(
                {
                    "partner_id": partner.id,
                    "user_id": self.anna.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
        mine, elsewhere = orders[:2], orders[2:]
        for user, seen in ((self.anna, orders), (self.ben, mine), (self.third, orders[:0])):
            found = orders.with_user(user).search([("id", "in", orders.ids)])
            self.assertEqual(set(found.ids), set(seen.ids), user.login)
            found = orders.order_line.with_user(user).search([("order_id", "in", orders.ids)])
            self.assertEqual(set(found.order_id.ids), set(seen.ids), user.login)
        points = self.account.with_user(self.ben)._open_points()
        self.assertIn("2 open quotations", [point["text"] for point in points])
        mine.with_user(self.ben).order_line.price_unit = 80.0
        mine.with_user(self.ben).action_confirm()
        self.assertEqual(set(mine.mapped("state")), {"sale"})
        self.assertEqual(mine.user_id, self.anna, "it stays the representative's")
        with self.assertRaises(AccessError):
            elsewhere.with_user(self.ben).read(["name"])
        self.account.backup_user_id = self.third
        with self.assertRaises(AccessError):
            mine[0].with_user(self.ben).read(["name"])

    def test_backup_decides_nothing_either(self):
        """Four eyes: the backup is as near to the customer as the representative."""
        self.account.backup_user_id = self.boss
        override = self.env["logistics.value.class.override"].create(
            {
                "customer_id": self.account.id,
                "value_class": "key",
                "reason": "They open a hub beside ours",
                "date_to": fields.Date.today() + timedelta(days=90),
            }
        )
        with self.assertRaises(AccessError) as refused:
            override.with_user(self.boss).action_approve()
        self.assertIn("yourself", str(refused.exception))

    # ------------------------------------------------------------------ upgrade
    def _migrate(self):
        spec = util.spec_from_file_location("one_backup", MIGRATION)
        module = util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.env.flush_all()
        module.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        return module

    def test_upgrade_joins_the_backups(self):
        """The former backup of visits is taken over, and told where there is another one."""
        free = self._customer(self.anna)
        own = self._customer(self.anna)
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE logistics_customer ADD COLUMN IF NOT EXISTS visit_backup_id integer"
        )
        for account, user in ((free, self.third), (self.account, self.third), (own, self.anna)):
            self.env.cr.execute(
                SQL(
                    "UPDATE logistics_customer SET visit_backup_id = %s WHERE id = %s",
                    user.id,
                    account.id,
                )
            )
        self._migrate()
        self.assertEqual(free.backup_user_id, self.third)
        self.assertEqual(self.account.backup_user_id, self.ben, "who had the rights keeps them")
        self.assertIn("visit_third", self.account.message_ids[0].body)
        self.assertFalse(own.backup_user_id, "nobody backs himself up")

    def test_upgrade_widens_rules_but_keeps_changed_ones(self):
        """Rules as they were delivered are brought in step; what a company wrote stays."""
        old = self.env.ref("logistics_crm.rule_visit_own")
        case = self.env.ref("logistics_crm.rule_dispute_own")
        cohort = self.env.ref("logistics_crm.rule_cohort_own")
        wanted = {rule: rule.domain_force for rule in (old, case, cohort)}
        before = "('customer_id.user_id', '=', user.id), ('customer_id.user_id', '=', False)"
        now = (
            "('customer_id.user_id', 'in', (user.id, False)), "
            "('customer_id.backup_user_id', '=', user.id)"
        )
        for rule in (old, case):
            self.assertIn(now, rule.domain_force)
            rule.domain_force = rule.domain_force.replace(now, before)
        cohort.domain_force = "['|', ('user_id', '=', user.id), ('user_id', '=', False)]"
        changed = self.env.ref("logistics_crm.rule_contract_own")
        changed.domain_force = "[('customer_id.user_id', '=', user.id)]"
        for _again in range(2):
            self._migrate()
            for rule, domain in wanted.items():
                self.assertEqual(rule.domain_force, domain)
            self.assertEqual(changed.domain_force, "[('customer_id.user_id', '=', user.id)]")
