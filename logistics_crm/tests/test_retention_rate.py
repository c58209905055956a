# Part of logistics_crm. License LGPL-3 or later.
"""Retention beside acquisition: counted again from the dated stages, never netted."""

import random
from collections import defaultdict
from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LogisticsCommon

AS_OF = date(2024, 6, 20)
THERE = {"new", "regular", "loyal", "at_risk", "dormant", "won_back"}


@tagged("post_install", "-at_install")
class TestRetentionRate(LogisticsCommon):
    def _histories(self, customers=30):
        """Random chains of stages, written: ``{account: [(day, from, to)]}``."""
        rng = random.Random(11)
        stages = ["new", "regular", "at_risk", "dormant", "lost", "won_back", "loyal"]
        found = {}
        for _number in range(customers):
            account = self._account()
            day, before, chain = date(2023, 1, 1), "prospect", []
            while len(chain) < 9:
                day += timedelta(days=rng.randrange(5, 120))
                after = rng.choice([stage for stage in stages if stage != before])
                chain.append((day, before, after))
                before = after
            found[account] = chain
            self.env["logistics.stage.change"].create(
                [
                    {
                        "customer_id": account.id,
                        "company_id": self.company.id,
                        "date": day,
                        "from_stage": before,
                        "to_stage": after,
                        "movement": "loss"
                        if after == "lost"
                        else "gain"
                        if after in ("new", "won_back") or before == "lost"
                        else "other",
                        "revenue": 100.0,
                    }
                    for day, before, after in chain
                ]
            )
        return found

    def _rows(self, as_of):
        report = self.env["logistics.retention.rate"]
        self.env.flush_all()
        self.env.cr.execute(report._report_sql(as_of))
        names = [column.name for column in self.env.cr.description]
        rows = [dict(zip(names, values, strict=True)) for values in self.env.cr.fetchall()]
        return [row for row in rows if row["company_id"] == self.company.id]

    def test_counted_again(self):
        """Customers at the start, losses, gains, rate and revenue of every month."""
        histories = self._histories()
        wanted = defaultdict(lambda: [0, 0, 0, 0])
        for chain in histories.values():
            known = [change for change in chain if change[0] <= AS_OF]
            for number in range(2023 * 12, AS_OF.year * 12 + AS_OF.month):
                first = date(number // 12, number % 12 + 1, 1)
                after = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
                before = [stage for day, _old, stage in known if day < first]
                here = [c for c in known if first <= c[0] < after]
                present = bool(before) and before[-1] in THERE
                lost = present and any(new == "lost" for _day, _old, new in here)
                gains = [c for c in here if c[2] in ("new", "won_back") or c[1] == "lost"]
                cell = wanted[first]
                cell[0] += present
                cell[1] += lost
                cell[2] += bool(gains)
                cell[3] += 100 * len(gains)
        found = defaultdict(lambda: [0, 0, 0, 0])
        for row in self._rows(AS_OF):
            cell = found[row["month"]]
            cell[0] += row["present"]
            cell[1] += row["lost"]
            cell[2] += row["gained"]
            cell[3] += row["revenue_gained"] or 0
            self.assertEqual(row["rate"], 1 - row["lost"] if row["present"] else None)
        self.assertEqual(
            {month: cell for month, cell in wanted.items() if any(cell)},
            {month: cell for month, cell in found.items() if any(cell)},
        )
        self.assertTrue(any(cell[1] and cell[2] for cell in found.values()), "side by side")

    def test_no_look_ahead(self):
        """The months of a day are the same whatever happened afterwards."""
        account = next(iter(self._histories(5)))
        before = self._rows(AS_OF)
        self.env["logistics.stage.change"].create(
            {
                "customer_id": account.id,
                "company_id": self.company.id,
                "date": AS_OF + timedelta(days=3),
                "from_stage": "regular",
                "to_stage": "lost",
                "movement": "loss",
            }
        )
        self.assertEqual(self._rows(AS_OF), before)

    def test_late_start_is_no_movement(self):
        """The first line of a history that begins late says where somebody is, not a loss."""
        account = self._account()
        self.env["logistics.stage.change"].create(
            {
                "customer_id": account.id,
                "company_id": self.company.id,
                "date": date(2024, 1, 31),
                "to_stage": "lost",
                "movement": "loss",
            }
        )
        self.assertFalse([row for row in self._rows(AS_OF) if row["lost"] or row["present"]])

    def test_rights(self):
        """A representative sees own and unassigned customers; nobody types a rate."""
        histories = self._histories(2)
        mine, theirs = histories
        seller, manager = self._user("seller"), self._user("manager")
        mine.user_id, theirs.user_id = seller, manager
        self.env.flush_all()
        report = self.env["logistics.retention.rate"]
        domain = [("company_id", "=", self.company.id)]
        self.assertEqual(report.with_user(seller).search(domain).customer_id, mine)
        self.assertEqual(report.with_user(manager).search(domain).customer_id, mine + theirs)
        with self.assertRaises(AccessError):
            report.with_user(manager).search(domain, limit=1).write({"lost": 0})
