"""The licence check: what we give out, and what it is built on.

An Odoo addon runs in one program with the addons it depends on, so their licences must allow ours:
LGPL-3 addons may be built on LGPL-3 ones (and on permissive ones), not on AGPL, GPL or proprietary
ones. The Python packages that the addon needs are the ones Odoo itself needs, and the tools of
tests and lint are not given out with it; so the manifest may name no further Python package.
"""

import ast

from .settings import ADDON, CLONE

OURS = "LGPL-3"
COMPATIBLE = {"LGPL-3", "MIT", "BSD", "Apache-2.0"}


def findings(source):
    """What is wrong with licences, one sentence each."""
    manifest = _manifest(CLONE / ADDON)
    found = []
    if manifest.get("license") != OURS:
        found.append(f"{ADDON}/__manifest__.py: license is not {OURS}")
    text = CLONE / "LICENSE"
    if not text.exists() or "GNU LESSER GENERAL PUBLIC LICENSE" not in text.read_text():
        found.append("LICENSE: is not the text of the LGPL, version 3")
    for kind, names in manifest.get("external_dependencies", {}).items():
        found.append(f"{ADDON}/__manifest__.py: unchecked external dependency ({kind}): {names}")
    for name, licence in sorted(_dependency_licences(manifest, source).items()):
        if licence not in COMPATIBLE:
            found.append(f"{ADDON}/__manifest__.py: depends on {name}, whose licence is {licence}")
    return found


def _dependency_licences(manifest, source):
    """The licences of all modules that the manifest depends on, directly or not."""
    licences, waiting = {}, list(manifest.get("depends", []))
    while waiting:
        name = waiting.pop()
        if name in licences:
            continue
        folders = [folder / name for folder in source.addons_path]
        folder = next((path for path in folders if (path / "__manifest__.py").exists()), None)
        if folder is None:
            licences[name] = "unknown: it is not one of Odoo's own modules"
            continue
        values = _manifest(folder)
        # Odoo's own default for a manifest without the key.
        licences[name] = values.get("license", "LGPL-3")
        waiting += values.get("depends", [])
    return licences


def _manifest(folder):
    return ast.literal_eval((folder / "__manifest__.py").read_text())
