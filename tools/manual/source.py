"""What the manual is made of: chapters, languages, menus of the addon, pictures."""

import ast
import html
import re
from pathlib import Path
from xml.etree import ElementTree

CLONE = Path(__file__).resolve().parents[2]
ADDON = CLONE / "logistics_crm"
TEXT = CLONE / "docs" / "manual"
PAGES = ADDON / "manual"
PICTURES = ADDON / "static" / "manual" / "img"
ROOT_MENU = "menu_root"
# zh_TW is written from zh_CN, and shows its pictures.
CONVERTED = {"zh_TW": "zh_CN"}
# One word for one thing, that of the screens.
ONE_WORD = {
    "销售代表": "业务代表",
    "应收帐款": "应收账款",
    "信用评级": "信用等级",
    "客户等级": "价值分类或信用等级",
    "信贷": "信用",
    "走访": "拜访",
}
HEADING = re.compile(r"^(#{1,3}) (.+?)(?: \{#([a-z0-9-]+)\})?$", re.MULTILINE)
WORD = re.compile(r"\{\{(.+?)\}\}")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([\w-]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)]+)\)")


def _constant(name):
    tree = ast.parse((ADDON / "manual_chapters.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise KeyError(name)


CHAPTERS = _constant("CHAPTERS")
LANGUAGES = _constant("LANGUAGES")
PORTAL_CHAPTER = _constant("PORTAL_CHAPTER")


def text(language, chapter):
    """The Markdown of a chapter."""
    return (TEXT / language / f"{chapter}.md").read_text(encoding="utf-8")


def picture(language, name):
    """The file of a picture."""
    return PICTURES / CONVERTED.get(language, language) / f"{name}.webp"


def menus():
    """The addon's menus, as in its views: {id: (English names below the application, action)}."""
    found = {}
    for path in sorted((ADDON / "views").glob("**/*.xml")):
        root = ElementTree.parse(path).getroot()
        parents = {child: parent for parent in root.iter() for child in parent}
        for item in root.iter("menuitem"):
            above = parents[item].get("id") if parents[item].tag == "menuitem" else None
            above = item.get("parent", above or "").removeprefix("logistics_crm.")
            name, action = item.get("name"), item.get("action", "")
            found[item.get("id")] = name, above, action.removeprefix("logistics_crm.")
    return {
        menu: (_names(found, menu), action)
        for menu, (name, _above, action) in found.items()
        if name and menu != ROOT_MENU
    }


def _names(found, menu):
    name, above, _action = found[menu]
    return (*(_names(found, above) if above in found and above != ROOT_MENU else ()), name)


def shape(markdown):
    """What has to be the same in every language: headings, words of screens, pictures, links."""
    return {
        "headings": [(len(marks), anchor) for marks, _title, anchor in HEADING.findall(markdown)],
        "words of the screens": sorted(set(WORD.findall(markdown))),
        "pictures": [name for _title, name in PICTURE.findall(markdown)],
        "links": LINK.findall(markdown),
    }


def words_of_screens():
    """A test for words: whether the addon's own files say them, as a text or inside markup."""
    files = [path for kind in ("py", "xml", "js") for path in sorted(ADDON.glob(f"**/*.{kind}"))]
    everything = " ".join(
        path.read_text(encoding="utf-8") for path in files if "tests" not in path.parts
    )
    everything = re.sub(r"\s*([<>])\s*", r"\1", re.sub(r"\s+", " ", everything))

    def known(word):
        field = re.sub(r"\W+", "_", word.lower())  # what has no label is called by its name
        word = html.escape(word, quote=False)
        return any(text in everything for text in (f'"{word}"', f">{word}<", f" {field} = "))

    return known


def findings():
    """What is wrong with the text, one sentence each."""
    shapes = {(lang, name): shape(text(lang, name)) for lang in LANGUAGES for name in CHAPTERS}
    known, known_menus = words_of_screens(), menus()
    found = []
    for (language, chapter), given in shapes.items():
        problems = [
            f"other {what} than in English: {given[what]}, not {wanted}"
            for what, wanted in shapes[LANGUAGES[0], chapter].items()
            if given[what] != wanted
        ]
        problems += _heading_problems(given["headings"])
        problems += _word_problems(given["words of the screens"], known, known_menus)
        problems += _link_problems(given["links"], chapter, shapes)
        problems += [
            f"there is no picture {name}; run `make manual PICTURES=1`"
            for name in given["pictures"]
            if not picture(language, name).exists()
        ]
        if language == "zh_CN":
            problems += [
                f"says {wrong}; the screens say {right}"
                for wrong, right in ONE_WORD.items()
                if wrong in text(language, chapter)
            ]
        found += [f"docs/manual/{language}/{chapter}.md: {problem}" for problem in problems]
    shown = {name for given in shapes.values() for name in given["pictures"]}
    for path in sorted(PICTURES.glob("*/*")):
        if path.stem not in shown:
            found.append(f"{path.relative_to(CLONE)}: no chapter shows it")
    return found


def _heading_problems(headings):
    levels = [level for level, _anchor in headings]
    if levels[:1] != [1] or 1 in levels[1:]:
        yield "has to begin with its only title of the first level"
    anchors = [anchor for level, anchor in headings if level > 1]
    if "" in anchors or len(set(anchors)) < len(anchors):
        yield "a heading has no anchor {#like-this} of its own"


def _word_problems(words, known, known_menus):
    for word in words:
        if word.startswith(">"):
            if word[1:] not in known_menus:
                yield f"there is no menu {word[1:]}"
        elif not known(word):
            yield f"no screen says {word!r}"


def _link_problems(links, chapter, shapes):
    for target in links:
        name, _hash, section = target.partition("#")
        name = name.removesuffix(".md") or chapter
        given = shapes.get((LANGUAGES[0], name))
        if not given or section and section not in [anchor for _level, anchor in given["headings"]]:
            yield f"nothing is at {target}"
