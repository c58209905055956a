#!/usr/bin/env python3
# Part of logistics_crm. License LGPL-3 or later.
"""Writes the spreadsheet dashboards of the addon: python3 tools/dashboards.py

Odoo's community edition shows spreadsheet dashboards and has no editor for them. What is on them
is said here in a few lines each; the files in logistics_crm/data/files are made of it.
"""

import json
from pathlib import Path

from dashboard_board import Dashboard, chart, pivot, records

FILES = Path(__file__).resolve().parents[1] / "logistics_crm" / "data" / "files"

# ---------------------------------------------------------------------- what is on them
CUSTOMER = "logistics.customer"
HELD = [["logistics_credit_state", "in", ["hold", "declined"]], ["state", "in", ["draft", "sent"]]]
BROKEN = [["state", "in", ["broken", "partly"]], ["date_promised", ">=", "today -90d"]]
RECEIPTS = [
    ["forecast_id.is_latest", "=", True],
    ["kind", "in", ["promise", "due", "late"]],
    ["week", "<", "today +28d"],
]
COUNT = ("__count", "Count")


def manager():
    """People, money, customers."""
    board = Dashboard("manager")
    month = "today =1d"
    board.numbers(
        ("Visits and Calls This Month", "logistics.visit",
         [["state", "=", "done"], ["done_date", ">=", month]], "__count", None),
        ("Alarms Closed This Month", "logistics.churn.alarm",
         [["state", "=", "closed"], ["closed_on", ">=", month]], "__count", None),
        ("Alarms Nobody Closed", "logistics.churn.alarm",
         [["state", "=", "open"]], "__count", None),
        ("File Sections Verified This Month", "logistics.file.verification",
         [["date", ">=", month]], "__count", None),
    )  # fmt: skip
    board.numbers(
        ("Receivables", CUSTOMER, [["open_amount", ">", 0]], "open_amount", None),
        ("Overdue", CUSTOMER, [["overdue_amount", ">", 0]], "overdue_amount", None),
        ("Held Orders", "sale.order", HELD, "__count", None),
        ("Receipts Expected in 4 Weeks", "logistics.cash.forecast.line", RECEIPTS, "expected",
         None),
    )  # fmt: skip
    board.numbers(
        ("Won in 90 Days", "logistics.stage.change",
         [["movement", "=", "gain"], ["date", ">=", "today -90d"]], "__count", None),
        ("Lost in 90 Days", "logistics.stage.change",
         [["movement", "=", "loss"], ["date", ">=", "today -90d"]], "__count", None),
        ("At Risk or Dormant", CUSTOMER,
         [["lifecycle_stage", "in", ["at_risk", "dormant"]]], "__count", None),
        ("Credit Grades That Fell in 90 Days", "logistics.credit.review",
         [["movement", "=", "down"], ["as_of", ">=", "today -90d"]], "__count", None),
    )  # fmt: skip
    board.pair(
        chart("Visits by Month", "logistics.visit",
              [["state", "=", "done"], ["done_date", ">=", "today =1d -6m"]],
              ["done_date:month", "user_id"], stacked=True),
        chart("Gains and Losses by Month", "logistics.stage.change",
              [["movement", "in", ["gain", "loss"]], ["date", ">=", "today =1d -12m"]],
              ["date:month", "movement"]),
    )  # fmt: skip
    board.pair(
        pivot("Who Uses the System", "logistics.adoption", [["month", ">=", "today =1d -2m"]],
              "user_id",
              [("touches", "Touches"), ("alarms_closed", "Alarms"), ("files_verified", "Files")],
              head="User"),
        pivot("Receivables by Credit Grade", CUSTOMER, [["open_amount", ">", 0]],
              "credit_grade_code",
              [("open_amount", "Open"), ("overdue_amount", "Overdue"), ("__count", "Customers")],
              head="Grade"),
    )  # fmt: skip
    board.pair(
        chart("Customers by Stage", CUSTOMER, [["lifecycle_stage", "!=", False]],
              ["lifecycle_stage"], kind="pie"),
        chart("Receipts by Week", "logistics.cash.forecast.line",
              [["forecast_id.is_latest", "=", True], ["kind", "in", ["promise", "due", "late"]]],
              ["week:week", "kind"], "expected", stacked=True),
    )  # fmt: skip
    board.pair(
        records("Largest Customers", CUSTOMER, [["revenue_12m", ">", 0]],
                [("name", "Customer"), ("revenue_12m", "Revenue"), ("margin_12m", "Margin"),
                 ("credit_grade_code", "Grade")], "-revenue_12m"),
        records("Largest Overdue Amounts", CUSTOMER, [["overdue_amount", ">", 0]],
                [("name", "Customer"), ("overdue_amount", "Overdue"), ("open_amount", "Open"),
                 ("credit_grade_code", "Grade")], "-overdue_amount"),
    )  # fmt: skip
    board.pair(
        pivot("Portfolio by Value Class Against Target", "logistics.portfolio.line",
              [["run_id.is_latest", "=", True], ["dimension", "=", "class"]], "bucket_id",
              [("share", "Share %"), ("target", "Target %"), ("customer_count", "Customers")],
              head="Class"),
        pivot("Portfolio by Region Against Target", "logistics.portfolio.line",
              [["run_id.is_latest", "=", True], ["dimension", "=", "region"]], "bucket_id",
              [("share", "Share %"), ("target", "Target %"), ("customer_count", "Customers")],
              head="Region"),
    )  # fmt: skip
    return board


