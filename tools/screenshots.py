"""Take the pictures of the README: drives a headless Chromium over its DevTools protocol.

Run by `make screenshots` in the Python environment of the tests. SCREENSHOTS holds a JSON object:
"url" of a running server, its "database" with the sample company, the "year" screened, and "out",
the folder of the pictures. It changes the database (a held order, a language), so it is to be a
copy.
"""

import base64
import io
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import websocket
from PIL import Image

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LANGUAGES = {"en": "en_US", "zh": "zh_CN"}
PATIENCE = 90
WIDTH, HEIGHT = 1400, 900
MAX_BYTES = 150_000
VIEWER = "manager"

# What has to hold before a picture is taken, beside a network at rest.
DRAWN = """
(() => {
    const seen = (selector) => document.querySelector(selector);
    const charts = [...document.querySelectorAll(".o_content canvas")];
    // Those beyond the lower edge are loaded when somebody scrolls there.
    const images = [...document.images].filter(
        (image) => image.getBoundingClientRect().top < window.innerHeight
    );
    const wanted = {
        element: Boolean(seen(%s)),
        calm: !seen(".o_blockUI, .o_loading_indicator, .o_view_sample_data"),
        fonts: document.fonts.status === "loaded",
        images: images.every((image) => image.complete),
        charts: charts.every((canvas) => window.Chart && Chart.getChart(canvas)),
    };
    return Object.keys(wanted).filter((name) => !wanted[name]);
})()
"""
HISTORY = """\
customer_ref,customer_name,country,date,document,line,service,quantity,weight_kg,amount,cost,\
currency,promised_date,delivered_date,due_date,paid_date,disputed
K-201,Kisumu Tea Exporters,Kenya,2019-03-05,INV-1001,1,Air,12,340.5,1250.00,980.00,\
USD,2019-03-12,2019-03-11,2019-04-04,2019-04-02,no
K-201,Kisumu Tea Exporters,Kenya,2019-03-05,INV-1001,2,Truck,3,,410.00,,\
USD,2019-03-12,2019-03-14,2019-04-04,2019-04-02,no
K-305,Mombasa Cold Stores,Kenya,2019-04-17,INV-1017,1,Truck,8,5200,,,\
USD,2019-04-19,2019-04-19,,,
K-305,Mombasa Cold Stores,Kenya,2019-02-30,INV-1018,1,Truck,8,5200,2900.00,2410.00,\
USD,2019-04-19,2019-04-19,2019-05-17,,
K-417,Tanga Sisal Works,Tanzania,2019-05-08,INV-1033,1,Ocean,2,18400,"7,350.00",6900.00,\
USD,2019-06-01,2019-06-06,2019-06-07,2019-07-22,no
"""


