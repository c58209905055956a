# Part of logistics_crm. License LGPL-3 or later.
import base64
import tempfile
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.logistics_crm.models.trading.trading_history_rules import COLUMNS

from .trading_import_common import ImportCase, csv_text


@tagged("post_install", "-at_install")
class TestTradingImportWizard(ImportCase):
    def wizard(self, text, user=None):
        model = self.env["logistics.trading.history.import"].with_company(self.company)
        content = text if isinstance(text, bytes) else text.encode()
        form = Form(model.with_user(user) if user else model)
        form.file = base64.b64encode(content)
        wizard = form.save()
        wizard.file_name = "old.csv"
        return wizard

    def user(self, groups):
        return new_test_user(
            self.env,
            login=f"import_{len(groups)}",
            groups=groups,
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_manager_checks_then_imports(self):
        manager = self.user("logistics_crm.group_manager")
        wizard = self.wizard(csv_text({}, {"line": "2"}), manager)
        wizard.action_check()
        self.assertEqual((wizard.state, wizard.created_count), ("checked", 2))
        self.assertFalse(self.rows())
        wizard.action_import()
        self.assertEqual((wizard.state, wizard.created_count), ("done", 2))
        self.assertEqual(len(self.rows()), 2)
        accounts = self.env["logistics.customer"].search(wizard.action_open_customers()["domain"])
        self.assertEqual(accounts.partner_id, self.rows().partner_id)
        self.assertEqual(accounts.first_trade_date, date(2014, 3, 5), "figures are fresh")

    def test_bad_file_shows_reasons_and_gives_rows_back(self):
        wizard = self.wizard(csv_text({}, {"line": "2", "date": "bad"}))
        wizard.action_import()
        self.assertEqual((wizard.state, wizard.refused_count), ("checked", 1))
        self.assertEqual(wizard.created_count, 1, "so many could be imported")
        self.assertFalse(self.rows())
        self.assertEqual(wizard.issue_ids.mapped("line"), [3])
        wizard.action_import_good()
        self.assertEqual((wizard.state, wizard.created_count), ("done", 1))
        refused = base64.b64decode(wizard.refused_file).decode("utf-8-sig")
        self.assertIn("bad", refused)
        self.assertEqual(wizard.refused_file_name, "old-refused.csv")

    def test_upload_is_never_a_path(self):
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            file.write(csv_text({}).encode())
            file.flush()
            wizard = self.wizard(file.name)
            wizard.action_import()
        self.assertFalse(self.rows())

    def test_only_managers_of_the_company(self):
        with self.assertRaises(AccessError):
            self.wizard(csv_text({}), self.user("logistics_crm.group_user_all"))
        wizard = self.wizard(csv_text({}))
        salesman = self.user("logistics_crm.group_user,base.group_no_one")
        with self.assertRaises(AccessError):
            wizard.with_user(salesman).action_import()
        manager = self.user("logistics_crm.group_manager")
        other = self.env["res.company"].create({"name": "Import Test Elsewhere"})
        wizard.company_id = other
        with self.assertRaises(AccessError):
            wizard.with_user(manager).sudo(False).action_import()
        empty = self.env["logistics.trading.history.import"].create({"company_id": self.company.id})
        with self.assertRaises(UserError):
            empty.action_check()


CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "1e999",
            "nan",
            "-0",
            "2014-01-05",
            "USD",
            '"',
            "'",
            ",",
            "\\N",
            "\\",
            "\x00",
            "\r",
            "\n",
            "\t",
            "=1",
            "R1",
            "２０１４-01-05",
            "9" * 50,
            "-",
            "\ufeff",
            "ß",
        ]
    ),  # fmt: skip
)


@tagged("post_install", "-at_install")
class TestTradingImportAnything(ImportCase):
    """Whatever the input: an answer, never an exception, and never a row twice."""

    def check(self, text, complete=False):
        result = self.import_csv(text, skip_bad=True)
        counted = result["created"] + result["skipped"] + result["refused"]
        self.assertGreaterEqual(counted, 1)
        if not any(error[1] == "" and error[0] == 1 for error in result["errors"]):
            self.assertGreaterEqual(counted, result["rows"])
        stored = len(self.rows())
        again = self.import_csv(text, skip_bad=True)
        self.assertEqual(again["created"], 0)
        self.assertEqual(again["refused"], result["refused"])
        self.assertEqual(len(self.rows()), stored)
        strict = self.import_csv(text)
        self.assertEqual(strict["refused"], result["refused"])
        csv_back = result["refused_csv"]
        self.assertEqual(bool(csv_back) and csv_back.count("\n") > 0, bool(csv_back))

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(st.text(), st.binary()))
    def test_any_text(self, text):
        self.check(text)

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), CELL, max_size=4), max_size=5))
    def test_any_cells(self, rows):
        self.check(csv_text(*rows))

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(st.text(max_size=200), st.binary(max_size=200)), st.integers(0, 400))
    def test_any_damage(self, damage, place):
        text = csv_text({}, {"line": "2"}, {"document": "D2"}).encode()
        damage = damage.encode("utf-8", "surrogatepass") if isinstance(damage, str) else damage
        self.check(text[:place] + damage + text[place:])
