"""Pages of docs/ with measured sections: every command writes its own, the others stay."""

import os
import platform
import re
import time
from datetime import date

from .cache import write_atomically
from .messages import STARTED
from .settings import CLONE

PAGE = CLONE / "docs" / "benchmarks.md"


def write_section(name, text, cores=None, path=PAGE):
    """Put a text between the page's marks of that name, dated, with the machine."""
    page = path.read_text()
    start, end = f"<!-- {name}: written by make -->", f"<!-- {name}: end -->"
    if start not in page:
        raise ValueError(f"{path} has no section {name}")
    minutes = max(1, round((time.monotonic() - STARTED) / 60))
    stamp = f"{date.today():%Y-%m-%d}, {machine(cores)}; the command took {minutes} min."
    section = f"{start}\n{stamp}\n\n{text.strip()}\n{end}"
    pattern = re.compile(re.escape(start) + r".*?" + re.escape(end), re.DOTALL)
    write_atomically(path, pattern.sub(lambda _found: section, page, count=1))


def machine(cores=None):
    """The machine in a few words: cores, memory, architecture; never its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores or os.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}"