class Session:
    """A user's calls to the server."""

    def __init__(self, url, database, login, password):
        self.url = url
        self.cookies = CookieJar()
        # No proxy between this machine and itself.
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )
        params = {"db": database, "login": login, "password": password}
        self.uid = self._post("/web/session/authenticate", params)["uid"]

    @property
    def session_id(self):
        return next(cookie.value for cookie in self.cookies if cookie.name == "session_id")

    def call(self, model, method, *args, **kwargs):
        """Call a model's public method and give its result."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def first(self, model, domain, order="id"):
        """The id of the first record found, or None."""
        return next(iter(self.call(model, "search", domain, order=order, limit=1)), None)

    def _post(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers)
        with self.opener.open(request, timeout=1200) as response:
            answer = json.load(response)
        if "error" in answer:
            raise SystemExit(f"{path}: {answer['error'].get('data', {}).get('message')}")
        return answer["result"]


class Page:
    """The one page of a browser."""

    def __init__(self, address):
        self.socket = websocket.create_connection(
            address, timeout=PATIENCE, suppress_origin=True, max_size=None
        )
        self.numbers = itertools.count(1)
        self.requests = {}
        self.last_traffic = time.monotonic()
        for domain in ("Page", "Network", "Runtime", "DOM"):
            self.send(f"{domain}.enable")

    def send(self, method, **params):
        """Run a command of the protocol and give its result."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']['message']}")
                return message["result"]
            self._watch(message)

    def _watch(self, message):
        """Keep count of the requests under way."""
        params = message.get("params", {})
        if message.get("method") == "Network.requestWillBeSent":
            # The end of a shared worker's script is told to the worker, not to the page.
            if "/bus/" not in params["request"]["url"]:
                self.requests[params["requestId"]] = params["request"]["url"]
        elif message.get("method") in ("Network.loadingFinished", "Network.loadingFailed"):
            self.requests.pop(params["requestId"], None)
        else:
            return
        self.last_traffic = time.monotonic()

    def run(self, script, **options):
        """The value of a JavaScript expression; a promise is waited for."""
        options.setdefault("returnByValue", True)
        done = self.send("Runtime.evaluate", expression=script, awaitPromise=True, **options)
        if "exceptionDetails" in done:
            raise SystemExit(f"{script[:80]}: {done['exceptionDetails']}")
        return done["result"] if not options["returnByValue"] else done["result"].get("value")

    def size(self, width, height):
        """Set the size of the window."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def open(self, url, selector):
        """Go to an address and wait until an element is there and everything is drawn."""
        self.requests.clear()
        # A page of its own first: another address of the same page would not be loaded anew.
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=url)
        self.wait(selector)

    def click(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def choose_file(self, selector, path):
        """Put a file into an input for files."""
        found = self.run(f"document.querySelector({json.dumps(selector)})", returnByValue=False)
        self.send("DOM.setFileInputFiles", files=[str(path)], objectId=found["objectId"])

    def wait(self, selector):
        """Wait until an element is there, all charts and fonts are, and the network is at rest."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            time.sleep(0.1)
            missing = self.run(DRAWN % json.dumps(selector))
            if self.requests or time.monotonic() - self.last_traffic < 0.6:
                missing.append(f"network at rest {list(self.requests.values())}")
            if not missing:
                frames = "requestAnimationFrame(() => requestAnimationFrame(done))"
                return self.run(f"new Promise((done) => {frames})")
        raise SystemExit(f"{self.run('location.href')}, {selector}: missing {missing}")

    def picture(self, path):
        """Write what is seen as a small PNG."""
        self.run("document.activeElement?.blur()")
        done = self.send("Page.captureScreenshot", format="png")
        image = Image.open(io.BytesIO(base64.b64decode(done["data"]))).convert("RGB")
        for colours in (256, 128, 64, 32):
            image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
            if path.stat().st_size < MAX_BYTES:
                break
        print(f"  {path.name:24}{path.stat().st_size // 1000:>5} kB", flush=True)


@contextmanager
def browser():
    """A headless Chromium, for the length of the block; gives its page."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        raise SystemExit("No Chromium was found.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, "--headless=new", "--remote-debugging-port=0", "--no-first-run"]
        command += [f"--user-data-dir={profile}", "--no-sandbox", "--disable-gpu"]
        command += ["--disable-dev-shm-usage", "--disable-background-networking", "--lang=en-US"]
        command += ["--hide-scrollbars", "--no-proxy-server", "about:blank"]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, **silent)
        try:
            yield Page(_page_address(process, Path(profile, "DevToolsActivePort")))
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _page_address(process, file):
    """The address of the page's own socket; the browser writes its port into a file."""
    deadline = time.monotonic() + PATIENCE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
        port = file.read_text().split("\n")[0] if file.exists() else ""
        if port:
            with opener.open(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE) as answer:
                for target in json.load(answer):
                    if target["type"] == "page":
                        return target["webSocketDebuggerUrl"]
    raise SystemExit("The browser did not start.")


# -- what is shown --------------------------------------------------------------------------------


