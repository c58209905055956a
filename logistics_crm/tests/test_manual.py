# Part of logistics_crm. License LGPL-3 or later.
import html
import re
from pathlib import Path

from lxml import etree

from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from ..controllers.manual import WORD, catalogue, page
from ..manual_chapters import (
    ACTIONS,
    CHAPTERS,
    LANGUAGES,
    MODELS,
    PORTAL_CHAPTER,
    language_of,
    place_of_screen,
)
from .common import LogisticsCommon

ADDON = Path(__file__).parent.parent
HEADING = re.compile(r'<(h[1-3])(?: id="([^"]+)")?>')
LINK = re.compile(r'href="([^"]+)"')
MENU = re.compile(r'<a class="menu" href="/odoo/action-([^"]+)">(.*?)</a>')


def file(language, chapter):
    return (ADDON / "manual" / language / f"{chapter}.html").read_text(encoding="utf-8")


@tagged("post_install", "-at_install")
class TestManualPages(TransactionCase):
    """The pages are whole, alike in all languages, and speak of screens that exist."""

    def test_chapters_in_all_languages(self):
        for language in LANGUAGES:
            present = {path.stem for path in (ADDON / "manual" / language).iterdir()}
            self.assertEqual(present, set(CHAPTERS), language)
        for chapter in CHAPTERS:
            english = HEADING.findall(file("en", chapter))
            self.assertGreater(len(english), 2, chapter)
            for language in LANGUAGES:
                with self.subTest(chapter=chapter, language=language):
                    text = file(language, chapter)
                    self.assertEqual(HEADING.findall(text), english)
                    self.assertNotIn("<script", text)
                    self.assertNotIn("{{", text, "a word of the screens was not understood")

    def test_links_and_pictures_lead_somewhere(self):
        for language in LANGUAGES:
            anchors = {
                name: set(re.findall(r'id="([^"]+)"', file(language, name))) for name in CHAPTERS
            }
            for chapter in CHAPTERS:
                text = file(language, chapter)
                for target in LINK.findall(text) + re.findall(r'src="([^"]+)"', text):
                    with self.subTest(language=language, chapter=chapter, target=target):
                        self._check_target(target, chapter, anchors)

    def _check_target(self, target, chapter, anchors):
        if target.startswith("/logistics_crm/static/"):
            self.assertTrue((ADDON.parent / target[1:]).is_file())
        elif target.startswith("/odoo/action-"):
            self.assertTrue(self.env.ref(target.removeprefix("/odoo/action-")))
        elif target != "/logistics_crm/manual":
            name, _hash, section = target.rpartition("/")[2].partition("#")
            self.assertIn(name or chapter, CHAPTERS)
            if section:
                self.assertIn(section, anchors[name or chapter])

    def test_menus_are_those_of_the_application(self):
        """The path in the manual is the path a manager sees, down to the name of each menu."""
        paths = set()
        for menu in self.env["ir.ui.menu"].search([("id", "child_of", self._root().id)]):
            if menu.action:
                xml_id = menu.action.get_external_id()[menu.action.id]
                paths.add((xml_id, menu.complete_name.partition("/")[2]))
        named = 0
        for chapter in CHAPTERS:
            for action, path in MENU.findall(file("en", chapter)):
                names = "/".join(html.unescape(name) for name in WORD.findall(path))
                self.assertIn((action, names), paths, chapter)
                named += 1
        self.assertGreater(named, 1)

    def _root(self):
        return self.env.ref("logistics_crm.menu_root")

    def test_words_of_the_screens_are_those_of_the_catalogue(self):
        """In Chinese the manual calls things as the screens do."""
        for language in LANGUAGES[1:]:
            words = catalogue(language)
            self.assertEqual(words["Credit Grade"], {"zh_CN": "信用等级"}.get(language, "信用等級"))
            for chapter in CHAPTERS:
                marked = [html.unescape(word) for word in WORD.findall(file(language, chapter))]
                told = [html.unescape(word) for word in WORD.findall(page(language, chapter))]
                self.assertEqual(told, [words.get(word, word) for word in marked])
                self.assertTrue(told)

    def test_every_menu_has_a_chapter(self):
        """No screen of the application falls back to the first page."""
        known = set(MODELS.values()) | set(ACTIONS.values())
        for place in known:
            chapter, _hash, section = place.partition("#")
            self.assertIn(chapter, CHAPTERS)
            if section:
                self.assertIn(f'id="{section}"', file("en", chapter), place)
        menus = self.env["ir.ui.menu"].search([("id", "child_of", self._root().id)])
        places = set()
        for action in [menu.action for menu in menus if menu.action]:
            xml_id = action.get_external_id()[action.id]
            model = {
                "ir.actions.act_window": lambda found: found.res_model,
                "ir.actions.client": lambda found: found.tag,
                "ir.actions.server": lambda found: found.model_id.model,
            }[action._name](action)
            place = place_of_screen(xml_id, model)
            places.add(place)
            with self.subTest(action=xml_id, model=model):
                self.assertIn(place, known)
                self.assertNotEqual(place, "start")
        self.assertGreater(len(places), 40)
        for name in ACTIONS:
            self.assertTrue(self.env.ref(f"logistics_crm.{name}"))
        self.assertEqual(place_of_screen("", "res.partner"), "start")
        self.assertEqual(place_of_screen("nonsense", ""), "start")

    def test_administrators_guide_is_complete(self):
        """It names every scheduled job, every role and every setting of the addon."""
        said = {html.unescape(word) for word in WORD.findall(file("en", "admin"))}
        ours = self.env["ir.model.data"].search([("module", "=", "logistics_crm")])
        english = self.env["ir.model.data"].with_context(lang="en_US").env
        for model, field in (("ir.cron", "cron_name"), ("res.groups", "name")):
            ids = ours.filtered(lambda data, model=model: data.model == model).mapped("res_id")
            names = set(english[model].browse(ids).mapped(field))
            self.assertTrue(names)
            self.assertLessEqual(names, said, model)
        view = self.env["res.config.settings"].get_view(
            self.env.ref("base.res_config_settings_view_form").id, "form"
        )
        app = etree.fromstring(view["arch"]).find(".//app[@name='logistics_crm']")
        fields = self.env["res.config.settings"]._fields
        for setting in app.iter("setting"):
            name = setting.get("string") or fields[setting.find(".//field").get("name")].string
            self.assertIn(name, said)


