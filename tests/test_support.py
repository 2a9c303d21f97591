"""The services that other tests stand on."""

import os
import sys
from types import ModuleType

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from lib import transactions
from tests.support import browser as browsers
from tests.support.forked import ForkedServer

PAGE = """<html lang="en"><meta name="viewport" content="width=device-width">
<title>A page</title><main><h1>Hello</h1>{}</main></html>"""


def test_a_fresh_database_has_todays_schema(engine):
    assert "ticket" in sa.inspect(engine).get_table_names()


def test_each_test_has_a_database_of_its_own(databases, database_url):
    kind = database_url.partition(":")[0]
    assert databases.fresh(kind) != database_url


def test_an_empty_database_has_no_tables(databases):
    for kind in ("sqlite", "postgresql"):
        made = sa.create_engine(databases.empty(kind))
        assert sa.inspect(made).get_table_names() == []
        made.dispose()


def test_transactions_work_on_the_database_of_the_test(engine):
    with transactions.see() as session:
        assert session.get_bind().engine.url == engine.url


def test_axe_passes_a_sound_page_and_names_what_is_wrong_with_another(browser: Browser):
    with browsers.open_window(browser) as window:
        page = window.new_page()
        page.set_content(PAGE.format("<button>Save</button>"))
        browsers.check_accessibility(page)
        page.set_content(PAGE.format("<button></button>"))
        with pytest.raises(AssertionError, match=r"button-name \(critical\)"):
            browsers.check_accessibility(page)


def test_a_phone_and_the_dark_are_what_the_page_sees(browser: Browser):
    with browsers.open_window(browser, browsers.VIEWS[3]) as window:
        page = window.new_page()
        page.set_content(PAGE.format(""))
        assert page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [
            390,
            True,
        ]


def test_a_window_knows_nothing_of_one_before(browser: Browser, server):
    docket = server()
    keep = "document.cookie = 'a=b'; localStorage.a = 'b'; sessionStorage.a = 'b'"
    for _ in range(2):
        with browsers.open_window(browser) as window:
            page = window.new_page()
            page.goto(f"{docket.url}/healthz")
            assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == [
                "",
                0,
                0,
            ]
            page.evaluate(keep)


def test_a_forked_server_does_not_run_the_main_module_of_the_tests(tmp_path, monkeypatch):
    page = tmp_path / "page.py"
    page.write_text("raise NameError('a page that Streamlit has tested')")
    left = ModuleType("__main__")
    left.__file__ = str(page)
    monkeypatch.setitem(sys.modules, "__main__", left)
    log = tmp_path / "log"
    log.touch()
    assert ForkedServer(["--help"], os.environ, log).wait(60) == 0, log.read_text()
