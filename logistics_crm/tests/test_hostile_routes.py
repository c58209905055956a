# Part of logistics_crm. License LGPL-3 or later.
import random

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from . import test_portal_safety
from .hostile_common import EXAMPLES, HOSTILE
from .portal_common import PortalCommon

# What the pages of the addon send, and what somebody may try to send beside it.
PARAMETERS = (
    *("access_token", "amount", "answer", "amount_claimed", "channel", "company_id", "contact"),
    *("customer_id", "date", "date_from", "description", "error", "filterby", "invoice_id", "name"),
    *("order_id", "page", "partner_id", "reason", "severity", "sortby", "subject", "switch"),
    *("type_id", "who", "wish", "wished_date", "phone", "email", "message", "download"),
)
# Odoo's own address, which the addon only narrows: without a file it answers as Odoo does.
CORE_ROUTES = ("/mail/attachment/upload",)
VALUES = (
    *HOSTILE,
    *("", "0", "-1", "1", "1e400", "nan", "2026-02-30", "0000-00-00", "9" * 30, "true", "[]"),
)


@tagged("post_install", "-at_install")
class TestHostileRoutes(PortalCommon, HttpCase):
    """Every page of the addon with anything in its address and form."""

    _routes = test_portal_safety.TestPortalSafety._routes

    @mute_logger("odoo.http", "werkzeug", "odoo.addons.base.models.ir_http", "odoo.sql_db")
    def test_anything_in_forms_and_addresses(self):
        """No page fails, none runs what was sent to it, none tells of another customer."""
        chance = random.Random(None if EXAMPLES else 4711)
        secret = self.theirs["name"].split()[0]
        numbers = [0, 10**9, self.theirs["account"].id, self.ours["account"].id]
        for login in (self.ours["login"], None):
            self.authenticate(login, login)
            for rule, methods, _auth, kind in self._routes():
                if kind != "http" or rule in CORE_ROUTES:
                    continue
                for _try in range(EXAMPLES // 100 or 3):
                    path = "/".join(
                        str(chance.choice(numbers)) if piece.startswith("<") else piece
                        for piece in rule.split("/")
                    )
                    sent = {
                        name: chance.choice(VALUES)
                        for name in chance.sample(PARAMETERS, chance.randint(1, 8))
                    }
                    if "POST" in methods:
                        sent["csrf_token"] = http.Request.csrf_token(self)
                        answer = self.url_open(path, data=sent)
                    else:
                        answer = self.url_open(path, params=sent)
                    with self.subTest(login=login, path=path, sent=sent):
                        self.assertLess(answer.status_code, 500)
                        self.assertNotIn(secret, answer.text)
                        self.assertNotIn("<script>alert(4711)", answer.text)
                        self.assertNotIn("<img src=x", answer.text)
