"""Which versions a session's own changes superseded."""

import pytest
import streamlit as st

from ui.shared import field_editor


@pytest.fixture(autouse=True)
def fresh():
    st.session_state.clear()
    yield
    st.session_state.clear()


def test_own_changes_lead_from_version_to_version():
    field_editor.remember_own_change(7, 1, 2)
    field_editor.remember_own_change(8, 2, 3)
    field_editor.remember_own_change(7, 2, 4)
    assert [field_editor.get_own_version(7, version) for version in (1, 2, 3, 4)] == [4, 4, 3, 4]
    assert field_editor.get_own_version(8, 1) == 1


def test_what_somebody_else_changed_between_is_not_passed_over():
    field_editor.remember_own_change(7, 1, 2)
    field_editor.remember_own_change(7, 3, 4)
    assert field_editor.get_own_version(7, 1) == 2


def test_what_changed_nothing_is_not_remembered_and_old_changes_are_forgotten():
    field_editor.remember_own_change(7, 1, 1)
    assert not st.session_state
    for version in range(1, field_editor.MAX_OWN_CHANGES + 2):
        field_editor.remember_own_change(7, version, version + 1)
    assert (
        field_editor.get_own_version(7, 1) == 1
        and field_editor.get_own_version(7, 2) == field_editor.MAX_OWN_CHANGES + 2
    )
