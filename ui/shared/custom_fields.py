"""Fields of the desk's own on pages: filled in on a new ticket, changed beside an open one, kept by administrators."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from db.vocabulary import Access, FieldKind
from lib.access.gate import Actor
from lib.catalog import custom_fields
from lib.catalog.custom_field_values import LONGEST, Held
from lib.catalog.custom_fields import FieldCard
from ui.shared import formatting, page
from ui.shared.field_editor import Changer
from ui.shared.forms import Editing

KINDS = {
    FieldKind.TEXT: "Text",
    FieldKind.NUMBER: "Number",
    FieldKind.DATE: "Date",
    FieldKind.CHOICE: "Choice",
    FieldKind.PERSON: "Person",
}
ACCESS = {Access.NONE: "Doesn't know of it", Access.READ: "Reads it", Access.WRITE: "Reads and writes it"}
_SPAN = date(1900, 1, 1), date(2200, 12, 31)


def ask(
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
            first, last = _SPAN
            return st.date_input(
                label,
                value,
                min_value=first,
                max_value=last,
                format="YYYY-MM-DD",
                key=key,
                on_change=on_change,
            )
        case FieldKind.CHOICE | FieldKind.PERSON:
            options = card.choices if card.kind == FieldKind.CHOICE else people
            listed = list(options)
            return st.selectbox(
                label, listed, index=listed.index(value) if value in options else None, key=key, on_change=on_change,
                format_func=lambda id: formatting.findable(options.get(id, "?")), placeholder="Choose",
            )  # fmt: skip
    return st.text_input(label, value or "", max_chars=LONGEST, key=key, on_change=on_change) or None


def fill_in(
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
            value = _kept(card, given.get(card.key))
            found[card.key] = ask(
                card, value, key=f"field-{card.key}-{token}", people=people, on_change=changed
            )
    return {key: value for key, value in found.items() if value is not None}


def _kept(card: FieldCard, value: Any) -> Any:
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


def edit(held: Sequence[Held], change: Changer, *, people: Mapping[int, str]) -> tuple[str, Any] | None:
    """Show the fields of a ticket that the person may change; return the key and value of one that they changed."""
    for each in held:
        if not each.writable:
            continue
        options = {int(str(each.value)): each.shown, **people} if _person(each) else people
        name = f"field-{each.field.key}"
        noted = partial(change.note, name, change.key(name))
        shown = ask(each.field, each.value, key=change.key(name), people=options, on_change=noted)
        value = change.late(name, shown)
        if value != each.value:
            return each.field.key, value
    return None


def _person(held: Held) -> bool:
    return held.field.kind == FieldKind.PERSON and held.value is not None


def described(card: FieldCard, categories: Mapping[int, str]) -> str:
    """Return what a field is, in words."""
    where = ", ".join(categories[id] for id in sorted(card.categories) if id in categories)
    parts = [KINDS[card.kind], where or "all categories", f"search: field:{card.key}"]
    if card.required:
        parts.append("required")
    return " · ".join(parts)


def levels(roles: Mapping[int, str], keys: Mapping[int, str]) -> dict[int, Access]:
    """Ask what each role may do with a field, in widgets of these keys."""
    return {
        id: st.selectbox(name.capitalize(), list(ACCESS), key=keys[id], format_func=ACCESS.__getitem__)
        for id, name in roles.items()
    }


def change(me: Actor, card: FieldCard, categories: Mapping[int, str], roles: Mapping[int, str]) -> None:
    """Let an administrator change or retire one field."""
    form = Editing(f"field-{card.id}", card.version)
    with st.form(form.key, border=False):
        name = st.text_input("Name", max_chars=40, key=form.field("name", card.name))
        listed = form.field("choices", "\n".join(card.choices.values()))
        choices = _choices(card.kind, key=listed)
        where = st.multiselect(
            "Categories", list(categories), format_func=categories.__getitem__, placeholder="All of them",
            key=form.field("categories", sorted(id for id in card.categories if id in categories)),
        )  # fmt: skip
        required = st.checkbox(
            "A ticket can't be opened without it", key=form.field("required", card.required)
        )
        access = levels(
            roles, {id: form.field(f"access-{id}", card.access.get(id, Access.NONE)) for id in roles}
        )
        form.tell()
        if st.form_submit_button("Save", type="primary"):
            with form.save("Saved.") as session:
                row = custom_fields.find(session, me, card.id)
                row.must_be(form.seen)
                custom_fields.rename(session, me, row, name=name)
                custom_fields.require(session, me, row, required=required)
                custom_fields.place(session, me, row, in_categories=where)
                custom_fields.grant(session, me, row, access=access)
                if card.kind == FieldKind.CHOICE:
                    custom_fields.choose(session, me, row, choices=choices)
    with st.popover("Retire", icon=":material/inventory_2:"):
        st.markdown(
            f"Nobody sees **{formatting.plain(card.name)}** or what it holds any more, on any ticket."
        )
        if st.button("Retire for good", type="primary", key=f"retire-{card.id}"):
            with form.save("Retired.") as session:
                custom_fields.retire(session, me, custom_fields.find(session, me, card.id), seen=form.seen)


def add(
    me: Actor, categories: Mapping[int, str], roles: Mapping[int, str], usual: Mapping[int, Access]
) -> None:
    """Let an administrator add a field."""
    kind = st.selectbox("What it holds", list(KINDS), format_func=KINDS.__getitem__, key="new-kind")
    form = page.blank("new_field")
    keys = {id: f"{form}-{id}" for id in roles}
    for id, key in keys.items():
        st.session_state.setdefault(key, usual.get(id, Access.NONE))
    with st.form(form, border=False):
        name = st.text_input("Name", max_chars=40, placeholder="Asset tag")
        choices = _choices(kind, key=f"{form}-choices")
        where = st.multiselect(
            "Categories", list(categories), format_func=categories.__getitem__, placeholder="All of them"
        )
        required = st.checkbox("A ticket can't be opened without it")
        access = levels(roles, keys)
        if st.form_submit_button("Add", type="primary"):
            with page.attempt("Field added.", form="new_field") as session:
                custom_fields.create(
                    session, me, name=name, kind=kind, required=required, in_categories=where, choices=choices,
                    access=access,
                )  # fmt: skip


def _choices(kind: FieldKind, *, key: str) -> list[str]:
    if kind != FieldKind.CHOICE:
        return []
    typed = st.text_area("Choices, one on each line", height=120, key=key)
    return [line for line in typed.splitlines() if line.strip()]