@tagged("post_install", "-at_install")
class TestManualRoutes(LogisticsCommon, HttpCase):
    """Who gets which page, in which language."""

    def _login(self, group, lang="en_US", **values):
        user = self._user(group, **values)
        user.lang = lang
        self.authenticate(user.login, user.login)
        return user

    def _goes_to(self, path):
        response = self.url_open(path, allow_redirects=False)
        self.assertIn(response.status_code, (302, 303), path)
        return response.headers["Location"].removeprefix(self.base_url())

    def test_in_the_language_of_the_user(self):
        """English where the manual has no text in the user's language."""
        for code in ("zh_CN", "zh_TW", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
        user = self._login("seller", login="manual_reader")
        for code, folder in (
            ("en_US", "en"),
            ("zh_CN", "zh_CN"),
            ("zh_TW", "zh_TW"),
            ("fr_FR", "en"),
        ):
            user.lang = code
            self.env.flush_all()
            with self.subTest(lang=code):
                address = f"/logistics_crm/manual/{folder}/start"
                self.assertEqual(self._goes_to("/logistics_crm/manual"), address)
                self.assertEqual(self._goes_to("/logistics_crm/manual/start"), address)
        self.assertEqual(language_of("zh_HK"), "zh_TW")
        self.assertEqual(language_of(False), "en")
        text = self.url_open("/logistics_crm/manual/zh_CN/start").text
        self.assertIn('<html lang="zh-CN">', text)
        self.assertIn(f">{catalogue('zh_CN')['Credit Grade']}<", text)

    def test_opens_at_the_screen(self):
        self._login("seller", login="manual_reader")
        query = "?model=logistics.customer&action=logistics_crm.action_customer"
        chapter, _hash, section = place_of_screen(
            "logistics_crm.action_customer", "logistics.customer"
        ).partition("#")
        where = self._goes_to(f"/logistics_crm/manual{query}")
        self.assertEqual(
            where, f"/logistics_crm/manual/en/{chapter}" + (f"#{section}" if section else "")
        )

    @mute_logger("odoo.http")
    def test_nothing_but_chapters(self):
        """No path reaches another file, however it is written."""
        self._login("seller", login="manual_reader")
        self.assertEqual(self.url_open("/logistics_crm/manual/en/start").status_code, 200)
        for path in (
            "en/nothing",
            "fr/start",
            "nothing",
            "en/start.html",
            "en/..%2f..%2f__manifest__.py",
            "..%2f..%2fmanual/start",
            "en%2f..%2f..%2f__manifest__/start",
            "%2e%2e/__manifest__",
            "en/%00start",
        ):
            with self.subTest(path=path):
                response = self.url_open(f"/logistics_crm/manual/{path}")
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("post_init_hook", response.text)

    def test_no_script_may_run(self):
        self._login("seller", login="manual_reader")
        response = self.url_open("/logistics_crm/manual/en/start")
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("script", policy)
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    @mute_logger("odoo.http")
    def test_customers_read_their_chapter_only(self):
        self._login("portal", login="manual_customer")
        theirs = f"/logistics_crm/manual/en/{PORTAL_CHAPTER}"
        self.assertEqual(self._goes_to("/logistics_crm/manual"), theirs)
        self.assertEqual(self._goes_to("/logistics_crm/manual/start"), theirs)
        self.assertEqual(self.url_open(theirs).status_code, 200)
        for chapter in set(CHAPTERS) - {PORTAL_CHAPTER}:
            response = self.url_open(f"/logistics_crm/manual/en/{chapter}")
            self.assertEqual(response.status_code, 404, chapter)
        linked = LINK.findall(file("en", PORTAL_CHAPTER))
        self.assertFalse([name for name in linked if name in set(CHAPTERS) - {PORTAL_CHAPTER}])

    def test_the_portal_leads_to_it(self):
        self._login("portal", login="manual_customer")
        text = self.url_open("/my").text
        self.assertIn('href="/logistics_crm/manual/portal"', text)
        title = re.search("<h1>(.+?)</h1>", file("en", PORTAL_CHAPTER))[1]
        self.assertIn(title, text)

    def test_nobody_without_login(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self._goes_to("/logistics_crm/manual/en/start"))


@tagged("post_install", "-at_install")
class TestManualTours(LogisticsCommon, HttpCase):
    """A representative asks for help on a screen."""

    def test_help_of_a_screen(self):
        user = self._user("seller", login="manual_reader")
        account = self._account(self._partner())
        account.user_id = user
        self.start_tour("/odoo", "logistics_manual_tour", login=user.login)
