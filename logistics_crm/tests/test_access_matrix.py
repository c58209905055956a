# Part of logistics_crm. License LGPL-3 or later.
import csv
import inspect
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.base.models.ir_qweb import QWebError

from .access_records import AccessRecords
from .common import LogisticsCommon

HERE = Path(__file__).parent
TABLE = HERE / "access_matrix.csv"
FIELDS = HERE / "access_fields.csv"
METHODS = HERE / "access_methods.csv"
REPORTS = HERE / "access_reports.csv"
# Odoo's own methods that models of ours refine; the table of models asks for them.
ORM_METHODS = {
    *("create", "write", "unlink", "copy", "copy_data", "default_get"),
    *("read", "search_read", "web_read", "web_search_read"),
    *("get_import_templates", "message_new", "message_update"),
}
# Odoo's models on which the addon has buttons.
CORE_MODELS = ("account.move", "crm.lead", "res.partner", "res.users", "sale.order")
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
# The columns of the table: a role and the groups of its user.
ROLES = {
    "seller": "logistics_crm.group_user",
    "backup": "logistics_crm.group_user",
    "seller_all": "logistics_crm.group_user_all",
    "manager": "logistics_crm.group_manager",
    "controller": "logistics_crm.group_credit_controller",
    "handler": "base.group_user,logistics_crm.group_complaint_handler",
    "board": "logistics_crm.group_board",
    "dossiers": "logistics_crm.group_user_all,logistics_crm.group_personal_data",
    "accountant": "account.group_account_invoice",
    "internal": "base.group_user",
    "portal": "base.group_portal",
    "outsider": "logistics_crm.group_manager,logistics_crm.group_credit_controller",
    "public": None,
}
SIDES = ("own", "theirs")
# Analyses that show nothing of a bare row: of them the table holds the rights on the model only.
WITHOUT_ROWS = {
    "logistics.complaint.effect",
    "logistics.complaint.repeat",
    "logistics.customer.duplicate",
    "logistics.development.due",
    "logistics.opinion.ranking",
    "logistics.retention.rate",
    "logistics.satisfaction.entry",
    "logistics.screening.month.service",
}
# By which field a model is grouped: the first that it has.
GROUPED = (
    *("customer_id", "company_id", "user_id", "partner_id", "state", "kind", "name"),
    *("dimension", "level", "policy_id", "year", "create_uid"),
)


def read_table():
    """The expected answers: model -> role -> (letters on own rows, letters on a colleague's)."""
    table = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            model = line.pop("model")
            assert model not in table, f"{model} stands twice in the table"
            table[model] = {role: split_cell(cell) for role, cell in line.items()}
    return table


def split_cell(cell):
    own, _slash, theirs = cell.partition("/")
    return tuple(part.replace("-", "") for part in (own, theirs or own))


def join_cell(own, theirs):
    return (own or "-") if own == theirs else f"{own or '-'}/{theirs or '-'}"


