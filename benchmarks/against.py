# Part of logistics_crm. License LGPL-3 or later.
"""Ask the same questions of this addon, of Odoo's own fields and of OCA's addons; one table.

Run in an Odoo shell on a copy of a benchmark's database that has OCA's addons installed as well
(``make bench`` does). Every contender starts with an empty cache; the times are medians of three.
Prints Markdown and writes it to ``out/against-<size>.md``.
"""

import os
import sys

ROOT = os.environ.get("LOGISTICS_CRM_ROOT") or os.getcwd()
sys.path.insert(0, os.path.join(ROOT, "benchmarks"))

import company as bench_company  # noqa: E402
from against_rows import SAMPLE, questions  # noqa: E402
from measure import Meter  # noqa: E402

ROUNDS = 3


def compare(env, size):
    """Return the lines of the report, for the company of a size."""
    company = bench_company.build(env, size)
    env = env(su=True, context=dict(env.context, allowed_company_ids=[company.id]))
    company = company.with_env(env)
    modules = env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
    lines = [
        "| question | answered by | seconds | queries | MB | compared number |",
        "|---|---|---:|---:|---:|---:|",
    ]
    asked = questions(env, company)
    for question in asked:
        everybody = question.partners(env, company)
        for contender in question.contenders:
            if contender.needs and contender.needs not in modules:
                lines.append(f"| {question.text} | {contender.name} | not installed | | | |")
                continue
            some = everybody[:SAMPLE] if contender.sampled else everybody
            meter, answer = Meter(contender.name), None
            for _round in range(ROUNDS):
                env.invalidate_all()
                partners = env["res.partner"].browse(some.ids)
                with meter.round():
                    answer = contender.answer(env, company, partners)
                env.cr.rollback()
            times = len(everybody) / max(len(some), 1)
            name = contender.name
            if times > 1:
                name += f" (measured on {len(some)}, times {times:g})"
            lines.append(
                f"| {question.text} | {name} | {meter.median * times:.3f} | "
                f"{meter.queries * times:,.0f} | {meter.memory_mb:.0f} | "
                + (f"({question.number} of the sample) " if times > 1 else "")
                + f"{answer:,.2f} |"
            )
    lines.append("")
    lines += [
        f"- {question.text} Compared: {question.number}." for question in questions(env, company)
    ]
    return lines


size = os.environ.get("SIZE") or "small"
text = "\n".join(compare(env, size)) + "\n"  # noqa: F821
path = os.path.join(ROOT, "out", f"against-{size}.md")
os.makedirs(os.path.dirname(path), exist_ok=True)
with open(path, "w", encoding="utf-8") as handle:
    handle.write(text)
print(text)
