"""`make cluster`: two Odoo nodes, a proxy, a PostgreSQL primary and its read replica, on loopback.

Odoo's own means only: workers, `db_replica_host`, `proxy_mode`, one data folder for both nodes.
"""

import os
import signal
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import cluster_checks, processes, system_packages
from .cluster_servers import PrimaryServer, ReplicaServer
from .databases import Databases
from .messages import Problem, say
from .odoo_server import OdooServer
from .postgres import EmbeddedServer
from .processes import free_port
from .report_page import write_section
from .setup import workbench

DATABASE = "logistics_cluster"
PROXY = {("haproxy", "/usr/sbin/haproxy"): "haproxy"}
COMPANY = """
from odoo.addons.logistics_crm.demo.sample_company import build_sample_company
build_sample_company(env, size="light")
env.cr.commit()
"""


class Node:
    """One Odoo server with workers and a cron worker of its own."""

    def __init__(self, name, odoo, replica, log):
        self.name, self.odoo, self.replica, self.log = name, odoo, replica, log
        self.port, self.long_port = free_port(), free_port()
        self.process = None

    def start(self):
        """Start it; it answers when :meth:`wait` returns."""
        options = ["--workers=2", "--max-cron-threads=1", "--proxy-mode", "--no-database-list"]
        options += [f"--http-port={self.port}", f"--gevent-port={self.long_port}"]
        options += [f"--db_replica_host={self.replica.socket}", "--db_replica_port=5432"]
        options += [f"--db-filter=^{DATABASE}$", "--limit-time-real=1200"]
        with open(self.log, "wb") as output:
            self.context = processes.child(
                self.odoo.workers_command(DATABASE, *options),
                stdout=output,
                stderr=output,
                stop_signal=signal.SIGTERM,
                env=self.odoo.environment(),
            )
            self.process = self.context.__enter__()

    def wait(self):
        """Until it answers."""
        if not cluster_checks.answers(f"http://127.0.0.1:{self.port}/web/login", 120):
            raise Problem(
                f"Node {self.name} does not answer (log: {self.log}).",
                "run the command again with VERBOSE=1.",
                processes.tail(self.log),
            )

    def kill(self):
        """As if its machine had lost power: the whole group at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process:
            self.context.__exit__(None, None, None)
            self.process = None


class Cluster:
    """What :mod:`cluster_checks` looks at."""

    def __init__(self, databases, primary, replica, nodes, port):
        self.databases, self.primary, self.replica = databases, primary, replica
        self.nodes, self.port = nodes, port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def sql(self, query, server=None):
        """Run SQL on the primary, or on the server named."""
        server = server or self.primary
        command = [server.psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", query, DATABASE]
        found = processes.output(command, server.environment())
        if found is None:
            raise RuntimeError(f"this SQL failed: {query}")
        return found.strip()


def cluster(serve, port):
    """Start everything, check that it works as one, and keep it running if asked to."""
    with workbench(more_steps=3) as bench, ExitStack() as stack:
        server = bench.databases.server
        if not isinstance(server, EmbeddedServer):
            raise Problem(
                "make cluster starts PostgreSQL servers of its own.",
                "run it without PGHOST and DATABASE_URL.",
            )
        system_packages.ensure(PROXY, bench.cache, "The cluster")
        with bench.steps.step("PostgreSQL primary and replica", True):
            primary = stack.enter_context(PrimaryServer(bench.cache, server.binaries).running())
            odoo = OdooServer(bench.cache, bench.python_env.python, bench.odoo.source, primary)
            databases = Databases(odoo)
            _fill(bench, databases)
            replica = ReplicaServer(bench.cache, server.binaries, primary)
            replica.forget()
            stack.enter_context(replica.running())
        with bench.steps.step("Two Odoo nodes and the proxy", True):
            logs = bench.cache / "logs"
            nodes = [
                Node(name, odoo, replica, logs / f"cluster-{name}.log") for name in ("one", "two")
            ]
            for node in nodes:
                node.start()
                stack.callback(node.stop)
            for node in nodes:
                node.wait()
            port = port or free_port()
            stack.enter_context(_proxy(bench, nodes, port))
        running = Cluster(databases, primary, replica, nodes, port)
        with bench.steps.step("Checks", True):
            rows = cluster_checks.check(running)
        failed = _report(rows)
        if serve and not failed:
            say(f"\nThe cluster answers at {running.url} (logins as in make demo). Ctrl-C ends it.")
            for node in nodes:
                if node.process.poll() is not None:
                    node.stop()
                    node.start()
            while all(node.process.poll() is None for node in nodes):
                time.sleep(1)
    return 1 if failed else 0


def _fill(bench, databases):
    """The sample company in a database on the primary; kept until the addon changes."""
    stamp = bench.databases.addon_name
    if databases.exists(DATABASE) and (databases.mark(DATABASE) or {}).get("stamp") == stamp:
        return
    databases.drop(DATABASE)
    databases.sql(f'create database "{DATABASE}" template template0')
    databases.set_mark(DATABASE, purpose="cluster")
    dump = bench.cache / "cluster" / "template.dump"
    programs = bench.databases.server.binaries
    log = bench.cache / "logs" / "cluster-fill.log"
    processes.run(
        [programs / "pg_dump", "-Fc", "-Z0", "-f", dump, stamp],
        log,
        "Copying the template",
        env=bench.databases.server.environment(),
    )
    processes.run(
        [programs / "pg_restore", "--no-owner", "-d", DATABASE, dump],
        log,
        "Copying the template",
        env=databases.server.environment(),
    )
    dump.unlink()
    databases.copy_filestore(bench.databases.filestore(stamp), DATABASE)
    databases.odoo.run_text(DATABASE, COMPANY, "cluster-company.log", "Making the sample company")
    databases.set_mark(DATABASE, purpose="cluster", stamp=stamp)


@contextmanager
def _proxy(bench, nodes, port):
    """HAProxy before the nodes: takes a node out when it does not answer its health check."""
    servers = "\n".join(
        f"    server {node.name} 127.0.0.1:{node.port} check inter 1s fall 3 rise 1"
        for node in nodes
    )
    sockets = "\n".join(f"    server {node.name} 127.0.0.1:{node.long_port}" for node in nodes)
    text = f"""
