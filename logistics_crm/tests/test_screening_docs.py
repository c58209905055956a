# Part of logistics_crm. License LGPL-3 or later.
import ast
import operator
import re
from pathlib import Path

from odoo.tests import tagged

from .screening_common import YEAR, ScreeningCase

DOCS = Path(__file__).resolve().parents[2] / "docs" / "screening.md"
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}


def worked_out(text, names):
    """Value of arithmetic with numbers, names and ``min``."""

    def value(node):
        if isinstance(node, ast.Expression):
            return value(node.body)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return names[node.id]
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp):
            return OPERATORS[type(node.op)](value(node.operand))
        if isinstance(node, ast.Call) and node.func.id == "min":
            return min(value(argument) for argument in node.args)
        raise ValueError(f"not arithmetic: {text}")

    return value(ast.parse(text.replace("\\*", "*"), mode="eval"))


def tables(text):
    """Tables of a text as lists of rows, header first."""
    found, rows = [], []
    for row in [*text.splitlines(), ""]:
        if row.startswith("|"):
            cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
            if not all(set(cell) <= set("-: ") and cell for cell in cells):
                rows.append(cells)
        elif rows:
            found.append(rows)
            rows = []
    return found


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningDocs(ScreeningCase):
    """The worked customer of docs/screening.md, computed and worked out number by number."""

    def test_worked_customer(self):
        """What the page says is what the campaign computes, and what its own sums make."""
        self.assertTrue(DOCS.is_file(), DOCS)
        text = DOCS.read_text(encoding="utf-8")
        part = text[text.index("## A worked customer") : text.index("## Proposals")]
        documents, others, figures = tables(part)
        line = self._compute(documents[1:], others[1:])
        names, seen = {}, set()
        for name_cell, shown, formula in figures[1:]:
            name = name_cell.strip("`")
            digits = len(shown.partition(".")[2])
            tolerance = 0.5 * 10**-digits + 1e-9
            names[name] = worked_out(formula, names)
            self.assertAlmostEqual(names[name], float(shown), delta=tolerance, msg=formula)
            # points are rounded to two places before they are mixed and added
            slack = 0.011 if re.match("absolute|peer|score", name) else 0.0051
            self.assertAlmostEqual(line[name], float(shown), delta=tolerance + slack, msg=name)
            if not re.match("absolute|peer|score", name) and line._fields[name].type == "float":
                self.assertAlmostEqual(line[name], names[name], delta=5.1e-3, msg=name)
            seen.add(name)
        for criterion in ("volume", "margin", "safety", "future", "cooperation"):
            self.assertIn(f"score_{criterion}", seen)
        [(proposal, rule)] = re.findall(r"\*\*(\w+)\*\* \(`(\w+)`\)", part)
        self.assertEqual((line.proposal, line.proposal_rule), (proposal, rule))
        self.assertEqual((line.peer_level, line.peer_count), ("all", 5))

    def _compute(self, documents, others):
        self.company.logistics_capital_rate = 8
        self.company.logistics_grace_days = 0
        harbour = self._partners("Harbour Foods")
        rows = []
        for day, amount, cost, due, paid in documents:
            values = {"cost": float(cost) if cost else False}
            values.update({"due_date": due} if due else {})
            values.update({"paid_date": paid} if paid else {})
            rows.append((harbour, day, float(amount), values))
        for name, amount, cost in others:
            values = {"cost": float(cost) if cost else False}
            rows.append((self._partners(name), f"{YEAR}-03-01", float(amount), values))
        self._history(*rows)
        self.env["logistics.customer"]._ensure_accounts(company=self.company)
        account = self._account_of(harbour)
        account.development_potential = "4"
        for kind, amount in (("rebate", 200), ("visit", 150)):
            self.env["logistics.concession"].create(
                {
                    "customer_id": account.id,
                    "kind": kind,
                    "amount": amount,
                    "date": f"{YEAR}-09-01",
                }
            )
        self.env["logistics.contract"].create(
            {
                "name": "Frame",
                "customer_id": account.id,
                "date_start": f"{YEAR}-01-01",
                "date_end": f"{YEAR + 1}-06-30",
                "state": "signed",
            }
        )
        for year, revenue, spend in ((YEAR - 1, 1000000, False), (YEAR, 1100000, 25000)):
            self.env["logistics.partner.financial"].create(
                {
                    "partner_id": harbour.id,
                    "year": year,
                    "revenue": revenue,
                    "logistics_spend": spend,
                    "currency_id": self.usd.id,
                }
            )
        self._promise(account, "kept", f"{YEAR}-05-01")
        self._promise(account, "broken", f"{YEAR}-06-01")
        return self._line(self._screening(), harbour)

    def _promise(self, account, state, day):
        promise = self.env["logistics.payment.promise"].create(
            {
                "customer_id": account.id,
                "amount": 10,
                "currency_id": self.usd.id,
                "date_made": f"{YEAR}-01-01",
                "date_promised": day,
            }
        )
        promise.flush_recordset()
        # as the judge would leave it; the payments of the history are no payments of the ledger
        self.env.cr.execute(
            "UPDATE logistics_payment_promise SET state = %s, kept_on = %s, date_deadline = %s"
            " WHERE id = %s",
            [state, day if state == "kept" else None, day, promise.id],
        )
