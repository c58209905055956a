"""The user's own PostgreSQL server and the user's own Odoo tree, both real."""

import os
import shutil
import subprocess
from urllib.parse import quote

import pytest
from conftest import lc

from workbench import odoo_source, postgres, processes
from workbench.databases import Databases
from workbench.messages import Problem
from workbench.odoo_server import OdooServer

PASSWORD = "p@ss word/:ü"


class CompanyServer(postgres.EmbeddedServer):
    """A second PostgreSQL server, reached over TCP, as a company may have one."""

    def environment(self):
        return dict(super().environment(), PGPORT=str(self.port))


@pytest.fixture(scope="module")
def company_server(bench, tmp_path_factory):
    """A server that asks for a password, with the role `logistics` that may create databases."""
    server = CompanyServer(tmp_path_factory.mktemp("company"), bench.odoo.server.binaries)
    server.port = processes.free_port()
    settings = dict(postgres.SETTINGS, listen_addresses="127.0.0.1", port=str(server.port))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CompanyServer, "settings", settings)
        with server.running():
            admin = dict(server.environment(), PGUSER=postgres.ADMIN)
            for role, attributes in (("logistics", "createdb"), ("postgres", ""), ("reader", "")):
                sql = f"create role {role} login password '{PASSWORD}' {attributes}"
                psql(server, sql, admin)
            access = server.data / "pg_hba.conf"
            access.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
            psql(server, "select pg_reload_conf()", admin)
            yield server


def psql(server, sql, env):
    subprocess.run([server.psql, "-XAtqc", sql, "postgres"], env=env, check=True)


@pytest.fixture(scope="module")
def seeded(bench, company_server):
    """The addon's template restored on the company's server: building it there takes minutes."""
    variables = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(company_server.port),
        "PGUSER": "logistics",
        "PGPASSWORD": PASSWORD,
    }
    external = postgres.ExternalServer(variables, company_server.psql)
    there = Databases(OdooServer(bench.cache, bench.odoo.python, bench.odoo.source, external))
    here = bench.databases
    name = here.addon_name
    dump = company_server.home / "template.dump"
    tools = company_server.binaries
    with external.running():
        command = [tools / "pg_dump", "-Fc", "-Z1", "-f", dump, name]
        subprocess.run(command, env=here.server.environment(), check=True)
        there.sql(f'create database "{name}" template template0')
        command = [tools / "pg_restore", "--no-owner", "-j2", "-d", name, dump]
        subprocess.run(command, env=external.environment(), check=True)
        there.set_mark(name, purpose="template")
        shutil.copytree(here.filestore(name), there.filestore(name), dirs_exist_ok=True)
    yield variables
    shutil.rmtree(there.odoo.data_dir, ignore_errors=True)


def test_an_external_server_is_used(company_server, seeded):
    """PGHOST and its companions: Odoo works on that server, as that role."""
    script = "env.cr.execute('select current_user, inet_server_port()'); print(env.cr.fetchone())"
    done = lc("shell", "--db", "external", env=seeded, stdin=script)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"('logistics', {company_server.port})\n"


def test_database_url_is_used(company_server, seeded, trading_csv, tmp_path):
    """DATABASE_URL with an escaped password: the whole demo on that server."""
    url = f"postgresql://logistics:{quote(PASSWORD, safe='')}@127.0.0.1:{company_server.port}/"
    demo = ("demo", "--db", "external_demo", "--data", trading_csv, "--year", 2014)
    done = lc(*demo, "--out", tmp_path, "--no-serve", env={"DATABASE_URL": url})
    assert done.returncode == 0, done.stderr
    assert "4,000.50" in done.stdout
    admin = dict(company_server.environment(), PGUSER=postgres.ADMIN)
    query = [company_server.psql, "-XAtqc", "select count(*) from logistics_customer"]
    counted = subprocess.check_output([*query, "external_demo"], env=admin, text=True)
    assert counted == "2\n"


