"""A card goes where the hand puts it and home when it may not; nobody's move, focus or place is ever lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import browser as browsers
from tests.ui.stage.desk import ACTIVE, BLOCKED, DONE, PENDING, TODO
from ui.components.board import Card, Lane, Move, board

LANES = (TODO, ACTIVE, BLOCKED)
SENT = {"number": 7, "to": ACTIVE, "before": 9, "after": None, "seen": 3, "turn": 1}
browser = pytest.mark.browser
every_view = pytest.mark.parametrize("stage", browsers.VIEWS, indirect=True, ids=lambda view: view.name)
on_a_phone = pytest.mark.parametrize("stage", [browsers.PHONE], indirect=True, ids=lambda view: view.name)
FLIGHTS = """() => {
  window.flights = 0
  const animate = Element.prototype.animate
  Element.prototype.animate = function (...how) {
    if (this.classList.contains("ghost")) window.flights += 1
    return animate.apply(this, how)
  }
}"""
PANE = "document.querySelector('[data-testid=stMain]')"


class Board:
    """The board on the stage, as a person handles it, and the desk behind it."""

    def __init__(self, stage):
        self.stage = stage
        self.page = stage.page

    def open(self, query="", cards=5):
        self.desk(forget=cards)
        self.stage.open(f"/board{query}")
        self.page.locator(".card").first.wait_for()
        self.page.locator(".board").hover(position={"x": 5, "y": 5})
        return self

    def desk(self, **switches):
        request = self.page.request
        url = f"{self.stage.url}/control/desk"
        return (request.post(url, data=switches) if switches else request.get(url)).json()

    def card(self, number):
        return self.page.locator(f".card[data-number='{number}']:not(.ghost)")

    def link(self, number):
        return self.card(number).get_by_role("link")

    def lane(self, lane):
        return self.page.locator(f".cell[data-lane='{lane}']")

    def numbers(self, lane):
        return [
            int(each)
            for each in self.lane(lane)
            .locator(".card")
            .evaluate_all("all => all.map((e) => e.dataset.number)")
        ]

    def shows(self, lane, *numbers):
        expect(self.lane(lane).locator(".number")).to_have_text([f"#{number}" for number in numbers])

    def grab(self, number):
        box = self.card(number).bounding_box()
        self.page.mouse.move(box["x"] + 60, box["y"] + 20)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 70, box["y"] + 30, steps=3)
        expect(self.page.locator(".ghost.held")).to_have_count(1)

    def over(self, lane, above=None):
        """Carry what is held to a lane: above a card, or below all."""
        box = (self.card(above) if above else self.lane(lane)).bounding_box()
        y = box["y"] + 10 if above else box["y"] + box["height"] - 60
        self.page.mouse.move(box["x"] + 80, y, steps=8)
        self.page.wait_for_timeout(50)

    def drag(self, number, lane, above=None):
        self.grab(number)
        self.over(lane, above)
        self.page.mouse.up()

    def moves(self, *expected):
        """Wait for what the desk heard: number, lane, before and version."""
        for _ in range(100):
            if self.desk()["moves"] == [list(each) for each in expected]:
                break
            self.page.wait_for_timeout(50)
        assert self.desk()["moves"] == [list(each) for each in expected]

    def settled(self):
        expect(self.page.locator(".busy, .ghost, .flying")).to_have_count(0)

    def says(self, words):
        expect(self.page.locator("[aria-live=assertive]")).to_have_text(re.compile(words))


@pytest.fixture
def desk(stage):
    return Board(stage)


# What a browser sends


def test_a_move_is_read():
    assert Move.read(SENT, LANES) == Move(7, ACTIVE, 9, seen=3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "7"}, {"number": True}, {"number": 0}, {"number": -1}, {"number": 2**63}, {"number": 7.0},
        {"to": 99}, {"to": None}, {"to": [ACTIVE]}, {"before": "9"}, {"before": 7}, {"before": -1}, {"after": {}},
        {"after": 7}, {"seen": None}, {"seen": "3"},
    ],
)  # fmt: skip
def test_a_move_that_no_board_sends_is_nothing(wrong):
    assert Move.read(SENT | wrong, LANES) is None


@pytest.mark.parametrize("value", [None, "text", 7, [], [SENT]])
def test_anything_else_is_nothing(value):
    assert Move.read(value, LANES) is None


def test_a_card_that_has_no_place_is_a_mistake_of_the_page():
    card = Card(1, "Chair", 2, "", priority="low", category="", assignee="", updated="", version=1)
    with pytest.raises(ValueError, match="Ticket 1 is not on this board"):
        board([Lane(1, "To-Do", "todo", 0)], [card], key="board", allowed={}, moved=print)


# With a mouse


@browser
def test_a_drag_moves_a_card_to_where_it_is_dropped(desk):
    desk.open().drag(1, ACTIVE, above=8)
    desk.shows(ACTIVE, 6, 7, 1, 8, 9, 10)
    desk.moves([1, ACTIVE, 8, 1])
    desk.settled()
    desk.shows(ACTIVE, 6, 7, 1, 8, 9, 10)
    desk.shows(TODO, 2, 3, 4, 5)
    expect(desk.page.locator(f".head[data-lane='{TODO}'] .count")).to_have_text("4")
    desk.says("Dropped #1 in In Progress, position 3 of 6.")


@browser
def test_cards_are_ordered_within_a_lane(desk):
    desk.open().drag(4, TODO, above=1)  # the fifth is cut by the lane's lower edge with some fonts
    desk.moves([4, TODO, 1, 1])
    desk.settled()
    desk.shows(TODO, 4, 1, 2, 3, 5)


@browser
def test_below_the_last_card_is_the_end(desk):
    desk.open(cards=2).drag(1, ACTIVE)
    desk.moves([1, ACTIVE, None, 1])
    assert desk.desk()["below"] == [4], "the end of a lane that is not drawn to its end lies below a card"
    desk.shows(ACTIVE, 3, 4, 1)


@browser
def test_a_drop_outside_or_where_the_card_was_tells_nobody(desk):
    desk.open().grab(1)
    desk.page.mouse.move(600, 20, steps=5)
    desk.page.mouse.up()
    desk.shows(TODO, 1, 2, 3, 4, 5)
    desk.says("Put #1 back in To-Do")
    desk.grab(1)
    desk.page.mouse.up()
    desk.settled()
    assert desk.desk()["moves"] == []
    assert desk.page.url.endswith("/board")


@browser
def test_escape_ends_a_drag(desk):
    desk.open().grab(1)
    desk.over(ACTIVE, above=8)
    desk.page.keyboard.press("Escape")
    desk.page.mouse.up()
    desk.settled()
    desk.shows(TODO, 1, 2, 3, 4, 5)
    assert desk.desk()["moves"] == []


@browser
def test_lanes_that_are_not_open_to_a_card_say_so_and_take_it_not(desk):
    desk.open().grab(1)
    expect(desk.lane(BLOCKED)).to_have_class(re.compile("shut"))
    expect(desk.lane(ACTIVE)).not_to_have_class(re.compile("shut"))
    desk.over(BLOCKED, above=11)
    desk.page.mouse.up()
    desk.settled()
    desk.shows(TODO, 1, 2, 3, 4, 5)
    expect(desk.lane(BLOCKED)).not_to_have_class(re.compile("shut"))
    assert desk.desk()["moves"] == []


@browser
def test_a_refused_card_goes_home_and_the_reason_stays_until_it_is_put_away(desk):
    desk.open()
    desk.desk(refuse="Blocked by #12, which is still open.")
    desk.drag(6, TODO, above=2)
    notice = desk.page.get_by_role("alert").filter(has_text="Blocked by #12, which is still open.")
    expect(notice).to_be_visible()
    desk.settled()
    desk.shows(TODO, 1, 2, 3, 4, 5)
    desk.shows(ACTIVE, 6, 7, 8, 9, 10)
    desk.desk(shift={"number": 11, "to": ACTIVE, "before": None})
    desk.shows(ACTIVE, 6, 7, 8, 9, 10, 11)
    expect(notice).to_be_visible()
    desk.page.get_by_role("button", name="Close").click()
    expect(notice).to_be_hidden()


@browser
def test_a_card_goes_home_when_no_answer_comes(desk):
    desk.open()
    desk.desk(deaf=True)
    desk.drag(1, ACTIVE, above=8)
    desk.shows(ACTIVE, 6, 7, 1, 8, 9, 10)
    expect(desk.page.get_by_text("#1 is back where it was")).to_be_visible(timeout=20_000)
    desk.shows(TODO, 1, 2, 3, 4, 5)


@browser
def test_two_drops_in_a_row_both_count(desk):
    desk.open()
    desk.drag(1, ACTIVE, above=6)
    desk.drag(2, ACTIVE, above=6)
    desk.moves([1, ACTIVE, 6, 1], [2, ACTIVE, 6, 1])
    desk.settled()
    desk.shows(ACTIVE, 1, 2, 6, 7, 8, 9, 10)


@browser
def test_one_card_dropped_twice_in_a_row_is_not_one_s_own_conflict(desk):
    desk.open().link(1).focus()
    for key in ("Space", "ArrowRight", "Space", "Space", "ArrowRight", "Space"):
        desk.page.keyboard.press(key)
    desk.moves([1, ACTIVE, 6, 1], [1, BLOCKED, 11, 2])
    desk.settled()
    desk.shows(BLOCKED, 1, 11, 12, 13, 14, 15)


@browser
def test_another_person_s_move_arrives_during_a_drag(desk):
    desk.open().grab(1)
    desk.over(ACTIVE, above=8)
    desk.desk(shift={"number": 9, "to": TODO, "before": 2})
    desk.shows(TODO, 9, 2, 3, 4, 5)
    expect(desk.page.locator(".ghost.held")).to_have_count(1)
    desk.shows(ACTIVE, 6, 7, 1, 8, 10)
    desk.page.mouse.up()
    desk.moves([1, ACTIVE, 8, 1])
    desk.settled()
    desk.shows(ACTIVE, 6, 7, 1, 8, 10)


@browser
def test_who_carries_a_card_that_another_person_moved_is_refused(desk):
    desk.open().grab(1)
    desk.over(ACTIVE, above=8)
    desk.desk(shift={"number": 1, "to": PENDING, "before": 16})
    desk.page.wait_for_timeout(400)
    desk.page.mouse.up()
    expect(desk.page.get_by_text("Somebody else changed #1 meanwhile.")).to_be_visible()
    desk.shows(PENDING, 1, 16, 17, 18, 19, 20)
    desk.moves([1, ACTIVE, 8, 1])


@browser
def test_a_card_that_leaves_the_board_leaves_the_hand(desk):
    desk.open().grab(1)
    desk.over(ACTIVE, above=8)
    desk.desk(remove=1)
    desk.says("#1 is no longer on this board")
    expect(desk.page.locator(".ghost")).to_have_count(0)
    desk.page.mouse.up()
    desk.drag(2, ACTIVE, above=6)
    desk.moves([2, ACTIVE, 6, 1])


@browser
def test_a_reason_is_asked_for_while_the_card_waits_at_its_goal(desk):
    desk.open()
    desk.desk(ask=True)
    desk.drag(6, BLOCKED, above=11)
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    desk.shows(BLOCKED, 6, 11, 12, 13, 14, 15)
    desk.page.get_by_label("Reason").fill("The vendor")
    desk.page.get_by_label("Reason").press("Enter")
    desk.page.get_by_role("button", name="Block it").click()
    desk.moves([6, BLOCKED, 11, 1])
    desk.settled()
    desk.shows(BLOCKED, 6, 11, 12, 13, 14, 15)


@browser
def test_a_refusal_after_the_reason_is_told_too(desk):
    desk.open()
    desk.desk(ask=True, refuse="Only its team blocks it.")
    desk.drag(6, BLOCKED, above=11)
    desk.page.get_by_label("Reason").fill("The vendor")
    desk.page.get_by_label("Reason").press("Enter")
    desk.page.get_by_role("button", name="Block it").click()
    expect(desk.page.get_by_text("Only its team blocks it.")).to_be_visible()
    desk.shows(ACTIVE, 6, 7, 8, 9, 10)


@browser
def test_a_button_let_go_outside_the_window_carries_nothing(desk):
    desk.open()
    desk.card(1).locator(".category").dispatch_event(
        "pointerdown", {"button": 0, "pointerId": 1, "clientX": 9}
    )
    desk.page.mouse.move(500, 300, steps=5)
    desk.page.mouse.move(700, 400, steps=5)
    expect(desk.page.locator(".ghost")).to_have_count(0)


@browser
def test_without_a_reason_the_card_goes_home(desk):
    desk.open()
    desk.desk(ask=True)
    desk.drag(6, BLOCKED, above=11)
    desk.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    desk.shows(ACTIVE, 6, 7, 8, 9, 10)
    desk.settled()
    assert desk.desk()["moves"] == []


# Opening


@browser
@pytest.mark.parametrize("part", [".title", ".category"])
def test_a_click_opens_the_ticket_and_back_returns_to_the_same_place(desk, part):
    page = desk.open(cards=30).page
    page.evaluate("window.alive = true")
    desk.card(13).scroll_into_view_if_needed()
    page.locator(".board").evaluate("board => board.scrollLeft = 40")
    card = desk.card(13)
    expect(card).to_be_in_viewport()
    card.locator(part).hover()
    left = page.locator(".board").evaluate("board => board.scrollLeft")
    assert left > 0
    card.locator(part).click()
    page.wait_for_url("**/ticket?id=13")
    expect(page.get_by_role("heading", name="Ticket 13")).to_be_visible()
    page.go_back()
    expect(desk.link(13)).to_be_focused()
    expect(card).to_be_in_viewport()
    assert page.locator(".board").evaluate("board => board.scrollLeft") == left
    assert page.evaluate("window.alive")


@browser
@pytest.mark.parametrize("part", [".title", ".category"])
def test_with_a_modifier_a_card_opens_in_a_new_tab(desk, part):
    page = desk.open().page
    with page.context.expect_page() as opened:
        desk.card(5).locator(part).click(modifiers=["ControlOrMeta"])
    assert opened.value.url.endswith("/ticket?id=5")
    assert page.url.endswith("/board")


@browser
def test_show_more_is_a_link(desk):
    desk.open().lane(PENDING).get_by_role("link", name="Show more").click()
    desk.page.wait_for_url("**/?status=pending")


# With the keyboard


@browser
def test_arrows_walk_and_enter_opens(desk):
    page = desk.open().page
    desk.link(1).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight", "End", "Home", "ArrowLeft"):
        page.keyboard.press(key)
    expect(desk.link(6)).to_be_focused()
    expect(desk.lane(ACTIVE).locator(".title[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(desk.card(6).get_by_role("button")).to_be_focused()
    page.keyboard.press("Tab")
    expect(desk.link(11)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ticket?id=6")


@browser
def test_the_keyboard_picks_up_carries_and_drops_and_says_so(desk):
    page = desk.open().page
    desk.link(2).focus()
    page.keyboard.press("Space")
    desk.says(re.escape("Picked up #2, <img src=x onerror='window.hurt=1'>") + ".* To-Do, position 2 of 5.")
    page.keyboard.press("ArrowRight")
    desk.says("^In Progress, position 2 of 6.$")
    page.keyboard.press("ArrowDown")
    desk.says("^In Progress, position 3 of 6.$")
    page.keyboard.press("Space")
    desk.says("Dropped #2 in In Progress, position 3 of 6.")
    desk.moves([2, ACTIVE, 8, 1])
    desk.settled()
    desk.shows(ACTIVE, 6, 7, 2, 8, 9, 10)
    expect(desk.link(2)).to_be_focused()
    assert page.evaluate("window.hurt") is None


@browser
def test_the_keyboard_passes_lanes_that_are_not_open_and_stops_at_the_last(desk):
    desk.open().link(1).focus()
    for key in ("Space", "ArrowRight", "ArrowRight"):
        desk.page.keyboard.press(key)
    desk.says("^Pending, position 1 of 6.$")
    desk.page.keyboard.press("ArrowRight")
    desk.says("#1 can go no further that way.")
    desk.page.keyboard.press("Escape")
    desk.says("Put #1 back in To-Do.")
    desk.shows(TODO, 1, 2, 3, 4, 5)
    expect(desk.link(1)).to_be_focused()
    assert desk.desk()["moves"] == []


@browser
def test_going_elsewhere_puts_the_card_back(desk):
    desk.open().link(1).focus()
    for key in ("Space", "ArrowRight"):
        desk.page.keyboard.press(key)
    desk.page.get_by_role("heading", name="Board").click()
    desk.shows(TODO, 1, 2, 3, 4, 5)
    assert desk.desk()["moves"] == []


@browser
def test_cards_that_may_go_nowhere_are_not_picked_up(desk):
    desk.open(cards=60).link(241).focus()
    desk.page.keyboard.press("Space")
    desk.says("#241 cannot be moved out of Completed.")
    expect(desk.card(241).get_by_role("button")).to_have_count(0)


@browser
def test_another_person_s_change_leaves_focus_scroll_and_equal_titles_alone(desk):
    desk.open(cards=30)
    desk.card(13).scroll_into_view_if_needed()
    desk.link(13).focus()
    seen = desk.card(13).bounding_box()
    desk.desk(shift={"number": 40, "to": DONE, "before": None})
    desk.shows(DONE, 40)
    expect(desk.link(13)).to_be_focused()
    assert desk.card(13).bounding_box() == seen
    desk.desk(remove=13)
    expect(desk.card(13)).to_have_count(0)
    expect(desk.link(14)).to_be_focused()


@browser
def test_a_change_by_another_person_does_not_take_the_card_out_of_the_keyboard_s_hand(desk):
    desk.open().link(1).focus()
    for key in ("Space", "ArrowRight"):
        desk.page.keyboard.press(key)
    desk.desk(shift={"number": 6, "to": DONE, "before": None})
    desk.shows(DONE, 6)
    expect(desk.link(1)).to_be_focused()
    desk.page.keyboard.press("Space")
    desk.settled()
    desk.shows(ACTIVE, 1, 7, 8, 9, 10)


@browser
def test_the_menu_moves_without_dragging(desk):
    page = desk.open().page
    page.get_by_role("button", name="Move #2 to…").focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name="Move #2")
    expect(menu.get_by_role("menuitem", name="Blocked")).to_have_attribute("aria-disabled", "true")
    expect(menu.get_by_role("menuitem", name="In Progress")).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    desk.moves([2, ACTIVE, 6, 1])
    desk.settled()
    expect(desk.link(2)).to_be_focused()
    page.get_by_role("button", name="Move #4 to…").click()
    page.get_by_role("menuitem", name="Up", exact=True).click()
    desk.moves([2, ACTIVE, 6, 1], [4, TODO, 3, 1])
    desk.shows(TODO, 1, 4, 3, 5)
    page.get_by_role("button", name="Move #4 to…").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)


# With a finger


class Finger:
    """A finger on the screen, by the browser's own protocol."""

    def __init__(self, page):
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def touch(self, kind, *points):
        told = {"type": f"touch{kind}", "touchPoints": [{"x": x, "y": y} for x, y in points]}
        self.session.send("Input.dispatchTouchEvent", told)

    def slide(self, start, end, steps=8):
        for step in range(1, steps + 1):
            self.touch("Move", tuple(a + (b - a) * step / steps for a, b in zip(start, end, strict=True)))
            self.page.wait_for_timeout(20)


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def resting(locator):
    """The middle of what has stopped scrolling."""
    before, now = None, middle(locator)
    while before != now:
        locator.page.wait_for_timeout(150)
        before, now = now, middle(locator)
    return now


