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

    def test_every_part_answers_its_reader(self):
        for key, name in DASHBOARDS.items():
            env = self.env["res.users"].with_user(getattr(self, name)).env
            data = self._data(key)
            for pivot in data["pivots"].values():
                measures = [
                    measure["id"]
                    if measure["id"] == "__count" or ":" in measure["id"]
                    else f"{measure['id']}:sum"
                    for measure in pivot["measures"]
                ]
                rows = [row["fieldName"] for row in pivot["rows"]]
                env[pivot["model"]].formatted_read_group(pivot["domain"], rows, measures)
            for listed in data["lists"].values():
                env[listed["model"]].search(listed["domain"], limit=1).read(listed["columns"])
            for figure in data["sheets"][0]["figures"]:
                meta = figure["data"]["metaData"]
                measure = meta["measure"]
                env[meta["resModel"]].formatted_read_group(
                    figure["data"]["searchParams"]["domain"],
                    meta["groupBy"],
                    [measure if measure == "__count" else f"{measure}:sum"],
                )

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
