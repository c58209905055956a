# Part of logistics_crm. License LGPL-3 or later.
import json

from odoo.tests import tagged

from .test_cockpit_front_page import FrontPageCommon

DASHBOARDS = {
    "manager": "boss",
    "executive": "boss",
    "controller": "controller",
    "rep": "rita",
}


@tagged("post_install", "-at_install")
class TestDashboards(FrontPageCommon):
    """The spreadsheet dashboards: whose they are, and that each part can be read by its reader."""

    def _dashboard(self, key):
        return self.env.ref(f"logistics_crm.dashboard_{key}")

    def _data(self, key):
        return json.loads(self._dashboard(key).spreadsheet_data)

    def test_who_sees_which(self):
        for key in DASHBOARDS:
            for name in ("boss", "controller", "rita"):
                seen = self.env["spreadsheet.dashboard"].with_user(getattr(self, name))
                found = bool(seen.search([("id", "=", self._dashboard(key).id)]))
                allowed = {
                    "boss": {"manager", "executive", "rep"},
                    "controller": {"controller"},
                    "rita": {"rep"},
                }[name]
                self.assertEqual(found, key in allowed, f"{name}: {key}")

    def _parts(self, key):
        """(model, domain, group-bys, measures) of every pivot and chart."""
        data = self._data(key)
        for pivot in data["pivots"].values():
            yield (
                pivot["model"],
                pivot["domain"],
                [row["fieldName"] for row in pivot["rows"]],
                [measure["id"] for measure in pivot["measures"]],
            )
        for figure in data["sheets"][0]["figures"]:
            meta = figure["data"]["metaData"]
            yield (
                meta["resModel"],
                figure["data"]["searchParams"]["domain"],
                meta["groupBy"],
                [meta["measure"]],
            )

    def _assert_parts_are_sums_of_their_lists(self, key, env):
        """Every figure a part shows is counted and added up again from the records it opens.

        :return: how many records stand behind all parts together
        """
        found = 0
        for name, domain, groups, measures in self._parts(key):
            records = env[name].search(domain)
            found += len(records)
            for measure in measures:
                field, _colon, _how = measure.partition(":")
                asked = measure if ":" in measure or field == "__count" else f"{field}:sum"
                rows = env[name].formatted_read_group(domain, groups, [asked])
                if measure == "__count":
                    told, again = sum(row[asked] for row in rows), len(records)
                elif asked.endswith(":sum") and name != "logistics.portfolio.line":
                    told = sum(row[asked] or 0.0 for row in rows)
                    again = sum(record[field] or 0.0 for record in records)
                else:
                    # means of shares: that they are read is all that can be said here
                    continue
                self.assertAlmostEqual(told, again, 2, f"{key}: {name} {domain} {measure}")
        for listed in self._data(key)["lists"].values():
            records = env[listed["model"]].search(listed["domain"])
            records[:8].read(listed["columns"])
            found += len(records)
        return found

    def test_every_part_is_the_sum_of_its_list(self):
        for number, account in enumerate(self.accounts):
            self._set(
                account,
                open_amount=100.0 + number,
                overdue_amount=10.0 * number,
                value_class="key",
                credit_grade_code="C",
                lifecycle_stage="at_risk",
            )
        self.env["logistics.portfolio.run"]._refresh_night(self.company)
        for key, name in DASHBOARDS.items():
            pages, _page = self._page(getattr(self, name))
            self.assertTrue(self._assert_parts_are_sums_of_their_lists(key, pages.env), key)

    def test_parts_ask_for_values_that_exist(self):
        for key in DASHBOARDS:
            for name, domain, _groups, _measures in self._parts(key):
                self._assert_values_exist(self.env[name], domain, f"{key}: {name}")
            for listed in self._data(key)["lists"].values():
                model = self.env[listed["model"]]
                self._assert_values_exist(model, listed["domain"], f"{key}: {listed['model']}")

    def test_who_has_no_customer_and_a_company_without_data(self):
        """Nothing is shown, nothing breaks."""
        other = self._other_company("Nothing Yet")
        nobody = self._user("seller", company=other)
        for key, role in (
            ("manager", "manager"),
            ("executive", "manager"),
            ("controller", "controller"),
            ("rep", "seller"),
        ):
            pages, _page = self._page(self._user(role, company=other), companies=other)
            found = self._assert_parts_are_sums_of_their_lists(key, pages.env)
            # the month's row of zeros of the two users there are, on the manager's page
            self.assertEqual(found, 2 if key == "manager" else 0, key)
        self._account(company=other)
        pages, _page = self._page(nobody, companies=other)
        own = [("user_id", "=", nobody.id)]
        self.assertFalse(pages.env["logistics.customer"].search(own))
        self._assert_parts_are_sums_of_their_lists("rep", pages.env)

    def test_numbers_agree_with_the_front_page(self):
        """The same question is asked in two places: the answers are equal."""
        self._set(self.accounts[0], open_amount=120.0, overdue_amount=60.0)
        self._set(self.accounts[3], open_amount=80.0, lifecycle_stage="at_risk")
        pages, page = self._page(self.boss, "manager")
        items = self._items(page)
        pivots = {pivot["name"]: pivot for pivot in self._data("manager")["pivots"].values()}
        for name, code in (
            ("Receivables", "receivables"),
            ("Overdue", "overdue"),
            ("Held Orders", "held_orders"),
            ("At Risk or Dormant", "at_risk"),
            ("Visits and Calls This Month", "visits_done"),
            ("Lost in 90 Days", "losses"),
        ):
            pivot = pivots[name]
            count = pages.env[pivot["model"]].search_count(pivot["domain"])
            self.assertEqual(count, items[code]["count"], name)
        self.assertEqual(items["receivables"]["count"], 2)
