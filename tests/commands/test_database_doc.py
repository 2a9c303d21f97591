"""docs/database.md is what the models say, and the models say what every table and column is for."""

import re

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlmodel import SQLModel

from commands.checks import database_doc
from db import models

WRITTEN = database_doc.DOCUMENT.read_text()
TABLES = SQLModel.metadata.tables


def test_the_page_is_what_the_models_say():
    again = "python -m commands.checks.database_doc"
    assert database_doc.render_document() == WRITTEN, f"docs/database.md differs from the models: run {again}"


def test_every_table_and_column_has_its_line():
    for name, table in TABLES.items():
        part = WRITTEN.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
        said = re.findall(r"^\| `(\w+)` \|.* \| (.+) \|$", part, re.MULTILINE)
        assert [column for column, _ in said] == [column.name for column in table.columns], name
        assert all(words[-1] == "." for _, words in said), name


def test_every_relationship_is_drawn_and_linked():
    keys = [
        (key.column.table.name, t.name, key.parent.name) for t in TABLES.values() for key in t.foreign_keys
    ]
    assert len(keys) > 80
    for target, name, column in keys:
        assert re.search(rf"^    {target} (\|\||\|o)--o(\{{|\|) {name} : {column}$", WRITTEN, re.MULTILINE), (
            column
        )
        assert f"→ [`{target}." in WRITTEN


def test_no_two_headings_share_an_anchor():
    headings = [line.lstrip("# ").lower() for line in WRITTEN.splitlines() if line.startswith("#")]
    assert len(headings) == len(set(headings))


def test_a_column_that_nobody_described_is_refused():
    lost = Column("lost", Integer)
    Table("team", MetaData(), lost)
    with pytest.raises(LookupError, match=r"team\.lost has no docstring"):
        database_doc.format_meaning(lost)


def test_every_model_is_exported():
    assert {getattr(models, name).__table__.name for name in models.__all__} == set(TABLES)
