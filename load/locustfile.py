# Part of logistics_crm. License LGPL-3 or later.
"""The users of `make load`: what salespeople, accountants and customers do all day."""

import itertools
import json
import os
import random
import re
import uuid
from pathlib import Path

from locust import HttpUser, between, events, task

DATABASE = os.environ["LOAD_DATABASE"]
WRITTEN = Path(os.environ["LOAD_FOLDER"])
# What load/seed.py made: what is owed in all, and each portal customer's own documents.
TRUTH = json.loads((WRITTEN / "truth.json").read_text())
ADDON = os.environ["LOAD_ADDON"] == "with"
TOKEN = re.compile(r'name="csrf_token"\s+value="([^"]+)"')
numbers = itertools.count()
SEATS = {"seller": 16, "accountant": 8, "portal": 8}


@events.request.add_listener
def note_failure(name, exception, **_kwargs):
    """Write down why, for the report."""
    if exception:
        with open(WRITTEN / f"failed-{os.getpid()}.txt", "a") as file:
            file.write(" ".join(f"{name}: {exception}".split())[:300] + "\n")


class OdooUser(HttpUser):
    """A user with a session; everything through the real HTTP stack."""

    abstract = True
    role = ""
    wait_time = between(0.5, 3)

    def on_start(self):
        number = next(numbers) % SEATS[self.role]
        self.login = f"{self.role}{number}"
        params = {"db": DATABASE, "login": self.login, "password": self.login}
        self.rpc("/web/session/authenticate", params, "log in")
        self.random = random.Random(f"{self.role}-{number}")

    def rpc(self, path, params, name, check=None):
        """Call a JSON route; an error in the answer is a failure, and so is a wrong one."""
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        with self.client.post(path, json=body, name=name, catch_response=True) as response:
            if response.status_code != 200:
                response.failure(f"status {response.status_code}")
                return None
            answer = response.json()
            if "error" in answer:
                response.failure(str(answer["error"].get("data", {}).get("message"))[:200])
                return None
            result = answer.get("result")
            if check and not check(result):
                response.failure(f"wrong answer: {str(result)[:200]}")
            return result

    def call(self, told, model, method, *args, check=None, **kwargs):
        """Call a method as the web client does.

        :param told: the name of the line in the report
        :param check: whether a result is right
        """
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", params, told, check)

    def list(self, told, model, domain=()):
        return self.call(
            told,
            model,
            "web_search_read",
            domain=list(domain),
            specification={"display_name": {}},
            limit=80,
            check=lambda found: found and found["length"] >= len(found["records"]) > 0,
        )

    def written(self):
        """A text for a document, to look for when all is over."""
        return f"load-{uuid.uuid4().hex}"

    def answered(self, reference):
        """A write with this text got an answer: from now on it must not be lost."""
        with open(WRITTEN / f"written-{os.getpid()}.txt", "a") as file:
            file.write(reference + "\n")


