# Part of logistics_crm. License LGPL-3 or later.
"""After the load: is every write there that somebody got an answer for, once?"""

import json
import os
from collections import Counter
from pathlib import Path

from odoo.tools import SQL
from odoo.tools.sql import table_exists

folder = Path(os.environ["LOAD_FOLDER"])
answered = []
for file in folder.glob("written-*.txt"):
    answered += file.read_text().split()
# Where a user of load/locustfile.py writes its text.
PLACES = {
    "sale_order": "client_order_ref",
    "logistics_visit": "purpose",
    "logistics_complaint": "name",
}
there = Counter()
for table, column in PLACES.items():
    if table_exists(env.cr, table):  # noqa: F821 - the shell's
        query = SQL(
            "SELECT %(column)s FROM %(table)s WHERE %(column)s LIKE 'load-%%'",
            column=SQL.identifier(column),
            table=SQL.identifier(table),
        )
        there.update(name for (name,) in env.execute_query(query))  # noqa: F821
(folder / "verified.json").write_text(
    json.dumps(
        {
            "answered": len(answered),
            "lost": sum(1 for name in answered if not there[name]),
            "doubled": sum(1 for number in there.values() if number > 1),
        }
    )
)
