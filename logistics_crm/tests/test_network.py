# Part of logistics_crm. License LGPL-3 or later.
import random

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import LogisticsCommon


@tagged("post_install", "-at_install")
class TestNetwork(LogisticsCommon):
    """The tree of distributors: loops refused, figures of branches equal to the sum of parts."""

    def _tree(self, *names):
        """Accounts by name; each is supplied by the one before the slash."""
        accounts = {}
        for name in names:
            parent, _slash, own = name.rpartition("/")
            accounts[own] = self._account(
                self._partner(own), network_parent_id=accounts[parent].id if parent else False
            )
        return accounts

    def _figures(self, account, **values):
        account.flush_recordset()
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE logistics_customer SET %s = %s WHERE id = %s",
                    SQL.identifier(name),
                    value,
                    account.id,
                )
            )
        account.invalidate_recordset()

    # ------------------------------------------------------------------ structure
    def test_loops_are_refused(self):
        tree = self._tree("general", "general/second", "second/third")
        for parent in ("third", "second", "general"):
            with self.assertRaisesRegex(ValidationError, "loop"), self.env.cr.savepoint():
                tree["general"].network_parent_id = tree[parent]
        self.assertFalse(tree["general"].network_parent_id)

    def test_supplier_of_another_company_is_refused(self):
        other = self._other_company()
        stranger = self._account(self._partner("Stranger"), company=other)
        account = self._account(self._partner("Here"))
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            account.network_parent_id = stranger
        self.assertIn("ompan", str(caught.exception))

    def test_tiers_run_downwards(self):
        tree = self._tree("general", "general/second")
        general, second, terminal = (
            self.env.ref(f"logistics_crm.network_tier_{name}")
            for name in ("general", "second", "terminal")
        )
        tree["general"].network_tier_id = second
        with self.assertRaisesRegex(ValidationError, "must lie above"), self.env.cr.savepoint():
            tree["second"].network_tier_id = general
        with self.assertRaisesRegex(ValidationError, "supplies nobody"), self.env.cr.savepoint():
            tree["general"].network_tier_id = terminal
        tree["general"].network_tier_id = general
        tree["second"].network_tier_id = second

    # ------------------------------------------------------------------ roll-up
    def test_branches_equal_an_independent_sum(self):
        """Random forests: every branch is the sum over its members, found by walking upwards."""
        rnd = random.Random(11)
        accounts = [self._account(self._partner(f"Node {n}")) for n in range(60)]
        for number, account in enumerate(accounts):
            if number and rnd.random() < 0.8:
                account.network_parent_id = accounts[rnd.randrange(number)]
            self._figures(
                account,
                revenue_12m=rnd.choice([None, 0, rnd.randrange(1, 9999)]),
                margin_12m=rnd.choice([None, rnd.randrange(-500, 900)]),
                quantity_12m=rnd.randrange(50),
            )
        self.customers._update_network_figures(self.company)
        parents = {a.id: a.network_parent_id.id for a in accounts}
        above = {}
        for account in accounts:
            node, level = account.id, 0
            while node:
                level += 1
                above.setdefault(node, []).append((account, level))
                node = parents[node]
        for account in accounts:
            members = above[account.id]
            alone = len(members) == 1 and not parents[account.id]
            revenues = [m.revenue_12m for m, _level in members if m.revenue_12m is not False]
            margins = [m.margin_12m for m, _level in members if m.margin_12m is not False]
            self.assertEqual(account.network_size, 0 if alone else len(members))
            if alone:
                self.assertIs(account.network_revenue_12m, False)
                continue
            self.assertEqual(
                account.network_revenue_12m, sum(revenues) if revenues else False, account.name
            )
            self.assertEqual(account.network_margin_12m, sum(margins) if margins else False)
            self.assertEqual(account.network_quantity_12m, sum(m.quantity_12m for m, _l in members))
            self.assertEqual(account.network_unknown_count, len(members) - len(revenues))
            self.assertEqual(account.network_depth, max(level for _m, level in members) - 1)

    def test_moving_a_branch_moves_its_figures_at_once(self):
        tree = self._tree("one", "one/two", "two/three", "other", "other/last")
        for account in tree.values():
            self._figures(account, revenue_12m=10)
        tree["two"].network_parent_id = tree["last"]
        self.assertEqual(
            [tree[name].network_revenue_12m for name in ("other", "last", "two", "three")],
            [40, 30, 20, 10],
        )
        self.assertEqual(tree["three"].network_level, 4)
        self.assertEqual(tree["three"].network_root_id, tree["other"])
        self.assertFalse(tree["one"].network_size, "nobody is left below it")
        tree["two"].network_parent_id = False
        self.assertEqual((tree["two"].network_level, tree["two"].network_size), (1, 2))

    def test_roll_up_costs_one_statement_whatever_the_size(self):
        tree = self._tree("a", "a/b", "b/c")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.customers._update_network_figures(self.company)
        for number in range(20):
            self._account(self._partner(f"Leaf {number}"), network_parent_id=tree["c"].id)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.customers._update_network_figures(self.company)
        self.assertEqual(tree["a"].network_size, 23)

    def test_a_loop_made_by_raw_sql_ends(self):
        tree = self._tree("a", "a/b")
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE logistics_customer SET network_parent_id = %s WHERE id = %s",
                tree["b"].id,
                tree["a"].id,
            )
        )
        self.env.invalidate_all()
        self.customers._update_network_figures(self.company)
        self.assertFalse(tree["a"].network_size, "a loop has no top")

    def test_merging_supplier_and_supplied_closes_no_loop(self):
        tree = self._tree("top", "top/upper", "upper/middle", "middle/lower")
        tree["upper"]._fold_into(tree["lower"])
        self.assertEqual(tree["lower"].network_parent_id, tree["top"])
        self.assertEqual(tree["middle"].network_parent_id, tree["lower"])
        tree["lower"]._check_network_loop()
        # the other way round: the lower one disappears into the one above it
        tree["middle"]._fold_into(tree["lower"])
        self.assertEqual(tree["lower"].network_parent_id, tree["top"])
        tree["lower"]._check_network_loop()

    # ------------------------------------------------------------------ territories
    def _territory(self, holder=None, country="base.fr", **area):
        values = {"company_id": self.company.id, "name": area.pop("name", "T")}
        for name in ("exclusive", "date_from", "date_to"):
            if name in area:
                values[name] = area.pop(name)
        return self.env["logistics.territory"].create(
            {
                **values,
                "customer_id": holder.id if holder else False,
                "area_ids": [
                    fields.Command.create({"country_id": self.env.ref(country).id, **area})
                ],
            }
        )

    def _inside(self, zip_code, country="base.fr", **values):
        partner = self._partner(zip=zip_code, country_id=self.env.ref(country).id, **values)
        return self.env["logistics.territory"]._of_partner(partner, self.company)

    def test_boundaries_of_postal_ranges(self):
        """The first and the last code belong to the range, the neighbours do not."""
        territory = self._territory(zip_from="20", zip_to="22")
        for code, inside in (
            ("19999", False),
            ("20", True),
            ("20000", True),
            ("21 500", True),
            ("22999", True),
            ("23000", False),
            ("2", False),
            ("", False),
            (False, False),
        ):
            self.assertEqual(bool(self._inside(code)), inside, code)
        self.assertFalse(self._inside("20000", "base.be"), "the same code of another country")
        area = territory.area_ids
        area.write({"zip_from": "SW1a 1", "zip_to": False})
        self.assertTrue(self._inside("sw1A-1ZZ"))
        self.assertFalse(self._inside("SW1A 2AA"))
        area.write({"zip_from": False, "zip_to": "09"})
        self.assertTrue(self._inside("09999"))
        self.assertTrue(self._inside("01000"))
        self.assertFalse(self._inside("10000"))
        area.write({"zip_to": False, "city": "Lyon"})
        self.assertTrue(self._inside("1", city="LYON"))
        self.assertFalse(self._inside("1", city="Paris"))

    def test_periods(self):
        self._territory(date_from="2024-01-01", date_to="2024-12-31")
        partner = self._partner(zip="1", country_id=self.env.ref("base.fr").id)
        territories = self.env["logistics.territory"]
        for day, inside in (
            ("2023-12-31", False),
            ("2024-01-01", True),
            ("2024-12-31", True),
            ("2025-01-01", False),
        ):
            found = territories._of_partner(partner, self.company, fields.Date.to_date(day))
            self.assertEqual(bool(found), inside, day)

    def test_bad_areas_are_refused(self):
        usa, texas = self.env.ref("base.us"), self.env.ref("base.state_us_44")
        with self.assertRaisesRegex(ValidationError, "an area for each"), self.env.cr.savepoint():
            self._territory(state_id=texas.id)
        with self.assertRaisesRegex(ValidationError, "upwards"), self.env.cr.savepoint():
            self._territory(zip_from="30", zip_to="20")
        with self.assertRaisesRegex(ValidationError, "no postal code"), self.env.cr.savepoint():
            self._territory(zip_from="--")
        # in two countries: one area in each, and each counts in its own country
        territory = self._territory(zip_from="20", zip_to="22")
        territory.area_ids = [
            fields.Command.create({"country_id": usa.id, "state_id": texas.id}),
        ]
        self.assertEqual(territory.country_count, 2)
        self.assertTrue(self._inside("75001", "base.us", state_id=texas.id))
        self.assertFalse(self._inside("20000", "base.us"), "not known to be in Texas")
        self.assertTrue(self._inside("20000"))
