# Part of logistics_crm. License LGPL-3 or later.
"""One backup per customer, who works with every record of it.

Until 19.0.1.0 visits had a backup of their own, and access rules knew the representative only.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists

OWN = "('user_id', '=', user.id), ('user_id', '=', False)"
OWN_CUSTOMER = "('customer_id.user_id', '=', user.id), ('customer_id.user_id', '=', False)"
# What the rules said, and what they say now. Data files do not touch rules that exist: a company
# may have changed them, and then they stay as they are.
RULES = {
    OWN_CUSTOMER: (
        "('customer_id.user_id', 'in', (user.id, False)), "
        "('customer_id.backup_user_id', '=', user.id)"
    ),
    f"'|', {OWN}])]": (
        "'|', ('user_id', 'in', (user.id, False)), ('backup_user_id', '=', user.id)])]"
    ),
}
# Rows with a representative of their own beside the customer.
ROW_RULES = (
    "rule_trading_report_own",
    "rule_true_margin_own",
    "rule_cohort_own",
    "rule_credit_release_own",
)


def migrate(cr, version):
    """Join the backups and widen the rules; doing it again changes nothing."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    _join_backups(env)
    _widen_rules(env)
    _approve_gifts(env)


def _join_backups(env):
    """Take over the backup of visits where there was no other; tell it where there was."""
    if not column_exists(env.cr, "logistics_customer", "visit_backup_id"):
        return
    differing = env.execute_query(
        SQL(
            """
            SELECT id, visit_backup_id FROM logistics_customer
             WHERE visit_backup_id <> backup_user_id
            """
        )
    )
    for customer_id, user_id in differing:
        customer = env["logistics.customer"].browse(customer_id)
        customer.message_post(
            body=env._(
                "%(former)s was the backup for visits only. There is one backup now: %(backup)s.",
                former=env["res.users"].browse(user_id).name,
                backup=customer.backup_user_id.name,
            )
        )
    env.cr.execute(
        """
        UPDATE logistics_customer
           SET backup_user_id = visit_backup_id
         WHERE backup_user_id IS NULL AND visit_backup_id IS NOT NULL
           AND visit_backup_id IS DISTINCT FROM user_id
        """
    )
    env["logistics.customer"].invalidate_model(["backup_user_id"])


def _widen_rules(env):
    names = {
        data.res_id: data.name
        for data in env["ir.model.data"].search(
            [("module", "=", "logistics_crm"), ("model", "=", "ir.rule")]
        )
    }
    for rule in env["ir.rule"].with_context(active_test=False).browse(names).exists():
        domain = rule.domain_force or ""
        for former, new in RULES.items():
            domain = domain.replace(former, new)
        if names[rule.id] in ROW_RULES:
            domain = domain.replace(
                OWN,
                "('user_id', 'in', (user.id, False)), ('customer_id.backup_user_id', '=', user.id)",
            )
        if domain != rule.domain_force:
            rule.domain_force = domain


def _approve_gifts(env):
    """Gifts of visit plans are approved from now on; those in use were meant by who wrote them."""
    env.cr.execute(
        """
        UPDATE logistics_visit_plan
           SET gift_approved_by_id = write_uid, gift_approved_on = write_date::date
         WHERE gift_cost > 0 AND gift_approved_by_id IS NULL
        """
    )
