"""The benchmark's figures and numbers of queries hold, whatever the machine is busy with."""

from conftest import lc


def test_every_row_of_the_benchmark_has_the_right_figures_and_few_queries(bench):
    """Each row compares what it computed with figures computed apart; times are not judged."""
    done = lc("bench", "--size", "small", "--once", timeout=1200)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "All limits kept, and all figures agree with those computed apart." in done.stdout
