"""Installing, upgrading and uninstalling the addon on databases with data, by real Odoo."""

import json

import pytest
from conftest import shell

from workbench.settings import ADDON

# Odoo's own tables that the addon builds on: uninstalling leaves each row and column as it was.
CORE_TABLES = (
    "account_move",
    "account_move_line",
    "crm_lead",
    "product_product",
    "product_template",
    "res_company",
    "res_partner",
    "res_users",
    "sale_order",
    "sale_order_line",
)
# A company that traded before it installed the addon: an order, an invoice, a part payment.
TRADE = """
company = env.ref("base.main_company")
env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
Partner = env["res.partner"]
buyer = Partner.create({"name": "Old Customer", "is_company": True})
branch = Partner.create({"name": "Branch", "parent_id": buyer.id, "type": "delivery"})
late = Partner.create({"name": "Late Payer", "is_company": True})
Partner.create({"name": "Never bought", "is_company": True})
product = env["product.product"].create(
    {"name": "Air freight", "type": "service", "list_price": 100, "standard_price": 60}
)
order = env["sale.order"].create({
    "partner_id": branch.id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 5})],
})
order.action_confirm()
invoice = env["account.move"].create({
    "move_type": "out_invoice",
    "partner_id": late.id,
    "invoice_date": "2024-05-02",
    "invoice_line_ids": [(0, 0, {"product_id": product.id, "quantity": 2, "price_unit": 250})],
})
invoice.action_post()
env["account.payment.register"].with_context(
    active_model="account.move", active_ids=invoice.ids
).create({"amount": 100, "payment_date": "2024-09-01"}).action_create_payments()
env.cr.commit()
"""
ACCOUNTS = """
import json
accounts = env["logistics.customer"].search([])
print(json.dumps(sorted(accounts.mapped("partner_id.name"))))
"""
SCREEN = """
company = env.ref("base.main_company")
result = env["logistics.trading.history"]._import_csv({path!r}, company)
assert result["created"] == 4, result
env["logistics.customer"]._refresh_figures(as_of="2014-12-31", company=company)
screening = env["logistics.screening"].create({{"year": 2014, "company_id": company.id}})
screening.action_compute()
env.cr.commit()
"""
FIGURES = """
import json
screening = env["logistics.screening"].search([("year", "=", 2014)])
print(json.dumps({
    "screening": [screening.state, screening.revenue, len(screening.line_ids)],
    "lines": sorted(
        [line.partner_id.name, line.revenue, line.score_total, line.proposal]
        for line in screening.line_ids
    ),
    "history": env["logistics.trading.history"].search_count([]),
    "accounts": sorted(
        [account.partner_id.name, account.credit_grade_code, account.lifecycle_stage]
        for account in env["logistics.customer"].search([])
    ),
}))
"""
UNINSTALL = """
env["ir.module.module"].search([("name", "=", "logistics_crm")]).button_immediate_uninstall()
"""


def columns(databases, database):
    """The columns of the core tables, as text."""
    names = ", ".join(f"'{name}'" for name in CORE_TABLES)
    return databases.sql(
        "select table_name, column_name, data_type, is_nullable from information_schema.columns "
        f"where table_name in ({names}) order by 1, 2",
        database,
    )


def rows(databases, database, column_text):
    """Per core table the number of rows and a hash over the given columns of all of them.

    Without write_date and write_uid: the administrators' rows are touched when they get the
    addon's groups.
    """
    named = {}
    for line in column_text.splitlines():
        table, column = line.split("|")[:2]
        if column not in ("write_date", "write_uid"):
            named.setdefault(table, []).append(f'"{column}"')
    found = {}
    for table, names in named.items():
        query = f"select count(*), md5(string_agg(row({', '.join(names)})::text, '|' order by id))"
        found[table] = databases.sql(f"{query} from {table}", database)
    return found


@pytest.fixture(scope="module")
def traded(bench):
    """A database in which a company has traded, without the addon."""
    databases = bench.databases
    databases.ensure_core()
    with databases.temporary("lifecycle", databases.core_name) as name:
        shell(bench, name, TRADE)
        yield name


def install(bench, database):
    """Install the addon as an administrator does."""
    what = "Installing over existing data"
    return bench.odoo.run(database, "-i", ADDON, log="test-install.log", what=what)


def serious(log):
    """The warnings and errors of a log."""
    lines = log.read_text().splitlines()
    words = (" WARNING ", " ERROR ", " CRITICAL ")
    return [line for line in lines if any(word in line for word in words)]


def test_install_gives_existing_customers_an_account_and_changes_nothing(bench, traded):
    """Who has bought gets an account, once per commercial entity; no core row is rewritten."""
    databases = bench.databases
    with databases.temporary("lifecycle", traded) as name:
        before = columns(databases, name)
        rows_before = rows(databases, name, before)
        log = install(bench, name)
        assert serious(log) == []
        accounts = json.loads(shell(bench, name, ACCOUNTS))
        assert {"Old Customer", "Late Payer"} <= set(accounts)
        assert "Branch" not in accounts
        after = set(columns(databases, name).splitlines())
        assert set(before.splitlines()) <= after, "the addon changed a column of Odoo's own"
        assert rows(databases, name, before) == rows_before


def test_upgrade_keeps_data_and_figures(bench, trading_csv):
    """`-u` over a database in use: the same customers, history and screening afterwards."""
    databases = bench.databases
    with databases.temporary("lifecycle", databases.addon_name) as name:
        shell(bench, name, SCREEN.format(path=str(trading_csv)))
        before = json.loads(shell(bench, name, FIGURES))
        assert before["screening"] == ["computed", 4000.5, 2]
        log = bench.odoo.run(name, "-u", ADDON, log="test-upgrade.log", what="Upgrading")
        assert serious(log) == []
        assert json.loads(shell(bench, name, FIGURES)) == before


def test_uninstall_leaves_core_as_it_was(bench, traded, trading_csv):
    """After use and uninstalling, Odoo's own tables have their rows and columns of before."""
    databases = bench.databases
    with databases.temporary("lifecycle", traded) as name:
        before = columns(databases, name)
        rows_before = rows(databases, name, before)
        partners = rows_before["res_partner"].split("|")[0]
        install(bench, name)
        shell(bench, name, SCREEN.format(path=str(trading_csv)))
        shell(bench, name, UNINSTALL)
        assert columns(databases, name) == before
        rows_after = rows(databases, name, before)
        # The customers that the import created are contacts now, and stay.
        count = int(rows_after.pop("res_partner").split("|")[0])
        assert count == int(partners) + 2
        rows_before.pop("res_partner")
        assert rows_after == rows_before
        left = databases.sql(
            "select table_name from information_schema.tables where table_name like 'logistics_%' "
            "union all select name from ir_model_data where module = 'logistics_crm'",
            name,
        )
        assert left == ""
        # And the database is a working Odoo still.
        check = 'print(env["sale.order"].search([], limit=1).copy().action_confirm())'
        assert shell(bench, name, check) == "True\n"
