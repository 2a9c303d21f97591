"""What only a program sends over a page's WebSocket: refused with a sentence, and no error of the server's."""

import json
from collections.abc import Iterator

import pytest

from tests import cast
from tests.support.house import House, settle
from tests.support.wire import BackMsg, Tab, WidgetState

DEEP, LONG = "[" * 20_000, "x" * 20_000
EVENT = "$$STREAMLIT_INTERNAL_KEY_{}__events"
VALUES = (
    {}, {"trigger_value": True}, {"bool_value": True}, {"double_value": float("nan")}, {"double_value": 1e308},
    {"int_value": 2**60}, {"int_value": -1}, {"string_value": f"\0{LONG}"}, {"bytes_value": b"\xff\0"},
    {"double_array_value": {"data": [float("inf"), 1e308] * 1000}}, {"int_array_value": {"data": [10**12, -1]}},
    {"string_array_value": {"data": ["\0", "2026-13-99"]}}, {"string_trigger_value": {"data": "x"}},
    {"file_uploader_state_value": {"uploaded_file_info": [{"file_id": "x", "name": "x"}]}},
    {"chat_input_value": {"data": "x"}}, {"arrow_value": {}},
    *({kind: given} for kind in ("json_value", "json_trigger_value")
      for given in ("null", "[1]", "{}", "3", "{", DEEP, "9" * 5000, "1e999", '{"value": {"a": []}}')),
)  # fmt: skip
PAYLOADS = (
    None,
    [],
    {},
    LONG,
    1e308,
    {"turn": 1e308},
    {"token": {}, "body": [], "turn": 1},
    {"number": {}, "turn": 2},
)
EVENTS = ("submit", "value", "move", "clock", "assign", "fill", "nothing", None, [])


@pytest.fixture(scope="module")
def house_built(server, databases) -> House:
    url = databases.fresh("sqlite")
    return settle(server(DOCKET_DATABASE_URL=url, DOCKET_API_REQUESTS_PER_MINUTE="6000"), url)


@pytest.fixture
def house(house_built) -> Iterator[House]:
    """The house; whatever a test sent to it, the log holds no traceback and no error."""
    house = house_built.here()
    before = len(house.server.said())
    yield house
    told = [json.loads(line) for line in house.server.said()[before:].splitlines() if line.startswith("{")]
    assert [line for line in told if "exception" in line or line.get("level") in ("error", "critical")] == []


def asked(page: str = "", hash: str = "", widgets: tuple[WidgetState, ...] = (), **context: str) -> BackMsg:
    message = BackMsg()
    message.rerun_script.page_name, message.rerun_script.page_script_hash = page, hash
    message.rerun_script.widget_states.widgets.extend(widgets)
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
@pytest.mark.parametrize("page", ["", "tickets", "ticket", "week", "audit"])
def test_a_query_that_means_nothing(house, page, query):
    with Tab(house.url, cookie=cast.sign_in(house.people.ada)) as tab:
        assert "Something went wrong" not in tab.run(page, query=query)


@pytest.mark.parametrize("message", [b"\xff\xff\xff", b"\x0a\xff", b"", "words"])
def test_what_is_no_message_is_let_go(house, message):
    with Tab(house.url) as tab:
        tab.run()
        tab.socket.send(message)
        assert "Sign in to Docket" in tab.run()


def test_widgets_that_are_not_there(house):
    ids = (
        "",
        "x",
        "$$ID-x-y",
        "_who",
        "_told",
        "\0",
        LONG,
        EVENT.format(""),
        EVENT.format("x"),
        "$$STREAMLIT_INTERNAL_KEY_",
    )
    forged = tuple(WidgetState(id=id, **value) for id in ids for value in VALUES)
    with Tab(house.url, cookie=cast.sign_in(house.people.ada)) as tab:
        page = tab.run("ticket", query=f"id={house.sams}")
        for widgets in (forged, tuple(WidgetState(id=f"x{i}", int_value=i) for i in range(3000))):
            page = tab.run(query=f"id={house.sams}", widgets=widgets)
            assert "Quince-body-2256" in page


@pytest.mark.parametrize(("page", "every"), [("ticket", 1), ("tickets", 3), ("new", 3), ("board", 3)])
def test_values_of_the_wrong_kind(house, page, every):
    """Each kind of widget on the page is told everything that its own kind is not."""
    query, failed = f"id={house.sams}", []
    cookie = cast.sign_in(house.people.ada)
    with Tab(house.url, cookie=cookie) as tab:
        drawn = tab.run(page, query=query)
        kinds = {
            (kind, getattr(e, "component_name", "")): e.id
            for kind, e in drawn.elements
            if getattr(e, "id", "")
        }
        sent = [WidgetState(id=id, **value) for id in kinds.values() for value in VALUES]
        for (kind, _), id in kinds.items():
            if kind == "bidi_component":
                said = [[{"event": e, "value": v}] for e in EVENTS for v in PAYLOADS]
                sent += [WidgetState(id=EVENT.format(id), json_trigger_value=json.dumps(s)) for s in said]
                sent += [WidgetState(id=EVENT.format(id), **value) for value in VALUES]
        for state in sent[::every]:
            if "Something went wrong" in tab.run(query=query, widgets=[state]):
                failed.append(str(state)[:200])
    assert failed == []
