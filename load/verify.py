# Part of logistics_crm. License LGPL-3 or later.
"""After the load: is every write there that somebody got an answer for, once?"""

import json
import os
from collections import Counter
from pathlib import Path

folder = Path(os.environ["LOAD_FOLDER"])
answered = []
for file in folder.glob("written-*.txt"):
    answered += file.read_text().split()
env.cr.execute(  # noqa: F821 - the shell's
    "SELECT client_order_ref FROM sale_order WHERE client_order_ref LIKE 'load-%'"
)
there = Counter(name for (name,) in env.cr.fetchall())  # noqa: F821
(folder / "verified.json").write_text(
    json.dumps(
        {
            "answered": len(answered),
            "lost": sum(1 for name in answered if not there[name]),
            "doubled": sum(1 for number in there.values() if number > 1),
        }
    )
)
