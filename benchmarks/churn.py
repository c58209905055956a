# Part of logistics_crm. License LGPL-3 or later.
"""How well the churn score ranks: on a trading history of your own, or on invented ones.

    make churn DATA=history.csv CUT=2014-06-30,2014-12-31
    make churn                       ten kinds of invented histories, three of each (SEEDS=5)

The rows go into a company of their own, the figures are refreshed as of each cut, and the
addon's ``churn_risk`` with its default coefficients is compared with a quintile RFM score,
recency alone and silence by own interval: customers with two trade days or more before the cut;
stopped means nothing after it. Nothing is kept: everything is rolled back. The table is written to
out/churn.md.
"""

import os
import random
import sys
from datetime import date, timedelta

START = date(2021, 1, 1)
# Cuts of the invented histories, as parts of their length.
PARTS = (0.4, 0.6, 0.8)
LEAST = 25  # who stopped and who stayed


def quintiles(values):
    """1 to 5 by rank, 5 the highest."""
    order = sorted(range(len(values)), key=values.__getitem__)
    result = [0] * len(values)
    for place, index in enumerate(order):
        result[index] = 1 + place * 5 // len(values)
    return result


def new_company(env, name):
    return env["res.company"].create({"name": name, "currency_id": env.company.currency_id.id})


def scores_at(env, company, cut):
    """Scores of the customers with two trade days or more, and who stopped, as of a day."""
    env["logistics.customer"]._refresh_figures(as_of=cut, company=company)
    env.cr.execute(
        """SELECT c.churn_risk, c.figures_as_of - c.last_trade_date, c.trade_days_total,
                  COALESCE(c.amount_per_trade_day, 0) * c.trade_days_total,
                  (c.figures_as_of - c.last_trade_date) / GREATEST(c.order_interval_days, 0.5),
                  NOT EXISTS (SELECT FROM logistics_trading_history h
                               WHERE h.partner_id = c.partner_id AND h.date > %(cut)s)
             FROM logistics_customer c
            WHERE c.company_id = %(company)s AND c.trade_days_total >= 2""",
        {"cut": cut, "company": company.id},
    )
    rows = env.cr.fetchall()
    if not rows:
        return {}, []
    risk, silence, days, value, ratio, stopped = zip(*rows, strict=True)
    rfm = zip(quintiles([-s for s in silence]), quintiles(days), quintiles(value), strict=True)
    return {
        "churn_risk": risk,
        "RFM quintiles": [-sum(parts) for parts in rfm],
        "recency": silence,
        "silence / interval": ratio,
    }, stopped


def report(env, path, cuts):
    """Print AUC, precision and recall of the top tenth per cut and score, of a CSV file.

    :return: the same as lines of Markdown
    """
    from odoo.addons.logistics_crm.models.retention import churn_fit

    company = new_company(env, "Churn")
    told = env["logistics.trading.history"]._import_csv(path, company)
    print(f"{told['created']} rows, {len(told['errors'])} refused")
    table = ["| cut | customers | stopped | score | AUC | precision | recall |"]
    table.append("|---|---|---|---|---|---|---|")
    for cut in cuts:
        scores, stopped = scores_at(env, company, cut)
        gone = sum(stopped)
        print(f"{cut}: {len(stopped)} customers with two trade days, {gone} stopped")
        for name, score in scores.items():
            area = churn_fit.area_under_curve(score, stopped)
            precision = churn_fit.top_precision(score, stopped)
            recall = precision * max(1, round(len(stopped) * 0.1)) / gone if gone else 0
            cells = (
                name,
                "-" if area is None else f"{area:.3f}",
                f"{precision:.2f}",
                f"{recall:.2f}",
            )
            print("    {:20} AUC {}  precision {}  recall {}".format(*cells))
            table.append(f"| {cut} | {len(stopped)} | {gone} | {' | '.join(cells)} |")
    return [*table, "", "Precision and recall: of the tenth of the customers that scores highest."]


def invent(env, kind, seed):
    """A company with an invented history."""
    from churn_histories import history

    draw, company = random.Random(seed), new_company(env, f"Churn {seed}")
    found = [rows for _n in range(kind.customers) if (rows := history(draw, kind))]
    partners = env["res.partner"].create(
        [{"name": f"Simulated {n}", "is_company": True} for n in range(len(found))]
    )
    env.cr.execute_values(
        "INSERT INTO logistics_trading_history (company_id, partner_id, date, document, line,"
        " currency_id, amount, amount_company) VALUES %s",
        [
            (company.id, partner.id, START + timedelta(days=day), f"S{day}", "1")
            + (company.currency_id.id, round(amount, 2), round(amount, 2))
            for partner, rows in zip(partners, found, strict=True)
            for day, amount in rows.items()
        ],
    )
    return company


def simulate(env, seeds):
    """Print, per kind of invented history, the mean AUC and the worst margin over RFM.

    :return: the same as lines of Markdown
    """
    from churn_histories import KINDS

    from odoo.addons.logistics_crm.models.retention import churn_fit

    margins = []
    print(f"{'mean AUC over cuts and seeds':28} ours    RFM  recency  cuts  least above RFM")
    table = ["| history | churn risk | RFM quintiles | recency | cuts | least above RFM |"]
    table.append("|---|---|---|---|---|---|")
    for name, kind in KINDS.items():
        areas = []
        for seed in range(1, seeds + 1):
            savepoint = env.cr.savepoint(flush=True)
            company = invent(env, kind, seed)
            for part in PARTS:
                cut = START + timedelta(days=int(kind.days * part))
                scores, stopped = scores_at(env, company, cut)
                if min(sum(stopped), len(stopped) - sum(stopped)) >= LEAST:
                    areas.append([churn_fit.area_under_curve(s, stopped) for s in scores.values()])
            savepoint.rollback()
            savepoint.close(rollback=False)
            env.invalidate_all()
        if not areas:
            continue
        means = [sum(a) / len(areas) for a in zip(*areas, strict=True)][:3]
        above = [a[0] - a[1] for a in areas]
        margins += above
        cells = (*(f"{mean:.3f}" for mean in means), len(areas), f"{min(above):+.3f}")
        print("{:28} {}  {}  {}    {:3}  {}".format(name, *cells), flush=True)
        table.append(f"| {name} | " + " | ".join(str(cell) for cell in cells) + " |")
    share = sum(m >= 0 for m in margins) / len(margins)
    words = (
        f"{len(margins)} cuts, {seeds} seeds of each kind: not below RFM in {share:.0%}, "
        f"worst {min(margins):+.3f}."
    )
    print(words)
    return [*table, "", words]


if "env" in globals():
    root = os.environ.get("LOGISTICS_CRM_ROOT") or os.getcwd()
    sys.path.insert(0, os.path.join(root, "benchmarks"))
    if os.environ.get("DATA"):
        lines = report(env, os.environ["DATA"], os.environ["CUT"].split(","))  # noqa: F821
    else:
        lines = simulate(env, int(os.environ.get("SEEDS") or 3))  # noqa: F821
    env.cr.rollback()  # noqa: F821
    os.makedirs(os.path.join(root, "out"), exist_ok=True)
    with open(os.path.join(root, "out", "churn.md"), "w", encoding="utf-8") as handle:
        handle.write("\n".join(lines) + "\n")
