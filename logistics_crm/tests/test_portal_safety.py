# Part of logistics_crm. License LGPL-3 or later.
"""A customer in the portal cannot see, guess, write, attach to or list anything of another.

Routes, models and fields are enumerated from the registry: what somebody adds later is tested
too, and has to be allowed here by name.
"""

import json
import threading
from unittest.mock import patch

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .portal_common import PortalCommon

# Fields of the addon on models that portal users may read (their own records only).
ALLOWED = {
    "sale.order.line": {
        "logistics_service_id",
        "logistics_promised_date",
        "logistics_delivered_date",
    },
}


@tagged("post_install", "-at_install")
class TestPortalSafety(PortalCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["logistics.opinion"].create(
            {"customer_id": cls.theirs["account"].id, "name": "Zulusecret opinion"}
        )
        cls.theirs["account"].message_post(body="Zulusecret note")
        cls.secret = cls.theirs["name"].split()[0]
        cls.owned = [
            (model, record.id)
            for model in cls._models()
            if cls.env[model]._auto and "customer_id" in cls.env[model]._fields
            for record in cls.env[model].search(
                [("customer_id", "=", cls.theirs["account"].id)], limit=1
            )
        ]

    @classmethod
    def _models(cls):
        return [
            name
            for name, model in cls.env.registry.items()
            if name.startswith("logistics.") and not model._abstract
        ]

    def setUp(self):
        super().setUp()
        self.authenticate(self.ours["login"], self.ours["login"])

    def _routes(self):
        """(path, methods, auth, type) of every route of the addon."""
        found = set()
        # the map is built for the database of the running request's thread
        with patch.object(threading.current_thread(), "dbname", self.cr.dbname, create=True):
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        for rule in rules:
            original = getattr(rule.endpoint, "original_endpoint", rule.endpoint)
            if "logistics_crm" in getattr(original, "__module__", ""):
                routing = rule.endpoint.routing
                found.add(
                    (
                        rule.rule,
                        tuple(sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})),
                        routing["auth"],
                        routing["type"],
                    )
                )
        return sorted(found)

    def _paths(self, rule):
        """The route with ids of the other customer's records, and small and wrong numbers."""
        if "<" not in rule:
            return [rule]
        ids = {0, 1, 10**9, self.company.id, *(res_id for _model, res_id in self.owned)}
        ids |= {self.theirs[key].id for key in ("order", "invoice", "account", "partner")}
        head = rule.split("<")[0]
        pieces = rule.split("/")
        paths = []
        for number in sorted(ids):
            paths.append(
                "/".join(str(number) if piece.startswith("<") else piece for piece in pieces)
            )
        self.assertTrue(all(path.startswith(head) for path in paths))
        return paths

    # ------------------------------------------------------------------ routes
    @mute_logger("odoo.http", "werkzeug", "odoo.addons.base.models.ir_http")
    def test_every_route_with_every_id(self):
        """No route tells anything of the other customer, whatever number is in it."""
        routes = self._routes()
        paths = {rule for rule, *_rest in routes}
        for known in ("/my/deliveries", "/my/visits/ask", "/my/statement", "/my/surveys"):
            self.assertIn(known, paths)
        count = 0
        for rule, methods, auth, kind in routes:
            self.assertIn(auth, ("user", "public"), rule)
            for path in self._paths(rule):
                with self.subTest(path):
                    for method in methods:
                        if kind != "http":
                            answer = self.url_open(
                                path,
                                data=json.dumps({"params": {}}),
                                headers={"Content-Type": "application/json"},
                            )
                        elif method == "POST":
                            answer = self.url_open(
                                path, data={"csrf_token": http.Request.csrf_token(self)}
                            )
                        else:
                            answer = self.url_open(path + "?access_token=guess&download=true")
                        count += 1
                        self.assertNotIn(self.secret.encode(), answer.content)
                        self.assertNotIn(self.theirs["order"].name.encode(), answer.content)
        self.assertGreater(count, 20)

    def test_a_page_of_theirs_by_number(self):
        """Their questionnaire cannot be opened by its number, nor with its link."""
        mine = self.url_open(f"/my/surveys/{self.ours['invitation'].id}")
        self.assertIn("/survey/", mine.url)
        other = self.url_open(f"/my/surveys/{self.theirs['invitation'].id}")
        self.assertTrue(other.url.endswith("/my/surveys"), other.url)
        self.assertNotIn(self.secret, other.text)
        linked = self.url_open(self.theirs["invitation"]._url())
        self.assertNotIn("How important is", linked.text)
        order = self.url_open(f"/my/orders/{self.theirs['order'].id}")
        self.assertNotIn(self.secret, order.text)

    def test_a_request_for_somebody_else(self):
        """Whatever a request claims, it belongs to the user's own entity."""
        self.url_open(
            "/my/visits/ask",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "company_id": self.company.id,
                "customer_id": self.theirs["account"].id,
                "partner_id": self.theirs["partner"].id,
                "subject": "Whose is it",
                "channel": "onsite",
            },
        )
        asked = self.env["logistics.visit.request"].search([("subject", "=", "Whose is it")])
        self.assertEqual(asked.customer_id, self.ours["account"])
        self.assertEqual(asked.partner_id, self.ours["user"].partner_id)
        before = self.env["logistics.visit.request"].search_count([])
        with mute_logger("odoo.http"):
            self.url_open("/my/visits/ask", data={"subject": "No token", "channel": "onsite"})
        self.assertEqual(self.env["logistics.visit.request"].search_count([]), before)

    def test_nobody_logged_in(self):
        """Without a login the pages of /my ask for one."""
        self.logout()
        for path in ("/my/deliveries", "/my/surveys", "/my/visits", "/my/statement"):
            self.assertIn("/web/login", self.url_open(path).url, path)

    # ------------------------------------------------------------------ models over RPC
    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_every_model_over_rpc(self):
        """Reading and writing is refused by rights, on any model of the addon, as RPC calls it."""
        user = self.ours["user"]
        models = self._models()
        self.assertGreater(len(models), 50)
        for model in models:
            record = self.env[model].with_user(user)
            for method, args in (
                ("search_read", ([],)),
                ("create", ({},)),
                ("formatted_read_group", ([], [], ["__count"])),
            ):
                call = get_public_method(record, method)
                # models nobody creates by hand say so before rights are asked
                refusal = UserError if method == "create" else AccessError
                with self.subTest(f"{model}.{method}"), self.assertRaises(refusal):
                    call(record, *args)
            self.assertFalse(record.has_access("create"), model)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_over_the_wire(self):
        """The same from outside, and nothing private answers at all."""
        account = self.theirs["account"]
        for model, method, args in (
            ("logistics.customer", "search_read", [[]]),
            ("logistics.complaint", "create", [{"name": "x"}]),
            ("logistics.complaint", "_reopen", [[1], "x"]),
            ("logistics.customer", "_statement_data", [account.ids]),
            ("logistics.front.page", "get_page", []),
        ):
            answer = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                data=json.dumps(
                    {"params": {"model": model, "method": method, "args": args, "kwargs": {}}}
                ),
                headers={"Content-Type": "application/json"},
            ).json()
            self.assertIn("AccessError", answer["error"]["data"]["name"], f"{model}.{method}")
            self.assertNotIn(self.secret, json.dumps(answer))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_every_operation_on_their_records(self):
        """Ids of the other customer's records, in every model that has some."""
        user = self.ours["user"]
        self.assertGreaterEqual(len(self.owned), 3)
        for model, res_id in self.owned:
            record = self.env[model].with_user(user).browse(res_id)
            for call in (
                lambda r=record: r.read(["id"]),
                lambda r=record: r.export_data(["id"]),
                lambda r=record: r.formatted_read_group([], [], ["__count"]),
                lambda r=record: r.name_search(""),
                lambda r=record: r.write({"display_name": "x"}),
                lambda r=record: r.unlink(),
                lambda r=record: r.copy(),
            ):
                with self.assertRaises(Exception) as caught:
                    call()
                self.assertNotIn(self.secret, str(caught.exception))

    def test_no_internal_field_on_what_they_may_read(self):
        """Grades, classes, scores and states of the addon cannot be read, searched, grouped or
        exported on the models that portal users may read."""
        user = self.ours["user"]
        seen = {}
        for name in self.env.registry:
            model = self.env[name]
            if model._abstract or name.startswith("logistics."):
                continue
            if not model.with_user(user).has_access("read"):
                continue
            mine = model.with_user(user)
            seen[name] = {
                field.name
                for field in model._fields.values()
                if "logistics_crm" in (field._modules or ())
                and set(field._modules) == {"logistics_crm"}
                and mine._has_field_access(field, "read")
            }
        seen = {name: names for name, names in seen.items() if names}
        self.assertIn("sale.order.line", seen, "the test sees the addon's fields")
        self.assertEqual(seen, ALLOWED)

    def test_only_service_and_delivery_days_are_told(self):
        """Of the own order, invoice, contact and company nothing internal can be read."""
        partner, order, invoice = (self.ours[key] for key in ("partner", "order", "invoice"))
        user = self.ours["user"]
        order.message_subscribe(user.partner_id.ids)
        invoice.message_subscribe(user.partner_id.ids)
        for record in (order, order.order_line, invoice, self.company, partner):
            theirs = record.with_user(user)
            shown = ALLOWED.get(record._name, set())
            ours = {name for name in theirs.fields_get() if name.startswith("logistics_")}
            with self.subTest(model=record._name):
                self.assertLessEqual(ours, shown)
                hidden = [
                    name
                    for name, field in record._fields.items()
                    if name.startswith("logistics_") and name not in shown and field.store
                ]
                self.assertTrue(hidden)
                for name in hidden:
                    with self.assertRaises(AccessError):
                        theirs.read([name])

    # ------------------------------------------------------------------ attachments, messages
    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_attachments(self):
        """A file on a record of theirs cannot be fetched, listed, changed or added."""
        for path in (
            f"/web/content/{self.theirs['attachment'].id}",
            f"/web/content/{self.theirs['attachment'].id}?download=true",
            f"/web/image/{self.theirs['attachment'].id}",
            f"/web/content/{self.theirs['attachment'].id}?access_token=guess",
        ):
            self.assertNotIn(self.secret.encode(), self.url_open(path).content, path)
        attachments = self.env["ir.attachment"].with_user(self.ours["user"])
        self.assertFalse(attachments.search([("id", "=", self.theirs["attachment"].id)]))
        with self.assertRaises(AccessError):
            attachments.browse(self.theirs["attachment"].id).read(["name"])
        for model, res_id in (*self.owned, ("sale.order", self.theirs["order"].id)):
            with self.assertRaises(AccessError):
                attachments.create({"name": "x", "raw": b"x", "res_model": model, "res_id": res_id})

    @mute_logger("odoo.http")
    def test_messages(self):
        """Nothing can be posted to, or read from, the threads of another customer."""
        threads = [
            ("logistics.customer", self.theirs["account"].id),
            ("logistics.visit.request", self.theirs["request"].id),
            ("sale.order", self.theirs["order"].id),
        ]
        messages = self.env["mail.message"]
        for model, res_id in threads:
            domain = [("model", "=", model), ("res_id", "=", res_id)]
            before = messages.search_count(domain)
            for route, params in (
                ("/mail/message/post", {"post_data": {"body": "I was here"}}),
                ("/mail/thread/messages", {}),
                ("/mail/chatter_fetch", {}),
            ):
                answer = self.url_open(
                    route,
                    data=json.dumps(
                        {
                            "params": {
                                "thread_model": model,
                                "thread_id": res_id,
                                "token": "guess",
                                **params,
                            }
                        }
                    ),
                    headers={"Content-Type": "application/json"},
                )
                self.assertNotIn(self.secret.encode(), answer.content)
            self.assertEqual(messages.search_count(domain), before, model)
            found = messages.with_user(self.ours["user"]).search(domain)
            self.assertFalse(found, model)

    def test_followers_are_not_readers(self):
        """Even as a follower a portal user reads nothing of the addon's records."""
        self.theirs["request"].message_subscribe(self.ours["user"].partner_id.ids)
        with self.assertRaises(AccessError):
            self.theirs["request"].with_user(self.ours["user"]).read(["subject"])
