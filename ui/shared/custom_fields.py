"""Custom fields on pages: filled in on a new ticket, changed on an open one, managed by administrators."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from db.vocabulary import Access, FieldKind
from lib.access.gate import Actor
from lib.catalog import custom_fields
from lib.catalog.custom_field_values import TEXT_LIMIT, FieldValueCard
from lib.catalog.custom_fields import FieldCard
from ui.shared import formatting, page
from ui.shared.field_editor import FieldEditor
from ui.shared.forms import EditForm

KIND_LABELS = {
    FieldKind.TEXT: "Text",
    FieldKind.NUMBER: "Number",
    FieldKind.DATE: "Date",
    FieldKind.CHOICE: "Choice",
    FieldKind.PERSON: "Person",
}
ACCESS_LABELS = {
    Access.NONE: "No access",
    Access.READ: "Can view",
    Access.WRITE: "Can edit",
}
_DATE_LIMITS = date(1900, 1, 1), date(2200, 12, 31)


def show_field(
    card: FieldCard,
    value: Any,
    *,
    key: str,
    people: Mapping[int, str],
    on_change: Callable[[], None] | None = None,
) -> Any:
    """Show the widget of a field, and return what stands in it: None for nothing, of a choice or person the id."""
    label = f"{card.name} (required)" if card.required else card.name
    match card.kind:
        case FieldKind.NUMBER:
            return st.number_input(label, value=value, step=None, format="%g", key=key, on_change=on_change)
        case FieldKind.DATE:
            first, last = _DATE_LIMITS
            return st.date_input(
                label,
                value,
                min_value=first,
                max_value=last,
                format=formatting.day_input_format(),
                key=key,
                on_change=on_change,
            )
        case FieldKind.CHOICE | FieldKind.PERSON:
            options = card.choices if card.kind == FieldKind.CHOICE else people
            listed = list(options)
            return st.selectbox(
                label, listed, index=listed.index(value) if value in options else None, key=key, on_change=on_change,
                format_func=lambda id: formatting.format_searchable_name(options.get(id, "?")), placeholder="Choose",
            )  # fmt: skip
    return st.text_input(label, value or "", max_chars=TEXT_LIMIT, key=key, on_change=on_change) or None


def show_new_ticket_fields(
    cards: Sequence[FieldCard], given: Mapping[str, Any], *, token: str, people: Mapping[int, str],
    keep: Callable[[Mapping[str, Any]], None],
) -> dict[str, Any]:  # fmt: skip
    """Ask for the fields of a new ticket; `given` is what a draft holds, which `keep` is given when it changes."""

    def changed() -> None:
        now = {card.key: st.session_state.get(f"field-{card.key}-{token}") for card in cards}
        plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in now.items()}
        keep({**given, **plain})

    found: dict[str, Any] = {}
    places = st.columns(2) if len(cards) > 1 else [st.container()]
    for at, card in enumerate(cards):
        with places[at % len(places)]:
            value = _parse_draft_value(card, given.get(card.key))
            found[card.key] = show_field(
                card, value, key=f"field-{card.key}-{token}", people=people, on_change=changed
            )
    return {key: value for key, value in found.items() if value is not None}


def _parse_draft_value(card: FieldCard, value: Any) -> Any:
    """Return a value as a draft keeps it, if the field can still hold it."""
    match card.kind:
        case FieldKind.DATE:
            try:
                return date.fromisoformat(value)
            except (TypeError, ValueError):
                return None
        case FieldKind.NUMBER:
            return float(value) if isinstance(value, int | float) else None
        case FieldKind.TEXT:
            return value if isinstance(value, str) else None
    return value


def show_ticket_fields(
    held: Sequence[FieldValueCard], change: FieldEditor, *, people: Mapping[int, str]
) -> tuple[str, Any] | None:
    """Show the fields of a ticket that the person may change; return the key and value of one that they changed."""
    for each in held:
        if not each.writable:
            continue
        options = {int(str(each.value)): each.shown, **people} if _has_person(each) else people
        name = f"field-{each.field.key}"
        noted = partial(change.note, name, change.key(name))
        shown = show_field(each.field, each.value, key=change.key(name), people=options, on_change=noted)
        value = change.late(name, shown)
        if value != each.value:
            return each.field.key, value
    return None


def _has_person(held: FieldValueCard) -> bool:
    return held.field.kind == FieldKind.PERSON and held.value is not None


def format_field(card: FieldCard, categories: Mapping[int, str]) -> str:
    """Return what a field is, in words."""
    where = ", ".join(categories[id] for id in sorted(card.categories) if id in categories)
    parts = [KIND_LABELS[card.kind], where or "all categories", f"search: field:{card.key}"]
    if card.required:
        parts.append("required")
    return " · ".join(parts)


def show_access_fields(roles: Mapping[int, str], keys: Mapping[int, str]) -> dict[int, Access]:
    """Ask what each role may do with a field, in widgets of these keys."""
    return {
        id: st.selectbox(
            name.capitalize(), list(ACCESS_LABELS), key=keys[id], format_func=ACCESS_LABELS.__getitem__
        )
        for id, name in roles.items()
    }


def show_edit_form(
    me: Actor, card: FieldCard, categories: Mapping[int, str], roles: Mapping[int, str]
) -> None:
    """Let an administrator change or retire one field."""
    form = EditForm(f"field-{card.id}", card.version)
    with st.form(form.key, border=False):
        name = st.text_input("Name", max_chars=40, key=form.field("name", card.name))
        listed = form.field("choices", "\n".join(card.choices.values()))
        choices = _show_choices(card.kind, key=listed)
        where = st.multiselect(
            "Categories", list(categories), format_func=categories.__getitem__, placeholder="All categories",
            key=form.field("categories", sorted(id for id in card.categories if id in categories)),
        )  # fmt: skip
        required = st.checkbox("Required for new tickets", key=form.field("required", card.required))
        access = show_access_fields(
            roles, {id: form.field(f"access-{id}", card.access.get(id, Access.NONE)) for id in roles}
        )
        form.tell()
        if st.form_submit_button("Save", type="primary"):
            with form.save("Saved.") as session:
                row = custom_fields.get(session, me, card.id)
                row.must_be(form.seen)
                custom_fields.rename(session, me, row, name=name)
                custom_fields.set_required(session, me, row, required=required)
                custom_fields.set_categories(session, me, row, in_categories=where)
                custom_fields.set_access(session, me, row, access=access)
                if card.kind == FieldKind.CHOICE:
                    custom_fields.set_choices(session, me, row, choices=choices)
    with st.popover("Archive", icon=":material/inventory_2:"):
        st.markdown(
            f"**{formatting.escape_markdown(card.name)}** and its values will be hidden on all tickets."
        )
        if st.button("Archive field", type="primary", key=f"retire-{card.id}"):
            with form.save("Archived.") as session:
                custom_fields.archive(session, me, custom_fields.get(session, me, card.id), seen=form.seen)


def show_add_form(
    me: Actor, categories: Mapping[int, str], roles: Mapping[int, str], usual: Mapping[int, Access]
) -> None:
    """Let an administrator add a field."""
    kind = st.selectbox("Type", list(KIND_LABELS), format_func=KIND_LABELS.__getitem__, key="new-kind")
    form = page.form_key("new_field")
    keys = {id: f"{form}-{id}" for id in roles}
    for id, key in keys.items():
        st.session_state.setdefault(key, usual.get(id, Access.NONE))
    with st.form(form, border=False):
        name = st.text_input("Name", max_chars=40, placeholder="Asset tag")
        choices = _show_choices(kind, key=f"{form}-choices")
        where = st.multiselect(
            "Categories", list(categories), format_func=categories.__getitem__, placeholder="All categories"
        )
        required = st.checkbox("Required for new tickets")
        access = show_access_fields(roles, keys)
        if st.form_submit_button("Add field", type="primary"):
            with page.attempt("Field added.", form="new_field") as session:
                custom_fields.create(
                    session, me, name=name, kind=kind, required=required, in_categories=where, choices=choices,
                    access=access,
                )  # fmt: skip


def _show_choices(kind: FieldKind, *, key: str) -> list[str]:
    if kind != FieldKind.CHOICE:
        return []
    typed = st.text_area("Choices, one on each line", height=120, key=key)
    return [line for line in typed.splitlines() if line.strip()]