def rep():
    """The representative's own customers; the filter names another one for a manager."""
    board = Dashboard("rep", user_filter=True)
    through = "customer_id.user_id"
    board.numbers(
        ("Planned Until Today", "logistics.visit",
         [["state", "=", "planned"], ["planned_date", "<=", "today"]], "__count", "user_id"),
        ("Calls Due This Week", CUSTOMER,
         [["next_order_date", "<", "today =monday +7d"],
          ["lifecycle_stage", "not in", ["dormant", "lost"]]], "__count", "user_id"),
        ("Alarms to Close", "logistics.churn.alarm", [["state", "=", "open"]], "__count",
         "user_id"),
        ("Promises Open", "logistics.payment.promise", [["state", "=", "open"]], "__count",
         through),
    )  # fmt: skip
    board.pair(
        chart("My Touches by Month", "logistics.visit",
              [["state", "=", "done"], ["done_date", ">=", "today =1d -6m"]],
              ["done_date:month", "channel"], user="user_id", stacked=True),
        chart("My Customers by Stage", CUSTOMER, [["lifecycle_stage", "!=", False]],
              ["lifecycle_stage"], kind="pie", user="user_id"),
    )  # fmt: skip
    board.pair(
        records("Due for a Touch", "logistics.visit.status",
                [["status", "in", ["due", "overdue", "never"]]],
                [("customer_id", "Customer"), ("kind", "Kind"), ("next_due", "Due"),
                 ("status", "Status")], "next_due", user="user_id"),
        records("Calls Due", CUSTOMER,
                [["next_order_date", "<", "today =monday +7d"],
                 ["lifecycle_stage", "not in", ["dormant", "lost"]]],
                [("name", "Customer"), ("next_order_date", "Expected"),
                 ("last_trade_date", "Last Trade"), ("lifecycle_stage", "Stage")],
                "next_order_date", user="user_id"),
    )  # fmt: skip
    board.pair(
        records("Alarms", "logistics.churn.alarm", [["state", "=", "open"]],
                [("customer_id", "Customer"), ("rule", "Why"), ("date", "Since"),
                 ("severity", "Severity")], "-severity", user="user_id"),
        records("Documents That Expire in 30 Days", "logistics.document",
                [["date_expiry", ">=", "today"], ["date_expiry", "<=", "today +30d"]],
                [("customer_id", "Customer"), ("type_id", "Type"), ("date_expiry", "Expires")],
                "date_expiry", user=through),
    )  # fmt: skip
    board.pair(
        records("Largest Customers", CUSTOMER, [["revenue_12m", ">", 0]],
                [("name", "Customer"), ("revenue_12m", "Revenue"), ("value_class", "Class"),
                 ("lifecycle_stage", "Stage")], "-revenue_12m", user="user_id"),
        pivot("Revenue by Value Class", CUSTOMER, [["value_class", "!=", False]], "value_class",
              [("revenue_12m", "Revenue"), ("margin_12m", "Margin"), ("__count", "Customers")],
              user="user_id", head="Class"),
    )  # fmt: skip
    return board


