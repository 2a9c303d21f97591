"""What a browser sends is believed only when it is what a writer could have sent."""

import pytest

from lib.conversation.drafts import DraftCard
from ui.components.writer_values import Composition, Submission

DRAFT = DraftCard("ticket-44", "this-token", {"title": "Chair", "body": "Broken", "attachments": ["a"]})
REPLY = {"token": "this-token", "body": "Hello", "attachments": ["a", "b", "a"], "visibility": "public"}
TICKET = {"token": "this-token", "title": "T", "body": "B", "attachments": [], "uploading": 1}
MALFORMED = [
    {"token": "another-token"},
    {"body": None},
    {"body": ["list"]},
    {"body": "x" * 400_001},
    {"body": "half \ud800"},
    {"attachments": "a"},
    {"attachments": [1]},
    {"attachments": [""]},
    {"attachments": ["x" * 65]},
    {"attachments": ["x"] * 201},
]


def test_a_reply_is_read():
    assert Submission.read(REPLY, DRAFT, ("public",)) == Submission(
        "this-token", "Hello", ("a", "b"), "public"
    )


@pytest.mark.parametrize("wrong", [*MALFORMED, {"visibility": "internal"}, {"visibility": ["public"]}])
def test_a_reply_that_no_writer_sends_is_nothing(wrong):
    assert Submission.read(REPLY | wrong, DRAFT, ("public",)) is None


@pytest.mark.parametrize("value", [None, "text", 7, [], [REPLY]])
def test_anything_else_is_nothing(value):
    assert Submission.read(value, DRAFT, ("public",)) is None
    assert Composition.read(value, DRAFT, submitted=True) is None


def test_a_ticket_is_read():
    assert Composition.read(TICKET, DRAFT, submitted=True) == Composition(
        "this-token", "T", "B", attachments=(), uploading=1, submitted=True
    )


@pytest.mark.parametrize(
    "wrong", [*MALFORMED, {"title": 1}, {"uploading": -1}, {"uploading": True}, {"uploading": "1"}]
)
def test_a_ticket_that_no_writer_sends_is_nothing(wrong):
    assert Composition.read(TICKET | wrong, DRAFT, submitted=False) is None


def test_until_the_browser_speaks_the_draft_does():
    assert Composition.begun(DRAFT) == Composition("this-token", "Chair", "Broken", ("a",))
    assert Composition.begun(DraftCard("ticket-44", "t", {"title": 1, "attachments": "a"})) == Composition(
        "t", "", "", ()
    )
