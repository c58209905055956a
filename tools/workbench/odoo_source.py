"""Odoo 19 itself: the user's own tree, Debian's package, or a clone of the official branch."""

import os
import re
import shutil
from pathlib import Path

from . import processes
from .cache import fingerprint, folder_in_the_making, tree_fingerprint
from .messages import Problem, say
from .settings import ODOO_SERIES

DEBIAN_PACKAGE = "odoo-19"
# The package links to these instead of carrying its own copies. They are taken from the machine's
# own suite: later ones have moved some of the files.
DEBIAN_LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
DEBIAN_KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/usr/share/keyrings/debian-archive-keyring.gpg",
)
OFFICIAL_REPOSITORY = "https://github.com/odoo/odoo.git"
# Debian leaves this file out (no source); without it every page logs an error, and every browser
# test fails on that. It only blurs the background of video calls.
STRIPPED = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class OdooSource:
    """A tree of Odoo's server and core addons.

    :param path: the folder that holds the package `odoo` (and `addons`, in a git tree).
    """

    def __init__(self, path):
        self.path = Path(path)

    @property
    def addons_path(self):
        """Core's addons folders: one in Debian's package, two in the git tree."""
        folders = [self.path / "odoo" / "addons", self.path / "addons"]
        return [folder for folder in folders if folder.is_dir()]

    @property
    def version(self):
        """Odoo's own version, such as 19.0."""
        text = (self.path / "odoo" / "release.py").read_text()
        found = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+)", text, re.MULTILINE)
        return f"{found[1]}.{found[2]}" if found else "unknown"

    @property
    def key(self):
        """Changes when the code of the tree does, by file names and sizes."""
        suffixes = (".py", ".xml", ".csv")
        stored = self.path / ".workbench-key"
        if stored.exists():
            return stored.read_text()
        return tree_fingerprint(self.path, lambda path: path.suffix in suffixes, content=False)


def own_tree(cache):
    """The tree that ODOO_SOURCE names, or None. It is only read: nothing in it is changed."""
    named = os.environ.get("ODOO_SOURCE")
    if not named:
        return None
    base = Path(named).expanduser().absolute()
    candidates = (base, base / "usr/lib/python3/dist-packages", base.parent)
    for candidate in candidates:
        if (candidate / "odoo" / "release.py").is_file():
            break
    else:
        raise Problem(
            f"ODOO_SOURCE={named} holds no Odoo.",
            "name the folder in which `odoo/release.py` lies (a git checkout of branch "
            f"{ODOO_SERIES}, or a dist-packages folder).",
        )
    source = OdooSource(candidate)
    if source.version != ODOO_SERIES:
        raise Problem(
            f"ODOO_SOURCE={named} is Odoo {source.version}; this addon is for {ODOO_SERIES}.",
            f"check out branch {ODOO_SERIES}, or leave ODOO_SOURCE out.",
        )
    if not any((folder / STRIPPED).exists() for folder in source.addons_path):
        say(f"    note: this Odoo lacks {STRIPPED}; browser tests fail without it")
    # Only `odoo` and `addons` go on Python's path: a system's dist-packages would bring its
    # other packages along, in other versions than the pinned ones.
    link = cache / "odoo" / f"own-{fingerprint(candidate)}"
    link.mkdir(parents=True, exist_ok=True)
    # Debian's package has all addons in `odoo/addons`, and a partial second copy in `addons`.
    debian = (candidate / "odoo" / "addons" / "web").is_dir()
    for name in ("odoo", "addons"):
        if (link / name).is_symlink():
            (link / name).unlink()
        if name == "odoo" or not debian:
            (link / name).symlink_to(candidate / name)
    return OdooSource(link)


def cached_tree(cache):
    """The tree fetched before, or None."""
    path = cache / "odoo" / ODOO_SERIES
    return OdooSource(_tree_root(path)) if path.is_dir() else None


def fetch(cache):
    """Fetch Odoo into the cache: Debian's signed package where apt is, else a shallow clone."""
    processes.require_space(cache, 4, "Odoo")
    failure = None
    mirror = _debian_mirror() if shutil.which("apt-get") and shutil.which("dpkg-deb") else None
    if mirror:
        try:
            return _fetch_debian(cache, *mirror)
        except Problem as problem:
            failure = problem
            if shutil.which("git"):
                say("    Debian's package could not be fetched; trying the official git branch")
    if shutil.which("git"):
        try:
            return _fetch_git(cache)
        except Problem as problem:
            failure = failure or problem
    if failure:
        raise failure
    raise Problem(
        "There is no Odoo here, and neither apt on Debian nor git to fetch it with.",
        "install git, or name an Odoo 19 tree you have: ODOO_SOURCE=/path make …",
    )


