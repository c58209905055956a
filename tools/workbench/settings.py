"""Where things are, and which choices the environment makes."""

import os
import sys
from pathlib import Path

from .messages import Problem

ADDON = "logistics_crm"
CLONE = Path(__file__).resolve().parents[2]
# The first Python whose standard library and wheels Odoo 19 runs on, and the first it does not.
OLDEST_PYTHON, TOO_NEW_PYTHON = (3, 10), (3, 14)
ODOO_SERIES = "19.0"
# Installed once into the template database, which every other database is copied from.
CORE_MODULES = (
    "sale_management",
    "sale_crm",
    "sale_margin",
    "account",
    "calendar",
    "survey",
    "rating",
    "portal",
    "spreadsheet_dashboard",
    "contacts",
    "web_hierarchy",
)
CACHE_MARK = "logistics_crm-cache"


def cache_dir():
    """The folder of everything downloaded or built, outside the clone; created when missing."""
    named = os.environ.get("LOGISTICS_CRM_CACHE")
    if named:
        path = Path(named).expanduser().absolute()
    else:
        home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        path = Path(home).absolute() / ADDON
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / CACHE_MARK).touch()
    except OSError as error:
        raise Problem(
            f"The cache folder {path} cannot be written: {error.strerror}.",
            "name another folder: LOGISTICS_CRM_CACHE=/path make …",
        ) from None
    return path


def check_python():
    """Refuse a Python that Odoo 19 does not run on."""
    if OLDEST_PYTHON <= sys.version_info[:2] < TOO_NEW_PYTHON:
        return
    have = ".".join(map(str, sys.version_info[:2]))
    raise Problem(
        f"Python {have} cannot run Odoo {ODOO_SERIES} with the pinned packages "
        "(3.10, 3.11, 3.12 and 3.13 can).",
        "name another one: make … PYTHON=python3.12",
    )