@tagged("post_install", "-at_install")
class TestAccessMatrix(LogisticsCommon):
    """Who may do what with which model, in one table: tests/access_matrix.csv.

    A row per model, a column per role. A cell holds the letters of what is allowed: r (read it,
    find it, group by it, export it), w (write), c (create), u (unlink); - is nothing. Before a
    slash on records of an own customer, behind it on those of a colleague's customer; without a
    slash on both. The seller is the representative of the own customer, backup his backup there,
    outsider manages another company and its credit, the accountant and internal users have none
    of our groups.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        away = cls._other_company()
        cls.users = {
            role: cls._user(groups, company=away if role == "outsider" else None, login=role)
            for role, groups in ROLES.items()
            if groups
        }
        cls.users["public"] = cls.env.ref("base.public_user")
        inside = cls.env["res.users"].union(*cls.users.values()).filtered("share")
        cls.env.ref("base.group_allow_export").user_ids += (
            cls.env["res.users"].union(*cls.users.values()) - inside
        )
        colleague = cls._user("seller", login="colleague")
        cls.sides, rows = {}, None
        for side, user in (("own", cls.users["seller"]), ("theirs", colleague)):
            values = {"user_id": user.id}
            if side == "own":
                values["backup_user_id"] = cls.users["backup"].id
            customer = cls._account(**values)
            further = cls._account(**values)
            rows = cls.sides[side] = AccessRecords(customer, further, user, rows)
        cls.env.flush_all()
        cls.models = [
            name
            for name in sorted(cls.env.registry.models)
            if name.startswith("logistics.") and not cls.env[name]._abstract
        ]
        for name in cls.models:
            if cls._is_table(name):
                for rows in cls.sides.values():
                    rows.row(name)
        cls.env.invalidate_all()
        cls.records = {name: cls._two_records(name) for name in cls.models}

    @classmethod
    def _is_table(cls, name):
        return cls.env[name]._auto and not cls.env[name]._table_query

    @classmethod
    def _two_records(cls, name):
        """An own record and a colleague's; of an analysis, what it shows of them."""
        if cls._is_table(name):
            return tuple(rows.row(name) for rows in cls.sides.values())
        records = cls.env[name]
        found = []
        for rows in cls.sides.values():
            domain = []
            for field, value in (
                ("customer_id", rows.row("logistics.customer")),
                ("user_id", rows.user),
                ("company_id", cls.company),
            ):
                if field in records._fields:
                    domain = [(field, "=", value.id)]
                    break
            found.append(records.search(domain, limit=1))
        return tuple(found)

    # ------------------------------------------------------------ the answers
    def _cell(self, model, role):
        """What a role may do with the two records, found by doing it."""
        user = self.users[role]
        records = (
            self.env[model]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids, active_test=False)
        )
        both = self.records[model]
        if records._transient:
            self._own_dialogs(model, both, user)
        mine = [records.browse(record.ids) for record in both]
        where = f"{model}, {role}"
        sides = ("own",) if both[0] == both[1] or not records.has_access("read") else SIDES
        letters = {
            side: "".join(
                letter
                for letter, operation in OPERATIONS.items()
                if self._allowed(record, operation, f"{where}, {side}")
            )
            for side, record in zip(sides, mine, strict=False)
        }
        self._assert_ways_to_read(records, mine, where)
        return tuple(letters.get(side, letters["own"]) for side in SIDES)

    def _own_dialogs(self, model, both, user):
        """Nobody reaches another's dialog, which Odoo sees to: the question is about one's own."""
        ids = [record.id for record in both]
        table = SQL.identifier(self.env[model]._table)
        self.env.cr.execute(
            SQL("UPDATE %s SET create_uid = %s WHERE id IN %s", table, user.id, tuple(ids))
        )
        self.env[model].browse(ids).invalidate_recordset()

    def _allowed(self, mine, operation, where):
        """Whether an operation is allowed; what is not is tried, too."""
        allowed = mine.has_access(operation)
        if mine and not allowed and operation != "create":
            act = {
                "read": lambda: mine.read(["display_name"]),
                "write": lambda: mine.write({"display_name": "Taken"}),
                "unlink": mine.unlink,
            }[operation]
            with self.assertRaises(UserError, msg=f"{where}: {operation}"):
                with self.env.cr.savepoint(flush=False):
                    act()
        return allowed

    def _assert_ways_to_read(self, records, mine, where):
        """Searching, grouping and exporting give what may be read, and nothing else."""
        seen = records.union(*(record for record in mine if record.has_access("read")))
        domain = [("id", "in", records.union(*mine).ids)]
        field = next(
            name
            for name in GROUPED
            if name in records._fields
            and records._fields[name].store
            and not records._fields[name].groups
        )
        if records.has_access("read"):
            found = records.search(domain)
            self.assertEqual(set(found.ids), set(seen.ids), f"{where}: search")
            groups = records.formatted_read_group(domain, [field], ["__count"])
            counted = sum(group["__count"] for group in groups)
            self.assertEqual(counted, len(seen), f"{where}: group by")
            if not records._transient:
                seen.export_data(["display_name"])
        else:
            with self.assertRaises(UserError, msg=f"{where}: search"):
                records.search(domain)
            with self.assertRaises(UserError, msg=f"{where}: group by"):
                records.formatted_read_group(domain, [field], ["__count"])
        for record in mine:
            if record and record not in seen:
                with self.assertRaises(UserError, msg=f"{where}: export"):
                    record.export_data([field])

    # ------------------------------------------------------------ the tests
    def test_every_cell(self):
        """Every role may do with every model what the table says, and nothing else."""
        table = read_table()
        with mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule"):
            for model in self.models:
                actual = {role: self._cell(model, role) for role in ROLES}
                row = ",".join([model, *(join_cell(*cell) for cell in actual.values())])
                if model not in table:
                    self.fail(f"{model} has no row in {TABLE.name}; it answers now: {row}")
                for role, cell in actual.items():
                    with self.subTest(model=model, role=role):
                        self.assertEqual(join_cell(*cell), join_cell(*table[model][role]))

    def test_models_have_rows(self):
        """Only known analyses are asked without rows."""
        without = {name for name, both in self.records.items() if not all(both)}
        self.assertLessEqual(without, WITHOUT_ROWS)

    def test_table_names_models(self):
        """No row is left of a model that is gone, and all roles have a column."""
        table = read_table()
        self.assertEqual(sorted(table), self.models)
        for model, row in table.items():
            self.assertEqual(list(row), list(ROLES), model)

    # ------------------------------------------------------------ methods, reports, fields
    def _as(self, role, record):
        """A record as a request of that role meets it: nothing is in memory yet."""
        user = self.users[role]
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def _methods(self, records):
        """The methods of ours that a web client can call, with how many values they need."""
        for name in dir(type(records)):
            method = getattr(type(records), name, None)
            module = getattr(method, "__module__", None) or ""
            if name in ORM_METHODS or not module.startswith("odoo.addons.logistics_crm"):
                continue
            if not callable(method) or name.startswith("_"):
                continue
            try:
                get_public_method(records, name)
            except AccessError:
                continue
            wanted = [
                parameter
                for parameter in list(inspect.signature(method).parameters.values())[1:]
                if parameter.default is parameter.empty
                and parameter.kind == parameter.POSITIONAL_OR_KEYWORD
            ]
            yield name, [""] * len(wanted), getattr(method, "_api_model", False)

    def _rows_written(self):
        self.env.cr.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
        )
        return self.env.cr.fetchone()[0]

    def _call(self, mine, name, values, on_model):
        """What a call does: "refused", "told" (an error a person can read), "answered", "wrote",
        or "failed" for what a bare row lacks.
        """
        arguments = values if on_model else [mine.ids, *values]
        # As a request meets the record: what the questions before read is in nobody's memory.
        self.env.invalidate_all()
        before = self._rows_written()
        savepoint = self.env.cr.savepoint()
        try:
            answer = call_kw(mine.browse(), name, arguments, {})
            self.env.flush_all()
        except AccessError:
            return "refused", None
        except UserError:
            return "told", None
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return "failed", None
        finally:
            wrote = self._rows_written() != before
            savepoint.close(rollback=True)
        return ("wrote" if wrote else "answered"), answer

    def test_methods(self):
        """What a client may call changes nothing for those who may not write the record, and
        tells nothing to those who may not read it; what does all the same stands in a table.
        """
        with METHODS.open(encoding="utf-8", newline="") as file:
            known = {
                (line["method"], line["role"]): line["answer"] for line in csv.DictReader(file)
            }
        met, records = set(), dict(self.records)
        for name in CORE_MODELS:
            records[name] = tuple(rows.row(name) for rows in self.sides.values())
        for model, both in records.items():
            theirs = both[1]
            if not theirs or theirs._transient:
                continue
            for name, values, on_model in self._methods(theirs):
                for role in ("seller", "controller", "accountant", "portal", "outsider", "public"):
                    mine = self._as(role, theirs)
                    readable = mine.has_access("read")
                    if readable and mine.has_access("write"):
                        continue
                    with mute_logger("odoo.sql_db"):
                        did, answer = self._call(mine, name, values, on_model)
                    key = f"{model}.{name}", role
                    if did == "answered" and not readable:
                        # An action only names what to ask for next, which is asked for then.
                        action = isinstance(answer, dict) and answer.get("type", "")
                        if answer not in (None, False, True) and not (
                            action and action.startswith("ir.actions.")
                        ):
                            did = "told something"
                    if key in known:
                        met.add(key)
                        self.assertEqual(did, known[key], key)
                    else:
                        allowed = ("refused", "told", "answered", "failed")
                        self.assertIn(did, allowed, f"{key}: write {METHODS.name} or repair it")
        self.assertEqual(set(known) - met, set(), "rows of methods that are gone")

    def test_reports(self):
        """Who may print what: the paper of an own customer, and of a colleague's."""
        with REPORTS.open(encoding="utf-8", newline="") as file:
            table = {line.pop("report"): line for line in csv.DictReader(file)}
        data = self.env["ir.model.data"].search(
            [("module", "=", "logistics_crm"), ("model", "=", "ir.actions.report")]
        )
        self.assertEqual(sorted(table), sorted(data.mapped("name")))
        for name, row in table.items():
            report = self.env.ref(f"logistics_crm.{name}")
            for role in ROLES:
                printed = tuple(
                    "p" if self._prints(report, role, record) else ""
                    for record in self.records[report.model]
                )
                with self.subTest(report=name, role=role):
                    self.assertEqual(join_cell(*printed), row[role])

    def _prints(self, report, role, record):
        mine = self._as(role, record)
        try:
            mine.env["ir.actions.report"]._render_qweb_html(report.report_name, mine.ids)
        except AccessError:
            return False
        except (UserError, QWebError):
            # Refused for what a bare row lacks, after its rights were asked.
            return True
        return True

    def test_fields(self):
        """The fields that not everybody sees who sees the record, in one table."""
        with FIELDS.open(encoding="utf-8", newline="") as file:
            table = {(row["model"], row["field"]): row["roles"] for row in csv.DictReader(file)}
        seen = {}
        for model in sorted(self.env.registry.models):
            fields = [
                name
                for name, field in self.env[model]._fields.items()
                if field.groups and "logistics_crm" in (field._modules or ())
            ]
            if fields and not self.env[model]._abstract:
                for role in ROLES:
                    shown = self.env[model].with_user(self.users[role]).fields_get(fields, ["type"])
                    for name in fields:
                        roles = seen.setdefault((model, name), [])
                        roles += [role] if name in shown else []
        for key, roles in seen.items():
            with self.subTest(field=key):
                self.assertEqual(
                    " ".join(roles), table.get(key), f"write {FIELDS.name} or repair it"
                )
        self.assertEqual(set(table) - set(seen), set(), "rows of fields that are gone")
        for model, name in seen:
            if model not in self.records or not self.records[model][0]:
                continue
            for role in set(ROLES) - set(seen[model, name]):
                mine = self._as(role, self.records[model][0])
                with self.assertRaises(AccessError, msg=f"{model}.{name}, {role}"):
                    mine.read([name])
                with self.assertRaises(AccessError, msg=f"{model}.{name}, {role}"):
                    mine.search([(name, "!=", False)], limit=1)
