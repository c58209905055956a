# Part of logistics_crm. License LGPL-3 or later.
from collections import defaultdict
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import LogisticsLedgerCommon
from .screening_common import YEAR, ScreeningCase

NEXT = YEAR + 1
EFFECTS = ("volume", "price", "mix", "new", "other")


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningBridge(ScreeningCase):
    """The difference to the screened year, split and recomputed by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two, cls.fresh, cls.dark = cls._partners("One", "Two", "Fresh", "Dark")
        air, road = cls.services

        def row(partner, day, service, quantity, amount):
            return (partner, day, amount, {"quantity": quantity, "service_id": service.id})

        cls.rows = [
            row(cls.one, cls._day(1, 10), air, 10, 1000),
            row(cls.one, cls._day(1, 11), road, 20, 400),
            row(cls.one, cls._day(2, 10), air, 5, 500),
            row(cls.one, cls._day(1, 10, NEXT), air, 12, 1320),
            row(cls.one, cls._day(1, 12, NEXT), road, 8, 200),
            row(cls.one, cls._day(4, 1, NEXT), air, 1, 90),
            row(cls.two, cls._day(1, 5), road, 0, 70),
            row(cls.two, cls._day(1, 5, NEXT), road, 3, 100),
            row(cls.two, cls._day(2, 5, NEXT), air, 2, 260),
            row(cls.fresh, cls._day(2, 1, NEXT), air, 1, 111),
            row(cls.dark, cls._day(2, 1), air, 4, 400),
            row(cls.dark, cls._day(2, 2, NEXT), air, 4, None),
        ]
        cls._history(*cls.rows)
        cls.screening = cls._screening()
        cls.screening.action_close()

    def _bridge(self, partner, month):
        found = self.screening.bridge_ids.filtered(
            lambda b: b.customer_id.partner_id == partner and b.date == date(NEXT, month, 1)
        )
        self.assertEqual(len(found), 1)
        return found

    def _effects(self, bridge):
        return [bridge[f"effect_{name}"] for name in EFFECTS]

    def test_by_hand(self):
        """January of One: Q 30 -> 20, average 1400/30, air 100 -> 110, road 20 -> 25."""
        self.screening._refresh_bridge(as_of=f"{NEXT}-04-15")
        self.assertEqual(self.screening.bridge_until, date(NEXT, 3, 31))
        january = self._bridge(self.one, 1)
        self.assertEqual((january.baseline_revenue, january.actual_revenue), (1400, 1520))
        volume = (20 - 30) * 1400 / 30
        mix = (12 * 100 + 8 * 20) - 20 * 1400 / 30
        price = 12 * (110 - 100) + 8 * (25 - 20)
        for got, expected in zip(self._effects(january), (volume, price, mix, 0, 0), strict=True):
            self.assertAlmostEqual(got, expected, 6)
        february = self._bridge(self.one, 2)
        self.assertEqual(self._effects(february), [-500, 0, 0, 0, 0], "nothing was bought")
        self.assertEqual(self._effects(self._bridge(self.two, 1)), [0, 0, 0, 0, 30])
        self.assertEqual(self._effects(self._bridge(self.two, 2)), [0, 0, 0, 260, 0])
        self.assertEqual(self._effects(self._bridge(self.fresh, 2)), [0, 0, 0, 111, 0])
        dark = self._bridge(self.dark, 2)
        self.assertEqual((dark.baseline_revenue, dark.actual_revenue), (400, False))
        self.assertEqual(self._effects(dark), [False] * 5, "unknown is not zero")
        self.assertFalse(
            self.screening.bridge_ids.filtered(lambda b: b.date == date(NEXT, 4, 1)),
            "April is not complete",
        )

    def test_effects_add_up(self):
        """In every known month the effects are the whole difference; so are the sums shown."""
        self.screening._refresh_bridge(as_of=f"{NEXT + 1}-03-01")
        sums = defaultdict(float)
        for bridge in self.screening.bridge_ids:
            if bridge.customer_id.partner_id == self.dark:
                continue
            difference = bridge.actual_revenue - bridge.baseline_revenue
            self.assertAlmostEqual(sum(self._effects(bridge)), difference, 6)
        for bridge in self.screening.bridge_ids:
            for name in EFFECTS:
                sums[name] += bridge[f"effect_{name}"] or 0
            sums["baseline"] += bridge.baseline_revenue or 0
            sums["actual"] += bridge.actual_revenue or 0
        data = self.screening.bridge_data
        for name, value in sums.items():
            self.assertAlmostEqual(data[name], value, 6)
        self.assertEqual(data["unknown"], 1)
        told = sum(
            float(amount) for _p, day, amount, _v in self.rows if day.year == NEXT and amount
        )
        self.assertAlmostEqual(data["actual"], told, 6)

    def test_waterfall_per_customer_and_in_total(self):
        """Each customer's chart adds up to its months, all charts together to the total."""
        self.screening._refresh_bridge(as_of=f"{NEXT}-04-15")
        keys = ("baseline", *EFFECTS, "actual", "unknown")
        total = self.screening.bridge_data
        charts = [line.bridge_data for line in self.screening.line_ids if line.bridge_data]
        one = self._line(self.screening, self.one).bridge_data
        months = self.screening.bridge_ids.filtered(lambda b: b.customer_id.partner_id == self.one)
        self.assertAlmostEqual(one["baseline"], sum(months.mapped("baseline_revenue")), 6)
        self.assertAlmostEqual(one["actual"], 1520, 6)
        for key in keys:
            beyond = 111 if key in ("new", "actual") else 0  # Fresh was not screened
            self.assertAlmostEqual(sum(chart[key] for chart in charts) + beyond, total[key], 6, key)

    def test_carried_over_once_closed(self):
        """Only a closed campaign; the nightly job adds each month once it is complete."""
        draft = self._screening(YEAR - 1, compute=False)
        with self.assertRaisesRegex(UserError, "close it first"):
            draft.action_carry_over()
        with freeze_time(date(NEXT, 2, 20)):
            self.screening.with_user(self.manager).action_carry_over()
            self.assertEqual(self.screening.bridge_until, date(NEXT, 1, 31))
            self.assertEqual({b.date.month for b in self.screening.bridge_ids}, {1})
        cron = self.env.ref("logistics_crm.cron_screening_bridge")
        with freeze_time(date(NEXT, 3, 1)), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.screening.invalidate_recordset()
        self.assertEqual(self.screening.bridge_until, date(NEXT, 2, 28))
        before = self.screening.bridge_ids
        with freeze_time(date(NEXT, 3, 20)), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.screening.invalidate_recordset()
        self.assertEqual(self.screening.bridge_ids, before, "nothing new to compare")

    def test_goals(self):
        """Retained: who traded since, of those not wound down; won: a first trade since."""
        screening = self.screening
        with self.assertRaisesRegex(UserError, "closed"):
            screening.goal_retention = 0.5
        screening.action_reopen()
        screening.write({"goal_retention": 0.9, "goal_wins": 2})
        with self.assertRaisesRegex(ValidationError, "between 0 and 100"):
            screening.goal_retention = 90
        screening.action_close()
        self.assertIs(screening.retained_share, False, "no month can be compared yet")
        screening._refresh_bridge(as_of=f"{NEXT}-04-15")
        self.env["logistics.customer"]._refresh_figures(company=self.company)
        facts = self.env["logistics.trading.history"].search([("company_id", "=", self.company.id)])
        until = screening.bridge_until
        later = facts.filtered(lambda f: screening.date_to < f.date <= until).partner_id
        before = facts.filtered(lambda f: f.date <= screening.date_to).partner_id
        asked = screening.line_ids.filtered("traded").partner_id
        self.assertAlmostEqual(screening.retained_share, len(asked & later) / len(asked))
        self.assertEqual(screening.won_count, len(later - before))
        self.assertGreater(screening.won_count, 0)

    def test_who_sees_it(self):
        """The bridge follows the customer's representative, also in its sums."""
        self.screening._refresh_bridge(as_of=f"{NEXT}-04-15")
        accounts = self.screening.line_ids.customer_id
        accounts.user_id = self.rep_all
        accounts.filtered(lambda c: c.partner_id == self.one).user_id = self.rep
        self.screening.bridge_ids.customer_id.filtered(
            lambda c: c.partner_id == self.fresh
        ).user_id = self.rep_all
        model = self.env["logistics.screening.bridge"].with_user(self.rep)
        self.assertEqual(model.search([]).customer_id.partner_id, self.one)
        self.assertEqual(self.screening.with_user(self.rep).bridge_data["baseline"], 1900)
        with self.assertRaises(AccessError):
            model.search([]).write({"baseline_revenue": 0})


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningBeside(LogisticsLedgerCommon):
    """After closing the sheets stay; what the ledger says now stands beside them."""

    def test_late_credit_note(self):
        customer, other = self._partner("Late"), self._partner("Calm")
        self._invoice(customer, 1000, "2023-05-01")
        self._invoice(other, 300, "2023-05-01")
        with freeze_time("2024-01-10 08:00:00"):
            screening = self.env["logistics.screening"].create(
                {"year": 2023, "company_id": self.company.id}
            )
            screening.action_compute()
        screening.action_close()
        self.env.flush_all()
        # what is entered in this transaction has its timestamp, like the closing: later on
        self.env.cr.execute(
            "UPDATE logistics_screening SET closed_at = closed_at - interval '1 day' WHERE id = %s",
            (screening.id,),
        )
        self.env.cr.execute(
            "UPDATE account_move SET write_date = write_date - interval '2 days',"
            " create_date = create_date - interval '2 days' WHERE company_id = %s",
            (self.company.id,),
        )
        screening.invalidate_recordset()
        beside = self._beside(screening)
        self.assertFalse(beside.line_ids, "nothing has happened")
        self._invoice(customer, 150, "2023-12-30", move_type="out_refund")
        self._invoice(customer, 777, "2024-01-02")
        line = screening.line_ids.filtered(lambda line: line.partner_id == customer)
        self.assertEqual((line.revenue, line.open_amount), (1000, 1000))
        beside = self._beside(screening)
        self.assertEqual(beside.line_ids.customer_name, "Late")
        row = beside.line_ids
        self.assertEqual((row.revenue_frozen, row.revenue_now), (1000, 850))
        self.assertEqual((row.open_frozen, row.open_now), (1000, 850))
        self.assertEqual(beside.document_ids.mapped("kind"), ["new"])
        self.assertEqual(beside.document_ids.amount, -150)
        self.assertEqual(line.revenue, 1000, "frozen stays frozen")

    def _beside(self, screening):
        action = screening.action_recompute_beside()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_reopening_keeps_a_version(self):
        """What was closed is kept, figure by figure, whatever happens after reopening."""
        customer = self._partner("Versioned")
        self._invoice(customer, 1000, "2023-05-01")
        screening = self.env["logistics.screening"].create(
            {"year": 2023, "company_id": self.company.id}
        )
        screening.action_compute()
        with self.assertRaisesRegex(UserError, "not closed"):
            screening.action_recompute_beside()
        screening.line_ids.action_accept_proposal()
        screening.action_close()
        decision = screening.line_ids.decision
        screening.action_reopen()
        self._invoice(customer, 400, "2023-12-01")
        screening.action_compute()
        screening.line_ids.write({"decision": "rectify", "decision_reason": "Late"})
        screening.action_close()
        self.assertEqual(screening.version_number, 2)
        version = screening.version_ids
        self.assertEqual((version.number, version.revenue), (1, 1000))
        self.assertEqual((version.line_ids.revenue, version.line_ids.decision), (1000, decision))
        self.assertEqual(screening.line_ids.revenue, 1400)
        for model in ("logistics.screening.version", "logistics.screening.version.line"):
            seller = self._user("seller")
            with self.assertRaises(AccessError):
                self.env[model].with_user(seller).search([])
            with self.assertRaises(AccessError):
                self.env[model].with_user(self._user("manager")).search([]).unlink()


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningQuestions(ScreeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gone, cls.tiny, cls.stays = cls._partners("Gone", "Tiny", "Stays")
        cls._history(
            (cls.gone, cls._day(5, 5, YEAR - 1), 700),
            (cls.tiny, cls._day(5, 5, YEAR - 1), 10),
            (cls.stays, cls._day(5, 5, YEAR - 1), 600),
            (cls.stays, cls._day(5, 5), 600),
        )
        cls.screening = cls._screening()

    def test_inquests_of_the_largest(self):
        """Only large customers that stopped are asked about, once, by whom it concerns."""
        Inquest = self.env["logistics.inquest"]
        self.screening.with_user(self.manager).action_open_inquests()
        inquest = Inquest.search([("company_id", "=", self.company.id)])
        self.assertEqual(inquest.customer_id.partner_id, self.gone)
        self.assertEqual((inquest.revenue, inquest.year, inquest.state), (700, YEAR, "open"))
        inquest.cause = "Moved to a rival"
        self.screening.with_user(self.manager).action_open_inquests()
        self.assertEqual(Inquest.search([("company_id", "=", self.company.id)]), inquest)
        self.assertEqual(inquest.cause, "Moved to a rival")
        with self.assertRaisesRegex(UserError, "Still missing: Cause, Evidence"):
            inquest.action_close()
        inquest.write(
            {
                "cause_side": "internal",
                "evidence": "Call with the buyer on March 3",
                "measure": "Second pick-up at night",
                "outcome": "mended",
            }
        )
        inquest.action_close()
        self.assertEqual(inquest.state, "closed")

    def test_large_customers_that_complained_again_and_again(self):
        """Large, complained twice in the year: one inquest; withdrawn ones do not count."""
        accounts = {c.partner_id: c for c in self.screening.line_ids.customer_id}

        def complain(partner, day, **values):
            return self.env["logistics.complaint"].create(
                {
                    "name": "Late again",
                    "customer_id": accounts[partner].id,
                    "company_id": self.company.id,
                    "received_on": day,
                    **values,
                }
            )

        complain(self.stays, self._day(1, 1))
        complain(self.stays, self._day(12, 31, YEAR - 1))
        second = complain(self.stays, self._day(12, 31))
        self.env.flush_all()
        self.cr.execute(
            "UPDATE logistics_complaint SET state = 'cancelled' WHERE id = %s", second.ids
        )
        second.invalidate_recordset()
        screening = self.screening.with_user(self.manager)
        self.assertEqual(
            screening.inquest_complaints, self.company.logistics_complaint_repeat, "one meaning"
        )
        screening.inquest_complaints = 2
        Inquest = self.env["logistics.inquest"]
        mine = [("company_id", "=", self.company.id), ("kind", "=", "complaints")]
        screening.action_open_inquests()
        self.assertFalse(Inquest.search(mine), "one complaint that counts is not repeatedly")
        complain(self.stays, self._day(6, 1))
        screening.action_open_inquests()
        inquest = Inquest.search(mine)
        self.assertEqual(inquest.customer_id.partner_id, self.stays)
        linked = self.env["logistics.complaint"].search([("inquest_id", "=", inquest.id)])
        self.assertEqual(len(linked), 3, "of the year, the withdrawn one too")
        self.assertEqual((inquest.complaint_count, inquest.revenue), (2, 600))
        complain(self.stays, self._day(7, 1))
        screening.action_open_inquests()
        inquest.invalidate_recordset()
        self.assertEqual(Inquest.search(mine), inquest)
        self.assertEqual(inquest.complaint_count, 3)
        with self.assertRaisesRegex(UserError, "Still missing"):
            inquest.with_user(self.manager).action_close()

    def test_largest_before(self):
        """Who was large the year before: gone, or still there."""
        action = self.screening.with_user(self.manager).action_open_largest()
        lines = self.env["logistics.screening.line"].search(action["domain"])
        found = {line.partner_id: line.still_trading for line in lines}
        self.assertEqual(found.get(self.gone), "gone")
        self.assertNotIn("gone", [state for who, state in found.items() if who != self.gone])

    def test_merging_keeps_both_findings(self):
        self.screening.action_open_inquests()
        gone = self.env["logistics.inquest"].search([("customer_id.partner_id", "=", self.gone.id)])
        gone.cause = "First story"
        stays = self.screening.line_ids.customer_id.filtered(lambda c: c.partner_id == self.stays)
        self.env["logistics.inquest"].create(
            {"customer_id": stays.id, "year": YEAR, "kind": "stopped", "cause": "Second story"}
        )
        gone.customer_id._fold_into(stays)
        left = self.env["logistics.inquest"].search([("customer_id", "=", stays.id)])
        self.assertEqual(left.cause, "Second story\nFirst story")

    def test_target_customers(self):
        """A target is named, gets its opportunity, and a first trade proves the win."""
        target = (
            self.env["logistics.target.customer"]
            .with_user(self.rep)
            .create(
                {
                    "partner_id": self.stays.id,
                    "reason": "Ships 40 containers a month",
                    "company_id": self.company.id,
                }
            )
        )
        self.assertEqual((target.name, target.user_id), ("Stays", self.rep))
        target.action_create_opportunity()
        self.assertEqual(target.opportunity_ids.partner_id, self.stays)
        self.env["logistics.customer"]._refresh_figures(company=self.company)
        target.invalidate_recordset()
        self.assertEqual(target.first_trade_date, self._day(5, 5, YEAR - 1))
        other = self._user("seller")
        self.assertNotIn(target, self.env["logistics.target.customer"].with_user(other).search([]))
