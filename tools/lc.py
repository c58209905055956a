#!/usr/bin/env python3
"""The commands of the Makefile: python tools/lc.py --help"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 (older ones get here, and should be told)
    sys.exit(
        "Python {}.{} is too old: Odoo 19 needs 3.10, 3.11, 3.12 or 3.13.\n"
        "What to do: name another one: make ... PYTHON=python3.12".format(*sys.version_info[:2])
    )

from workbench.main import main  # noqa: E402 (a clear message for old Pythons comes first)

sys.exit(main())
