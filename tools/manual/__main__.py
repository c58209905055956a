"""`python -m manual`: write the pages anew; with --check only say what is out of step.

Run by `make manual` and `make lint`, in the Python environment with the layer "manual".
"""

import sys

from . import source
from .render import pages, traditional


def main(check):
    """0 when text and pages are in order, else 1 with the findings."""
    if not check:
        _write_converted()
    found = source.findings()
    if not found:
        found = _in_step(check)
    for finding in found:
        print(finding)
    return 1 if found else 0


def _write_converted():
    for to, origin in source.CONVERTED.items():
        for chapter in source.CHAPTERS:
            _written(source.TEXT / to / f"{chapter}.md", traditional(source.text(origin, chapter)))


def _in_step(check):
    found, wanted = [], {}
    rendered, converted = pages()
    for (language, chapter), text in rendered.items():
        wanted[source.PAGES / language / f"{chapter}.html"] = text
    for (language, chapter), text in converted.items():
        wanted[source.TEXT / language / f"{chapter}.md"] = text
    for path, text in wanted.items():
        if not check:
            _written(path, text)
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            found.append(f"{path.relative_to(source.CLONE)}: out of step; run `make manual`")
    for path in {*source.PAGES.glob("*/*"), *source.TEXT.glob("*/*")} - {*wanted}:
        if path.suffix == ".html" or path.stem not in source.CHAPTERS:
            found.append(f"{path.relative_to(source.CLONE)}: is no chapter")
    return found


def _written(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
