"""From the text of the manual to its pages: one HTML page per chapter and language, no script."""

import html
import re

from markdown_it import MarkdownIt
from opencc import OpenCC
from PIL import Image

from . import source

NAMES = {"en": "English", "zh_CN": "简体中文", "zh_TW": "繁體中文"}
# What the conversion leaves, or says otherwise than the screens.
TAIWAN = {"賬": "帳", "許可權": "權限", "“": "「", "”": "」"}
# What the pages say beside the text.
SAYS = {
    "en": {"manual": "Logistics CRM Manual", "here": "On this page", "chapters": "Chapters"},
    "zh_CN": {"manual": "物流 CRM 用户手册", "here": "本页内容", "chapters": "目录"},
}
PAGE = """\
<!doctype html>
<html lang="{code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {manual}</title>
<link rel="stylesheet" href="/logistics_crm/static/manual/manual.css">
</head>
<body>
<header><a href="/logistics_crm/manual">{manual}</a>{jump}<nav>{languages}</nav></header>
<div class="columns">
<main>
{content}</main>
{chapters}</div>
</body>
</html>
"""


def traditional(text):
    """Simplified Chinese as it is written and said in Taiwan; words of screens stay English."""
    text = OpenCC("s2twp").convert(text)
    for said, wanted in TAIWAN.items():
        text = text.replace(said, wanted)
    return text


def pages():
    """The pages, and the converted texts: both {(language, chapter): content}."""
    converted = {
        (to, chapter): traditional(source.text(origin, chapter))
        for to, origin in source.CONVERTED.items()
        for chapter in source.CHAPTERS
    }
    texts = {
        (language, chapter): converted.get((language, chapter)) or source.text(language, chapter)
        for language in source.LANGUAGES
        for chapter in source.CHAPTERS
    }
    menus = source.menus()
    titles = {key: source.HEADING.search(text)[2] for key, text in texts.items()}
    return {key: _page(*key, text, titles, menus) for key, text in texts.items()}, converted


def _page(language, chapter, text, titles, menus):
    says = SAYS.get(language) or {
        key: traditional(value) for key, value in SAYS[source.CONVERTED[language]].items()
    }
    sections = [(m[3], m[2]) for m in source.HEADING.finditer(text) if len(m[1]) == 2]
    links = "".join(
        f'<li><a href="#{anchor}">{_words(title)}</a></li>' for anchor, title in sections
    )
    here = f'<nav class="here"><b>{says["here"]}</b><ul>{links}</ul></nav>\n' if links else ""
    chapters = "".join(
        f'<li><a href="{name}"{CURRENT if name == chapter else ""}>'
        f"{html.escape(titles[language, name])}</a></li>"
        for name in source.CHAPTERS
    )
    jump = f'<a class="jump" href="#chapters">{says["chapters"]}</a>'
    chapters = (
        f'<nav class="chapters" id="chapters"><b>{says["chapters"]}</b><ul>{chapters}</ul></nav>\n'
    )
    if chapter == source.PORTAL_CHAPTER:
        jump = chapters = ""  # customers read this chapter, and no other
    languages = " ".join(
        f'<a href="../{code}/{chapter}"{CURRENT if code == language else ""}>{name}</a>'
        for code, name in NAMES.items()
    )
    return PAGE.format(
        code=language.replace("_", "-"),
        title=html.escape(titles[language, chapter]),
        manual=says["manual"],
        languages=languages,
        chapters=chapters,
        jump=jump,
        content=_renderer(language, menus).render(text).replace("</h1>\n", "</h1>\n" + here, 1),
    )


CURRENT = ' aria-current="page"'


def _words(text):
    """A heading in a list of links, with its words of screens marked."""
    return re.sub(r"\{\{(.+?)\}\}", r"<span data-t>\1</span>", html.escape(text, quote=False))


def _renderer(language, menus):
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.inline.ruler.before("emphasis", "screen_word", _screen_word)
    markdown.core.ruler.push("anchors", _anchors)
    markdown.add_render_rule(
        "screen_word", lambda self, tokens, i, *_rest: _told(tokens[i].content, menus)
    )
    markdown.add_render_rule("image", lambda self, tokens, i, *_rest: _figure(tokens[i], language))
    markdown.add_render_rule("table_open", lambda *_args: '<div class="table"><table>\n')
    markdown.add_render_rule("table_close", lambda *_args: "</table></div>\n")
    return markdown


def _screen_word(state, silent):
    """{{Word of a screen}} or {{>menu_id}}."""
    found = source.WORD.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("screen_word", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _told(word, menus):
    if not word.startswith(">"):
        return f'<b class="word" data-t>{html.escape(word, quote=False)}</b>'
    names, action = menus[word[1:]]
    path = " › ".join(f"<span data-t>{html.escape(name, quote=False)}</span>" for name in names)
    if not action:
        return f'<b class="menu">{path}</b>'
    return f'<a class="menu" href="/odoo/action-logistics_crm.{action}">{path}</a>'


def _figure(token, language):
    path = source.picture(language, token.attrs["src"])
    width, height = Image.open(path).size
    address = f"/logistics_crm/static/manual/img/{path.parent.name}/{path.name}"
    title = html.escape(token.content)
    return (
        f'<a class="picture" href="{address}"><img src="{address}" alt="{title}" width="{width}"'
        f' height="{height}" loading="lazy"></a><span class="caption">{title}</span>'
    )


def _anchors(state):
    """Take {#anchor} from headings, and let links lead to pages."""
    for token, inline in zip(state.tokens, [*state.tokens[1:], None], strict=True):
        if token.type == "heading_open":
            last = inline.children[-1]
            if found := re.search(r" \{#([a-z0-9-]+)\}$", last.content):
                token.attrSet("id", found[1])
                last.content = last.content[: found.start()]
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", child.attrs["href"].replace(".md", ""))