@browser
@on_a_phone
def test_a_finger_that_rests_carries_a_card_over_the_edge_to_another_lane(desk):
    page = desk.open().page
    finger = Finger(page)
    desk.card(6).scroll_into_view_if_needed()
    start = resting(desk.card(6))
    finger.touch("Start", start)
    expect(page.locator(".ghost.held")).to_have_count(1)
    finger.slide(start, (380, start[1] + 60))
    expect(desk.card(11)).to_be_in_viewport()
    finger.slide((380, start[1] + 60), (180, start[1] + 60))
    expect(page.locator(f".cell:not([data-lane='{ACTIVE}']) .carried")).to_have_count(1)
    finger.touch("End")
    desk.settled()
    (made,) = desk.desk()["moves"]
    assert made[0] == 6
    assert made[1] != ACTIVE
    assert 6 in desk.numbers(made[1])
    expect(desk.card(6)).to_be_in_viewport()
    assert page.url.endswith("/board")


@browser
@on_a_phone
def test_a_swipe_scrolls_the_lanes_and_carries_nothing(desk):
    page = desk.open(cards=8).page  # more than fit, whatever the fonts
    finger = Finger(page)
    start = middle(desk.card(2))
    finger.touch("Start", start)
    finger.slide(start, (40, start[1]))
    finger.touch("End")
    expect(desk.card(9)).to_be_in_viewport()
    start = resting(desk.card(11))
    for _ in range(4):  # a busy browser may take a first quick swipe for nothing
        finger.touch("Start", start)
        finger.slide(start, (start[0], start[1] - 200))
        finger.touch("End")
        if resting(desk.card(11))[1] < start[1] - 50:
            break
    assert resting(desk.card(11))[1] < start[1] - 50
    assert desk.desk()["moves"] == []
    expect(page.locator(".ghost")).to_have_count(0)