class Seller(OdooUser):
    """Looks for customers, writes and confirms quotations."""

    role = "seller"
    weight = 4

    @task(4)
    def find_customer(self):
        name = f"Customer {self.random.randrange(TRUTH['customers']):04}"
        self.list("search a contact", "res.partner", [("name", "ilike", name)])

    @task(2)
    def read_orders(self):
        self.list("list of orders", "sale.order", [("state", "=", "sale")])

    @task(3)
    def sell(self):
        """A quotation, written, read back, and confirmed."""
        name = f"Customer {self.random.randrange(TRUTH['customers']):04}"
        partners = self.call(
            "find a customer by name",
            "res.partner",
            "name_search",
            name,
            limit=1,
            check=lambda found: found and name in found[0][1],
        )
        products = self.call(
            "find products", "product.product", "search", [("sale_ok", "=", True)], limit=20
        )
        if not partners or not products:
            return
        reference = self.written()
        lines = [
            (0, 0, {"product_id": product, "product_uom_qty": 1 + place, "price_unit": 100.0})
            for place, product in enumerate(products[:2])
        ]
        values = {"partner_id": partners[0][0], "client_order_ref": reference, "order_line": lines}
        created = self.call("write a quotation", "sale.order", "create", [values])
        if not created:
            return
        self.answered(reference)
        self.call(
            "read the quotation",
            "sale.order",
            "read",
            created,
            ["amount_untaxed", "client_order_ref"],
            check=lambda rows: (
                rows
                and rows[0]["amount_untaxed"] == 300.0
                and rows[0]["client_order_ref"] == reference
            ),
        )
        self.call("confirm the quotation", "sale.order", "action_confirm", created)

    if ADDON:

        @task(3)
        def customers(self):
            self.list("list of customer accounts (addon)", "logistics.customer")

        @task(1)
        def front_page(self):
            self.call(
                "front page (addon)",
                "logistics.front.page",
                "get_page",
                check=lambda page: page and page["panes"],
            )

        @task(2)
        def visit(self):
            """A visit planned for a customer, and read back."""
            reference = self.written()
            customer = self.random.choice(TRUTH["accounts"])
            values = {"customer_id": customer, "purpose": reference}
            created = self.call("plan a visit (addon)", "logistics.visit", "create", [values])
            if created:
                self.answered(reference)
                self.call(
                    "read the visit (addon)",
                    "logistics.visit",
                    "read",
                    created,
                    ["purpose", "customer_id"],
                    check=lambda rows: (
                        rows
                        and rows[0]["purpose"] == reference
                        and rows[0]["customer_id"][0] == customer
                    ),
                )


class Accountant(OdooUser):
    """Looks at what is owed."""

    role = "accountant"
    weight = 2

    @task(3)
    def unpaid(self):
        domain = [("move_type", "=", "out_invoice"), ("payment_state", "=", "not_paid")]
        self.list("list of unpaid invoices", "account.move", domain)

    @task(2)
    def by_customer(self):
        """All invoices by customer; nobody invoices meanwhile, so the total stays."""
        self.call(
            "invoices by customer",
            "account.move",
            "formatted_read_group",
            domain=[("move_type", "=", "out_invoice"), ("state", "=", "posted")],
            groupby=["partner_id"],
            aggregates=["amount_residual_signed:sum"],
            check=lambda groups: (
                groups
                and round(sum(row["amount_residual_signed:sum"] for row in groups), 2)
                == TRUTH["owed"]
            ),
        )

    if ADDON:

        @task(2)
        def owing(self):
            domain = [("open_amount", ">", 0)]
            self.list("customers who owe (addon)", "logistics.customer", domain)


class Customer(OdooUser):
    """A customer in the portal."""

    role = "portal"
    weight = 2

    @task(2)
    def home(self):
        self.page("/my", "portal home")

    @task(2)
    def orders(self):
        self.page("/my/orders", "portal orders", "orders")

    @task(1)
    def invoices(self):
        self.page("/my/invoices", "portal invoices", "invoices")

    def page(self, path, told, documents=None):
        """A page that shows the user's own documents and nobody else's; its text."""
        with self.client.get(path, name=told, catch_response=True) as response:
            if response.status_code != 200 or "/my" not in response.text:
                response.failure(f"status {response.status_code}")
                return None
            for login, name in TRUTH[documents].items() if documents else ():
                if (name in response.text) != (login == self.login):
                    response.failure(f"{self.login} {path}: {name} of {login}")
            return response.text

    if ADDON:

        @task(1)
        def statement(self):
            self.page("/my/statement", "portal statement (addon)", "invoices")

        @task(1)
        def complain(self):
            """A complaint from the portal's form, which answers with the complaint's own page."""
            form = self.page("/my/complaints/new", "portal complaint form (addon)")
            token = form and TOKEN.search(form)
            if not token:
                return
            reference = self.written()
            data = {"csrf_token": token[1], "name": reference, "description": "Late again."}
            with self.client.post(
                "/my/complaints/new", data, name="portal complaint (addon)", catch_response=True
            ) as response:
                if response.status_code == 200 and re.search(r"/my/complaints/\d+", response.url):
                    self.answered(reference)
                else:
                    response.failure(f"status {response.status_code} at {response.url}")
