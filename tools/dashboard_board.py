# Part of logistics_crm. License LGPL-3 or later.
"""How a spreadsheet dashboard is laid out: numbers on top, charts and tables in two columns."""

# Odoo 19's own dashboards are of this version.
VERSION = "18.5.10"
COLUMNS = (215, 95, 95, 95, 30, 215, 95, 95, 95)
SIDES = ("ABCD", "FGHI")
HALF = sum(COLUMNS[:5])
ROW = 23
CHART_ROWS = 14
TITLE, LABEL, NUMBER, HEADER, CELL = 1, 2, 3, 4, 5
STYLES = {
    TITLE: {"textColor": "#01666b", "bold": True, "fontSize": 14},
    LABEL: {"textColor": "#6b7280", "fontSize": 10, "fillColor": "#F3F4F6"},
    NUMBER: {"bold": True, "fontSize": 20, "textColor": "#111827", "fillColor": "#F3F4F6",
             "align": "left"},
    HEADER: {"bold": True, "fontSize": 11, "textColor": "#434343"},
    CELL: {"textColor": "#434343"},
}  # fmt: skip


class Dashboard:
    """One sheet, filled from the top: numbers, then charts and tables in two columns."""

    def __init__(self, key, user_filter=False):
        self.key = key
        self.cells, self.styles, self.figures, self.tables, self.rows = {}, {}, [], [], {}
        self.pivots, self.lists, self.merges = {}, {}, []
        self.row = 1
        self.filter = f"{key}-user" if user_filter else None

    # ------------------------------------------------------------------ parts
    def _matching(self, chain):
        return {self.filter: {"chain": chain, "type": "many2one"}} if self.filter and chain else {}

    def _pivot(self, model, domain, rows, measures, name, user=None, sort=None):
        ident = str(len(self.pivots) + 1)
        self.pivots[ident] = {
            "type": "ODOO",
            "id": ident,
            "formulaId": ident,
            "name": name,
            "model": model,
            "domain": domain,
            "context": {},
            "columns": [],
            "rows": [{"fieldName": rows}] if rows else [],
            "measures": [
                {"id": measure, "fieldName": measure.split(":")[0], "userDefinedName": label}
                | ({"aggregator": measure.split(":")[1]} if ":" in measure else {})
                for measure, label in measures
            ],
            "fieldMatching": self._matching(user),
        }
        if sort:
            self.pivots[ident]["sortedColumn"] = {"measure": sort, "order": "desc", "domain": []}
        return ident

    def numbers(self, *numbers):
        """Up to four numbers beside each other: (label, model, domain, measure, user chain)."""
        spans = ("A:A", "B:D", "F:F", "G:I")
        for place, (label, model, domain, measure, user) in zip(spans, numbers, strict=False):
            first, last = place.split(":")
            ident = self._pivot(model, domain, None, [(measure, label)], label, user)
            self.cells[f"{first}{self.row}"] = f'=_t("{label}")'
            self.cells[f"{first}{self.row + 1}"] = f'=IFERROR(PIVOT.VALUE({ident},"{measure}")+0,0)'
            for offset, style in ((0, LABEL), (1, NUMBER)):
                zone = f"{first}{self.row + offset}:{last}{self.row + offset}"
                self.styles[zone] = style
                if first != last:
                    self.merges.append(zone)
        self.rows[str(self.row)] = {"size": 40}
        self.row += 3

    def pair(self, left, right=None):
        """Two parts beside each other; each is a function of (dashboard, side) -> rows used."""
        parts = [part for part in (left, right) if part]
        self.row += max(part(self, side) for side, part in enumerate(parts)) + 1

    def json(self):
        """The whole spreadsheet as Odoo reads it."""
        return {
            "version": VERSION,
            "sheets": [
                {
                    "id": "sheet1",
                    "name": "Dashboard",
                    "colNumber": len(COLUMNS),
                    "rowNumber": self.row + 2,
                    "rows": self.rows,
                    "cols": {str(index): {"size": size} for index, size in enumerate(COLUMNS)},
                    "merges": self.merges,
                    "cells": self.cells,
                    "styles": self.styles,
                    "formats": {},
                    "borders": {},
                    "conditionalFormats": [],
                    "dataValidationRules": [],
                    "figures": self.figures,
                    "tables": self.tables,
                    "areGridLinesVisible": False,
                    "isVisible": True,
                    "headerGroups": {"ROW": [], "COL": []},
                    "comments": {},
                }
            ],
            "styles": {str(key): style for key, style in STYLES.items()},
            "formats": {},
            "borders": {},
            "revisionId": "START_REVISION",
            "uniqueFigureIds": True,
            "settings": {
                "locale": {
                    "name": "English (US)",
                    "code": "en_US",
                    "thousandsSeparator": ",",
                    "decimalSeparator": ".",
                    "dateFormat": "mm/dd/yyyy",
                    "timeFormat": "hh:mm:ss",
                    "formulaArgSeparator": ",",
                    "weekStart": 7,
                }
            },
            "pivots": self.pivots,
            "pivotNextId": len(self.pivots) + 1,
            "customTableStyles": {},
            "globalFilters": [
                {
                    "id": self.filter,
                    "type": "relation",
                    "label": "Representative",
                    "modelName": "res.users",
                    "defaultValue": {"operator": "in", "ids": "current_user"},
                }
            ]
            if self.filter
            else [],
            "lists": self.lists,
            "listNextId": len(self.lists) + 1,
            "chartOdooMenusReferences": {},
        }


