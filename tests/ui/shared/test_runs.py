"""A run of the whole page: who is here is found once, and runs take turns without holding each other up."""

import threading

import pytest

from ui.shared import page
from ui.shared.page import MAX_CONCURRENT_RUNS


@pytest.fixture
def asked(monkeypatch):
    """Whom the cookie was asked for, as often as it was."""
    asked = []
    monkeypatch.setattr(page, "cookie", lambda: asked.append(1))
    monkeypatch.setattr(page, "client_address", lambda: "127.0.0.1")
    return asked


def test_who_is_here_is_found_once_in_a_run_and_anew_outside(desk, asked):
    with page.run() as found:
        assert (found, page.visitor(), page.visitor()) == (None, None, None)
    assert len(asked) == 1
    page.visitor()
    assert len(asked) == 2


def test_what_goes_wrong_in_a_run_leaves_nobody_behind(desk, asked):
    with pytest.raises(ZeroDivisionError), page.run():
        raise ZeroDivisionError
    page.visitor()
    assert len(asked) == 2


def test_slow_runs_let_the_next_one_pass_after_a_moment(desk, asked, monkeypatch):
    monkeypatch.setattr(page, "SLOT_TIMEOUT", 0.05)
    over, passed = threading.Event(), threading.Event()
    under_way = threading.Barrier(MAX_CONCURRENT_RUNS + 1)

    def slow():
        with page.run():
            under_way.wait(10)
            over.wait(10)

    def quick():
        with page.run():
            passed.set()

    runs = [threading.Thread(target=slow) for _ in range(MAX_CONCURRENT_RUNS)]
    for run in runs:
        run.start()
    under_way.wait(10)
    last = threading.Thread(target=quick)
    last.start()
    assert passed.wait(10)
    over.set()
    for run in (*runs, last):
        run.join()
    given_back = [page._run_slots.acquire(blocking=False) for _ in range(MAX_CONCURRENT_RUNS)]
    for _ in given_back:
        page._run_slots.release()
    assert all(given_back)
