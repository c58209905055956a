# Part of logistics_crm. License LGPL-3 or later.
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.file.personal_dossier import CONTENT
from .file_common import FileCommon

SECRET = "collects porcelain cats"
DOSSIER = "logistics.personal.dossier"
PERSON = "logistics.key.person"
WITHOUT = ("seller_all", "manager", "controller", "accountant", "internal")


@tagged("post_install", "-at_install")
class TestDossierPaths(FileCommon):
    """No model that leads to a person or a dossier leads to contents, whatever way is taken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = {role: cls.users[role] for role in WITHOUT}
        may_export = cls.env.ref("base.group_allow_export")
        users = cls.env["res.users"].union(*cls.staff.values(), cls.keeper)
        users.write({"group_ids": [Command.link(may_export.id)]})
        cls.person = cls._person()
        cls.dossier = cls._dossier(cls.person, interests=SECRET, character=SECRET)
        cls.dossier.with_user(cls.keeper).read(["interests"])
        cls.visit = cls.env["logistics.visit"].create(
            {"customer_id": cls.account.id, "key_person_ids": cls.person.ids}
        )
        cls.env["logistics.person.occasion"].create(
            {"person_id": cls.person.id, "month": "5", "day": 1}
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _paths(self):
        """Every path of up to three relations that ends in a dossier: (model, path)."""
        ends = {DOSSIER: [""], PERSON: ["dossier_ids."]}
        found = []
        for model, routes in list(ends.items()):
            for field in self._to(model):
                for route in routes:
                    found.append((field.model_name, f"{field.name}.{route}"))
        for model, path in list(found):
            for field in self._to(model):
                if model != DOSSIER and field.model_name not in (DOSSIER, PERSON):
                    found.append((field.model_name, f"{field.name}.{path}"))
        return found

    def _to(self, model):
        return [
            field
            for name, other in self.env.registry.items()
            if not other._abstract and not other._transient
            for field in self.env[name]._fields.values()
            if field.relational
            and field.comodel_name == model
            and (field.store or field.type in ("one2many", "many2many"))
            and not field.inherited
        ]

    def test_paths_are_found(self):
        paths = self._paths()
        for wanted in (
            (PERSON, "dossier_ids."),
            ("logistics.personal.dossier.access", "dossier_id."),
            ("logistics.customer", "key_person_ids.dossier_ids."),
            ("logistics.visit", "key_person_ids.dossier_ids."),
            ("logistics.person.occasion", "person_id.dossier_ids."),
        ):
            self.assertIn(wanted, paths)

    def _told(self, call):
        """What a call tells; nothing when it is refused."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.models", "odoo.sql_db"):
                return call()
        except (AccessError, UserError, ValueError):
            return None

    def test_domain_group_and_export_over_every_path(self):
        """Filtering, grouping, sorting and exporting by contents of a related dossier fails."""
        leaks = []
        for model, path in self._paths():
            column = path + "interests"
            for role in ("manager", "internal", "keeper"):
                user = self.keeper if role == "keeper" else self.staff[role]
                for records in (
                    self.env[model].with_user(user),
                    self.env[model].with_user(user).sudo(),
                ):
                    self.env.invalidate_all()
                    leaks += [
                        (model, column, role, records.env.su, way)
                        for way, call in self._ways(records, column).items()
                        if self._told(call)
                    ]
        self.assertFalse(leaks)

    def _ways(self, records, column):
        return {
            "domain": lambda: records.search([(column, "ilike", "porcelain")]).ids,
            "equal": lambda: records.search_count([(column, "=", SECRET)]),
            "group": lambda: records._read_group([], [column], ["__count"]),
            "web group": lambda: records.formatted_read_group([], [column], ["__count"]),
            "sort": lambda: records.search([], order=column).ids,
            "export": lambda: self._exported(records, column),
        }

    def _exported(self, records, column):
        """Whether an export of a few records tells the secret."""
        rows = records.search([], limit=5, order="id desc").export_data([column.replace(".", "/")])
        return "porcelain" in str(rows["datas"])

    def test_names_tell_nothing(self):
        """Nobody is found by contents in a search box, and names hold none of them."""
        for model in (DOSSIER, PERSON, "logistics.customer", "logistics.visit", "res.partner"):
            for user in (*self.staff.values(), self.keeper):
                records = self.env[model].with_user(user)
                self.assertFalse(self._told(lambda r=records: r.name_search("porcelain")))
        self.assertNotIn("porcelain", self.dossier.display_name)
        self.assertNotIn("porcelain", self.person.display_name)

    def test_mail_to_a_person_tells_nothing(self):
        """A mail template that walks from the visit to the dossier stays without contents."""
        template = self.env["mail.template"].create(
            {
                "name": "leak",
                "model_id": self.env["ir.model"]._get_id("logistics.visit"),
                "subject": "{{ object.key_person_ids.dossier_ids.character }}",
                "body_html": '<p><t t-out="object.key_person_ids.dossier_ids.character"/></p>',
            }
        )
        for user in self.staff.values():
            for field in ("subject", "body_html"):
                self.env.invalidate_all()
                with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
                    text = self._told(
                        lambda field=field, user=user: template.with_user(user)._render_field(
                            field, self.visit.ids
                        )[self.visit.id]
                    )
                self.assertNotIn("porcelain", str(text))

    def test_merge_by_a_manager_tells_nothing(self):
        """Merging customers takes the dossier along and writes none of it anywhere."""
        stays = self._account(self._partner("Stays"))
        manager = self.staff["manager"]
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(manager).create({})
        wizard._merge((stays.partner_id | self.partner).ids, stays.partner_id.with_user(manager))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.dossier.customer_id, stays)
        self.assertEqual(self.dossier.with_user(self.keeper).interests, SECRET)
        self.assertEqual(self.dossier.access_ids.sudo().user_id, self.keeper)
        for table, columns in {
            "mail_message": ("subject", "body"),
            "mail_tracking_value": ("old_value_text", "new_value_text"),
            "logistics_fact_change": ("old_value", "new_value"),
        }.items():
            for column in columns:
                found = self.env.execute_query(
                    SQL(
                        "SELECT 1 FROM %s WHERE %s LIKE %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        f"%{SECRET}%",
                    )
                )
                self.assertFalse(found, f"{table}.{column}")

    def test_with_the_group_it_is_read_where_it_is_kept(self):
        """The guard shuts out what it must and nothing else."""
        mine = self.dossier.with_user(self.keeper)
        self.assertEqual(mine.interests, SECRET)
        self.assertEqual(set(mine.read(CONTENT)[0]) - {"id"}, set(CONTENT))
        grouped = self.env[DOSSIER].with_user(self.keeper)._read_group([], ["purpose"], ["__count"])
        self.assertEqual(grouped, [("care", 1)])