class Story:
    """The records of the pictures."""

    def __init__(self, admin, viewer, year):
        self.admin = admin
        self.viewer = viewer
        user = viewer.call("res.users", "read", [viewer.uid], ["company_id"])[0]
        self.company_id = user["company_id"][0]
        self.own = ["company_id", "=", self.company_id]
        self.screening_id = viewer.first("logistics.screening", [self.own, ["year", "=", year]])
        # The biggest customer about whom everything is known: its pictures show the most.
        known = [["screening_id", "=", self.screening_id], ["score_future", "!=", False]]
        known += [["score_safety", "!=", False], ["gross_margin", "!=", False]]
        self.line_id = viewer.first("logistics.screening.line", known, "revenue desc")
        line = viewer.call("logistics.screening.line", "read", [self.line_id], ["customer_id"])[0]
        self.customer_id = line["customer_id"][0]
        self.context = {}
        self._nightly_jobs()

    def _nightly_jobs(self):
        """Run the addon's scheduled jobs once: the pictures show the morning after."""
        jobs = [["module", "=", "logistics_crm"], ["model", "=", "ir.cron"]]
        for job in self.admin.call("ir.model.data", "search_read", jobs, ["res_id"]):
            self.admin.call("ir.cron", "method_direct_trigger", [job["res_id"]])

    def held_order(self):
        """A new order that credit control holds, or None where nobody owes enough.

        A new one each time: what is told in its conversation stays in the language of who
        confirmed it.
        """
        controller = self.admin.first("res.users", [["login", "=", "controller"]])
        control = {
            "logistics_credit_control": "enforce",
            "logistics_credit_controller_id": controller,
        }
        self.admin.call("res.company", "write", [self.company_id], control)
        worst = [self.own, ["overdue_amount", ">", 0], ["credit_grade_code", "in", ["C", "D"]]]
        order = "credit_grade_code desc, overdue_amount desc"
        for customer in self.viewer.call(
            "logistics.customer", "search_read", worst, ["partner_id"], order=order, limit=5
        ):
            payer = ["partner_id", "child_of", customer["partner_id"][0]]
            model = self.viewer.first("sale.order", [self.own, payer], "amount_untaxed desc")
            if model:
                copy = self.viewer.call("sale.order", "copy", [model], context=self.context)[0]
                self.viewer.call("sale.order", "action_confirm", [copy], context=self.context)
                held = [["id", "=", copy], ["logistics_credit_state", "=", "hold"]]
                if self.viewer.first("sale.order", held):
                    return copy
        return None

    def speak(self, lang):
        """Let everybody read the pages in a language, loaded when it is not there yet."""
        known = self.admin.first("res.lang", [["code", "=", lang], ["active", "=", True]])
        if not known:
            found = self.admin.call(
                "res.lang", "search", [["code", "=", lang]], context={"active_test": False}
            )
            wizard = self.admin.call(
                "base.language.install", "create", {"lang_ids": [[6, 0, found]]}
            )
            self.admin.call("base.language.install", "lang_install", [wizard])
        # Everybody, because notes are written in the language of who looks after the customer;
        # and without the greeting of Odoo's robot over the pictures.
        everybody = self.admin.call("res.users", "search", [["share", "=", False]])
        values = {"lang": lang, "odoobot_state": "disabled"}
        self.admin.call("res.users", "write", everybody, values)
        self.context = {"lang": lang}


def shoot(page, story, base, out, suffix):
    """Take all pictures in the viewer's language."""

    def save(name):
        page.picture(out / f"{name}_{suffix}.png")

    page.size(WIDTH, HEIGHT)
    page.open(f"{base}/odoo/logistics-customers", ".o_list_view .o_data_row")
    save("customers")
    page.open(f"{base}/odoo/logistics-screening/{story.screening_id}", "[name=action_open_lines]")
    page.click("[name=action_open_lines]")
    page.wait(".o_list_view .o_data_row [name=score_total]")
    save("screening")
    if order_id := story.held_order():
        page.open(f"{base}/odoo/orders/{order_id}", "[name=credit_hold]")
        save("credit_order")
    page.open(f"{base}/odoo/action-logistics_crm.action_trading_history", ".o_list_view")
    shoot_import(page)
    save("import")
    page.size(WIDTH, 1250)
    page.open(f"{base}/odoo/logistics-customers/{story.customer_id}", ".o_form_view [name=name]")
    save("customer")
    page.size(WIDTH, 1500)
    page.open(f"{base}/odoo/logistics-screened-customers/{story.line_id}", ".o_form_view canvas")
    save("sheet")


def shoot_import(page):
    """Open the import and let it check a file with two bad rows."""
    action = "logistics_crm.action_trading_history_import"
    page.run(f"odoo.__WOWL_DEBUG__.root.env.services.action.doAction('{action}').then(() => 1)")
    page.wait(".modal input[type=file]")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trading_history.csv")
        path.write_text(HISTORY, encoding="utf-8")
        page.choose_file(".modal input[type=file]", path)
        page.wait(".modal [name=file] .fa-trash, .modal [name=file] .o_clear_file_button")
    page.click(".modal [name=action_check]")
    page.wait(".modal [name=issue_ids] .o_data_row")


def main(task):
    """Take the pictures in English and in Chinese."""
    out = Path(task["out"])
    out.mkdir(parents=True, exist_ok=True)
    base, database = task["url"], task["database"]
    admin = Session(base, database, "admin", "admin")
    viewer = Session(base, database, VIEWER, VIEWER)
    story = Story(admin, viewer, task["year"])
    with browser() as page:
        page.send("Network.setCookie", url=base, name="session_id", value=viewer.session_id)
        for suffix, lang in LANGUAGES.items():
            story.speak(lang)
            shoot(page, story, base, out, suffix)
        story.speak(LANGUAGES["en"])


if __name__ == "__main__":
    main(json.loads(os.environ["SCREENSHOTS"]))
