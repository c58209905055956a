# Part of logistics_crm. License LGPL-3 or later.
import csv
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .access_records import AccessRecords
from .common import LogisticsCommon

TABLE = Path(__file__).parent / "access_matrix.csv"
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
# The columns of the table: a role and the groups of its user.
ROLES = {
    "seller": "logistics_crm.group_user",
    "backup": "logistics_crm.group_user",
    "seller_all": "logistics_crm.group_user_all",
    "manager": "logistics_crm.group_manager",
    "controller": "logistics_crm.group_credit_controller",
    "handler": "base.group_user,logistics_crm.group_complaint_handler",
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
