# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL, formatLang

from ..customer.logistics_customer import CREDIT_GRADES, VALUE_CLASSES
from .screening_line import PROPOSALS
from .screening_settings import CRITERIA

PARETO_ROWS = 15
CHANGE_ROWS = 10
EXCEPTION_ROWS = 30


class LogisticsScreening(models.Model):
    """What the board reads: one paper, every number from the lines of the campaign."""

    _inherit = "logistics.screening"

    def _board_values(self):
        """Data of the board paper, as the reader may see it, in company currency.

        Frozen lines only; a decision counts where there is one, else the proposal. Four grouped
        queries, whatever the number of customers.

        :return: dict of ``proposals``, ``pareto``, ``matrix``, ``gains``, ``losses``,
            ``exceptions``, ``previous`` and formatting helpers
        """
        self.ensure_one()
        self._check_workbook_access()
        self._require_figures()
        Line = self.env["logistics.screening.line"]
        domain = [("screening_id", "=", self.id), ("folded", "=", False)]
        return {
            "labels": self._board_labels(),
            "money": self._board_money,
            "percent": self._board_percent,
            "proposals": self._board_decisions(Line, domain),
            "pareto": self._board_pareto(Line, domain),
            "matrix": self._board_matrix(Line, domain),
            "classes": [*(key for key, _label in VALUE_CLASSES), False],
            "grades": [*(key for key, _label in CREDIT_GRADES), False],
            "gains": self._board_changes(Line, domain, "DESC"),
            "losses": self._board_changes(Line, domain, "ASC"),
            "exceptions": Line.search(
                [*domain, ("decision_differs", "=", True)],
                order="revenue desc nulls last, id",
                limit=EXCEPTION_ROWS,
            ),
            "exception_count": Line.search_count([*domain, ("decision_differs", "=", True)]),
            "previous": self._board_previous(Line),
        }

    @api.model
    def _board_labels(self):
        Line = self.env["logistics.screening.line"]
        labels = {
            name: dict(Line._fields[name]._description_selection(self.env))
            for name in ("proposal", "value_class", "credit_grade_code")
        }
        labels["value_class"][False] = self.env._("No class")
        labels["credit_grade_code"][False] = self.env._("Not rated")
        return labels

    def _board_money(self, value):
        if value is None or value is False:
            return self.env._("unknown")
        return formatLang(self.env, value, digits=0, currency_obj=None)

    def _board_percent(self, value):
        if value is None or value is False:
            return self.env._("unknown")
        return self.env._("%s %%", formatLang(self.env, 100 * value, digits=0))

    def _board_decisions(self, Line, domain):
        """Rows of ``(decision or proposal, customers, decided, revenue, gross margin)``."""
        rows = {key: [0, 0, 0.0, None] for key, _label in PROPOSALS}
        for decision, proposal, count, revenue, margin, known in Line._read_group(
            domain,
            ["decision", "proposal"],
            ["__count", "revenue:sum", "gross_margin:sum", "gross_margin:count"],
        ):
            row = rows[decision or proposal]
            row[0] += count
            row[1] += count if decision else 0
            row[2] += revenue or 0
            if known:
                row[3] = (row[3] or 0) + margin
        return [(key, *row) for key, row in rows.items() if row[0]]

    def _board_pareto(self, Line, domain):
        """Customers by gross margin with the cumulated share of all positive margin.

        ``at_80``: how many customers make 80 % of it. Customers whose margin is not known are
        counted, not placed.
        """
        query = Line._search(domain)
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH placed AS (
                    SELECT id, customer_name, revenue, gross_margin,
                           rank() OVER (ORDER BY gross_margin DESC, id) AS place,
                           sum(GREATEST(gross_margin, 0)) OVER (
                               ORDER BY gross_margin DESC, id ROWS UNBOUNDED PRECEDING)
                           / NULLIF(sum(GREATEST(gross_margin, 0)) OVER (), 0) AS share
                      FROM logistics_screening_line
                     WHERE id IN %(ids)s AND gross_margin IS NOT NULL
                )
                SELECT p.*, t.known, t.at_80
                  FROM placed p
                 CROSS JOIN (SELECT count(*) AS known,
                                    1 + count(*) FILTER (WHERE share < 0.8) AS at_80
                               FROM placed) t
                 WHERE p.place <= %(limit)s
                 ORDER BY p.place
                """,
                ids=query.subselect(),
                limit=PARETO_ROWS,
            )
        )
        total = Line.search_count(domain)
        known = rows[0]["known"] if rows else 0
        return {
            "rows": rows,
            "known": known,
            "unknown": total - known,
            "at_80": min(rows[0]["at_80"], known) if rows and rows[0]["share"] else 0,
        }

    def _board_matrix(self, Line, domain):
        """``{(value class, credit grade): (customers, revenue)}``: value by risk."""
        return {
            (value_class, grade): (count, revenue)
            for value_class, grade, count, revenue in Line._read_group(
                domain, ["value_class", "credit_grade_code"], ["__count", "revenue:sum"]
            )
        }

    def _board_changes(self, Line, domain, direction):
        """Customers with the largest change of revenue against the year before."""
        query = Line._search(domain)
        sign = SQL("> 0") if direction == "DESC" else SQL("< 0")
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT customer_name, revenue_previous, revenue,
                       revenue - revenue_previous AS change
                  FROM logistics_screening_line
                 WHERE id IN %(ids)s AND revenue - revenue_previous %(sign)s
                 ORDER BY revenue - revenue_previous %(direction)s, id
                 LIMIT %(limit)s
                """,
                ids=query.subselect(),
                sign=sign,
                direction=SQL(direction),
                limit=CHANGE_ROWS,
            )
        )

    def _board_previous(self, Line):
        """What became of last year's decisions: ``[(then, now, customers)]``, changed ones only."""
        before = self._campaign_before()
        if not before:
            return {"screening": before, "rows": []}
        query = Line._search([("screening_id", "=", self.id), ("folded", "=", False)])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(b.decision, b.proposal), COALESCE(n.decision, n.proposal), count(*)
                  FROM logistics_screening_line n
                  JOIN logistics_screening_line b
                    ON b.customer_id = n.customer_id AND b.screening_id = %(before)s
                   AND b.folded IS NOT TRUE
                 WHERE n.id IN %(ids)s
                   AND COALESCE(b.decision, b.proposal) <> COALESCE(n.decision, n.proposal)
                 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
                """,
                before=before.id,
                ids=query.subselect(),
            )
        )
        return {"screening": before, "rows": rows}

    def action_print_board(self):
        """Print the paper for the board.

        :raise AccessError: for others than managers and credit controllers
        """
        self.ensure_one()
        self._check_workbook_access()
        self._require_figures()
        return self.env.ref("logistics_crm.action_report_screening_board").report_action(self)


class LogisticsScreeningLine(models.Model):
    _inherit = "logistics.screening.line"

    def _sheet_criteria(self):
        """``[(label, points or None, weight)]`` of the five criteria, for the printed sheet."""
        self.ensure_one()
        weights = self.screening_id._weights()
        return [
            (
                self._fields[f"score_{criterion}"]._description_string(self.env),
                None if self[f"score_{criterion}"] is False else self[f"score_{criterion}"],
                weights[criterion],
            )
            for criterion in CRITERIA
        ]