def _tree_root(path):
    debian = path / "usr" / "lib" / "python3" / "dist-packages"
    return debian if debian.is_dir() else path


def _finish(root):
    """Make a private copy complete and remember its fingerprint."""
    folders = OdooSource(root).addons_path
    mail = next((folder for folder in folders if (folder / "mail").is_dir()), folders[0])
    stripped = mail / STRIPPED
    if not stripped.exists():
        stripped.parent.mkdir(parents=True, exist_ok=True)
        stripped.write_text("// Left out by the distribution; only blurs video backgrounds.\n")
    (root / ".workbench-key").write_text(OdooSource(root).key)


def _debian_mirror():
    """The machine's own Debian mirror and suite, so that no host is written here, or None."""
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return None
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    codename = values.get("VERSION_CODENAME", "").strip('"')
    if values.get("ID", "").strip('"') != "debian" or not codename:
        return None
    # --print-uris works before the first `apt-get update` too, and changes nothing.
    printed = processes.output(["apt-get", "--print-uris", "update"]) or ""
    found = re.search(rf"^'(\S+)/dists/{re.escape(codename)}/InRelease'", printed, re.MULTILINE)
    return (found[1], codename) if found else None


def _fetch_debian(cache, mirror, suite):
    """Download with apt's own signature check, in a private apt configuration, and unpack."""
    apt = cache / "apt"
    for name in ("lists/partial", "archives/partial", "debs"):
        (apt / name).mkdir(parents=True, exist_ok=True)
    keyring = next((name for name in DEBIAN_KEYRINGS if Path(name).exists()), None)
    signed = f"[signed-by={keyring}] " if keyring else ""
    lines = (f"deb {signed}{mirror} {name} main\n" for name in {"sid", suite})
    (apt / "sources.list").write_text("".join(lines))
    options = {
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferences": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt,
        "Dir::Cache::archives": apt / "archives",
        "Acquire::Languages": "none",
        "Acquire::Retries": 3,
        # Without it a list that cannot be fetched is only a warning.
        "APT::Update::Error-Mode": "any",
        "APT::Sandbox::User": "",
    }
    command = ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]
    log = cache / "logs" / "apt-odoo.log"
    remedy = (
        "see that the machine reaches its Debian mirror (`apt-get update` shows it), then run the "
        "same command again; or name an Odoo 19 tree you have: ODOO_SOURCE=/path make …"
    )
    processes.run([*command, "update"], log, "Reading Debian's package list", remedy)
    packages = [f"{DEBIAN_PACKAGE}/sid", *(f"{name}/{suite}" for name in DEBIAN_LINKED)]
    what = f"Downloading {DEBIAN_PACKAGE} (130 MB)"
    processes.run([*command, "download", *packages], log, what, remedy, cwd=apt / "debs")
    with folder_in_the_making(cache / "odoo" / ODOO_SERIES) as making:
        for deb in sorted((apt / "debs").glob("*.deb")):
            what = f"Unpacking {deb.name}"
            processes.run(["dpkg-deb", "-x", deb, making], log, what, "run the command again.")
        root = _tree_root(making)
        # A second, partial copy of the addons beside the package: not to be found by Python.
        for extra in ("addons", "setup", "doc"):
            shutil.rmtree(root / extra, ignore_errors=True)
        _finish(root)
    shutil.rmtree(apt, ignore_errors=True)
    return cached_tree(cache)


def _fetch_git(cache):
    """A shallow clone of the official branch (ODOO_GIT_URL names another repository)."""
    url = os.environ.get("ODOO_GIT_URL", OFFICIAL_REPOSITORY)
    with folder_in_the_making(cache / "odoo" / ODOO_SERIES) as making:
        processes.run(
            ["git", "clone", "--depth", "1", "--branch", ODOO_SERIES, url, making / "clone"],
            cache / "logs" / "git-odoo.log",
            f"Cloning Odoo {ODOO_SERIES}",
            "see that the machine reaches the repository, or name an Odoo 19 tree you have: "
            "ODOO_SOURCE=/path make …",
            env=dict(os.environ, GIT_TERMINAL_PROMPT="0"),
        )
        for item in (making / "clone").iterdir():
            item.rename(making / item.name)
        (making / "clone").rmdir()
        _finish(making)
    return cached_tree(cache)