@browser
@on_a_phone
def test_a_swipe_at_the_left_end_does_not_leave_the_page(desk):
    page = desk.stage.open("/looks")
    page.get_by_role("link", name="New ticket").last.wait_for()
    desk.open()
    finger = Finger(page)
    _, y = middle(desk.card(2))
    finger.touch("Start", (18, y))
    finger.slide((18, y), (380, y))
    finger.touch("End")
    page.wait_for_timeout(500)
    assert page.url.endswith("/board")
    assert (
        page.locator(".board").evaluate("board => getComputedStyle(board).overscrollBehaviorX") == "contain"
    )


@browser
@on_a_phone
def test_a_tap_opens_the_ticket_and_the_button_moves_it(desk):
    page = desk.open().page
    page.get_by_role("button", name="Move #1 to…").tap()
    page.get_by_role("menuitem", name="In Progress").tap()
    desk.moves([1, ACTIVE, 6, 1])
    desk.settled()
    expect(desk.card(1)).to_be_in_viewport()
    desk.card(1).locator(".title").tap()
    page.wait_for_url("**/ticket?id=1")


# What is seen


@browser
def test_cards_show_what_a_reader_needs_in_words_too(desk):
    desk.open()
    expect(desk.card(1)).to_contain_text("Normal")
    expect(desk.card(1).get_by_role("img", name="New activity")).to_be_visible()
    expect(desk.card(1).get_by_role("img", name="Assigned to Tom Okafor-Lindqvist")).to_have_text("TO")
    expect(desk.card(2).get_by_role("img", name="Unassigned")).to_be_visible()
    expect(desk.card(4).get_by_role("img", name="Confidential")).to_be_visible()
    expect(desk.card(11)).to_contain_text("Blocked by #12, which is still open.")
    expect(desk.card(11).locator("time")).to_have_text(re.compile(r"^\d d$"))
    expect(desk.link(11)).to_have_accessible_description(
        re.compile("#11 .*New activity Blocked: Blocked by #12.*Urgent")
    )
    over = desk.page.locator(f".head[data-lane='{ACTIVE}'] .count")
    expect(over).to_have_text("5 of 4")
    expect(over).to_have_attribute("title", "5 tickets, over the limit is 4")
    expect(desk.lane(DONE)).to_contain_text("No tickets")
    expect(desk.page.get_by_role("region", name="In Progress, 5 tickets")).to_be_visible()


