"""Nothing typed is lost, nothing is sent twice, and a note does not look like a reply."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import browser as browsers

pytestmark = pytest.mark.browser
every_view = pytest.mark.parametrize("stage", browsers.VIEWS, indirect=True, ids=lambda view: view.name)
PASTE = """(field) => {
  const clipboard = new DataTransfer()
  clipboard.items.add(new File(["picture"], "image.png", { type: "image/png" }))
  const how = { clipboardData: clipboard, bubbles: true, cancelable: true, composed: true }
  field.dispatchEvent(new ClipboardEvent("paste", how))
}"""
DROP = """(field) => {
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File(["words"], "notes.txt", { type: "text/plain" }))
  for (const kind of ["dragenter", "dragover", "drop"])
    field.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true, composed: true }))
}"""


def saved(page):
    expect(page.get_by_text("Draft saved")).to_be_visible()


def message(page):
    return page.get_by_role("textbox", name=re.compile("Reply|Description|Internal note"))


def test_a_draft_is_there_again_after_a_reload(stage):
    page = stage.open("/new")
    page.get_by_label("Title", exact=True).fill("A broken chair")
    message(page).fill("It fell over.\nTwice.")
    saved(page)
    page.reload()
    expect(page.get_by_label("Title", exact=True)).to_have_value("A broken chair")
    expect(message(page)).to_have_value("It fell over.\nTwice.")


def test_what_is_typed_in_the_last_moment_is_kept_too(stage):
    page = stage.open("/reply")
    message(page).press_sequentially("To the last lett")
    message(page).press("e")
    message(page).press("r")
    page.reload()
    expect(message(page)).to_have_value("To the last letter")


def test_without_a_connection_the_text_stays_in_the_browser_until_the_server_has_it(stage):
    page = stage.open("/reply")
    page.route("**/api/v1/drafts/**", lambda route: route.abort())
    message(page).fill("Written in a tunnel")
    expect(page.get_by_text("kept in this browser, trying again")).to_be_visible()
    page.reload()
    expect(message(page)).to_have_value("Written in a tunnel")
    page.unroute("**/api/v1/drafts/**")
    message(page).press("End")
    message(page).press("!")
    saved(page)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('docket:'))") == []
    assert stage.heard()["drafts"]["ticket-44"]["body"] == "Written in a tunnel!"


def test_somebody_signed_out_is_told_and_keeps_the_text(stage):
    page = stage.open("/reply")
    stage.set(signed_out=True)
    message(page).fill("Nearly done")
    expect(page.get_by_text("You were signed out. Your text is kept in this browser")).to_be_visible()
    page.reload()
    expect(message(page)).to_have_value("Nearly done")


def test_a_draft_that_was_sent_elsewhere_is_no_longer_saved(stage):
    page = stage.open("/reply")
    message(page).fill("First words")
    saved(page)
    stage.set(used=[stage.heard()["drafts"]["ticket-44"]["token"]])
    message(page).fill("Second words")
    expect(page.get_by_text("This was already sent")).to_be_visible()
    before = len(stage.heard()["calls"])
    message(page).fill("Third words")
    page.wait_for_timeout(900)
    assert len(stage.heard()["calls"]) == before


def test_a_reply_is_sent_once_by_a_double_click_and_the_writer_empties_itself(stage):
    page = stage.open("/reply")
    message(page).fill("Hello there")
    page.get_by_role("button", name="Send reply").dblclick()
    expect(page.get_by_text("public|Hello there|0")).to_have_count(1)
    expect(message(page)).to_have_value("")
    expect(page.get_by_role("button", name="Send reply")).to_be_enabled()
    page.wait_for_timeout(800)
    assert stage.heard()["sent"] == ["public|Hello there|0"]
    assert stage.heard()["drafts"]["ticket-44"].get("body", "") == ""


def test_ctrl_enter_sends(stage):
    page = stage.open("/reply")
    message(page).fill("By keyboard")
    message(page).press("ControlOrMeta+Enter")
    expect(page.get_by_text("public|By keyboard|0")).to_be_visible()


def test_a_refused_reply_stays_and_can_be_sent_again(stage):
    page = stage.open("/reply")
    message(page).fill("Please refuse this")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("That did not work.")).to_be_visible()
    expect(message(page)).to_have_value("Please refuse this")
    message(page).fill("Please take this")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("public|Please take this|0")).to_be_visible()


def test_a_page_that_does_nothing_gives_the_writer_back(stage):
    page = stage.open("/reply")
    message(page).fill("Please ignore this")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_role("button", name="Send reply")).to_be_enabled(timeout=5000)
    expect(message(page)).to_have_value("Please ignore this")


def test_drawing_the_page_again_with_older_data_keeps_what_is_typed(stage):
    page = stage.open("/reply")
    page.route("**/api/v1/drafts/**", lambda route: route.abort())
    message(page).fill("Newer than the server knows")
    page.get_by_role("button", name="Draw again").click()
    page.wait_for_timeout(500)
    expect(message(page)).to_have_value("Newer than the server knows")


def test_an_internal_note_looks_and_is_called_different(stage):
    page = stage.open("/reply")
    plain = page.locator(".box").evaluate("(box) => getComputedStyle(box).backgroundColor")
    page.get_by_role("radio", name="only staff can read it").check()
    assert page.locator(".box").evaluate("(box) => getComputedStyle(box).backgroundColor") != plain
    message(page).fill("Between us")
    page.get_by_role("button", name="Add internal note").click()
    expect(page.get_by_text("internal|Between us|0")).to_be_visible()


@pytest.mark.parametrize("how", ["mouse", "keyboard", "ctrl+enter"])
def test_a_button_outside_gets_the_latest_words(stage, how):
    page = stage.open("/new")
    page.get_by_label("Title", exact=True).fill("Chair")
    message(page).fill("Broken")
    button = page.get_by_role("button", name="Create ticket")
    message(page).press("End")
    page.keyboard.type(" again")
    if how == "mouse":
        button.click()
    elif how == "keyboard":
        while not button.evaluate("(button) => button === document.activeElement"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_text("Chair|Broken again|0")).to_be_visible()
    expect(page.get_by_label("Title", exact=True)).to_have_value("")
    assert stage.heard()["sent"] == ["Chair|Broken again|0"]


def test_a_refusal_names_the_field(stage):
    page = stage.open("/new")
    title = page.get_by_label("Title", exact=True)
    title.fill("Please refuse this")
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_text("Another title, please.")).to_be_visible()
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(title).to_have_value("Please refuse this")


def test_letters_that_streamlit_listens_for_can_be_typed(stage):
    page = stage.open("/reply")
    message(page).press_sequentially("rcRC")
    expect(message(page)).to_have_value("rcRC")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_files_are_dropped_pasted_and_chosen_and_go_with_the_reply(stage, tmp_path):
    page = stage.open("/reply")
    message(page).evaluate(PASTE)
    expect(page.get_by_text(re.compile(r"^pasted-.*\.png$"))).to_be_visible()
    message(page).evaluate(DROP)
    expect(page.get_by_text("notes.txt", exact=True)).to_be_visible()
    virus, film = tmp_path / "virus.exe", tmp_path / "film.mkv"
    virus.write_bytes(b"x")
    with film.open("wb") as file:
        file.truncate(25 * 1024 * 1024 + 1)
    page.locator("input[type=file]").set_input_files([virus, film])
    expect(page.get_by_text("Programs cannot be attached.", exact=True)).to_be_visible()
    expect(page.get_by_text("This file is larger than 25 MB", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Remove notes.txt").click()
    message(page).fill("See the picture")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("public|See the picture|1")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="virus.exe")).to_have_count(0)
    assert len(stage.heard()["files"]) == 1


def test_a_file_is_there_again_after_a_reload(stage):
    page = stage.open("/reply")
    message(page).evaluate(DROP)
    expect(page.get_by_text("notes.txt", exact=True)).to_be_visible()
    saved(page)
    page.reload()
    expect(page.get_by_text("notes.txt", exact=True)).to_be_visible()


def test_similar_open_tickets_are_offered_while_the_title_is_typed(stage):
    page = stage.open("/new")
    title = page.get_by_label("Title", exact=True)
    title.press_sequentially("Pri")
    page.wait_for_timeout(500)
    title.press_sequentially("nter")
    link = page.get_by_role("link", name="#7 Printer on floor 2 jams")
    expect(link).to_have_attribute("href", "/t/7")
    expect(link).to_have_attribute("target", "_blank")
    asked = [call for call in stage.heard()["calls"] if call[0] == "similar"]
    assert asked == [["similar", "Printer"]]
    title.fill("Pr")
    expect(link).to_be_hidden()


def test_the_tools_write_markdown_by_button_and_by_key(stage):
    page = stage.open("/reply")
    message(page).fill("one")
    message(page).press("ControlOrMeta+a")
    message(page).press("ControlOrMeta+b")
    expect(message(page)).to_have_value("**one**")
    message(page).fill("first\nsecond")
    message(page).press("ControlOrMeta+a")
    page.get_by_role("button", name="List").click()
    expect(message(page)).to_have_value("- first\n- second")
    message(page).press("ControlOrMeta+z")
    expect(message(page)).to_have_value("first\nsecond")


def test_a_text_that_is_too_long_is_counted_and_not_sent(stage):
    page = stage.open("/reply")
    message(page).fill("x" * 50_001)
    expect(page.get_by_text("1 characters too many")).to_be_visible()
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("This is too long to send.")).to_be_visible()
    assert stage.heard()["sent"] == []


def test_a_hostile_preview_does_nothing(stage):
    page = stage.open("/reply")
    message(page).fill("Hello")
    page.get_by_role("tab", name="Preview").click()
    expect(page.get_by_text("5 characters", exact=True)).to_be_visible()
    link = page.get_by_role("link", name="hurt")
    expect(link).to_have_attribute("target", "_blank")
    link.click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.hurt") is None
    assert stage.wrong, "the browser should have refused to run it"
    stage.wrong.clear()


@every_view
@pytest.mark.parametrize("path", ["/new", "/reply"])
def test_it_fits_and_is_accessible(stage, path):
    page = stage.open(path)
    page.locator("input[type=file]").set_input_files(
        [{"name": "W" * 120 + ".pdf", "mimeType": "application/pdf", "buffer": b"x" * 2000}]
    )
    message(page).fill("w" * 300)
    expect(page.get_by_text("Draft saved")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")
    browsers.check_accessibility(page)
    if path == "/reply":
        page.get_by_role("radio", name="Internal note").check()
        browsers.check_accessibility(page)
        page.get_by_role("tab", name="Preview").click()
        expect(page.get_by_text("300 characters")).to_be_visible()
        browsers.check_accessibility(page)
        stage.wrong.clear()
