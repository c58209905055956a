# Part of logistics_crm. License LGPL-3 or later.
"""The users of `make load`: what salespeople, accountants and customers do all day."""

import itertools
import os
import random
import uuid
from pathlib import Path

from locust import HttpUser, between, task

DATABASE = os.environ["LOAD_DATABASE"]
WRITTEN = Path(os.environ["LOAD_FOLDER"])
ADDON = os.environ["LOAD_ADDON"] == "with"
numbers = itertools.count()
SEATS = {"seller": 16, "accountant": 8, "portal": 8}


class OdooUser(HttpUser):
    """A user with a session; everything through the real HTTP stack."""

    abstract = True
    role = ""
    wait_time = between(0.5, 3)

    def on_start(self):
        number = next(numbers) % SEATS[self.role]
        login = f"{self.role}{number}"
        params = {"db": DATABASE, "login": login, "password": login}
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

    def call(self, model, method, *args, name=None, check=None, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self.rpc(path, params, name or f"{model} {method}", check)

    def list(self, model, domain=(), name=None, **fields):
        spec = {field: {} for field in ("display_name", *fields)}
        return self.call(
            model,
            "web_search_read",
            domain=list(domain),
            specification=spec,
            limit=80,
            name=name or f"list of {model}",
            check=lambda found: found and found["length"] >= len(found["records"]),
        )


class Seller(OdooUser):
    """Looks for customers, writes and confirms quotations."""

    role = "seller"
    weight = 4

    @task(4)
    def find_customer(self):
        number = self.random.randrange(400)
        self.list("res.partner", [("name", "ilike", f"Customer {number:04}")], "search a contact")

    @task(2)
    def read_orders(self):
        self.list("sale.order", [("state", "=", "sale")], "list of orders")

    @task(3)
    def sell(self):
        """A quotation, written, read back, and confirmed."""
        partners = self.call(
            "res.partner",
            "name_search",
            name=f"Customer {self.random.randrange(400):04}",
            limit=1,
        )
        products = self.call("product.product", "search", [("sale_ok", "=", True)], limit=20)
        if not partners or not products:
            return
        reference = f"load-{uuid.uuid4().hex}"
        lines = [
            (0, 0, {"product_id": product, "product_uom_qty": 1 + place, "price_unit": 100.0})
            for place, product in enumerate(products[:2])
        ]
        values = {"partner_id": partners[0][0], "client_order_ref": reference, "order_line": lines}
        created = self.call("sale.order", "create", [values], name="write a quotation")
        if not created:
            return
        with open(WRITTEN / f"written-{os.getpid()}.txt", "a") as file:
            file.write(reference + "\n")
        self.call(
            "sale.order",
            "read",
            created,
            ["amount_untaxed", "client_order_ref"],
            name="read the quotation",
            check=lambda rows: (
                rows
                and rows[0]["amount_untaxed"] == 300.0
                and rows[0]["client_order_ref"] == reference
            ),
        )
        self.call("sale.order", "action_confirm", created, name="confirm the quotation")

    if ADDON:

        @task(3)
        def customers(self):
            self.list("logistics.customer", [], "list of customer accounts (addon)")

        @task(1)
        def front_page(self):
            self.list("logistics.visit", [], "list of visits (addon)")


class Accountant(OdooUser):
    """Looks at what is owed."""

    role = "accountant"
    weight = 2

    @task(3)
    def unpaid(self):
        domain = [("move_type", "=", "out_invoice"), ("payment_state", "=", "not_paid")]
        self.list("account.move", domain, "list of unpaid invoices")

    @task(2)
    def by_customer(self):
        self.call(
            "account.move",
            "formatted_read_group",
            domain=[("move_type", "=", "out_invoice"), ("state", "=", "posted")],
            groupby=["partner_id"],
            aggregates=["amount_residual_signed:sum"],
            limit=80,
            name="invoices by customer",
            check=bool,
        )

    if ADDON:

        @task(2)
        def owing(self):
            self.list("logistics.customer", [("open_amount", ">", 0)], "customers who owe (addon)")


class Customer(OdooUser):
    """A customer in the portal."""

    role = "portal"
    weight = 2

    @task(2)
    def home(self):
        self.page("/my", "portal home")

    @task(2)
    def orders(self):
        self.page("/my/orders", "portal orders")

    @task(1)
    def invoices(self):
        self.page("/my/invoices", "portal invoices")

    def page(self, path, name):
        with self.client.get(path, name=name, catch_response=True) as response:
            if response.status_code != 200 or "/my" not in response.text:
                response.failure(f"status {response.status_code}")
