"""The rows of the board stand in the order of what they show."""

import pytest

from ui.components.board import Card
from ui.tickets import board


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        ("priority", ["Urgent", "Normal", "Low"]),
        ("assignee", ["Unassigned", "Arun Das", "rita"]),
        ("category", ["Hardware", "No category", "Urgent"]),
    ],
)
def test_rows_by_a_field(rows, labels):
    cards = tuple(Card(1, "Lamp", 1, label, "low", "", "", "", 1) for label in [*reversed(labels), *labels])
    assert [group.label for group in board._build_groups(cards, rows)] == labels
