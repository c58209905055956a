# Part of logistics_crm. License LGPL-3 or later.
import io
import re
from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

I18N = Path(__file__).parent.parent / "i18n"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}|</?\w+|&\w+;")


def _terms(entries):
    return {(entry.msgid, entry.msgctxt) for entry in entries}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Every text of the addon exists in both Chinese scripts, and none is out of date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        buffer = io.BytesIO()
        trans_export(False, ["logistics_crm"], buffer, "po", cls.env)
        cls.template = polib.pofile(buffer.getvalue().decode())

    def _check_language(self, lang):
        catalogue = polib.pofile(str(I18N / f"{lang}.po"))
        missing = sorted(msgid for msgid, _ctx in _terms(self.template) - _terms(catalogue))
        self.assertFalse(missing, f"{lang}.po lacks these texts; run `make i18n`")
        stale = sorted(msgid for msgid, _ctx in _terms(catalogue) - _terms(self.template))
        self.assertFalse(stale, f"{lang}.po has texts the addon no longer has; run `make i18n`")
        empty = [entry.msgid for entry in catalogue if not entry.msgstr or entry.fuzzy]
        self.assertFalse(empty, f"not translated in {lang}.po")
        for entry in catalogue:
            self.assertEqual(
                sorted(PLACEHOLDER.findall(entry.msgid)),
                sorted(PLACEHOLDER.findall(entry.msgstr)),
                f"placeholders or tags differ in {lang}.po: {entry.msgid!r}",
            )
        same = [
            entry.msgid
            for entry in catalogue
            if entry.msgid == entry.msgstr and re.search(r"[a-z]{4}", entry.msgid)
        ]
        self.assertFalse(same, f"left in English in {lang}.po")

    def test_template_is_current(self):
        """The committed .pot is what the addon exports today."""
        committed = polib.pofile(str(I18N / "logistics_crm.pot"))
        self.assertEqual(_terms(committed), _terms(self.template), "run `make i18n`")

    def test_simplified_chinese(self):
        self._check_language("zh_CN")

    def test_traditional_chinese(self):
        self._check_language("zh_TW")

    def test_scripts_are_not_mixed(self):
        """Traditional texts carry none of the characters that exist only in simplified script."""
        simplified = set("户单货运级额应发现务团价销账预订")
        catalogue = polib.pofile(str(I18N / "zh_TW.po"))
        mixed = [entry.msgid for entry in catalogue if simplified & set(entry.msgstr)]
        self.assertFalse(mixed, "simplified characters in zh_TW.po")
