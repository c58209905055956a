# Part of logistics_crm. License LGPL-3 or later.
import json
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger

from ..models.file.personal_dossier import CONTENT
from .file_common import FileCommon

SECRET = "collects porcelain cats"
QUIET = ("odoo.models", "odoo.addons.base.models.ir_model", "odoo.sql_db")
WITHOUT = ("seller", "seller_all", "manager", "controller", "accountant", "internal", "portal")


@tagged("post_install", "-at_install")
class TestDossierPrivacy(FileCommon):
    """Every way to see a dossier without the group, and each is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whoever may export at all: what refuses must be the dossier.
        staff = cls.env["res.users"].union(*cls.users.values()) - cls.users["portal"]
        may_export = cls.env.ref("base.group_allow_export")
        (staff + cls.keeper).write({"group_ids": [Command.link(may_export.id)]})
        cls.person = cls._person(cls._account(cls._partner("Shared Ltd")))
        cls.dossier = cls._dossier(cls.person, interests=SECRET)
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _as(self, role, model="logistics.personal.dossier"):
        # As over RPC: an environment of its own, with nothing in its cache.
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].with_user(self.users[role])

    def _refused(self, role, what, call):
        with self.subTest(role=role, way=what), mute_logger(*QUIET):
            try:
                with self.env.cr.savepoint():
                    told = call()
            except (AccessError, UserError, ValueError) as refusal:
                self.assertNotIn(SECRET, str(refusal))
            else:
                self.fail(f"{role} was not refused: {told!r}")

    def test_model_is_shut(self):
        """Read, search, group, export, names, copying and importing are refused without it."""
        secret = [("interests", "ilike", "porcelain")]
        for role in WITHOUT:
            dossiers = self._as(role)
            own = dossiers.browse(self.dossier.id)
            ways = {
                "attribute": lambda own=own: own.interests,
                "mapped": lambda own=own: own.mapped("interests"),
                "read": lambda own=own: own.read(["interests"]),
                "read all": lambda own=own: own.read(),
                "fetch": lambda own=own: own.fetch(["interests"]),
                "web_read": lambda own=own: own.web_read({"interests": {}}),
                "search": lambda dossiers=dossiers: dossiers.search(secret),
                "search_count": lambda dossiers=dossiers: dossiers.search_count(secret),
                "search_read": lambda dossiers=dossiers: dossiers.search_read([], ["interests"]),
                "web_search_read": lambda dossiers=dossiers: dossiers.web_search_read(
                    [], {"interests": {}}
                ),
                "name_search": lambda dossiers=dossiers: dossiers.name_search("Li"),
                "display_name": lambda own=own: own.display_name,
                "read_group": lambda dossiers=dossiers: dossiers._read_group([], ["interests"]),
                "formatted": lambda dossiers=dossiers: dossiers.formatted_read_group(
                    [], ["interests"], ["__count"]
                ),
                "web_read_group": lambda dossiers=dossiers: dossiers.web_read_group(
                    [], ["interests"], ["__count"]
                ),
                "export": lambda own=own: own.export_data(["interests"]),
                "copy": lambda own=own: own.copy(),
                "copy_data": lambda own=own: own.copy_data(),
                "write": lambda own=own: own.write({"interests": "x"}),
                "erase": lambda own=own: own.action_erase(),
                "unlink": lambda own=own: own.unlink(),
                "onchange": lambda own=own: own.onchange({}, [], {"interests": {}}),
            }
            for way, call in ways.items():
                self._refused(role, way, call)
            self.assertEqual(self.dossier.interests, SECRET)

    def test_rpc(self):
        """What the web client and scripts call goes the same way."""
        for role in WITHOUT:
            for method, args in {
                "read": [[self.dossier.id], ["interests"]],
                "search_read": [[], ["interests"]],
                "web_search_read": [[], {"interests": {}}],
                "export_data": [[self.dossier.id], ["interests"]],
            }.items():
                self._refused(
                    role,
                    method,
                    lambda role=role, method=method, args=args: call_kw(
                        self._as(role), method, args, {}
                    ),
                )

    def test_no_field_is_described(self):
        """Without the group no content field is named, with it none is exportable."""
        for role in ("seller", "manager", "internal"):
            try:
                shown = self._as(role).fields_get()
            except AccessError:
                continue
            self.assertFalse(set(CONTENT) & shown.keys(), role)
        described = self.env["logistics.personal.dossier"].with_user(self.keeper).fields_get()
        for name in CONTENT:
            self.assertIn(name, described)
            self.assertFalse(described[name]["exportable"], name)

    def test_through_the_person(self):
        """The person leads to no dossier: not read, searched, grouped, exported or imported."""
        for role in ("seller", "seller_all", "manager", "controller"):
            persons = self._as(role, "logistics.key.person")
            person = persons.browse(self.person.id)
            self.assertNotIn("dossier_ids", persons.fields_get())
            self.assertNotIn(SECRET, json.dumps(person.read(), default=str))
            for way, call in {
                "attribute": lambda person=person: person.dossier_ids,
                "read": lambda person=person: person.read(["dossier_ids"]),
                "web_read": lambda person=person: person.web_read(
                    {"dossier_ids": {"fields": {"interests": {}}}}
                ),
                "search": lambda persons=persons: persons.search(
                    [("dossier_ids.interests", "ilike", "porcelain")]
                ),
                "any": lambda persons=persons: persons.search(
                    [("dossier_ids", "any", [("interests", "ilike", "porcelain")])]
                ),
                "group": lambda persons=persons: persons._read_group(
                    [], ["dossier_ids"], ["__count"]
                ),
                "sorted": lambda persons=persons: persons.search([], order="dossier_ids").mapped(
                    "dossier_ids"
                ),
                "export": lambda person=person: person.export_data(["dossier_ids/interests"]),
                "open": lambda person=person: person.action_open_dossier(),
            }.items():
                self._refused(role, way, call)

    def test_from_the_customer(self):
        """Neither the account nor the contact hands a dossier out, exported or read."""
        for role in ("seller_all", "manager"):
            for record in (self.person.customer_id, self.person.customer_id.partner_id):
                seen = self._as(role, record._name).browse(record.id)
                for name, field in seen.fields_get().items():
                    if field["type"] == "binary":
                        continue
                    try:
                        told = seen.read([name])
                    except AccessError:
                        continue
                    self.assertNotIn(SECRET, json.dumps(told, default=str), name)
            self._refused(
                role,
                "export",
                lambda role=role: (
                    self._as(role, "logistics.customer")
                    .browse(self.person.customer_id.id)
                    .export_data(["key_person_ids/dossier_ids/interests"])
                ),
            )

    def test_sudo_of_an_unauthorised_user(self):
        """Code that runs with more rights than its user (reports, templates) sees nothing."""
        for role in WITHOUT:
            own = self._as(role).sudo().browse(self.dossier.id)
            self._refused(role, "sudo", lambda own=own: own.interests)
            self._refused(role, "sudo read", lambda own=own: own.read(["interests"]))
            person = self._as(role, "logistics.key.person").sudo().browse(self.person.id)
            self._refused(role, "sudo path", lambda p=person: p.mapped("dossier_ids.interests"))

    def test_report_and_mail_template(self):
        """A report or a template that names the field tells nothing, whoever wrote it."""
        view = self.env["ir.ui.view"].create(
            {
                "name": "leak",
                "type": "qweb",
                "key": "logistics_crm.test_leak",
                "arch": '<t t-name="logistics_crm.test_leak"><div t-out="doc.sudo()'
                '.dossier_ids.interests"/></t>',
            }
        )
        person = self._as("manager", "logistics.key.person").browse(self.person.id)
        with self.assertRaises(Exception) as caught:
            self.env["ir.qweb"].with_user(self.users["manager"])._render(view.id, {"doc": person})
        self.assertNotIn(SECRET, str(caught.exception))
        template = self.env["mail.template"].create(
            {
                "name": "leak",
                "model_id": self.env["ir.model"]._get_id("logistics.key.person"),
                "body_html": '<p><t t-out="object.dossier_ids.interests"/></p>',
                "subject": "{{ object.dossier_ids.interests }}",
            }
        )
        for field in ("subject", "body_html"):
            self.env.invalidate_all()
            with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
                try:
                    text = template.with_user(self.users["manager"])._render_field(
                        field, self.person.ids
                    )[self.person.id]
                except Exception as refusal:
                    text = str(refusal)
            self.assertNotIn(SECRET, text)

    def _load(self, model, columns, row):
        """Import one row; what refused it, in words, or nothing."""
        try:
            result = model.load(columns, [row])
        except (AccessError, ValueError) as refusal:
            return str(refusal)
        return "" if result["ids"] else str(result["messages"])

    def test_import_of_a_private_field(self):
        """An import with a private column is refused with a message, and imports nothing."""
        before = self.env["logistics.personal.dossier"].search_count([])
        for role in ("seller_all", "manager"):
            with mute_logger("odoo.models", "odoo.sql_db"):
                for model, columns, row in (
                    (
                        "logistics.key.person",
                        ["customer_id/.id", "name", "dossier_ids/interests"],
                        [str(self.person.customer_id.id), "New", SECRET],
                    ),
                    (
                        "logistics.personal.dossier",
                        ["person_id/.id", "purpose", "legal_basis", "source", "retention_date"],
                        [str(self.person.id), "Care", "Consent", "The Person", "2999-01-01"],
                    ),
                ):
                    with self.subTest(role=role, model=model):
                        messages = self._load(self._as(role, model), columns, row)
                        self.assertTrue(messages)
                        self.assertNotIn(SECRET, messages)
        self.assertEqual(self.env["logistics.personal.dossier"].search_count([]), before)
        self.assertFalse(self.env["logistics.key.person"].search([("name", "=", "New")]))

    def test_chatter_and_history_tell_nothing(self):
        """Changing a dossier leaves no value in messages, tracking or previous values."""
        self.dossier.with_user(self.keeper).write({"interests": SECRET + " again"})
        self.env.flush_all()
        for table, old, new in (
            ("mail_message", "body", "subject"),
            ("mail_tracking_value", "old_value_text", "new_value_text"),
            ("logistics_fact_change", "old_value", "new_value"),
        ):
            query = SQL(
                "SELECT count(*) FROM %s WHERE %s LIKE %s OR %s LIKE %s",
                SQL.identifier(table),
                SQL.identifier(old),
                f"%{SECRET}%",
                SQL.identifier(new),
                f"%{SECRET}%",
            )
            self.assertEqual(self.env.execute_query(query), [(0,)], table)

    def test_company_and_owner(self):
        """The group alone is not enough: another's customer and another company stay shut."""
        keeper = self._user("logistics_crm.group_user,logistics_crm.group_personal_data")
        foreign = self._dossier(self._person(self.other), interests=SECRET)
        second = self._other_company()
        abroad = self._dossier(self._person(self._account(company=second)), interests=SECRET)
        self.env.invalidate_all()
        dossiers = self.env["logistics.personal.dossier"].with_user(keeper)
        self.assertEqual(dossiers.browse(self.dossier.id).interests, SECRET)
        self.assertFalse(dossiers.search([("id", "in", (foreign + abroad).ids)]))
        for dossier in foreign + abroad:
            with self.assertRaises(AccessError):
                dossiers.browse(dossier.id).read(["interests"])