@pytest.mark.parametrize(
    "changed, told",
    [
        ({"PGPASSWORD": "wrong"}, "does not answer as role logistics"),
        ({"PGPORT": "1"}, "does not answer"),
        ({"PGUSER": "postgres"}, "refuses to work as the PostgreSQL role"),
        ({"PGUSER": "reader"}, "CREATEDB"),
        ({"DATABASE_URL": "mysql://x/"}, "not a PostgreSQL address"),
    ],
)
def test_a_server_that_does_not_do_is_told(seeded, changed, told):
    """One message with the remedy for each."""
    done = lc("shell", "--db", "external", env=dict(seeded, **changed), stdin="print(1)")
    assert done.returncode == 1
    assert told in done.stderr and "What to do:" in done.stderr
    assert done.stdout == ""


def test_own_odoo_tree_is_used_and_not_changed(bench, tmp_path):
    """ODOO_SOURCE: Odoo runs from that tree; nothing is written into it."""
    tree = tmp_path / "company-odoo"
    tree.mkdir()
    real = bench.odoo.source.path / "odoo"
    (tree / "odoo").symlink_to(real)
    script = "import odoo.release; print(odoo.release.__file__)"
    done = lc("shell", "--db", "lcrm_own_tree", env={"ODOO_SOURCE": str(tree)}, stdin=script)
    bench.databases.drop("lcrm_own_tree")
    assert done.returncode == 0, done.stderr
    link = next((bench.cache / "odoo").glob("own-*/odoo"), None)
    assert link is not None and done.stdout.startswith(str(bench.cache / "odoo" / "own-"))
    assert os.listdir(tree) == ["odoo"]
    links = {path.readlink() for path in (bench.cache / "odoo").glob("own-*/odoo")}
    assert tree / "odoo" in links


def make_tree(folder, version="(19, 0, 0, FINAL, 0, '')"):
    """The smallest tree that looks like a git checkout of Odoo."""
    (folder / "odoo" / "addons" / "base").mkdir(parents=True)
    (folder / "addons" / "mail" / "static").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(f"version_info = {version}\n")
    return folder


def test_a_wrong_odoo_source_is_told(tmp_path, monkeypatch):
    """Neither an empty folder nor another version is taken."""
    monkeypatch.setenv("ODOO_SOURCE", str(tmp_path))
    with pytest.raises(Problem, match="holds no Odoo"):
        odoo_source.own_tree(tmp_path)
    old = make_tree(tmp_path / "old", "(18, 0, 0, FINAL, 0, '')")
    monkeypatch.setenv("ODOO_SOURCE", str(old))
    with pytest.raises(Problem, match="is Odoo 18.0"):
        odoo_source.own_tree(tmp_path)


def test_git_is_the_way_where_debian_is_not(tmp_path, monkeypatch):
    """Without Debian's package a shallow clone is made; a broken first try leaves no tree."""
    origin = make_tree(tmp_path / "origin")
    (origin / "addons" / "mail" / "__manifest__.py").write_text("{}\n")
    (origin / "odoo" / "addons" / "base" / "__manifest__.py").write_text("{}\n")
    git = ["git", "-C", str(origin), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    for arguments in (["init", "-q", "-b", "19.0"], ["add", "."], ["commit", "-qm", "tree"]):
        subprocess.run([*git, *arguments], check=True)
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setattr(odoo_source, "_debian_mirror", lambda: None)
    monkeypatch.setattr(processes, "require_space", lambda *_: None)

    monkeypatch.setenv("ODOO_GIT_URL", f"file://{tmp_path / 'nowhere'}")
    with pytest.raises(Problem, match="Cloning Odoo"):
        odoo_source.fetch(cache)
    assert odoo_source.cached_tree(cache) is None

    monkeypatch.setenv("ODOO_GIT_URL", f"file://{origin}")
    source = odoo_source.fetch(cache)
    assert source.version == "19.0"
    folders = [cache / "odoo" / "19.0" / "odoo" / "addons", cache / "odoo" / "19.0" / "addons"]
    assert source.addons_path == folders
    assert odoo_source.cached_tree(cache).key == source.key
