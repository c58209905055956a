# Part of logistics_crm. License LGPL-3 or later.
"""How well the churn score ranks on a trading history of your own.

    make -s shell DB=churn DATA=history.csv CUT=2014-06-30,2014-12-31 < benchmarks/churn.py

Imports the file into a company of its own, refreshes the figures as of each cut and compares the
addon's ``churn_risk`` with a quintile RFM score, recency alone and silence by own interval:
customers with two trade days or more before the cut; stopped means nothing after it. Nothing is
kept: everything is rolled back.
"""

import os


def quintiles(values):
    """1 to 5 by rank, 5 the highest."""
    order = sorted(range(len(values)), key=values.__getitem__)
    result = [0] * len(values)
    for place, index in enumerate(order):
        result[index] = 1 + place * 5 // len(values)
    return result


def report(env, path, cuts):
    """Print AUC, precision and recall of the top tenth per cut and score."""
    from odoo.addons.logistics_crm.models.retention import churn_fit

    company = env["res.company"].create(
        {"name": "Churn", "currency_id": env.company.currency_id.id}
    )
    told = env["logistics.trading.history"]._import_csv(path, company)
    print(f"{told['created']} rows, {len(told['errors'])} refused")
    for cut in cuts:
        env["logistics.customer"]._refresh_figures(as_of=cut, company=company)
        env.cr.execute(
            """SELECT c.churn_risk, c.figures_as_of - c.last_trade_date, c.trade_days_total,
                      COALESCE(c.amount_per_trade_day, 0) * c.trade_days_total,
                      (c.figures_as_of - c.last_trade_date)
                          / GREATEST(c.order_interval_days, 0.5),
                      NOT EXISTS (SELECT FROM logistics_trading_history h
                                   WHERE h.partner_id = c.partner_id AND h.date > %(cut)s)
                 FROM logistics_customer c
                WHERE c.company_id = %(company)s AND c.trade_days_total >= 2""",
            {"cut": cut, "company": company.id},
        )
        rows = env.cr.fetchall()
        if not rows:
            print(f"{cut}: nobody traded twice before")
            continue
        risk, silence, days, value, ratio, stopped = zip(*rows, strict=True)
        rfm = zip(quintiles([-s for s in silence]), quintiles(days), quintiles(value), strict=True)
        scores = {
            "churn_risk": risk,
            "RFM quintiles": [-sum(parts) for parts in rfm],
            "recency": silence,
            "silence / interval": ratio,
        }
        gone = sum(stopped)
        print(f"{cut}: {len(rows)} customers, {gone} stopped")
        for name, score in scores.items():
            area = churn_fit.area_under_curve(score, stopped)
            precision = churn_fit.top_precision(score, stopped)
            recall = precision * max(1, round(len(rows) * 0.1)) / gone if gone else 0
            told = "-" if area is None else f"{area:.3f}"
            print(f"    {name:20} AUC {told}  precision {precision:.2f}  recall {recall:.2f}")


if "env" in globals():
    report(env, os.environ["DATA"], os.environ["CUT"].split(","))  # noqa: F821
    env.cr.rollback()  # noqa: F821
