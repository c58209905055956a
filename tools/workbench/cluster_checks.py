"""What `make cluster` checks: two nodes and a replica behave as one Odoo."""

import http.cookiejar
import itertools
import json
import time
import urllib.error
import urllib.request

LISTS = (
    "logistics.customer",
    "logistics.trading.history",
    "logistics.visit",
    "logistics.trading.report",
)


def answers(url, seconds):
    """Whether somebody answers there within some seconds."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return response.status == 200
        except OSError:
            time.sleep(0.3)
    return False


class Browser:
    """A user's session: cookies, JSON-RPC."""

    def __init__(self, url, login, database):
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.url = url
        self.numbers = itertools.count(1)
        credentials = {"db": database, "login": login, "password": login}
        self.user = self.rpc("/web/session/authenticate", credentials)["uid"]

    def rpc(self, path, params, url=None):
        """The result of a JSON route, at the proxy or at one node."""
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self.numbers), "params": params}
        request = urllib.request.Request(
            (url or self.url) + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=120) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"].get("message") or answer["error"]["message"])
        return answer["result"]

    def call(self, model, method, *args, url=None, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", params, url)

    def list(self, model, url=None):
        """A list as the web client asks for it."""
        return self.call(
            model,
            "web_search_read",
            domain=[],
            specification={"display_name": {}},
            limit=80,
            url=url,
        )


def check(cluster):
    """All checks as (what, measured, whether it holds)."""
    from .cluster_command import DATABASE

    manager = Browser(cluster.url, "manager", DATABASE)
    return [
        _one_session(cluster, manager),
        _lists_on_replica(cluster, manager),
        _write_here_read_there(cluster, manager),
        _cron_once(cluster),
        _replica_gone(cluster, manager),
        _node_gone(cluster, manager),
    ]


def _one_session(cluster, manager):
    """No state in a process: a session made at the proxy is known to both nodes."""
    urls = [f"http://127.0.0.1:{node.port}" for node in cluster.nodes]
    users = [manager.rpc("/web/session/get_session_info", {}, url)["uid"] for url in urls]
    return "a session is known to both nodes", f"users {users}", users == [manager.user] * 2


def _reads(cluster):
    """Rows that the replica has handed out; its statistics lag a little."""
    time.sleep(1.5)

    query = "select tup_returned from pg_stat_database where datname = current_database()"
    return int(cluster.sql(query, cluster.replica) or 0)


def _writes_refused(cluster):
    return cluster.sql("select pg_is_in_recovery()", cluster.replica) == "t"


def _lists_on_replica(cluster, manager):
    """Lists and reports are read on the replica."""
    before = _reads(cluster)
    found = {}
    for _round in range(5):
        for model in LISTS:
            found[model] = manager.list(model)["length"]
    read = _reads(cluster) - before
    ok = read > 0 and _writes_refused(cluster) and all(found.values())
    return "lists are read on the replica", f"{read:,} rows returned by it; {found}", ok


def _write_here_read_there(cluster, manager):
    """What one node has saved the other shows, 50 times in a row; a replica may lag."""
    one, two = (f"http://127.0.0.1:{node.port}" for node in cluster.nodes)
    lags, wrong = [], 0
    for _number in range(50):
        name = f"Written {time.time_ns()}"
        [partner] = manager.call("res.partner", "create", [{"name": name}], url=one)
        started = time.monotonic()
        while True:
            rows = manager.call(
                "res.partner", "search_read", [["id", "=", partner]], ["name"], url=two
            )
            if rows and rows[0]["name"] == name:
                break
            if time.monotonic() - started > 10:
                wrong += 1
                break
        lags.append(time.monotonic() - started)
    lags.sort()
    text = f"50 of 50, median {lags[25] * 1000:.0f} ms, slowest {lags[-1] * 1000:.0f} ms"
    if wrong:
        text = f"{wrong} of 50 never arrived"
    return "written on one node, read on the other", text, not wrong


def _cron_once(cluster):
    """A due job is taken by one node only, although both have a cron worker."""
    cron = cluster.sql(
        "select res_id from ir_model_data where module = 'logistics_crm' "
        "and name = 'cron_refresh_figures'"
    )
    cluster.sql("update logistics_customer set figures_as_of = null")
    count = f"select count(*) from ir_cron_progress where cron_id = {cron}"
    before = int(cluster.sql(count))
    cluster.sql(
        "update ir_cron set active = true, "
        f"nextcall = now() at time zone 'UTC' - interval '1 minute' where id = {cron};"
        f"insert into ir_cron_trigger (cron_id, call_at) values ({cron}, now() at time zone 'UTC');"
        "notify cron_trigger"
    )
    limit, waiting = time.monotonic() + 180, "1"
    while waiting != "0" and time.monotonic() < limit:
        time.sleep(1)
        waiting = cluster.sql("select count(*) from logistics_customer where figures_as_of is null")
    time.sleep(5)
    runs = int(cluster.sql(count)) - before
    return (
        "the nightly job runs once",
        f"{runs} run, {waiting} accounts left",
        (runs == 1 and waiting == "0"),
    )


def _replica_gone(cluster, manager):
    """Without the replica the primary is read: slower, never wrong."""
    cluster.replica.stop()
    try:
        found = [manager.list("logistics.customer")["length"] for _try in range(20)]
    except (OSError, RuntimeError) as error:
        return "the replica stops", f"an error: {error}", False
    return "the replica stops", "20 lists of 20 answered by the primary", len(set(found)) == 1


def _node_gone(cluster, manager):
    """A node loses power: the proxy sends everybody to the other."""
    cluster.nodes[0].kill()
    good = bad = 0
    started = time.monotonic()
    while good < 50 and time.monotonic() - started < 120:
        try:
            manager.list("logistics.customer")
            good += 1
        except (OSError, urllib.error.URLError, RuntimeError):
            bad += 1
    text = f"{good} lists answered, {bad} requests failed meanwhile"
    return "a node is killed", text, good >= 50 and bad <= 5
