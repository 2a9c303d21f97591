"""News reaches the fragment that waits for it, once, and leaves the person's hands alone."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true })
  document.dispatchEvent(new Event("visibilitychange"))
}"""
WATCH = """() => {
  window.lines = []
  const Original = window.WebSocket
  window.WebSocket = class extends Original {
    constructor(...how) { super(...how); if (String(how[0]).endsWith("/live")) window.lines.push(performance.now()) }
  }
}"""

NOBODY = WATCH.replace("super(...how)", "super(String(how[0]).replace('/live', '/no-such-place'))")


class News:
    """The screen that waits for news, and the desk where they happen."""

    def __init__(self, stage):
        self.stage = stage
        self.page = stage.page

    def desk(self, **switches):
        url = f"{self.stage.url}/control/desk"
        request = self.page.request
        return (request.post(url, data=switches) if switches else request.get(url)).json()

    def open(self):
        self.now = self.desk(forget=5)["event"]
        self.stage.open("/news")
        self.drawn(self.now)
        self.connected()
        return self

    def connected(self, lines=1):
        for _ in range(200):
            if self.desk()["sockets"] == lines:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{self.desk()['sockets']} connections instead of {lines}")

    def asked(self, topics):
        for _ in range(200):
            if topics in self.desk()["asked"]:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{topics} is not among {self.desk()['asked']}")

    def happen(self, times=1):
        for _ in range(times):
            self.now += 1
            self.desk(event=self.now)

    def drawn(self, event):
        expect(self.page.get_by_text(f"Drawn to event {event},")).to_be_visible()

    def ran(self):
        return int(re.search(r"ran (\d+) times", self.page.get_by_text("Drawn to event").inner_text())[1])


@pytest.fixture
def news(stage):
    return News(stage)


def test_an_event_draws_its_fragment_again_and_nothing_else(news):
    news.open().happen()
    news.drawn(news.now)
    expect(news.page.get_by_text(f"heard of {news.now}")).to_be_visible()
    expect(news.page.get_by_text("The page ran 1 times.")).to_be_visible()


def test_one_connection_serves_the_whole_page_and_asks_for_each_topic(news):
    news.open()
    news.connected(1)
    news.asked({"board": news.now, "elsewhere": 1_000_000})
    news.connected(1)


@pytest.mark.parametrize("order", [[2**53 - 1, 5], [5, 2**53 - 1], [9, 7, 5]], ids=str)
def test_a_topic_is_asked_for_from_the_smallest_event_whoever_joins_first(news, order):
    news.open()
    news.page.evaluate(
        """(order) => {
          const line = globalThis[Symbol.for("docket.line")]
          for (const since of order) line.join({ topic: "third", since })
        }""",
        order,
    )
    news.asked({"board": news.now, "elsewhere": 1_000_000, "third": 5})
    assert news.desk()["asked"][-1]["third"] == 5


def test_events_in_a_row_are_one_piece_of_news(news):
    news.open()
    before = news.ran()
    news.page.evaluate(
        """async ([url, from]) => {
          for (let event = from + 1; event <= from + 5; event++) {
            const headers = { "content-type": "application/json" }
            await fetch(url, { method: "POST", headers, body: JSON.stringify({ event }) })
          }
        }""",
        [f"{news.stage.url}/control/desk", news.now],
    )
    news.drawn(news.now + 5)
    news.page.wait_for_timeout(600)
    assert news.ran() - before <= 3


@pytest.mark.parametrize("field", ["Inside", "Outside"])
def test_focus_caret_and_typed_text_stay(news, field):
    news.open()
    box = news.page.get_by_label(field)
    box.press_sequentially("half a wo")
    box.evaluate("field => field.setSelectionRange(4, 4)")
    news.happen()
    news.drawn(news.now)
    expect(box).to_be_focused()
    expect(box).to_have_value("half a wo")
    assert box.evaluate("field => field.selectionStart") == 4


def test_what_was_missed_while_the_line_was_down_comes_with_the_new_one(news):
    news.open()
    news.page.evaluate(WATCH)
    news.desk(hang_up=True)
    news.happen()
    news.drawn(news.now)
    news.connected()
    assert news.page.evaluate("window.lines.length") == 1


def test_it_tries_again_later_and_later(news):
    news.open()
    news.page.evaluate(NOBODY)
    news.desk(hang_up=True)
    for _ in range(200):
        if news.page.evaluate("window.lines.length") >= 4:
            break
        news.page.wait_for_timeout(50)
    first, *_, before, last = news.page.evaluate("window.lines.slice(0, 4)")
    assert last - before > 1000
    assert last - first < 8000


def test_a_hidden_tab_lets_go_and_catches_up_on_return(news):
    news.open()
    before = news.ran()
    news.page.evaluate(HIDE, True)
    news.connected(0)
    news.happen(3)
    news.page.wait_for_timeout(500)
    assert news.ran() == before
    news.page.evaluate(HIDE, False)
    news.drawn(news.now)
    news.connected()


def test_leaving_the_page_hangs_up(news):
    news.open().page.get_by_role("link", name="Looks").click()
    expect(news.page.get_by_text("Printer on floor 2 jams")).to_be_visible()
    news.connected(0)


def test_nonsense_on_the_line_is_passed_over(stage):
    page = stage.page
    wild = [
        "no JSON",
        "null",
        "7",
        '{"topic": "board"}',
        '{"topic": "board", "event": "9"}',
        '{"topic": "board", "event": 1e99}',
    ]
    page.route_web_socket(
        "**/live", lambda line: line.on_message(lambda _: [line.send(each) for each in wild])
    )
    stage.open("/news")
    shown = page.get_by_text("Drawn to event")
    expect(shown).to_contain_text("heard of None, ran 1 times")
    page.wait_for_timeout(500)
    expect(shown).to_contain_text("heard of None, ran 1 times")


def test_it_takes_no_room_and_no_focus(news):
    page = news.open().page
    boxes = page.locator(".st-key-live, .st-key-other")
    expect(boxes).to_have_count(2)
    assert boxes.evaluate_all("all => all.every((each) => each.getClientRects().length === 0)")
    assert page.evaluate("document.activeElement === document.body")
