"""`make i18n`: export the addon's texts and bring the Chinese catalogues in step with them."""

from .settings import ADDON, CLONE
from .setup import workbench
from .shell_command import run_script


def i18n():
    """Write the .pot anew, merge it into each .po, and say what is left to translate."""
    with workbench() as bench:
        with bench.databases.temporary("i18n", bench.databases.addon_name) as database:
            run_script(
                bench,
                database,
                CLONE / "tools" / "catalogues.py",
                "The export of the texts",
                I18N_FOLDER=str(CLONE / ADDON / "i18n"),
            )
    return 0