def controller():
    """Held orders, promises, gates, limits."""
    board = Dashboard("controller")
    board.numbers(
        ("Held Orders", "sale.order", HELD, "__count", None),
        ("Releases Asked For", "logistics.credit.release", [["state", "=", "requested"]],
         "__count", None),
        ("Open Arrears Gates", "logistics.arrears.gate", [["state", "=", "open"]], "__count",
         None),
        ("Limits to Review", "logistics.credit.limit",
         [["state", "=", "in_force"], ["review_date", "<", "today"]], "__count", None),
    )  # fmt: skip
    board.numbers(
        ("Receivables", CUSTOMER, [["open_amount", ">", 0]], "open_amount", None),
        ("Overdue", CUSTOMER, [["overdue_amount", ">", 0]], "overdue_amount", None),
        ("Promises Broken in 90 Days", "logistics.payment.promise", BROKEN, "__count", None),
        ("Receipts Expected in 4 Weeks", "logistics.cash.forecast.line", RECEIPTS, "expected",
         None),
    )  # fmt: skip
    board.pair(
        chart("Overdue by Credit Grade", CUSTOMER, [["overdue_amount", ">", 0]],
              ["credit_grade_code"], "overdue_amount"),
        chart("Promises by Month", "logistics.payment.promise",
              [["state", "!=", "cancelled"], ["date_promised", ">=", "today =1d -6m"]],
              ["date_promised:month", "state"], stacked=True),
    )  # fmt: skip
    board.pair(
        records("Held Orders", "sale.order", HELD,
                [("partner_id", "Customer"), ("name", "Order"), ("amount_total", "Total"),
                 ("user_id", "Salesperson")], "-amount_total"),
        records("Broken Promises", "logistics.payment.promise", BROKEN,
                [("customer_id", "Customer"), ("amount", "Amount"), ("date_promised", "For"),
                 ("state", "State")], "-date_promised"),
    )  # fmt: skip
    board.pair(
        records("Arrears Gates", "logistics.arrears.gate", [["state", "=", "open"]],
                [("customer_id", "Customer"), ("year", "Year"), ("amount", "Amount")], "-amount"),
        records("Limits to Review", "logistics.credit.limit",
                [["state", "=", "in_force"], ["review_date", "<", "today"]],
                [("customer_id", "Customer"), ("kind", "Kind"), ("amount", "Amount"),
                 ("review_date", "Review")], "review_date"),
    )  # fmt: skip
    board.pair(
        records("Largest Overdue Amounts", CUSTOMER, [["overdue_amount", ">", 0]],
                [("name", "Customer"), ("overdue_amount", "Overdue"), ("open_amount", "Open"),
                 ("credit_grade_code", "Grade")], "-overdue_amount"),
        pivot("Receivables by Credit Grade", CUSTOMER, [["open_amount", ">", 0]],
              "credit_grade_code",
              [("open_amount", "Open"), ("overdue_amount", "Overdue"), ("__count", "Customers")],
              head="Grade"),
    )  # fmt: skip
    return board


def executive():
    """Key accounts, the yearly screening, what customers say."""
    board = Dashboard("executive")
    key = ["value_class", "=", "key"]
    board.numbers(
        ("Key Accounts", CUSTOMER, [key], "__count", None),
        ("Their Revenue (12 m)", CUSTOMER, [key], "revenue_12m", None),
        ("At Risk, Dormant or Lost", CUSTOMER,
         [key, ["lifecycle_stage", "in", ["at_risk", "dormant", "lost"]]], "__count", None),
        ("Executive Visits Due", "logistics.visit.status",
         [["kind", "=", "executive"], ["status", "in", ["due", "overdue", "never"]]], "__count",
         None),
    )  # fmt: skip
    board.pair(
        records("Key Accounts", CUSTOMER, [key],
                [("name", "Customer"), ("revenue_12m", "Revenue"), ("lifecycle_stage", "Stage"),
                 ("credit_grade_code", "Grade")], "-revenue_12m"),
        chart("Key Accounts by Stage", CUSTOMER, [key], ["lifecycle_stage"], kind="pie"),
    )  # fmt: skip
    board.pair(
        chart("Screening: Proposals and Decisions", "logistics.screening.line",
              [["screening_state", "!=", False]], ["screening_id", "proposal"], stacked=True),
        chart("Opinions by Topic, 12 Months", "logistics.opinion",
              [["date", ">=", "today -12m"]], ["topic_id"]),
    )  # fmt: skip
    board.pair(
        records("Opinions Past Their Deadline", "logistics.opinion",
                [["state", "=", "open"], ["deadline", "<", "today"]],
                [("customer_id", "Customer"), ("name", "In Short"), ("owner_id", "Owner"),
                 ("deadline", "Deadline")], "deadline"),
        pivot("Concentration by Year", "logistics.portfolio.run", [["state", "=", "done"]],
              "year",
              [("top_share", "Top 10 %"), ("hhi", "HHI"), ("customer_count", "Customers")],
              head="Year", sort=False),
    )  # fmt: skip
    return board


def main():
    """Write the files."""
    FILES.mkdir(exist_ok=True)
    for build in (manager, rep, controller, executive):
        board = build()
        text = json.dumps(board.json(), indent=1, ensure_ascii=False, sort_keys=True)
        (FILES / f"{board.key}_dashboard.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
