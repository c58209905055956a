# Part of logistics_crm. License LGPL-3 or later.
import functools
import html
import re

import polib
from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route
from odoo.tools import file_open, file_path

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..manual_chapters import CHAPTERS, LANGUAGES, PORTAL_CHAPTER, language_of, place_of_screen

ADDRESS = "/logistics_crm/manual"
# Words of the screens, as `make manual` marks them: they are told as the catalogue has them.
WORD = re.compile(r"(?<= data-t)>([^<]+)<")
TITLE = re.compile(r"<title>(.+?) · (.+?)</title>")
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "private, no-cache"),
]


@functools.cache
def catalogue(language):
    """The Chinese of the addon's texts, read once per process; nothing for English."""
    if language == LANGUAGES[0]:
        return {}
    path = file_path(f"logistics_crm/i18n/{language}.po")
    return {entry.msgid: entry.msgstr for entry in polib.pofile(path) if entry.msgstr}


def stored(language, chapter):
    """The page of a chapter as `make manual` wrote it.

    :param language: one of LANGUAGES
    :param chapter: one of CHAPTERS
    """
    with file_open(f"logistics_crm/manual/{language}/{chapter}.html") as file:
        return file.read()


def page(language, chapter):
    """The page of a chapter; texts of screens are those of the screens in that language.

    :param language: one of LANGUAGES
    :param chapter: one of CHAPTERS
    """
    words = catalogue(language)

    def told(match):
        word = html.unescape(match[1])
        return f">{html.escape(words.get(word, word), quote=False)}<"

    return WORD.sub(told, stored(language, chapter))


class ManualController(Controller):
    """The manual: every chapter for employees, the customers' chapter for portal users."""

    def _allowed(self):
        return CHAPTERS if request.env.user._is_internal() else (PORTAL_CHAPTER,)

    def _go_to(self, place):
        chapter, _hash, section = place.partition("#")
        if chapter not in self._allowed():
            chapter, section = PORTAL_CHAPTER, ""
        language = language_of(request.env.user.lang)
        section = f"#{section}" if section else ""
        return request.redirect(f"{ADDRESS}/{language}/{chapter}{section}")

    @route(ADDRESS, type="http", auth="user", methods=["GET"], readonly=True)
    def manual(self, action="", model="", **kwargs):
        """Open the manual in the user's language, where it tells about a screen.

        :param action: external id of the screen's action
        :param model: its model, or the tag of a client action
        """
        return self._go_to(place_of_screen(action, model))

    @route(f"{ADDRESS}/<string:chapter>", type="http", auth="user", methods=["GET"], readonly=True)
    def manual_chapter(self, chapter, **kwargs):
        """Open a chapter in the user's language."""
        if chapter not in CHAPTERS:
            raise NotFound
        return self._go_to(chapter)

    @route(
        f"{ADDRESS}/<string:language>/<string:chapter>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def manual_page(self, language, chapter, **kwargs):
        """A chapter in a language. Both are taken from lists: no other file is ever read."""
        if language not in LANGUAGES or chapter not in self._allowed():
            raise NotFound
        return request.make_response(page(language, chapter), HEADERS)


class ManualPortal(CustomerPortal):
    """The portal's first page leads customers to their chapter."""

    def _prepare_home_portal_values(self, counters):
        """Tell the titles of the customers' chapter and of the manual, in the reader's language."""
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            # titles have no words of screens: the catalogue, which takes seconds, is not read
            text = stored(language_of(request.env.lang), PORTAL_CHAPTER)
            titles = TITLE.search(text).groups()
            values["logistics_manual"] = [html.unescape(title) for title in titles]
        return values
