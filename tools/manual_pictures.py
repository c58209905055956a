"""Take the pictures of the manual: drives a headless Chromium through the sample company.

Run by `make manual PICTURES=1`, like tools/screenshots.py and with the same task in SCREENSHOTS. It
changes the database (languages, nightly jobs), so that is to be a copy. ONLY=name,name takes some.
"""

import base64
import io
import json
import os
from datetime import date
from pathlib import Path

from manual.scenes import SCENES
from PIL import Image
from screenshots import Session, Story, browser

LANGUAGES = {"en": "en_US", "zh_CN": "zh_CN"}
QUALITY = 60
SIZE = (1280, 800)


class Stage(Story):
    """The sample company after a night, and the records that scenes ask for."""

    def __init__(self, base, database, year):
        self.base, self.database = base, database
        self.sessions = {}
        self.admin = self.as_user("admin")
        self.viewer = self.as_user("manager")
        user = self.viewer.call("res.users", "read", [self.viewer.uid], ["company_id"])[0]
        self.company_id = user["company_id"][0]
        self.own = ["company_id", "=", self.company_id]
        self.year = year
        self.context = {}

    def prepare(self):
        """The morning after: the nightly jobs have run, and something waits for everybody."""
        self._nightly_jobs()
        self.held_order()
        mine = [["user_id.login", "=", "anna"], ["state", "=", "planned"], self.own]
        mine.append(["channel", "=", "onsite"])
        visits = self.admin.call("logistics.visit", "search", mine, order="planned_date", limit=3)
        today = {"planned_date": date.today().isoformat()}
        self.admin.call("logistics.visit", "write", visits, today)
        closed = [["state", "=", "closed"], self.own]
        alarms = self.viewer.call("logistics.churn.alarm", "search", closed, limit=6)
        if not self.viewer.first("logistics.churn.alarm", [["state", "=", "open"], self.own]):
            self.viewer.call("logistics.churn.alarm", "action_reopen", alarms)

    def as_user(self, login):
        """The session of a user of the sample company, whose password is the login."""
        if login not in self.sessions:
            self.sessions[login] = Session(self.base, self.database, login, login)
        return self.sessions[login]

    def record(self, model, *domain, order="id desc"):
        """The id of a record of the main company, as the manager finds it."""
        found = self.viewer.first(model, [list(term) for term in domain], order)
        if not found:
            raise SystemExit(f"The sample company has no {model} with {domain}.")
        return found

    def has_company(self, model):
        """Whether records of a model belong to a company."""
        return "company_id" in self.viewer.call(model, "fields_get", ["company_id"], [])

    def held(self):
        """An order of the main company that credit control holds."""
        return self.record("sale.order", ("logistics_credit_state", "=", "hold"), self.own)

    def sheet(self):
        """The biggest screened customer of the year about whom everything is known."""
        known = [("score_future", "!=", False), ("score_safety", "!=", False)]
        known += [("gross_margin", "!=", False), ("screening_id.year", "=", self.year)]
        return self.record("logistics.screening.line", *known, order="revenue desc")

    def speak(self, lang):
        """Portal users as well read their pages in the language."""
        super().speak(lang)
        customers = self.admin.call("res.users", "search", [["share", "=", True]])
        self.admin.call("res.users", "write", customers, {"lang": lang})


def take(page, stage, scene, out):
    """Open a scene as its user and write what is seen."""
    user = stage.as_user(scene.login)
    page.send("Network.setCookie", url=stage.base, name="session_id", value=user.session_id)
    # the portal asks the browser which language it was read in last
    lang = stage.context.get("lang", "en_US")
    page.send("Network.setCookie", url=stage.base, name="frontend_lang", value=lang)
    page.size(*(scene.size or SIZE))
    path = scene.path(stage) if callable(scene.path) else scene.path
    page.open(stage.base + path, scene.ready)
    for click, ready in scene.steps:
        page.click(click)
        page.wait(ready)
    if scene.top:
        page.run(f"document.querySelector({json.dumps(scene.top)}).scrollIntoView()")
        page.wait(scene.top)
    page.run("document.activeElement?.blur()")
    done = page.send("Page.captureScreenshot", format="png")
    image = Image.open(io.BytesIO(base64.b64decode(done["data"]))).convert("RGB")
    file = out / f"{scene.name}.webp"
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file, "WEBP", quality=QUALITY, method=6)
    print(f"  {file.parent.name}/{file.name:32}{file.stat().st_size // 1000:>5} kB", flush=True)


def main(task):
    """Take the pictures in English and in simplified Chinese."""
    stage = Stage(task["url"], task["database"], task["year"])
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    if not only:
        stage.prepare()
    with browser() as page:
        for folder, lang in LANGUAGES.items():
            stage.speak(lang)
            for scene in SCENES:
                if not only or scene.name in only:
                    take(page, stage, scene, Path(task["out"]) / folder)
        stage.speak(LANGUAGES["en"])


if __name__ == "__main__":
    main(json.loads(os.environ["SCREENSHOTS"]))
