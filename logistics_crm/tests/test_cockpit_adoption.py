# Part of logistics_crm. License LGPL-3 or later.
from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_cockpit_front_page import FrontPageCommon


@tagged("post_install", "-at_install")
class TestAdoption(FrontPageCommon):
    """Who works with the system, by month: counted, and told to managers only."""

    def _log(self, user, account, day):
        visit = self.env["logistics.visit"].create(
            {"customer_id": account.id, "user_id": user.id, "planned_date": day}
        )
        visit.done_date = day
        visit.state = "done"

    def _rows(self, user):
        rows = self.env["logistics.adoption"].with_user(user).search([])
        return {(row.user_id, row.month): row for row in rows}

    def test_counts_by_user_and_month(self):
        last_month = self.today.replace(day=1) - relativedelta(days=1)
        self._log(self.rita, self.accounts[0], self.today)
        self._log(self.rita, self.accounts[1], self.today)
        self._log(self.rita, self.accounts[1], last_month)
        self._log(self.sam, self.accounts[3], self.today)
        self._log(self.sam, self.accounts[3], self.today - relativedelta(months=30))
        self.env["logistics.file.verification"].create(
            {
                "customer_id": self.accounts[0].id,
                "section": "identity",
                "user_id": self.rita.id,
                "date": self.today,
            }
        )
        rows = self._rows(self.boss)
        first = self.today.replace(day=1)
        mine = rows[self.rita, first]
        self.assertEqual((mine.touches, mine.files_verified, mine.total), (2, 1, 3))
        self.assertEqual(rows[self.rita, last_month.replace(day=1)].touches, 1)
        self.assertEqual(rows[self.sam, first].total, 1)
        self.assertEqual(
            [key for key in rows if key[0] == self.sam],
            [(self.sam, first)],
            "older than two years is left out",
        )
        own = self._rows(self.rita)
        self.assertEqual({user for user, _month in own}, {self.rita}, "colleagues are no business")
        other = self._other_company()
        stranger = self._user("manager", company=other)
        found = (
            self.env["logistics.adoption"]
            .with_user(stranger)
            .with_context(allowed_company_ids=other.ids)
            .search([])
        )
        self.assertEqual((found.user_id, found.total), (stranger, 0), "nothing of ours")

    def test_who_logged_nothing_has_a_row_for_the_running_month_only(self):
        first = self.today.replace(day=1)
        self._log(self.rita, self.accounts[0], self.today)
        self._log(self.sam, self.accounts[3], first - relativedelta(days=1))
        rows = self._rows(self.boss)
        self.assertEqual(rows[self.rita, first].total, 1)
        self.assertEqual(rows[self.sam, first].total, 0)
        self.assertEqual(rows[self.boss, first].total, 0)
        self.assertNotIn((self.boss, (first - relativedelta(days=1)).replace(day=1)), rows)
        self.assertNotIn(self.controller, {user for user, _month in rows}, "not a user of sales")
        items = self._items(self._page(self.boss, "manager")[1])
        self.assertEqual(items["adoption"]["count"], 1)
        self.assertEqual(items["idle"]["count"], len(rows) - 2)


@tagged("post_install", "-at_install")
class TestDigest(FrontPageCommon):
    """The figures of the digest mail, per company and for who may know them."""

    def test_values(self):
        other = self._other_company("Euro Freight", currency_id=self.env.ref("base.EUR").id)
        foreign = self._account(self._partner("Foreign"), company=other)
        self._set(self.accounts[0], overdue_amount=100.0)
        self._set(self.accounts[3], overdue_amount=50.0)
        self._set(foreign, overdue_amount=7.0)
        digest = self.env["digest.digest"].create(
            {"name": "Ours", "company_id": self.company.id, "periodicity": "weekly"}
        )
        theirs = self.env["digest.digest"].create(
            {"name": "Theirs", "company_id": other.id, "periodicity": "weekly"}
        )
        mine = digest.with_user(self.boss)
        self.assertEqual(mine.kpi_logistics_overdue_value, 150.0)
        self.assertEqual(mine.currency_id, self.company.currency_id)
        self.assertEqual(theirs.kpi_logistics_overdue_value, 7.0)
        self.assertEqual(theirs.currency_id, self.env.ref("base.EUR"))
        with self.assertRaises(AccessError):
            digest.with_user(self.rita).read(["kpi_logistics_overdue_value"])
        with self.assertRaises(AccessError):
            digest.with_user(self.controller).read(["kpi_logistics_gains_value"])
        self.assertEqual(digest.with_user(self.controller).kpi_logistics_overdue_value, 150.0)

    def test_nothing_is_mailed_by_itself(self):
        digest = self.env.ref("logistics_crm.digest_customers")
        self.assertEqual((digest.state, digest.user_ids), ("deactivated", self.env["res.users"]))

    def test_links_of_the_figures_exist(self):
        digest = self.env.ref("logistics_crm.digest_customers")
        actions = digest._compute_kpis_actions(self.company, self.boss)
        ours = {name: link for name, link in actions.items() if name.startswith("kpi_logistics")}
        self.assertEqual(len(ours), 6)
        for link in ours.values():
            self.assertTrue(self.env.ref(link.split("?")[0]))
