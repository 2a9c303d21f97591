"""A row has an id from its flush on, and reading it before is an error and not None."""

import copy
import inspect

import pytest
from sqlmodel import Session, SQLModel, select

from db import models
from db.models import Tag
from db.models.numbered import NotStored, Numbered
from lib.access import gate
from lib.access.gate import NotAPerson

pytestmark = pytest.mark.usefixtures("desk")


def tag(name: str = "wifi", **more: int) -> Tag:
    return Tag(name=name, key=name, **more)


@pytest.fixture
def session(engine):
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        yield session


def test_a_new_row_has_no_id_until_it_is_flushed(session):
    row = tag()
    for _ in range(2):
        with pytest.raises(NotStored, match="A Tag has no id before it is flushed"):
            assert row.id
    assert not row.stored
    session.add(row)
    with session.no_autoflush, pytest.raises(NotStored):
        assert row.id
    session.flush()
    assert isinstance(row.id, int)
    assert row.stored


def test_an_id_is_there_after_a_commit_a_refresh_and_an_expiry(session):
    rows = [tag(name) for name in ("wifi", "vpn", "printer")]
    session.add_all(rows)
    session.commit()
    ids = [row.id for row in rows]
    assert sorted(ids) == sorted(session.exec(select(Tag.id)).all())
    session.refresh(rows[0])
    session.expire(rows[1])
    assert [row.id for row in rows] == ids
    session.delete(rows[2])
    session.flush()
    assert rows[2].id == ids[2]


def test_copies_have_the_id_that_their_row_has(session):
    new = tag()
    for made in (copy.copy(new), copy.deepcopy(new), new.model_copy()):
        with pytest.raises(NotStored):
            assert made.id
    assert repr(new) and "id" not in new.model_dump()
    session.add(new)
    session.flush()
    for made in (copy.copy(new), copy.deepcopy(new), session.merge(new)):
        assert made.id == new.id


def test_a_row_may_bring_its_own_id(session):
    row = tag(id=77)
    assert row.id == 77
    assert not row.stored
    session.add(row)
    session.flush()
    assert session.get_one(Tag, 77) is row


def test_every_id_that_the_database_gives_is_held_to_this():
    """The two tables of a single row bring their id, and a file's is random."""
    tables = [m for _, m in inspect.getmembers(models, inspect.isclass) if issubclass(m, SQLModel)]
    others = {m.__name__ for m in tables if "id" in m.model_fields and not issubclass(m, Numbered)}
    assert others == {"Attachment", "NotificationRuleSet", "ReindexProgress"}


def test_only_a_person_has_a_persons_id(desk):
    assert desk.sam.person_id == desk.sam.id
    with pytest.raises(NotAPerson, match="clean-up"):
        assert gate.system_actor("clean-up").person_id
