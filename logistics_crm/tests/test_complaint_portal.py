# Part of logistics_crm. License LGPL-3 or later.
import io
import re

from odoo.tests import HttpCase, tagged

from .complaint_common import ComplaintFactories
from .test_complaint_mail import PNG


@tagged("post_install", "-at_install")
class TestComplaintPortal(ComplaintFactories, HttpCase):
    """What a customer may see and do in the portal, and that others' complaints are not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._as_superuser(cls.env.company)
        cls.customer, cls.stranger = cls._account(cls._partner()), cls._account(cls._partner())
        cls.user = cls._portal(cls.customer, "complainant")
        cls.other = cls._portal(cls.stranger, "stranger")
        cls.mine = cls._complain(cls.customer, description="My own words")
        cls.theirs = cls._complain(cls.stranger, name="Secret matter")

    @classmethod
    def _portal(cls, customer, login):
        user = cls._user("portal", login=login, password=login)
        user.partner_id.parent_id = customer.partner_id
        return user

    def _post(self, url, data=None, files=None):
        page = self.url_open("/my/complaints/new").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        return self.url_open(url, data={"csrf_token": token, **(data or {})}, files=files)

    def test_own_only(self):
        """List and page show own complaints; another's number leads home, with a token or not."""
        self.authenticate("complainant", "complainant")
        text = self.url_open("/my/complaints").text
        self.assertIn(self.mine.reference, text)
        self.assertNotIn("Secret matter", text)
        page = self.url_open(f"/my/complaints/{self.mine.id}")
        self.assertIn("My own words", page.text)
        for url in (
            f"/my/complaints/{self.theirs.id}",
            f"/my/complaints/{self.theirs.id}?access_token=guess",
            f"/my/complaints/{self.theirs.id}?access_token={self.mine._portal_ensure_token()}",
            "/my/complaints/99999999",
        ):
            response = self.url_open(url)
            self.assertTrue(response.url.rstrip("/").endswith("/my"), url)
            self.assertNotIn("Secret matter", response.text)
        self._post(f"/my/complaints/{self.theirs.id}/reopen", {"reason": "mine now"})
        self.assertEqual(self.theirs.state, "new")

    def test_nothing_internal(self):
        """Cause, verdict, persons and notes inside are not on the page."""
        self.mine.write(
            {
                "root_cause": "Drunk driver 77",
                "recovery": "Flowers 77",
                "responsible_id": self.env.uid,
            }
        )
        self.mine.message_post(body="Note inside 77", subtype_xmlid="mail.mt_note")
        self.authenticate("complainant", "complainant")
        text = self.url_open(f"/my/complaints/{self.mine.id}").text
        self.assertNotIn("77", re.sub(r"[\w/.-]*77[\w/.-]*(?=\")", "", text).replace("x77", ""))

    def test_file_a_complaint(self):
        """Filed with a picture, own order only, script-free; a second click makes no second."""
        order = self.env["sale.order"].create({"partner_id": self.stranger.partner_id.id})
        self.authenticate("complainant", "complainant")
        data = {
            "type_id": str(self.env.ref("logistics_crm.complaint_type_damaged").id),
            "name": "Broken crate",
            "description": "Crate broken <script>alert(1)</script>",
            "order_id": str(order.id),
            "claim_amount": "1,250.50",
        }
        files = [("files", ("proof.png", io.BytesIO(PNG), "image/png"))]
        self._post("/my/complaints/new", data, files)
        complaint = self.env["logistics.complaint"].search([("name", "=", "Broken crate")])
        self.assertEqual(complaint.customer_id, self.customer)
        self.assertEqual(complaint.contact_id, self.user.partner_id)
        self.assertEqual((complaint.channel, complaint.claim_amount), ("portal", 1250.5))
        self.assertFalse(complaint.order_id, "the order of another customer is not taken")
        self.assertNotIn("<script", complaint.description)
        self.assertEqual(complaint.message_ids.attachment_ids.name, "proof.png")
        self._post("/my/complaints/new", data)
        self.assertEqual(
            self.env["logistics.complaint"].search_count([("name", "=", "Broken crate")]), 1
        )

    def test_bad_files_and_words(self):
        """What is refused comes back with everything that was written."""
        self.authenticate("complainant", "complainant")
        data = {
            "type_id": str(self.env.ref("logistics_crm.complaint_type_late").id),
            "name": "With a bad file",
            "description": "A long story",
        }
        big = PNG + bytes(self.company.logistics_complaint_file_mb * 1024 * 1024)
        for name, content in (
            ("big.png", big),
            ("run.exe", b"MZ\x90"),
            ("page.html", b"<html></html>"),
            ("fake.pdf", b"<script>alert(1)</script>"),
        ):
            response = self._post(
                "/my/complaints/new", data, [("files", (name, io.BytesIO(content), "image/png"))]
            )
            self.assertIn("alert-danger", response.text, name)
            self.assertIn("A long story", response.text)
        response = self._post("/my/complaints/new", {**data, "claim_amount": "a lot"})
        self.assertIn("Write it like", response.text)
        response = self._post("/my/complaints/new", {**data, "description": " "})
        self.assertIn("alert-danger", response.text)
        self.assertFalse(self.env["logistics.complaint"].search([("name", "=", "With a bad file")]))

    def test_flood(self):
        """So many in an hour, then the customer is asked to wait; another one is not."""
        self.company.logistics_complaint_flood = 2
        self.authenticate("complainant", "complainant")
        kind = str(self.env.ref("logistics_crm.complaint_type_late").id)
        for number in range(3):
            response = self._post(
                "/my/complaints/new",
                {"type_id": kind, "name": f"Flood {number}", "description": "x"},
            )
        self.assertIn("last hour", response.text)
        found = self.env["logistics.complaint"].search_count([("name", "like", "Flood")])
        self.assertEqual(found, 2)

    def test_not_content(self):
        """An answered complaint is opened again by the customer, with what is still wrong."""
        self._settle(self.mine)
        self.authenticate("complainant", "complainant")
        self.assertIn("not content", self.url_open(f"/my/complaints/{self.mine.id}").text)
        self._post(f"/my/complaints/{self.mine.id}/reopen", {"reason": "Still broken"})
        self.mine.invalidate_recordset()
        self.assertEqual(self.mine.state, "investigating")
        self.assertIn("Still broken", " ".join(self.mine.message_ids.mapped("body")))

    def test_models_are_closed_to_portal_users(self):
        """By RPC there is nothing to read, write, create or count for a portal user."""
        for model in ("logistics.complaint", "logistics.complaint.compensation"):
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(self.env[model].with_user(self.user).has_access(operation))

    def test_chatter_upload(self):
        """The chatter's upload has the limits of the form, and asks for the right token."""
        self.authenticate("complainant", "complainant")
        token = self.mine._portal_ensure_token()
        page = self.url_open("/my/complaints/new").text
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

        def upload(name, content, complaint, token):
            return self.url_open(
                "/mail/attachment/upload",
                data={
                    "csrf_token": csrf,
                    "thread_id": complaint.id,
                    "thread_model": "logistics.complaint",
                    "is_pending": "true",
                    "token": token,
                },
                files=[("ufile", (name, io.BytesIO(content), "image/png"))],
            )

        self.assertIn("attachment_id", upload("ok.png", PNG, self.mine, token).text)
        self.assertIn("cannot be taken", upload("x.html", b"<html>", self.mine, token).text)
        refused = upload("ok.png", PNG, self.theirs, token)
        self.assertGreaterEqual(refused.status_code, 400)
        self.assertNotIn("attachment_id", refused.text)
