# Part of logistics_crm. License LGPL-3 or later.
import random

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .consumption_common import AS_OF, ConsumptionCommon, white_space


@tagged("post_install", "-at_install")
class TestWhiteSpace(ConsumptionCommon):
    """What similar customers buy and this one does not, and what becomes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller")
        cls.colleague = cls._user("seller")
        # Five buy express and pallets, one only express: the pallets are its white space.
        cls.pairs = [
            cls._basket(f"Pair {number}", {"express": 100.0, "pallet": 100.0 + number})
            for number in range(5)
        ]
        cls.single = cls._basket("Single", {"express": 100.0}, user=cls.seller)
        cls._compute()

    def test_against_plain_python(self):
        """Random baskets: the same proposals, evidence and amounts as slow Python finds."""
        rnd = random.Random(11)
        company = self._other_company()
        accounts = {}
        for number in range(14):
            partner = self._partner()
            accounts[self._account(partner, company)] = basket = {}
            for name in rnd.sample(self.service_names, rnd.choice((1, 2, 2, 3))):
                revenue, known = rnd.randint(50, 500), rnd.random() > 0.3
                margin = revenue * rnd.randint(-2, 6) / 10
                basket[self.services[name]] = (revenue, margin if known else None)
                self._trade(
                    partner,
                    {
                        "date": f"2024-0{1 + number % 9}-10",
                        "service_id": self.services[name].id,
                        "amount": revenue,
                        "cost": revenue - margin if known else False,
                    },
                    company=company,
                )
        company.write({"logistics_white_min_buyers": 2, "logistics_white_min_share": 0.4})
        self._refresh(AS_OF, company=company)
        # one group for all: the finer ones have fewer than ten members
        self.env.cr.execute(
            "UPDATE logistics_customer SET value_class = NULL WHERE company_id = %s", [company.id]
        )
        self.env["logistics.consumption"]._refresh_company(company, AS_OF)
        expected = white_space(accounts, 2, 0.4)
        self.assertGreater(len(expected), 5)
        rows = self.env["logistics.white.space"].search([("company_id", "=", company.id)])
        found = {(row.customer_id, row.service_id): row for row in rows}
        self.assertEqual(set(found), set(expected))
        for key, (have, buyers, peers, revenue, margin) in expected.items():
            row = found[key]
            self.assertEqual((row.buyer_count, row.peer_count), (buyers, peers))
            self.assertAlmostEqual(row.share, buyers / peers)
            if len(accounts[key[0]]) == 1:
                self.assertEqual(row.because_service_id, have)
            self.assertAlmostEqual(row.expected_revenue, revenue, delta=0.006)
            if margin is False:
                self.assertIs(row.expected_margin, False)
            else:
                self.assertAlmostEqual(row.expected_margin, margin, delta=0.006)

    def test_support_decides(self):
        proposal = self._proposals(self.single)
        self.assertEqual(proposal.service_id, self.services["pallet"])
        self.assertEqual(proposal.because_service_id, self.services["express"])
        self.assertEqual((proposal.buyer_count, proposal.peer_count, proposal.share), (5, 5, 1.0))
        self.assertIn("5 of 5 similar customers with express", proposal.reason)
        self.company.logistics_white_min_buyers = 6
        self._compute()
        self.assertFalse(self._proposals(self.single), "too few buyers: taken back")

    def test_margin_unknown(self):
        for account in self.pairs:
            rows = self.env["logistics.trading.history"].search(
                [("partner_id", "=", account.partner_id.id)]
            )
            rows.cost = False
        self._compute()
        proposal = self._proposals(self.single)
        self.assertIs(proposal.expected_margin, False)
        self.assertGreater(proposal.expected_revenue, 0)

    def test_one_click_makes_one_opportunity(self):
        proposal = self._proposals(self.single).with_user(self.seller)
        first = proposal.action_create_opportunity()
        second = proposal.action_create_opportunity()
        self.assertEqual(first["res_id"], second["res_id"])
        lead = self.env["crm.lead"].search([("partner_id", "=", self.single.partner_id.id)])
        self.assertEqual(len(lead), 1)
        self.assertEqual(
            (lead.type, lead.user_id, lead.company_id, proposal.state),
            ("opportunity", self.seller, self.company, "opportunity"),
        )
        self.assertAlmostEqual(lead.expected_revenue, proposal.expected_revenue)
        self._compute()
        self.assertEqual(proposal.lead_id, lead, "a decision stays")
        self._trade(
            self.single.partner_id,
            {"date": "2024-12-01", "service_id": self.services["pallet"].id, "amount": 5.0},
        )
        self._compute()
        self.assertEqual(proposal.state, "won")

    def test_dismissed_stays_dismissed(self):
        proposal = self._proposals(self.single).with_user(self.seller)
        wizard = (
            self.env["logistics.white.space.dismissal"]
            .with_user(self.seller)
            .with_context(**proposal.action_dismiss()["context"])
            .create({"reason": "no_need", "note": "They have a warehouse"})
        )
        wizard.action_dismiss()
        self._compute()
        self.assertRecordValues(
            self._proposals(self.single),
            [
                {
                    "state": "dismissed",
                    "dismiss_reason": "no_need",
                    "dismiss_note": "They have a warehouse",
                    "decided_by": self.seller.id,
                }
            ],
        )
        with self.assertRaises(UserError):
            proposal.action_create_opportunity()
        proposal.action_reopen()
        self.assertEqual((proposal.state, proposal.dismiss_reason), ("open", False))

    def test_other_peoples_customers(self):
        proposal = self._proposals(self.single)
        for model in ("logistics.white.space", "logistics.consumption"):
            seen = self.env[model].with_user(self.colleague).search([])
            self.assertNotIn(self.single, seen.customer_id)
        with self.assertRaises(AccessError):
            proposal.with_user(self.colleague).action_create_opportunity()
        with self.assertRaises(AccessError):
            proposal.with_user(self.colleague).action_reopen()
        wizard = self.env["logistics.white.space.dismissal"].with_user(self.colleague)
        with self.assertRaises(AccessError):
            wizard.create({"reason": "other", "proposal_ids": proposal.ids})
        self.assertEqual(proposal.state, "open")
        with self.assertRaises(AccessError):
            proposal.with_user(self.seller).write({"expected_margin": 1.0})
        with self.assertRaises(AccessError):
            self.env["logistics.white.space"].with_user(self.seller).action_refresh_company()
        controller = self._user("controller")
        with self.assertRaises(AccessError):
            proposal.with_user(controller).action_create_opportunity()

    def test_merge_keeps_the_decision(self):
        """Merging contacts: of two proposals for one service the decided one stays."""
        twin = self._basket("Twin", {"express": 100.0}, user=self.seller)
        self._compute()
        decided = self._proposals(twin).with_user(self.seller)
        lead_id = decided.action_create_opportunity()["res_id"]
        twin._fold_into(self.single)
        proposal = self._proposals(self.single)
        self.assertEqual((proposal.state, proposal.lead_id.id), ("opportunity", lead_id))

    def test_archived_customers_are_not_proposed_to(self):
        self.single.action_archive()
        self._compute()
        self.assertFalse(self._proposals(self.single))
