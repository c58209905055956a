# Part of logistics_crm. License LGPL-3 or later.
import re
from pathlib import Path

from odoo.tests import BaseCase, tagged


@tagged("post_install", "-at_install")
class TestSuite(BaseCase):
    """A test module that is not imported never runs, and nobody notices."""

    def test_every_module_is_imported(self):
        """tests/__init__.py imports every test module beside it."""
        folder = Path(__file__).parent
        imported = set(
            re.findall(r"^from \. import (\w+)$", (folder / "__init__.py").read_text("utf-8"), re.M)
        )
        modules = {path.stem for path in folder.glob("test_*.py")}
        self.assertFalse(modules - imported, "test modules that Odoo would not run")
        self.assertFalse(imported - modules, "imports of modules that are gone")