def chart(title, model, domain, group_by, measure="__count", kind="bar", user=None, stacked=False):
    """A chart over a model; a click opens the records behind it."""

    def build(board, side):
        ident = f"{board.key}-chart-{len(board.figures) + 1}"
        board.figures.append(
            {
                "id": ident,
                "tag": "chart",
                "width": HALF - 30,
                "height": CHART_ROWS * ROW - 10,
                "col": 0,
                "row": 0,
                "offset": {
                    "x": side * HALF,
                    "y": sum(
                        board.rows.get(str(row), {}).get("size", ROW)
                        for row in range(board.row - 1)
                    ),
                },
                "data": {
                    "chartId": ident,
                    "type": f"odoo_{kind}",
                    "title": {"text": title, "bold": True, "color": "#01666b"},
                    "background": "#FFFFFF",
                    "legendPosition": "right" if kind == "pie" else
                    "top" if len(group_by) > 1 else "none",
                    "metaData": {
                        "groupBy": group_by,
                        "measure": measure,
                        "order": None,
                        "resModel": model,
                        "mode": kind,
                    },
                    "searchParams": {
                        "comparison": None,
                        "context": {},
                        "domain": domain,
                        "groupBy": group_by,
                        "orderBy": [],
                    },
                    "dataSets": [{}],
                    "verticalAxisPosition": "left",
                    "stacked": stacked,
                    "fieldMatching": board._matching(user),
                },
            }
        )  # fmt: skip
        return CHART_ROWS

    return build


def _title(board, side, title):
    letters = SIDES[side]
    board.cells[f"{letters[0]}{board.row}"] = f'=_t("{title}")'
    board.styles[f"{letters[0]}{board.row}"] = TITLE


def _table(board, side, count):
    letters = SIDES[side]
    first, last = board.row + 1, board.row + 1 + count
    board.styles[f"{letters[0]}{first}:{letters[3]}{first}"] = HEADER
    board.styles[f"{letters[0]}{first + 1}:{letters[3]}{last}"] = CELL
    board.tables.append(
        {
            "range": f"{letters[0]}{first}:{letters[3]}{last}",
            "type": "static",
            "config": {
                "hasFilters": False,
                "totalRow": False,
                "firstColumn": False,
                "lastColumn": False,
                "numberOfHeaders": 1,
                "bandedRows": True,
                "bandedColumns": False,
                "automaticAutofill": True,
                "styleId": "None",
            },
        }
    )


def pivot(title, model, domain, rows, measures, count=8, user=None, head="", sort=True):
    """A pivot by one field, the largest of the first measure on top."""

    def build(board, side):
        ident = board._pivot(
            model, domain, rows, measures, head or title, user, sort=sort and measures[0][0]
        )
        _title(board, side, title)
        board.cells[f"{SIDES[side][0]}{board.row + 1}"] = f"=PIVOT({ident},{count},FALSE,FALSE)"
        _table(board, side, count)
        return count + 3

    return build


def records(title, model, domain, columns, order, count=8, user=None):
    """The first records of a list; each opens its record."""

    def build(board, side):
        ident = str(len(board.lists) + 1)
        names = [name for name, _label in columns]
        board.lists[ident] = {
            "id": ident,
            "name": title,
            "model": model,
            "domain": domain,
            "columns": names,
            "context": {},
            "orderBy": [{"name": order.strip("-"), "asc": not order.startswith("-")}],
            "fieldMatching": board._matching(user),
        }
        _title(board, side, title)
        for letter, (name, label) in zip(SIDES[side], columns, strict=False):
            board.cells[f"{letter}{board.row + 1}"] = (
                f'=ODOO.LIST.HEADER({ident},"{name}",_t("{label}"))'
            )
            for place in range(1, count + 1):
                board.cells[f"{letter}{board.row + 1 + place}"] = (
                    f'=ODOO.LIST({ident},{place},"{name}")'
                )
        _table(board, side, count)
        return count + 3

    return build
