# Part of logistics_crm. License LGPL-3 or later.
"""Time, queries and memory of a piece of work, over several rounds."""

import contextlib
import gc
import statistics
import time

from odoo import sql_db


class Meter:
    def __init__(self, name, calls=1):
        self.name = name
        self.calls = calls
        self.seconds = []
        self.queries = 0  # per call, of all connections, the most of any round
        self.memory_mb = 0.0  # the most the process grew above where a round began

    @contextlib.contextmanager
    def round(self):
        gc.collect()
        _forget_peak()
        before, queries = read_rss(), sql_db.sql_counter
        started = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - started)
        self.queries = max(self.queries, (sql_db.sql_counter - queries) / self.calls)
        self.memory_mb = max(self.memory_mb, _read_status("VmHWM") - before)

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def fastest(self):
        return min(self.seconds)

    @property
    def slowest(self):
        return max(self.seconds)


def read_rss():
    """Return the memory of this process, in megabytes."""
    return _read_status("VmRSS")


def _forget_peak():
    # where this is not allowed, the peak is that of the whole life of the process
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as handle:
        handle.write("5")


def _read_status(field):
    with open("/proc/self/status") as handle:
        for line in handle:
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    return 0.0
