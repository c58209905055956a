# Part of logistics_crm. License LGPL-3 or later.
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LogisticsCommon

MONDAY = date(2024, 7, 1)


@tagged("post_install", "-at_install")
class TestCampaign(LogisticsCommon):
    """From a filter to a list, calls or opportunities, and what came of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.colleague = cls._user("seller")
        cls.manager = cls._user("manager")
        cls.accounts = cls.env["logistics.customer"]
        for number in range(24):
            partner = cls._partner(
                f"Target {number:02d}", email=f"target{number}@test.example.com" if number else ""
            )
            cls.accounts |= cls._account(
                partner, user_id=(cls.seller if number % 2 else cls.colleague).id
            )
        cls.segment = cls.env["logistics.segment"].create(
            {"name": "Targets", "customer_domain": "[('name', 'like', 'Target')]"}
        )

    def _outreach(self, user=None, **values):
        model = self.env["logistics.outreach"].with_user(user or self.manager)
        return model.create(
            {
                "name": "Offer",
                "segment_id": self.segment.id,
                "start_date": MONDAY,
                "holdout_share": 0.25,
                "per_day": 2,
                **values,
            }
        )

    def _started(self, user=None, **values):
        outreach = self._outreach(user, **values)
        outreach.action_start()
        return outreach

    def _parts(self, outreach):
        return outreach.sudo().line_ids.grouped("part")

    def test_segment_from_the_list(self):
        """The list's filter becomes a segment; so do selected customers; each sees their own."""
        model = self.env["logistics.segment.save"].with_user(self.seller)
        context = {
            "active_model": "logistics.customer",
            "active_domain": [("name", "like", "Target 0")],
        }
        wizard = model.with_context(**context).create({"name": "By filter"})
        segment = self.env["logistics.segment"].browse(wizard.action_save()["res_id"])
        self.assertEqual(segment.with_user(self.seller).customer_count, 5)
        self.assertEqual(segment.with_user(self.manager).customer_count, 10)
        chosen = self.accounts[1] | self.accounts[3]
        wizard = model.with_context(**context, active_ids=chosen.ids).create({"name": "By hand"})
        self.assertEqual(wizard.scope, "selected")
        segment = self.env["logistics.segment"].browse(wizard.action_save()["res_id"])
        domain = segment.action_open_customers()["domain"]
        self.assertEqual(self.accounts.search(domain), chosen)
        with self.assertRaises(ValidationError):
            segment.customer_domain = "[('nothing', '=', 1)]"
        with self.assertRaises(AccessError):
            segment.with_user(self.colleague).read(["name"])

    def test_calls_are_spread(self):
        outreach = self._started(kind="call")
        parts = self._parts(outreach)
        self.assertEqual(sum(map(len, parts.values())), 24)
        called = parts["contact"]
        self.assertTrue(parts["holdout"], "somebody is held out")
        self.assertEqual(len(called.activity_id), len(called))
        self.assertFalse(parts["holdout"].activity_id)
        for user in self.seller | self.colleague:
            own = called.filtered(lambda line, u=user: line.user_id == u)
            self.assertEqual(own.activity_id.user_id, user)
            days = [line.activity_id.date_deadline for line in own.sorted("contact_date")]
            expected, day = [], MONDAY
            while len(expected) < len(own):
                if day.isoweekday() < 6:
                    expected += [day, day]
                day += timedelta(days=1)
            self.assertEqual(days, expected[: len(own)])
        self.assertEqual(outreach.progress, 100.0)

    def test_start_on_a_weekend(self):
        outreach = self._started(kind="call", start_date=MONDAY - timedelta(days=2))
        self.assertEqual(min(self._parts(outreach)["contact"].mapped("contact_date")), MONDAY)

    def test_started_twice_and_killed(self):
        """Starting again adds nobody; the job goes on where it stopped, and doubles nothing."""
        outreach = self._started(kind="opportunity")
        lines = self._parts(outreach)["contact"]
        leads = self.env["crm.lead"].search([("partner_id", "in", self.accounts.partner_id.ids)])
        self.assertEqual(len(leads), len(lines))
        outreach.action_start()
        outreach.sudo()._choose()
        self.assertFalse(outreach.sudo()._process())
        self.assertEqual(self.env["crm.lead"].search_count([("id", "in", leads.ids)]), len(lines))
        self.assertEqual(len(outreach.sudo().line_ids), 24)
        undone = lines[:3]
        undone.lead_id.unlink()
        undone.prepared = False
        cron = self.env.ref("logistics_crm.cron_outreach")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(all(undone.mapped("prepared")))
        self.assertEqual(len(lines.lead_id), len(lines))

    def test_own_customers_only(self):
        outreach = self._started(self.seller, kind="call")
        self.assertEqual(outreach.sudo().line_ids.customer_id.user_id, self.seller)
        with self.assertRaises(AccessError):
            outreach.with_user(self.colleague).read(["name"])
        manager = self._started(kind="opportunity")
        seen = self.env["logistics.outreach.line"].with_user(self.seller).search([])
        self.assertFalse(seen.customer_id.user_id - self.seller)
        self.assertIn(manager, seen.sudo().outreach_id)
        with self.assertRaises(AccessError):
            seen[:1].write({"responded": True})

    def test_mail_with_and_without_email_marketing(self):
        """With the application a list is filled, without it one mail goes to all; a user who has
        no part in it writes the mail as well.
        """
        outreach = self._started(kind="mailing", holdout_share=0.0)
        contacted = self._parts(outreach)["contact"].customer_id
        self.assertTrue(outreach.prepared_count)
        if "mailing.list" in self.env:
            listed = outreach.sudo().mailing_list.contact_ids
            self.assertEqual(
                set(listed.mapped("email_normalized")),
                set(contacted.partner_id.mapped("email_normalized")),
            )
            while outreach.sudo()._process():
                pass
            self.assertEqual(outreach.sudo().mailing_list.contact_ids, listed, "once each")
        else:
            self.assertFalse(outreach.mailing_list)
        action = outreach.action_open_mailing()
        self.assertEqual(action["res_model"], "mail.compose.message")
        self.assertEqual(set(action["context"]["default_res_ids"]), set(contacted.partner_id.ids))

    def test_opt_out(self):
        """Whoever wants no mail, or has no address, is not written to."""
        self.env["mail.blacklist"]._add("target3@test.example.com")
        outreach = self._started(kind="mailing", holdout_share=0.0)
        excluded = self._parts(outreach)["excluded"]
        self.assertEqual(
            {line.customer_id: line.exclusion for line in excluded},
            {self.accounts[0]: "no_email", self.accounts[3]: "blacklist"},
        )
        action = outreach.action_open_mailing()
        if "mailing.list" in self.env:
            emails = outreach.sudo().mailing_list.contact_ids.mapped("email_normalized")
            self.assertEqual(len(emails), 22)
            self.assertNotIn("target3@test.example.com", emails)
            outreach.sudo()._prepare_mailing(self._parts(outreach)["contact"])
            self.assertEqual(len(outreach.sudo().mailing_list.contact_ids), 22)
        else:
            self.assertFalse(outreach.mailing_list)
            self.assertEqual(len(action["context"]["default_res_ids"]), 22)
            self.assertTrue(action["context"]["default_use_exclusion_list"])

    def test_nobody_in_two_campaigns_at_once(self):
        self._started(kind="call")
        again = self._started(kind="call", name="Again")
        self.assertEqual(set(again.sudo().line_ids.mapped("exclusion")), {"other"})

    def test_response_against_those_held_out(self):
        outreach = self._started(kind="call", response_days=10, per_day=50)
        parts = self._parts(outreach)
        contact, holdout = parts["contact"], parts["holdout"]
        # one too early, one on the last day, one a day too late; a credit is no response
        for line, day, amount in (
            (contact[0], 0, 70.0),
            (contact[1], 10, 50.0),
            (contact[2], 11, 50.0),
            (contact[3], 5, -5.0),
            (contact[4], 5, 250.0),
            (holdout[0], 1, 40.0),
        ):
            self._trade(
                line.customer_id.partner_id,
                {"date": MONDAY + timedelta(days=day), "amount": amount},
            )
        outreach.sudo()._measure(MONDAY + timedelta(days=9))
        self.assertIs(outreach.response_rate, False, "the days are not over")
        outreach.sudo()._measure(MONDAY + timedelta(days=30))
        count, held = len(contact), len(holdout)
        self.assertEqual(contact.filtered("responded"), contact[1] | contact[4])
        self.assertAlmostEqual(outreach.response_rate, 2 / count)
        self.assertAlmostEqual(outreach.holdout_rate, 1 / held)
        self.assertAlmostEqual(
            outreach.extra_revenue, (295.0 / count - 40.0 / held) * count, places=2
        )
        contact[0].activity_id.action_feedback()
        outreach.sudo()._measure(MONDAY + timedelta(days=30))
        self.assertEqual(outreach.called_count, 1)

    def test_fixed_after_the_start(self):
        outreach = self._started(kind="call")
        for values in ({"holdout_share": 0.0}, {"kind": "mailing"}, {"response_days": 99}):
            with self.assertRaises(UserError):
                outreach.write(values)
        with self.assertRaises(UserError):
            outreach.unlink()
        with self.assertRaises(AccessError):
            outreach.write({"response_rate": 1.0})

    def test_nobody_held_out_no_effect(self):
        outreach = self._started(kind="call", holdout_share=0.0, response_days=5)
        outreach.sudo()._measure(MONDAY + timedelta(days=90))
        self.assertEqual(outreach.response_rate, 0.0)
        self.assertIs(outreach.holdout_rate, False)
        self.assertIs(outreach.extra_revenue, False)

    def test_merge(self):
        outreach = self._started(kind="call")
        self.accounts[5]._fold_into(self.accounts[6])
        lines = outreach.sudo().line_ids
        self.assertEqual(len(lines), 23)
        self.assertEqual(len(lines.filtered(lambda row: row.customer_id == self.accounts[6])), 1)
