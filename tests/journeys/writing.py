"""What people do in the writer: type, and attach files by dropping and by choosing them."""

import re

from playwright.sync_api import Locator, Page, expect

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63d8b061030003a401d10bbd5ac80000000049454e44ae426082"
)
DROP = """(field, [name, words]) => {
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File([words], name, { type: "text/plain" }))
  for (const kind of ["dragenter", "dragover", "drop"])
    field.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true, composed: true }))
}"""


def title(page: Page) -> Locator:
    """Return the field for a ticket's title."""
    return page.get_by_label("Title", exact=True)


def body(page: Page) -> Locator:
    """Return the field for a description, a reply or a note."""
    return page.get_by_role("textbox", name=re.compile("^(Description|Reply|Internal note)"))


def drop(page: Page, name: str, words: str) -> None:
    """Drop a text file onto the writer and wait until it has arrived."""
    body(page).evaluate(DROP, [name, words])
    _arrived(page, name)


def choose_file(page: Page, name: str, data: bytes, *, type: str = "text/plain") -> None:
    """Choose a file with the button and wait until it has arrived."""
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": type, "buffer": data}])
    _arrived(page, name)


def _arrived(page: Page, name: str) -> None:
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
