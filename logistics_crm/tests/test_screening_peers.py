# Part of logistics_crm. License LGPL-3 or later.
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .screening_common import YEAR, ScreeningCase

# type, revenue of each customer; customers without a type have no peers by type
TYPES = {
    "Big Type": (100, 200, 300, 400, 500, 600, 700, 800, 900),
    "Tiny Type": (250, 950),
    None: (150, 350, 550, 750),
}


@tagged("post_install", "-at_install", "logistics_screening")
class TestScreeningPeers(ScreeningCase):
    """Each customer is compared with the smallest group of similar ones that is large enough."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners, rows = {}, []
        for name, revenues in TYPES.items():
            kind = cls.env["logistics.customer.type"].create({"name": name}) if name else None
            for revenue in revenues:
                partner = cls._partners(f"{name} {revenue}")
                cls.partners[name, revenue] = partner
                account = cls._account(partner)
                if kind:
                    account.customer_type_id = kind
                rows.append((partner, cls._day(3, 1), revenue))
        cls._history(*rows)
        cls.screening = cls._screening(peer_minimum=3)

    def _of(self, name, revenue):
        return self._line(self.screening, self.partners[name, revenue])

    def _totals(self):
        return {line.id: line.score_total for line in self.screening.line_ids}

    def test_bands_are_thirds(self):
        """Without limits of the campaign a third each is small, medium and large."""
        revenues = sorted(value for values in TYPES.values() for value in values)
        third = len(revenues) // 3
        for name, values in TYPES.items():
            for revenue in values:
                place = revenues.index(revenue)
                expected = ("small", "medium", "large")[place // third]
                self.assertEqual(self._of(name, revenue).size_band, expected, revenue)

    def test_bands_by_the_limits_of_the_campaign(self):
        """A customer on the limit belongs to the larger ones."""
        self.screening.write({"band_medium_from": 300, "band_large_from": 900})
        self.screening.action_rescore()
        for revenue, expected in ((250, "small"), (300, "medium"), (800, "medium"), (900, "large")):
            name = "Big Type" if revenue % 100 == 0 else "Tiny Type"
            self.assertEqual(self._of(name, revenue).size_band, expected, revenue)

    def test_small_groups_fall_back_to_a_bigger_one(self):
        """Same type and size, same type, same size, everybody: and the line says which."""
        self.assertEqual(self._of("Big Type", 200).peer_level, "type_band")
        self.assertEqual(self._of("Big Type", 200).peer_group_name, "Big Type · Small")
        # two of the tiny type are no group: those of the same size are
        self.assertEqual(self._of("Tiny Type", 950).peer_level, "band")
        self.assertEqual(self._of("Tiny Type", 950).peer_group_name, "Large")
        self.assertEqual(self._of(None, 150).peer_level, "band")
        self.screening.peer_minimum = 4
        self.screening.action_rescore()
        self.assertEqual(self._of("Big Type", 200).peer_level, "type")
        self.assertEqual(self._of("Big Type", 200).peer_count, 9)
        self.screening.peer_minimum = 12
        self.screening.action_rescore()
        self.assertEqual(set(self.screening.line_ids.mapped("peer_level")), {"all"})
        self.assertEqual(set(self.screening.line_ids.mapped("peer_count")), {15})
        self.assertEqual(self._of("Tiny Type", 950).peer_place, 1)

    def test_place_and_points_among_peers(self):
        """The fallen-back are compared with the whole bigger group, not with each other."""
        for name, values in TYPES.items():
            for revenue in values:
                line = self._of(name, revenue)
                peers = self.screening.line_ids.filtered(
                    lambda other, line=line: (
                        other.size_band == line.size_band
                        and (line.peer_level == "band")
                        or (other.size_band, other.customer_type_id)
                        == (line.size_band, line.customer_type_id)
                    )
                )
                self.assertEqual(line.peer_count, len(peers), revenue)
                for criterion in ("volume", "cooperation"):
                    own = line[f"absolute_{criterion}"]
                    better = sum(other[f"absolute_{criterion}"] > own for other in peers)
                    self.assertEqual(line[f"place_{criterion}"], 1 + better)
                    points = 100 * (1 - better / (len(peers) - 1))
                    self.assertAlmostEqual(line[f"peer_{criterion}"], points, 2)
                    self.assertAlmostEqual(
                        line[f"score_{criterion}"], (own + points) / 2, delta=0.011
                    )
                place = 1 + sum(other.score_total > line.score_total for other in peers)
                self.assertEqual(line.peer_place, place)

    def test_share_of_the_points_from_the_peers(self):
        """At 0 % only the limits count, at 100 % only the place; nobody pays equally well: 100."""
        for share, part in ((0, "absolute"), (1, "peer")):
            self.screening.peer_share = share
            self.screening.action_rescore()
            for line in self.screening.line_ids:
                self.assertEqual(line.score_volume, line[f"{part}_volume"])
        # all are as regular as the others: nobody is behind
        self.assertEqual(set(self.screening.line_ids.mapped("peer_cooperation")), {100})

    def test_revenue_for_all_points(self):
        """With a limit, size earns points by the amount instead of by the rank among all."""
        self.screening.target_revenue = 800
        self.screening.action_rescore()
        for revenue in (100, 400, 800, 900):
            line = self._of("Big Type", revenue)
            self.assertAlmostEqual(line.absolute_volume, 100 * min(1, revenue / 800), 2)

    def test_the_table_on_the_sheet(self):
        """Form and paper show points by the limits and among peers beside each other."""
        line = self._of("Tiny Type", 950).with_user(self.manager)
        rows = {row["criterion"]: row for row in line._criteria_points()}
        self.assertEqual(rows["volume"]["score"], "100.0")
        self.assertEqual(rows["volume"]["place"], 1)
        self.assertIsNone(rows["safety"]["score"])
        self.assertEqual(rows["safety"]["known"], "0\N{NO-BREAK SPACE}%")
        self.assertIn("By the Limits", line.criteria_html)

    def test_what_is_refused(self):
        """Settings that compare nobody, or turn sizes upside down."""
        for values in (
            {"peer_share": 1.2},
            {"peer_minimum": 1},
            {"band_medium_from": 500, "band_large_from": 400},
            {"target_revenue": 0},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.screening.write(values)

    def test_trying_equals_setting(self):
        """The what-if moves groups as well, and tells what setting them would do."""
        for settings in (
            {"peer_share": 0},
            {"peer_minimum": 12},
            {"band_medium_from": 700, "band_large_from": 900},
            {"target_revenue": 400, "peer_share": 0.2},
        ):
            before = self._totals()
            outcome = self.screening._what_if(settings)
            saved = self.screening._settings()
            self.assertEqual(
                before, {line.id: line.score_total for line in self.screening.line_ids}
            )
            self.screening.write(settings)
            self.screening.action_compute()
            after = self._totals()
            for change in outcome["changes"]:
                self.assertAlmostEqual(
                    float(change["total_after"]), after[change["line_id"]], 2, settings
                )
            self.assertTrue(outcome["changes"], settings)
            self.screening.write(saved)
            self.screening.action_compute()

    def test_year_is_kept(self):
        """Type and size of a closed campaign stay as they were."""
        self.screening.action_close()
        line = self._of("Big Type", 200)
        line.customer_id.customer_type_id = False
        self.assertEqual((line.customer_type_id.name, self.screening.year), ("Big Type", YEAR))
