"""The command line: reads the arguments, runs a command, turns failures into one message."""

import argparse
import os
import shlex
import signal
import sys
import traceback

from . import messages
from .messages import Problem, say
from .settings import ADDON, CLONE


def _parser():
    parser = argparse.ArgumentParser(prog="tools/lc.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    add = commands.add_parser
    demo = add("demo", help="a company, its year-end screening, and the running server")
    demo.add_argument("--db", default="logistics_demo")
    demo.add_argument("--data", default="", help="CSV file of a trading history")
    demo.add_argument("--year", default="", help="year to screen")
    demo.add_argument("--port", type=_port, default=8069)
    demo.add_argument("--out", default=CLONE / "out", help="folder of the workbook")
    demo.add_argument("--no-serve", action="store_true", help="end after the workbook is written")

    test = add("test", help="the tests; further arguments go to pytest")
    test.add_argument("paths", nargs="*")
    test.add_argument("--pytest", default="", help="further arguments for pytest, as one text")

    lint = add("lint", help="all checks")
    lint.add_argument("--fast", action="store_true", help="only those without Odoo")
    add("format", help="bring all files into the checked form")

    bench = add("bench", help="the benchmark")
    bench.add_argument("--size", default="small", choices=("tiny", "small", "10k", "30k", "large"))
    bench.add_argument(
        "--once",
        action="store_true",
        help="one round: figures and queries are judged, times are not, and nothing is written",
    )

    compat = add("compat", help="other people's tests, without the addon and with it")
    compat.add_argument("suites", nargs="*")

    hurt = add("faults", help="long jobs killed and cut off; what comes of them")
    hurt.add_argument("jobs", nargs="*")

    many = add("cluster", help="two Odoo nodes, a proxy, a primary and its read replica")
    many.add_argument("--no-serve", action="store_true", help="end after the checks")
    many.add_argument("--port", type=_port, default=0)

    many = add("load", help="simulated users on a multi-worker Odoo, with the addon and without")
    many.add_argument("--users", type=int, default=40)
    many.add_argument("--minutes", type=float, default=10)

    shell = add("shell", help="an Odoo shell that runs standard input")
    shell.add_argument("--db", default="logistics_demo")

    pictures = add("screenshots", help="the pictures of the README, anew")
    pictures.add_argument("--db", default="logistics_demo")

    book = add("manual", help="the pages of the manual, anew")
    book.add_argument("--db", default="logistics_demo")
    book.add_argument("--pictures", action="store_true", help="its pictures as well")

    churn = add("churn", help="how well the churn score ranks")
    churn.add_argument("--data", default="", help="CSV file of a trading history")
    churn.add_argument("--cut", default="", help="past days, separated by commas")
    churn.add_argument(
        "--seeds", type=int, default=3, help="simulations of each kind, without data"
    )
    alarms = add("alarms", help="false alarms, and days until a customer who stops is noticed")
    alarms.add_argument("--rows", default="", help="names of simulated mixes; all when empty")

    add("i18n", help="bring the Chinese catalogues in step with the texts")
    add("clean", help="remove what was written, except downloads and the template")
    add("distclean", help="remove the whole cache as well")
    add("pin", help="write requirements*.txt anew from requirements*.in")
    return parser


def _port(text):
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def _run(arguments):
    # Imported here: each command loads only what it needs.
    match arguments.command:
        case "demo":
            from .demo_command import demo

            serve = not arguments.no_serve
            where = (arguments.db, arguments.data, arguments.year, arguments.port)
            return demo(*where, serve, arguments.out)
        case "test":
            from .test_command import test

            return test(arguments.paths, shlex.split(arguments.pytest))
        case "lint" | "format":
            from .lint_command import format_all, lint

            return lint(arguments.fast) if arguments.command == "lint" else format_all()
        case "bench":
            from .bench_command import bench_run

            return bench_run(arguments.size, arguments.once)
        case "compat":
            from .compat_command import compat

            return compat(arguments.suites)
        case "faults":
            from .faults_command import faults

            return faults(arguments.jobs)
        case "cluster":
            from .cluster_command import cluster

            return cluster(not arguments.no_serve, arguments.port)
        case "load":
            from .load_command import load

            return load(arguments.users, arguments.minutes)
        case "shell":
            from .shell_command import shell

            return shell(arguments.db)
        case "screenshots":
            from .screenshots_command import screenshots

            return screenshots(arguments.db)
        case "manual":
            from .manual_command import manual

            return manual(arguments.db, arguments.pictures)
        case "churn" | "alarms":
            from .judge_command import judge

            return judge(arguments)
        case "i18n":
            from .i18n_command import i18n

            return i18n()
        case "clean" | "distclean":
            from . import clean_command

            return getattr(clean_command, arguments.command)()
        case "pin":
            from .pin_command import pin

            return pin()


def _stop(number, _frame):
    raise SystemExit(128 + number)


def main():
    """Run a command; the exit status is 0, or non-zero with one message on stderr."""
    arguments = _parser().parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    # Also where a shell started us in the background, with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return _run(arguments)
    except Problem as problem:
        if messages.VERBOSE:
            traceback.print_exc()
        say(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if messages.VERBOSE:
            raise
        say(f"\n{type(error).__name__}: {error}")
        say(
            f"What to do: run the command again with VERBOSE=1 and report it as a fault of {ADDON}."
        )
        return 1
