"""Which versions a session's own changes superseded."""

import pytest
import streamlit as st

from ui import changing


@pytest.fixture(autouse=True)
def fresh():
    st.session_state.clear()
    yield
    st.session_state.clear()


def test_own_changes_lead_from_version_to_version():
    changing.made(7, 1, 2)
    changing.made(8, 2, 3)
    changing.made(7, 2, 4)
    assert [changing.reached(7, version) for version in (1, 2, 3, 4)] == [4, 4, 3, 4]
    assert changing.reached(8, 1) == 1


def test_what_somebody_else_changed_between_is_not_passed_over():
    changing.made(7, 1, 2)
    changing.made(7, 3, 4)
    assert changing.reached(7, 1) == 2


def test_what_changed_nothing_is_not_remembered_and_old_changes_are_forgotten():
    changing.made(7, 1, 1)
    assert not st.session_state
    for version in range(1, changing.KEPT + 2):
        changing.made(7, version, version + 1)
    assert changing.reached(7, 1) == 1 and changing.reached(7, 2) == changing.KEPT + 2