@browser
def test_rows_fold_and_keep_a_card_in_its_own_row(desk):
    page = desk.open("?groups=1").page
    rita = page.get_by_role("button", name="Rita Agbaje")
    expect(rita).to_have_attribute("aria-expanded", "true")
    desk.grab(1)
    expect(page.locator(f".cell[data-lane='{ACTIVE}'][data-group='Rita Agbaje']")).to_have_class(
        re.compile("shut")
    )
    goal = page.locator(f".cell[data-lane='{ACTIVE}'][data-group='Tom Okafor-Lindqvist']")
    expect(goal).not_to_have_class(re.compile("shut"))
    box = goal.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 20, steps=8)
    page.mouse.up()
    desk.moves([1, ACTIVE, 9, 1])
    desk.settled()
    expect(goal.locator(".number")).to_have_text(["#1", "#9"])
    desk.link(4).focus()
    page.keyboard.press("ArrowDown")
    expect(desk.link(5)).to_be_focused()
    rita.click()
    expect(desk.card(4)).to_be_hidden()
    expect(rita).to_have_attribute("aria-expanded", "false")


@browser
@every_view
@pytest.mark.parametrize("query", ["", "?groups=1"])
def test_it_fits_and_is_accessible(desk, query):
    page = desk.open(query).page
    expect(page.locator(".card")).to_have_count(20)
    assert page.evaluate(f"{PANE}.scrollWidth <= {PANE}.clientWidth")
    assert page.locator(".head").evaluate_all("heads => heads.every((head) => head.offsetHeight >= 44)")
    browsers.check_accessibility(page)
    page.get_by_role("button", name="Move #1 to…").click()
    expect(page.get_by_role("menu")).to_be_in_viewport(ratio=1)
    browsers.check_accessibility(page)


@browser
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_whoever_asks_for_less_motion_sees_none(desk, motion):
    desk.page.emulate_media(reduced_motion=motion)
    desk.open()
    desk.desk(refuse="No.")
    desk.page.evaluate(FLIGHTS)
    desk.drag(1, ACTIVE, above=8)
    expect(desk.page.get_by_role("alert").filter(has_text="No.")).to_be_visible()
    desk.shows(TODO, 1, 2, 3, 4, 5)
    assert desk.page.evaluate("window.flights > 0") == (motion != "reduce")
