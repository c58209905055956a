"""Run in an Odoo shell by `make i18n`: the template anew, the catalogues merged with it."""

import io
import os
from pathlib import Path

import polib

from odoo.tools.translate import trans_export

LANGUAGES = ("zh_CN", "zh_TW")


def export(env, folder):
    """Write logistics_crm.pot from the installed addon and return it as a catalogue."""
    buffer = io.BytesIO()
    trans_export(False, ["logistics_crm"], buffer, "po", env)
    template = polib.pofile(buffer.getvalue().decode())
    # The day of the export says nothing and would make every export a change.
    for key in ("POT-Creation-Date", "PO-Revision-Date"):
        template.metadata.pop(key, None)
    template.save(str(folder / "logistics_crm.pot"))
    return template


def merge(template, path, language):
    """Bring one catalogue in step: new texts empty, gone texts dropped, references renewed."""
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
    known = {(entry.msgid, entry.msgctxt): entry.msgstr for entry in catalogue if not entry.fuzzy}
    merged = polib.POFile()
    merged.metadata = {
        **template.metadata,
        "Language": language,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for entry in template:
        merged.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgctxt=entry.msgctxt,
                msgstr=known.get((entry.msgid, entry.msgctxt), ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=entry.flags,
            )
        )
    merged.save(str(path))
    return [entry.msgid for entry in merged if not entry.msgstr]


def main(env):
    """Export, merge, and print what is still without translation."""
    folder = Path(os.environ["I18N_FOLDER"])
    template = export(env, folder)
    print(f"{len(template)} texts")
    for language in LANGUAGES:
        missing = merge(template, folder / f"{language}.po", language)
        print(f"{language}: {len(missing)} to translate")
        for text in missing:
            print(f"    {text!r}")


main(env)  # noqa: F821  (the shell's own variable)