@tagged("post_install", "-at_install")
class TestDossierLife(FileCommon):
    """With the group: reading is noted, contents cannot be combed through, and they end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper.group_ids += cls.env.ref("base.group_allow_export")
        cls.dossier = cls._dossier(interests=SECRET, family="two children", birth_year="1970")
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _readings(self):
        return self.dossier.access_ids.sudo()

    def test_reading_is_noted_once_a_day(self):
        """One line for each user and day, however it was read; lists without contents do not."""
        own = self.dossier.with_user(self.keeper)
        own.web_search_read([], {"person_id": {}, "retention_date": {}})
        self.assertFalse(self._readings())
        own.read(["interests"])
        self.env.invalidate_all()
        own.web_read({"family": {}})
        self.env.invalidate_all()
        self.assertEqual(self._readings().mapped("user_id"), self.keeper)
        self.assertEqual(len(self._readings()), 1)
        second = self._user("logistics_crm.group_manager,logistics_crm.group_personal_data")
        self.dossier.with_user(second).web_search_read([], {"interests": {}})
        self.env.invalidate_all()
        self.assertEqual(self._readings().mapped("user_id"), self.keeper + second)
        self.assertEqual(
            set(self._readings().mapped("date")), {fields.Date.context_today(self.dossier)}
        )

    def test_log_cannot_be_forged(self):
        """The log is written by the system only."""
        self.dossier.with_user(self.keeper).read(["interests"])
        log = self.env["logistics.personal.dossier.access"].with_user(self.keeper)
        with self.assertRaises(AccessError):
            log.create(
                {"dossier_id": self.dossier.id, "user_id": self.rep.id, "date": "2024-01-01"}
            )
        with self.assertRaises(AccessError):
            log.search([]).unlink()

    def test_contents_are_not_combed_through(self):
        """Even with the group nobody searches, sorts, groups, exports or copies contents."""
        dossiers = self.env["logistics.personal.dossier"].with_user(self.keeper)
        own = dossiers.browse(self.dossier.id)
        for call in (
            lambda: dossiers.search([("interests", "ilike", "cats")]),
            lambda: dossiers.search([], order="interests"),
            lambda: dossiers.formatted_read_group([], ["interests"], ["__count"]),
            lambda: dossiers._read_group([], [], ["birth_year:array_agg"]),
            lambda: own.export_data(["interests"]),
            lambda: own.person_id.export_data(["dossier_ids/interests"]),
            lambda: (
                self.env["logistics.key.person"]
                .with_user(self.keeper)
                .search([("dossier_ids.interests", "ilike", "cats")])
            ),
        ):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(UserError):
            own.copy()
        self.assertEqual(own.export_data(["person_id"])["datas"], [["Li Wei"]])

    def test_erased_after_its_date(self):
        """The nightly job deletes values and attachments, and keeps that it did."""
        self.env["ir.attachment"].create(
            {
                "name": "photo.txt",
                "raw": b"family photo",
                "res_model": self.dossier._name,
                "res_id": self.dossier.id,
            }
        )
        kept = self._dossier(self._person(name="Kept"), interests=SECRET)
        yesterday = fields.Date.context_today(self.dossier) - timedelta(days=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE logistics_personal_dossier SET retention_date = %s WHERE id = %s",
            [yesterday, self.dossier.id],
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self._ref("cron_erase_dossiers").method_direct_trigger()
        self.env.invalidate_all()
        self.env.cr.execute(
            "SELECT * FROM logistics_personal_dossier WHERE id = %s", [self.dossier.id]
        )
        row = dict(
            zip([c.name for c in self.env.cr.description], self.env.cr.fetchone(), strict=True)
        )
        self.assertFalse([name for name in CONTENT if row[name]])
        self.assertTrue(row["erased_on"])
        self.assertFalse(
            self.env["ir.attachment"].search(
                [("res_model", "=", self.dossier._name), ("res_id", "=", self.dossier.id)]
            )
        )
        self.assertEqual(kept.interests, SECRET)
        self._dossier(self.dossier.person_id, interests="a new one may begin")

    def test_dates_and_duplicates(self):
        """A date in the past, and a second dossier of a person, are refused with a message."""
        with self.assertRaisesRegex(ValidationError, "has passed already"):
            self._dossier(self._person(name="Late"), retention_date="2020-01-01")
        second = self._other_company()
        with self.assertRaises(AccessError):
            self.dossier.with_user(self._user("logistics_crm.group_personal_data", second)).read()


@tagged("post_install", "-at_install")
class TestDossierOverHttp(HttpCase):
    """The web client reads on read-only cursors: the reading is noted all the same."""

    def test_read_only_request(self):
        keeper = self.env["res.users"].create(
            {
                "name": "Keeper",
                "login": "dossier_keeper",
                "password": "dossier_keeper",
                "group_ids": [
                    (4, self.env.ref("logistics_crm.group_user_all").id),
                    (4, self.env.ref("logistics_crm.group_personal_data").id),
                ],
            }
        )
        account = self.env["logistics.customer"].create(
            {"partner_id": self.env["res.partner"].create({"name": "HTTP Ltd"}).id}
        )
        person = self.env["logistics.key.person"].create(
            {"customer_id": account.id, "name": "Http"}
        )
        dossier = self.env["logistics.personal.dossier"].create(
            {
                "person_id": person.id,
                "purpose": "care",
                "legal_basis": "consent",
                "source": "person",
                "retention_date": "2999-12-31",
                "interests": SECRET,
            }
        )
        self.authenticate("dossier_keeper", "dossier_keeper")
        answer = self.make_jsonrpc_request(
            "/web/dataset/call_kw/logistics.personal.dossier/web_read",
            {
                "model": dossier._name,
                "method": "web_read",
                "args": [dossier.ids],
                "kwargs": {"specification": {"interests": {}}},
            },
        )
        self.assertEqual(answer[0]["interests"], SECRET)
        self.assertEqual(dossier.access_ids.user_id, keeper)