global
    maxconn 500
defaults
    mode http
    option forwardfor
    option redispatch
    retries 3
    retry-on conn-failure empty-response
    timeout check 10s
    timeout connect 5s
    timeout client 300s
    timeout server 300s
frontend web
    bind 127.0.0.1:{port}
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    use_backend sockets if {{ path_beg /websocket }}
    default_backend nodes
backend nodes
    balance roundrobin
    option httpchk
    http-check send meth GET uri /web/health ver HTTP/1.1 hdr Host 127.0.0.1
{servers}
backend sockets
{sockets}
"""
    config = bench.cache / "conf" / "cluster-haproxy.cfg"
    config.write_text(text)
    program = next(
        path for path in ("/usr/sbin/haproxy", "/usr/bin/haproxy") if Path(path).exists()
    )
    with open(bench.cache / "logs" / "cluster-haproxy.log", "wb") as log:
        command = [program, "-db", "-f", config]
        with processes.child(command, stdout=log, stderr=log, stop_signal=signal.SIGTERM):
            if not cluster_checks.answers(f"http://127.0.0.1:{port}/web/health", 60):
                raise Problem("The proxy does not answer.", f"see {log.name}")
            yield


def _report(rows):
    lines = ["| check | measured | |", "|---|---|---|"]
    lines += [
        f"| {what} | {measured} | {'ok' if ok else 'FAILED'} |" for what, measured, ok in rows
    ]
    text = "\n".join(lines)
    say("\n" + text)
    failed = [what for what, _measured, ok in rows if not ok]
    write_section("cluster", text, cores=os.cpu_count())
    return failed
