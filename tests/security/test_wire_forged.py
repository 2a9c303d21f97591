"""What only a program sends over a page's WebSocket: refused with a sentence, and no error of the server's."""

import json
from collections.abc import Iterator

import pytest

from tests import cast
from tests.support.house import RunningDesk, set_up
from tests.support.wire import BackMsg, Tab

LONG = "x" * 20_000


@pytest.fixture(scope="module")
def house_built(server, databases) -> RunningDesk:
    url = databases.fresh("sqlite")
    return set_up(server(DOCKET_DATABASE_URL=url, DOCKET_API_REQUESTS_PER_MINUTE="6000"), url)


@pytest.fixture
def house(house_built) -> Iterator[RunningDesk]:
    """The house; whatever a test sent to it, the log holds no traceback and no error."""
    house = house_built.here()
    before = len(house.server.said())
    yield house
    told = [json.loads(line) for line in house.server.said()[before:].splitlines() if line.startswith("{")]
    assert [line for line in told if "exception" in line or line.get("level") in ("error", "critical")] == []


def asked(page: str = "", **context: str) -> BackMsg:
    message = BackMsg()
    message.rerun_script.page_name = page
    for name, value in context.items():
        setattr(message.rerun_script.context_info, name, value)
    return message


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "nope", "\0", LONG, "Europe", "."])
def test_a_time_zone_that_there_is_not(house, name):
    with Tab(house.url, cookie=cast.sign_in(house.people.ada)) as tab:
        tab.send(asked("ticket", timezone=name))
        tab.receive()
        ticket = asked("ticket", timezone=name)
        ticket.rerun_script.query_string = f"id={house.sams}"
        tab.send(ticket)
        assert "Quince-body-2256" in tab.receive()


@pytest.mark.parametrize(
    "address", ["http://[", "//[", "http://a]b/", "http://\u2100.x/x", LONG, "\0", "http:///%ff"]
)
def test_an_address_that_is_none(house, address):
    with Tab(house.url, cookie=cast.sign_in(house.people.ada)) as tab:
        tab.send(asked(url=address))
        assert "Something went wrong" not in tab.receive()


@pytest.mark.parametrize(
    "query", ["id=%ff", "id=²", f"id={'9' * 5000}", "%", f"q={'(' * 3000}", "\0=\0", "after=%00"]
)
@pytest.mark.parametrize("page", ["", "tickets", "ticket", "timesheet", "audit-log"])
def test_a_query_that_means_nothing(house, page, query):
    with Tab(house.url, cookie=cast.sign_in(house.people.ada)) as tab:
        assert "Something went wrong" not in tab.run(page, query=query)


@pytest.mark.parametrize("message", [b"\xff\xff\xff", b"\x0a\xff", b"", "words"])
def test_what_is_no_message_is_let_go(house, message):
    with Tab(house.url) as tab:
        tab.run()
        tab.socket.send(message)
        assert "Sign in to Docket" in tab.run()
