# Part of logistics_crm. License LGPL-3 or later.
import base64
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .complaint_common import ComplaintFactories

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MAIL = """From: {sender}
To: {to}
Subject: {subject}
Message-ID: <{number}@example.com>
Date: Mon, 02 Mar 2026 10:00:00 +0000
{headers}MIME-Version: 1.0
Content-Type: {kind}

{body}
"""


@tagged("post_install", "-at_install")
class TestComplaintMail(ComplaintFactories, MailCommon):
    """Mails that become complaints, and those that must not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._as_superuser(cls.env.company)
        cls.env = cls.env(context={})
        cls.department = cls.env.ref("logistics_crm.complaint_department_operations")
        cls.department.write({"company_id": cls.company.id, "alias_name": "complaints.test"})
        cls.address = cls.department.alias_email
        cls.partner = cls._partner("Mail Customer", email="boss@customer.example.com")
        cls.customer = cls._account(cls.partner)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Li", "parent_id": cls.partner.id, "email": "li@customer.example.com"}
        )

    def _mail(self, sender="li@customer.example.com", subject="Lost parcel", **values):
        before = self.env["logistics.complaint"].search([])
        mail = MAIL.format(
            sender=sender,
            to=self.address,
            subject=subject,
            number=next(self._numbers),
            headers="".join(f"{k}: {v}\n" for k, v in values.get("headers", {}).items()),
            kind=values.get("kind", 'text/html; charset="utf-8"'),
            body=values.get("body", "<p>Where is it? <script>alert(1)</script></p>"),
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, mail)
        return self.env["logistics.complaint"].search([]) - before

    def _with_file(self, name, content):
        boundary = "limit42"
        data = base64.encodebytes(content).decode()
        return {
            "kind": f'multipart/mixed; boundary="{boundary}"',
            "body": (
                f"--{boundary}\nContent-Type: text/plain\n\nSee the file\n"
                f"--{boundary}\nContent-Type: application/octet-stream\n"
                f'Content-Disposition: attachment; filename="{name}"\n'
                f"Content-Transfer-Encoding: base64\n\n{data}\n--{boundary}--\n"
            ),
        }

    def test_known_sender(self):
        """A contact's mail is a complaint of the contact's company, without its scripts."""
        complaint = self._mail()
        self.assertEqual(complaint.customer_id, self.customer)
        self.assertEqual(complaint.contact_id, self.contact)
        self.assertEqual(complaint.department_id, self.department)
        self.assertEqual((complaint.channel, complaint.name), ("mail", "Lost parcel"))
        self.assertIn("Where is it?", complaint.description)
        self.assertNotIn("script", complaint.description)
        self.assertFalse(self.env["mail.mail"].search([("model", "=", complaint._name)]))

    def test_unknown_sender_and_empty_mail(self):
        """An unknown sender's waits for a customer; an empty mail says that it was empty."""
        complaint = self._mail("stranger@nowhere.example.com", subject="", body="")
        self.assertFalse(complaint.customer_id)
        self.assertEqual(complaint.email_from, "stranger@nowhere.example.com")
        self.assertEqual(complaint.name, "Mail without subject")
        self.assertIn("empty", complaint.description)
        self.assertTrue(complaint.answer_due)

    def test_machines_and_ourselves(self):
        """Automatic answers, bounces and our own addresses make no complaint."""
        for headers in (
            {"Auto-Submitted": "auto-replied"},
            {"Auto-Submitted": "auto-generated; owner=x"},
            {"X-Autoreply": "yes"},
            {"Precedence": "auto_reply"},
        ):
            with self.subTest(headers):
                self.assertFalse(self._mail(headers=headers))
        self.assertFalse(self._mail(sender=self.address))
        self.assertFalse(self._mail(sender="MAILER-DAEMON@customer.example.com"))
        self.assertTrue(self._mail(headers={"Auto-Submitted": "no"}))

    def test_flood(self):
        """Beyond the hour's number the mails are added to the last complaint."""
        self.company.logistics_complaint_flood = 2
        first, second = self._mail(subject="1"), self._mail(subject="2")
        self.assertTrue(first and second)
        self.assertFalse(self._mail(subject="3", body="<p>third mail</p>"))
        self.assertIn("third mail", " ".join(second.message_ids.mapped("body")))
        self.assertTrue(self._mail("other@nowhere.example.com"), "others are not held back")

    def test_acknowledged_once_switched_on(self):
        """The acknowledgement is a mail no robot answers; off, nothing is sent."""
        self.company.logistics_complaint_mail = True
        with self.mock_mail_gateway():
            complaint = self._mail()
        mail = self._new_mails.filtered(lambda m: m.res_id == complaint.id)
        self.assertIn(complaint.reference, mail.subject)
        self.assertIn("auto-replied", mail.headers)
        self.assertEqual(mail.recipient_ids, self.contact)

    def test_files(self):
        """A picture is kept; what is too large or no picture is named in a note, not stored."""
        self.company.write({"logistics_complaint_file_mb": 1, "logistics_complaint_flood": 50})
        kept = self._mail(**self._with_file("proof.png", PNG))
        self.assertEqual(kept.message_ids.attachment_ids.name, "proof.png")
        for name, content in (
            ("huge.png", PNG + b"0" * (1024 * 1024 + 1)),
            ("page.html", b"<html><script>alert(1)</script></html>"),
            ("fake.png", b"MZ\x90\x00 a program"),
            ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
            ("notes.txt", b"<script>alert(1)</script>"),
        ):
            with self.subTest(name):
                complaint = self._mail(subject=name, **self._with_file(name, content))
                self.assertTrue(complaint)
                self.assertFalse(complaint.message_ids.attachment_ids)
                self.assertIn(name, " ".join(complaint.message_ids.mapped("body")))

    def test_fifty_megabytes(self):
        """50 MB are refused with words that say how much may be sent."""
        refusal = self.env["logistics.complaint"]._file_refusal(
            "film.png", PNG + bytes(50 * 1024 * 1024), self.company
        )
        self.assertIn("10 MB", refusal)

    def test_reply_after_the_end(self):
        """A mail about an ended complaint reaches its handler and changes nothing else."""
        complaint = self._mail()
        complaint.user_id = self.env.user
        self._settle(complaint, type_id=self.env.ref("logistics_crm.complaint_type_late").id)
        number = complaint.message_ids.filtered(lambda m: m.message_type == "email").message_id
        self.assertFalse(self._mail(headers={"In-Reply-To": number}, body="<p>Thank you</p>"))
        self.assertEqual(complaint.state, "closed")
        self.assertIn("Thank you", " ".join(complaint.message_ids.mapped("body")))
        self.assertTrue(complaint.activity_ids)

    def test_reply_of_another_customer(self):
        """A stranger who answers a message of this complaint writes a complaint of his own."""
        complaint = self._mail()
        post = complaint.message_ids.filtered(lambda m: m.message_type == "email")
        stranger = self._account(self._partner("Other", email="spy@other.example.com"))
        user = self._user("portal", login="mail_spy", email="spy@other.example.com")
        user.partner_id.parent_id = stranger.partner_id
        before = complaint.message_ids
        made = self._mail(
            "spy@other.example.com",
            headers={"In-Reply-To": post.message_id, "References": post.message_id},
            body="<p>I was here</p>",
        )
        self.assertEqual(made.customer_id, stranger)
        self.assertEqual(complaint.message_ids, before)
        self.assertNotIn(stranger.partner_id, complaint.message_partner_ids)
        # neither in the file of the customer, which is no mail box at all: that mail bounces
        post = self.customer.message_post(body="For us", subtype_xmlid="mail.mt_note")
        before = self.customer.message_ids
        self._mail("spy@other.example.com", headers={"In-Reply-To": post.message_id})
        self.assertEqual(self.customer.message_ids, before)
        # the customer's own people, by whatever address we know, and ours are heard
        number = complaint.message_ids.sorted("id")[0].message_id
        colleague = self._user("internal", email="we@ours.example.com")
        for sender in ("boss@customer.example.com", colleague.email):
            self.assertFalse(self._mail(sender, headers={"In-Reply-To": number}), sender)
        # and whom we asked about it
        haulier = self._partner("Haulier", email="night@haulier.example.com")
        complaint.message_post(body="Where was it?", partner_ids=haulier.ids)
        self.assertFalse(self._mail(haulier.email, headers={"In-Reply-To": number}))
        self.assertEqual(
            len(complaint.message_ids.filtered(lambda m: m.message_type == "email")), 4
        )

    def test_flood_of_replies(self):
        """A machine that answers every answer is not stored for ever."""
        complaint = self._mail()
        number = complaint.message_ids.filtered(lambda m: m.message_type == "email").message_id
        with patch("odoo.addons.logistics_crm.models.complaint.complaint_mail.FLOOD_MESSAGES", 3):
            for _again in range(5):
                self.assertFalse(self._mail(headers={"In-Reply-To": number}, body="<p>.</p>"))
        kept = complaint.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(len(kept), 3)

    def test_archived_and_merged_customers(self):
        """The mail of an archived customer's contact is still that customer's; so after merging."""
        self.customer.active = False
        self.assertEqual(self._mail().customer_id, self.customer)
        target = self._account(self._partner("Stays"))
        earlier = self._mail()
        self.contact.parent_id = False
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.partner | target.partner_id).ids, target.partner_id)
        self.env.invalidate_all()
        self.assertEqual(earlier.customer_id, target)
        self.assertEqual(earlier.partner_id, target.partner_id)
        complaint = self._mail("boss@customer.example.com")
        self.assertEqual(complaint.customer_id, target)
