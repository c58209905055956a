"""What a person sees: progress lines, and one message per failure that says what to do."""

import os
import sys
import time
from contextlib import contextmanager

STARTED = time.monotonic()
VERBOSE = os.environ.get("VERBOSE", "") not in ("", "0")


class Problem(Exception):
    """Something a person has to mend.

    :param what: what went wrong, one sentence.
    :param remedy: what to do about it, one or a few lines.
    :param detail: the end of the log that shows it, if any.
    """

    def __init__(self, what, remedy="", detail=""):
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.detail = detail

    def __str__(self):
        parts = [self.what]
        if self.detail:
            parts.append("\n".join(f"    {line}" for line in self.detail.splitlines()))
        if self.remedy:
            parts.append(f"What to do: {self.remedy}")
        return "\n".join(parts)


def say(text=""):
    """Print progress. It goes to stderr, so that a command's stdout holds only its result."""
    print(text, file=sys.stderr, flush=True)


class Steps:
    """Numbered progress: a step prints its line only when there is work to do."""

    def __init__(self, total):
        self.total = total
        self.number = 0

    @contextmanager
    def step(self, title, needed=True):
        """Count a step and, if `needed`, print it with the time it took."""
        self.number += 1
        if not needed:
            yield
            return
        say(f"[{self.number}/{self.total}] {title} …")
        start = time.monotonic()
        yield
        say(f"[{self.number}/{self.total}] {title}: done in {time.monotonic() - start:.0f} s")
