# Part of logistics_crm. License LGPL-3 or later.
from odoo.tools import format_date

PARETO_CUSTOMERS = 20


class Summary:
    """The first sheet: facts of the campaign, totals, decisions, months, services, charts."""

    def __init__(self, workbook):
        self.workbook = workbook
        self.env = workbook.env
        self.screening = workbook.screening
        self.totals = workbook.totals
        self.formats = workbook.formats
        self.sheet = workbook.sheets["summary"]
        self.row = 0

    def write_out(self):
        """Write the sheet; its rows come in order, as constant memory demands."""
        self.sheet.set_column(0, 0, 34)
        self.sheet.set_column(1, 5, 18)
        title = f"{self.screening.display_name} · {self.screening.company_id.name}"
        self.sheet.write_string(0, 0, title, self.formats.title)
        self.row = 2
        self._facts()
        self._totals()
        self._decisions()
        months = self._months()
        self._services()
        self._charts(months)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_landscape()

    # ------------------------------------------------------------------ small helpers
    def _heading(self, text, *columns):
        self.row += 1
        self.sheet.write_string(self.row, 0, text, self.formats.heading)
        for index, column in enumerate(columns, 1):
            self.sheet.write_string(self.row, index, column, self.formats.heading)
        self.row += 1

    def _formula(self, column, formula, kind, value):
        self.sheet.write_formula(
            self.row,
            column,
            formula,
            self.formats.total(kind),
            self.workbook.cached(value),
        )

    def _line(self, label, formula, kind, value):
        self.sheet.write_string(self.row, 0, label)
        self._formula(1, formula, kind, value)
        self.row += 1

    def _money(self, text):
        return f"{text} ({self.workbook.currency.name})"

    # ------------------------------------------------------------------ blocks
    def _facts(self):
        env, screening = self.env, self.screening
        states = dict(screening._fields["state"]._description_selection(env))
        facts = [
            (env._("Year"), screening._period_name()),
            (env._("Company"), screening.company_id.name),
            (env._("Currency"), self.workbook.currency.name),
            (env._("Status"), states[screening.state]),
            (env._("Figures as of"), format_date(env, screening.as_of)),
            (env._("Computed by"), screening.computed_by.sudo().name or ""),
        ]
        for label, value in facts:
            self.sheet.write_string(self.row, 0, label)
            self.sheet.write_string(self.row, 1, value)
            self.row += 1
        for name, weight in screening._weights().items():
            criterion = self.workbook.Line._fields[f"score_{name}"]._description_string(env)
            self.sheet.write_string(self.row, 0, env._("Weight: %s", criterion))
            self.sheet.write_number(self.row, 1, weight / 100, self.formats.percent)
            self.row += 1

    def _totals(self):
        env, line, book = self.env, self.totals.line, self.workbook
        revenue, previous = line["revenue"], line["revenue_previous"]
        area = book.column_range
        self._heading(env._("Totals"))
        self._line(
            env._("Customers screened"),
            f"=COUNTA({area('customer_name')})",
            "count",
            line["customers"],
        )
        yes = book.formula_text(book.yes)
        self._line(
            env._("Traded in the year"),
            f'=COUNTIF({area("traded")},"{yes}")',
            "count",
            line["traded"],
        )
        self._line(
            env._("of these with a known amount"),
            f'=COUNTIFS({area("traded")},"{yes}",{area("revenue")},">-1E+300")',
            "count",
            line["known"],
        )
        for name in ("line_count", "late_count"):
            self._line(book.label_of(name), f"=SUM({area(name)})", "count", line[name] or 0)
        for name in ("quantity", "revenue", "revenue_previous"):
            kind = "quantity" if name == "quantity" else "money"
            self._line(book.label_of(name), book.sum_formula(area(name)), kind, line[name])
        self._line(
            env._("Change"),
            f"=IFERROR(IF({self._cell(-1)}>0,{self._cell(-2)}/{self._cell(-1)}-1,"
            f'"{book.unknown_text}"),"{book.unknown_text}")',
            "percent",
            revenue / previous - 1 if previous and previous > 0 and revenue is not None else None,
        )
        if area("gross_margin"):
            self._line(
                book.label_of("gross_margin"),
                book.sum_formula(area("gross_margin")),
                "money",
                line["gross_margin"],
            )
        turnover, coverage = area("turnover"), area("cost_coverage")
        self._line(
            book.label_of("cost_coverage"),
            f"=IF(SUM({turnover})=0,0,SUMPRODUCT({coverage},{turnover})/SUM({turnover}))",
            "percent",
            line["coverage"] or 0.0,
        )

    def _cell(self, offset):
        return f"$B${self.row + 1 + offset}"

    def _decisions(self):
        env, book = self.env, self.workbook
        self._heading(
            env._("Proposals and Decisions"),
            env._("Proposed"),
            self._money(env._("Revenue")),
            env._("Decided"),
            self._money(env._("Revenue")),
        )
        revenue = book.column_range("revenue")
        for code, label in book.selection("proposal").items():
            self.sheet.write_string(self.row, 0, label)
            for column, name in ((1, "proposal"), (3, "decision")):
                area, key = book.column_range(name), f"$A${self.row + 1}"
                count, amount = getattr(self.totals, name).get(code, (0, 0.0))
                self._formula(column, f"=COUNTIF({area},{key})", "count", count)
                self._formula(column + 1, _sum_if(book, area, key, revenue), "money", amount)
            self.row += 1
        undecided, _amount = self.totals.decision.get(None, (0, None))
        self._line_of_undecided(undecided)

    def _line_of_undecided(self, count):
        book = self.workbook
        self.sheet.write_string(self.row, 0, self.env._("Not decided yet"))
        names, decisions = book.column_range("customer_name"), book.column_range("decision")
        self._formula(3, f"=COUNTA({names})-COUNTA({decisions})", "count", count)
        self.row += 1

    def _months(self):
        """The months; return the first row, for the charts."""
        env, book = self.env, self.workbook
        price = self._money(env._("Average Price"))
        self._heading(
            env._("Month"),
            env._("Quantity"),
            self._money(env._("Amount")),
            env._("Quantity with Known Amount"),
            price,
        )
        first = self.row
        for index, month in enumerate(book.months):
            figures = self.totals.month[index + 1]
            amount, known = figures["amount"], figures["known_quantity"]
            self.sheet.write_string(self.row, 0, month)
            quantities = book.range_of("quantity", book.first_month("quantity") + index)
            amounts = book.range_of("customers", book.first_month("customers") + index)
            self._formula(1, book.sum_formula(quantities), "quantity", figures["quantity"])
            self._formula(2, book.sum_formula(amounts), "money", amount)
            self.sheet.write_number(self.row, 3, known, self.formats.quantity)
            excel_row = self.row + 1
            self._formula(
                4,
                f'=IFERROR($C${excel_row}/$D${excel_row},"{book.unknown_text}")',
                "money",
                amount / known if known and amount is not None else None,
            )
            self.row += 1
        return first

    def _services(self):
        env, book = self.env, self.workbook
        self._heading(env._("Service"), env._("Quantity"), self._money(env._("Amount")))
        if not self.totals.service:
            return
        services = book.range_of("service", 1)
        for service, figures in self.totals.service.items():
            self.sheet.write_string(self.row, 0, book.service_name(service))
            key = f"$A${self.row + 1}"
            for column, place, kind, name in (
                (1, book.year_column + 1, "quantity", "quantity"),
                (2, book.year_column, "money", "amount"),
            ):
                area = book.range_of("service", place)
                self._formula(column, _sum_if(book, services, key, area), kind, figures[name])
            self.row += 1

    # ------------------------------------------------------------------ charts
    def _charts(self, first_month):
        env, book = self.env, self.workbook
        name = book.titles["summary"]
        last = first_month + len(book.months) - 1
        months = [name, first_month, 0, last, 0]
        chart = book.book.add_chart({"type": "column"})
        chart.add_series(
            {
                "name": self._money(env._("Amount")),
                "categories": months,
                "values": [name, first_month, 2, last, 2],
                "fill": {"color": "#714B67"},
            }
        )
        prices = book.book.add_chart({"type": "line"})
        prices.add_series(
            {
                "name": self._money(env._("Average Price")),
                "categories": months,
                "values": [name, first_month, 4, last, 4],
                "y2_axis": True,
                "line": {"color": "#E4A900", "width": 2},
            }
        )
        chart.combine(prices)
        chart.set_title({"name": env._("Amount and Average Price by Month")})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 760, "height": 320})
        self.sheet.insert_chart(1, 7, chart)
        self._pareto_chart()

    def _pareto_chart(self):
        env, book = self.env, self.workbook
        count = min(PARETO_CUSTOMERS, self.totals.line["customers"])
        revenue, share = book.position("revenue"), book.position("pareto_share")
        if not count or share is None:
            return
        name = book.titles["customers"]
        first, last = book.first_row, book.first_row + count - 1
        names = book.position("customer_name")
        chart = book.book.add_chart({"type": "column"})
        chart.add_series(
            {
                "name": self._money(env._("Revenue")),
                "categories": [name, first, names, last, names],
                "values": [name, first, revenue, last, revenue],
                "fill": {"color": "#714B67"},
            }
        )
        shares = book.book.add_chart({"type": "line"})
        shares.add_series(
            {
                "name": book.label_of("pareto_share"),
                "categories": [name, first, names, last, names],
                "values": [name, first, share, last, share],
                "y2_axis": True,
                "line": {"color": "#E4A900", "width": 2},
            }
        )
        shares.set_y2_axis({"min": 0, "max": 1, "num_format": "0%"})
        chart.combine(shares)
        chart.set_title({"name": env._("The %s Largest Customers", count)})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 760, "height": 380})
        self.sheet.insert_chart(19, 7, chart)


def _sum_if(book, area, key, values):
    """Sum of the known values where ``area`` holds ``key``.

    Zero when no row does, the word for unknown when none of those rows has a value.
    """
    return (
        f"=IF(COUNTIF({area},{key})=0,0,"
        f'IF(COUNTIFS({area},{key},{values},">-1E+300")=0,"{book.unknown_text}",'
        f"SUMIF({area},{key},{values})))"
    )
