# Part of logistics_crm. License LGPL-3 or later.
"""The rules: pass, warn or hold, every reason kept, in the order's own company."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .credit_control_common import CreditControlCommon


@tagged("post_install", "-at_install")
class TestCreditVerdict(CreditControlCommon):
    def _overdue(self, amount, days, **values):
        day = self.today - timedelta(days=days)
        return self._invoice(self.partner, amount, day, due=day, **values)

    def _condition(self, rule, **values):
        return self.env["logistics.credit.rule.exclusion"].create(
            {"company_id": self.company.id, "rule": rule, "reason": "Agreed", **values}
        )

    # ------------------------------------------------------------------ limit
    def test_limit_warns_then_holds(self):
        self._line().write({"warn_utilisation": 0.8, "hold_utilisation": 1.0})
        self.account._grant_limit(1000.0)
        expected = ((799.99, "pass"), (800.0, "warn"), (1000.0, "warn"), (1000.01, "hold"))
        for price, state in expected:
            verdict = self._quote(price)._credit_verdict()
            self.assertEqual(verdict["state"], state, price)
            self.assertEqual(verdict["limit"], 1000.0)
            self.assertEqual(verdict["available"], 1000.0)
        self.assertAlmostEqual(verdict["excess"], 0.01)

    def test_no_limit_unlimited_and_cash_only(self):
        self.assertEqual(self._quote(1e6)._credit_verdict()["state"], "pass")
        self.account._grant_limit(None)
        verdict = self._quote(1e6)._credit_verdict()
        self.assertEqual((verdict["state"], verdict["limit"]), ("pass", None))
        self.account._grant_limit(0.0)
        verdict = self._quote(0.01)._credit_verdict()
        self.assertEqual((verdict["state"], verdict["limit"]), ("hold", 0.0))
        self.assertIn("pays first", verdict["reasons"][0]["text"])

    def test_foreign_order_at_the_rate_of_confirmation(self):
        """4000 francs at 4 are 1000, also when the quotation is from a day with another rate."""
        self.account._grant_limit(1000.0)
        order = self._quote(4000.0, foreign=True, date_order="2023-06-01 10:00:00")
        self.assertEqual(order.currency_rate, 2.0)
        verdict = order._credit_verdict()
        self.assertEqual(verdict["amount_at_risk"], 1000.0)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._total(), 1000.0)

    def test_a_currency_without_rate_is_held_with_words(self):
        bare = self.env["res.currency"].create({"name": "XLB", "symbol": "lb"})
        pricelist = self.env["product.pricelist"].create({"name": "Bare", "currency_id": bare.id})
        order = self._quote(10.0, pricelist_id=pricelist.id)
        verdict = order._credit_verdict()
        self.assertIn("currency_rate", self._rules(verdict))
        self.assertIn("XLB", verdict["reasons"][0]["text"])
        self.env["res.currency.rate"].create(
            {"currency_id": bare.id, "company_id": self.company.id, "name": self.today, "rate": 2}
        )
        self.assertEqual(order._credit_verdict()["state"], "pass")

    def test_expired_limit_and_review(self):
        self.account._grant_limit(1000.0, date_from=self.today - timedelta(days=50))
        limit = self.account.credit_limit_ids
        limit.review_date = self.today - timedelta(days=1)
        verdict = self._quote(10.0)._credit_verdict()
        self.assertEqual(self._rules(verdict, "warn"), {"limit_expired"})
        limit._step().write({"review_date": False, "date_to": self.today - timedelta(days=1)})
        verdict = self._quote(10.0)._credit_verdict()
        self.assertEqual(self._rules(verdict), {"limit_expired"})

    # ------------------------------------------------------------------ overdue
    def test_oldest_overdue_with_tolerance(self):
        self._line().write(
            {"warn_overdue_days": 5, "hold_overdue_days": 20, "overdue_tolerance": 50.0}
        )
        order = self._quote(10.0)
        self._overdue(50.0, 100)
        self.assertEqual(order._credit_verdict()["state"], "pass", "Within the tolerance.")
        self._overdue(1.0, 1)
        self.assertEqual(self._rules(order._credit_verdict()), {"oldest_overdue"})

    def test_overdue_days_are_counted_from_the_due_date(self):
        self._line().write(
            {"warn_overdue_days": 5, "hold_overdue_days": 20, "overdue_tolerance": False}
        )
        order = self._quote(10.0)
        invoice = self._overdue(100.0, 5)
        self.assertEqual(order._credit_verdict()["state"], "pass")
        self._pay(invoice, self.today)
        invoice = self._overdue(100.0, 6)
        self.assertEqual(order._credit_verdict()["state"], "warn")
        self._pay(invoice, self.today)
        invoice = self._overdue(100.0, 21)
        self.assertEqual(order._credit_verdict()["state"], "hold")
        self._pay(invoice, self.today)
        self.assertEqual(order._credit_verdict()["state"], "pass")

    def test_overdue_amount(self):
        self._line().write({"hold_overdue_amount": 100.0, "hold_overdue_days": False})
        self._line().warn_overdue_days = False
        order = self._quote(10.0)
        self._overdue(100.0, 3)
        self.assertEqual(order._credit_verdict()["state"], "pass")
        self._overdue(0.01, 3)
        self.assertEqual(self._rules(order._credit_verdict()), {"overdue_amount"})

    # ------------------------------------------------------------------ grade and order
    def test_grade_rules(self):
        self.env.cr.execute(
            "UPDATE logistics_customer SET credit_grade_code = 'D' WHERE id = %s",
            [self.account.id],
        )
        self.account.invalidate_recordset()
        verdict = self._quote(10.0)._credit_verdict()
        self.assertIn("grade", self._rules(verdict))
        self.env.cr.execute(
            "UPDATE logistics_customer SET credit_grade_code = NULL WHERE id = %s",
            [self.account.id],
        )
        self.account.invalidate_recordset()
        self.assertNotIn("grade", self._rules(self._quote(10.0)._credit_verdict()))
        self._line().approval_needed = True
        self.assertIn("grade", self._rules(self._quote(10.0)._credit_verdict()))

    def test_order_amount(self):
        self._line().order_amount_limit = 500.0
        self.assertEqual(self._quote(500.0)._credit_verdict()["state"], "pass")
        self.assertEqual(self._rules(self._quote(500.01)._credit_verdict()), {"order_amount"})

    def test_terms_longer_than_granted(self):
        self._line().terms_max_days = 30
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half later",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 31}),
                ],
            }
        )
        order = self._quote(10.0, payment_term_id=term.id)
        self.assertEqual(self._rules(order._credit_verdict()), {"terms"})
        term.line_ids[1].nb_days = 30
        self.assertEqual(order._credit_verdict()["state"], "pass")
        term.line_ids[1].delay_type = "days_after_end_of_month"
        self.assertEqual(self._rules(order._credit_verdict()), {"terms"})

    def test_insurers_extension(self):
        self._line().write({"warn_overdue_days": False, "hold_overdue_days": False})
        self.account._grant_limit(1000.0)
        self.account._grant_limit(
            500.0,
            kind="insurance",
            guarantor="Trade Insurer",
            date_to=self.today + timedelta(days=90),
            extension_days=30,
            notification_days=20,
        )
        order = self._quote(10.0)
        invoice = self._overdue(100.0, 20)
        self.assertEqual(self._rules(order._credit_verdict(), "warn"), {"insurance_extension"})
        self._pay(invoice, self.today)
        self._overdue(100.0, 31)
        self.assertEqual(self._rules(order._credit_verdict()), {"insurance_extension"})

    # ------------------------------------------------------------------ people
    def test_manual_hold_signal_and_gate(self):
        order = self._quote(10.0)
        hold = self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "Owner cannot be reached"}
        )
        verdict = order._credit_verdict()
        self.assertEqual(self._rules(verdict), {"manual_hold"})
        self.assertIn("cannot be reached", verdict["reasons"][0]["text"])
        text = order.with_user(self.seller)._credit_verdict()["reasons"][0]["text"]
        self.assertNotIn("cannot be reached", text)
        hold._lift("Spoke to him", self.env.user)
        self.assertEqual(order._credit_verdict()["state"], "pass")
        self.env["logistics.credit.signal"].create(
            {
                "customer_id": self.account.id,
                "type_id": self.env.ref("logistics_crm.signal_type_court").id,
                "source": "Court gazette",
            }
        )
        self.assertEqual(self._rules(order._credit_verdict()), {"signal"})

    def test_arrears_gate_names_amount_item_and_who(self):
        year = self.today.year - 1
        invoice = self._invoice(self.partner, 100.0, f"{year}-06-01", due=f"{year}-12-30")
        self._line().write({"warn_overdue_days": False, "hold_overdue_days": False})
        self.env["logistics.arrears.gate"]._create_gates(year, self.company)
        order = self._quote(10.0)
        verdict = order._credit_verdict()
        self.assertEqual(self._rules(verdict), {"arrears_gate"})
        text = verdict["reasons"][0]["text"]
        self.assertIn("100.00", text)
        self.assertIn(invoice.name, text)
        self.assertIn("named to lift", text)
        self._pay(invoice, self.today)
        self.assertEqual(order._credit_verdict()["state"], "pass")

    def test_who_ordered_counts_as_well(self):
        """Invoicing somebody else is no way round a hold on the one who orders."""
        payer = self._partner("Friendly Payer")
        self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "Fraud suspected"}
        )
        order = self._quote(10.0, partner_invoice_id=payer.id)
        self.assertEqual(self._rules(order._credit_verdict()), {"manual_hold"})

    # ------------------------------------------------------------------ all reasons
    def test_all_reasons_are_kept_the_hardest_first(self):
        self.account._grant_limit(100.0)
        self._line().write(
            {"order_amount_limit": 50.0, "warn_overdue_days": 1, "hold_overdue_days": 60}
        )
        self._overdue(90.0, 10)
        order = self._quote(60.0)
        verdict = order._credit_verdict()
        levels = [reason["level"] for reason in verdict["reasons"]]
        self.assertEqual(
            {r["rule"] for r in verdict["reasons"]}, {"limit", "order_amount", "oldest_overdue"}
        )
        self.assertEqual(levels, ["hold", "hold", "warn"])
        order.action_confirm()
        self.assertEqual(len(order.logistics_credit_reasons), 3)
        seen = order.with_user(self.seller).logistics_credit_explanation
        self.assertIn("single order", seen)
        self.assertNotIn("90.00", seen, "The ledger's figures are for controllers.")
        self.assertIn("90.00", order.with_user(self.controller).logistics_credit_explanation)

    def test_reasons_speak_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        order = self._quote(10.0)
        self.account._grant_limit(0.0)
        order.action_confirm()
        french = order.with_context(lang="fr_FR")
        self.assertTrue(french.logistics_credit_explanation)
        self.assertEqual([reason["rule"] for reason in order.logistics_credit_reasons], ["limit"])
        self.assertNotIn("text", order.logistics_credit_reasons[0], "Words are not stored.")

    # ------------------------------------------------------------------ inheritance
    def test_nearest_condition_wins(self):
        self._line().order_amount_limit = 100.0
        order = self._quote(150.0)
        self.assertEqual(order._credit_verdict()["state"], "hold")
        self._condition("order_amount", parameter="order_amount_limit", value=200.0)
        self.assertEqual(order._credit_verdict()["state"], "pass", "company")
        self._condition("order_amount", parameter="order_amount_limit", value=120.0, grade="N")
        self.assertEqual(order._credit_verdict()["state"], "hold", "grade before company")
        self._condition(
            "order_amount",
            parameter="order_amount_limit",
            value=160.0,
            customer_id=self.account.id,
        )
        self.assertEqual(order._credit_verdict()["state"], "pass", "customer before grade")
        self.assertEqual(self._quote(161.0)._credit_verdict()["state"], "hold")

    def test_exclusion_and_its_end(self):
        self.account._grant_limit(10.0)
        order = self._quote(100.0)
        condition = self._condition("limit", customer_id=self.account.id)
        self.assertEqual(order._credit_verdict()["state"], "pass")
        condition.date_to = self.today
        self.assertEqual(order._credit_verdict()["state"], "pass")
        condition.action_end()
        self.assertEqual(order._credit_verdict()["state"], "hold")

    def test_only_controllers_grant_conditions(self):
        model = self.env["logistics.credit.rule.exclusion"]
        values = {"customer_id": self.account.id, "rule": "limit", "reason": "x"}
        with self.assertRaises(AccessError):
            model.with_user(self.seller).create(values)
        self.account.user_id = self.controller
        with self.assertRaisesRegex(AccessError, "look after"):
            model.with_user(self.controller).create(values)
        condition = model.with_user(self.second).create(values)
        with self.assertRaises(UserError):
            condition.rule = "terms"
        with self.assertRaises(ValidationError):
            self._condition("limit", parameter="terms_max_days", value=5)
        with self.assertRaises(ValidationError):
            self._condition("terms", parameter="terms_max_days", value=-5)

    # ------------------------------------------------------------------ prepaid
    def _transaction(self, order, amount, state="done"):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        method = self.env["payment.method"].create({"name": "Test", "code": "lc_test"})
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": f"TX-{order.id}-{amount}",
                "state": state,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )

    def test_the_prepaid_part_is_no_risk(self):
        self.account._grant_limit(100.0)
        self._invoice(self.partner, 90.0, self.today)
        order = self._quote(1000.0)
        self.assertEqual(order._credit_verdict()["state"], "hold")
        self._transaction(order, 985.0)
        verdict = order._credit_verdict()
        self.assertEqual(verdict["amount_at_risk"], 15.0)
        self.assertEqual(verdict["state"], "hold")
        self._transaction(order, 15.0)
        verdict = order._credit_verdict()
        self.assertEqual((verdict["state"], verdict["amount_at_risk"]), ("pass", 0.0))
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._total(), 90.0, "What is paid online does not count as exposure.")

    def test_a_pending_transaction_is_no_payment(self):
        self.account._grant_limit(100.0)
        order = self._quote(1000.0)
        self._transaction(order, 1000.0, state="pending")
        self.assertEqual(order._credit_verdict()["state"], "hold")

    def test_fully_prepaid_passes_whatever_else(self):
        self.account._grant_limit(0.0)
        self._overdue(500.0, 200)
        self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "Insolvent", "forced": True}
        )
        order = self._quote(100.0)
        self._transaction(order, 100.0)
        verdict = order._credit_verdict()
        self.assertEqual(verdict["state"], "pass")
        self.assertIn("manual_hold", self._rules(verdict, "pass"), "Reasons are kept.")

    # ------------------------------------------------------------------ companies
    def _other_entity(self):
        other = self.env["res.company"].create(
            {"name": "Other Freight", "currency_id": self.company.currency_id.id}
        )
        self.env.user.company_ids += other
        return other

    def test_d12_the_orders_company_decides(self):
        """Another company active: limit and ledger are those of the order's company."""
        self.account._grant_limit(100.0)
        other = self._other_entity()
        self._account(self.partner, company=other)._grant_limit(1e6)
        order = self._quote(150.0)
        verdict = order.with_company(other)._credit_verdict()
        self.assertEqual((verdict["state"], verdict["limit"]), ("hold", 100.0))
        order.with_company(other).action_confirm()
        self.assertEqual(order.state, "draft")

    def test_another_legal_entity_does_not_count(self):
        self.account._grant_limit(100.0)
        other = self._other_entity()
        order = self._quote(500.0, company_id=other.id)
        order.action_confirm()
        self.assertEqual(self._total(self._account_of(self.partner, company=other)), 500.0)
        self.assertEqual(self._quote(100.0)._credit_verdict()["exposure"], 0.0)

    # ------------------------------------------------------------------ batches and queries
    def test_batch_counts_its_own_orders(self):
        """Two orders of 600 under a limit of 1000: one passes, not both."""
        self.account._grant_limit(1000.0)
        orders = self._quote(600.0) | self._quote(600.0) | self._quote(300.0)
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])
        self.assertEqual(self._total(), 900.0)

    def _query_count(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        # What any use of the order reads anyway: order, company, currency, user.
        order.mapped("company_id.currency_id.name")
        order.mapped("name")
        self.env.user.mapped("tz")
        before = self.env.cr.sql_log_count
        order._credit_verdict()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow(self):
        """At most 8, however many receivable lines and orders the customer has."""
        self.account._grant_limit(1e9)
        order = self._quote(10.0)
        order._credit_verdict()
        self._invoice(self.partner, 10.0, self.today)
        few = self._query_count(order)
        self.env.cr.execute(
            """
            INSERT INTO account_move_line
                   (move_id, account_id, partner_id, company_id, currency_id, journal_id,
                    company_currency_id, display_type, parent_state, date, date_maturity, debit,
                    credit, balance, amount_currency, amount_residual, amount_residual_currency,
                    reconciled, name, move_name)
            SELECT l.move_id, l.account_id, l.partner_id, l.company_id, l.currency_id,
                   l.journal_id, l.company_currency_id, l.display_type, l.parent_state, l.date,
                   l.date_maturity, 1, 0, 1, 1, 1, 1, FALSE, l.name, l.move_name
              FROM account_move_line l, generate_series(1, 2000)
             WHERE l.partner_id = %s AND l.display_type = 'payment_term'
            """,
            [self.partner.id],
        )
        self.assertEqual(order._credit_verdict()["exposure"], 2010.0)
        for _i in range(5):
            self._quote(1.0).action_confirm()
        many = self._query_count(order)
        self.assertEqual(few, many)
        self.assertLessEqual(many, 8)

    def test_queries_of_a_held_confirmation(self):
        """The decision itself, with lock, hold, signal, gate and release: at most 8 queries."""
        self.account._grant_limit(1.0)
        year = self.today.year - 1
        self._invoice(self.partner, 100.0, f"{year}-06-01", due=f"{year}-12-30")
        self.env["logistics.arrears.gate"]._create_gates(year, self.company)
        self.env["logistics.credit.hold"].create(
            {"customer_id": self.account.id, "reason": "Asked to"}
        )
        order = self._quote(10.0)
        order._credit_verdict()
        self.env.flush_all()
        self.env.invalidate_all()
        order.mapped("company_id.currency_id.name")
        order.mapped("name")
        self.env.user.mapped("tz")
        order._credit_entity()
        before = self.env.cr.sql_log_count
        verdict = order._credit_decide()[order.id]
        count = self.env.cr.sql_log_count - before
        self.assertEqual(verdict["state"], "hold")
        self.assertLessEqual(count, 8)
