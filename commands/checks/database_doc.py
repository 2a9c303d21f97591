"""docs/database.md: every table with its columns, keys and relationships, written from the models.

`python -m commands.checks.database_doc` writes it; a test fails while it differs from the models.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined
from sqlalchemy import CheckConstraint, Column, Index, Table, UniqueConstraint
from sqlmodel import SQLModel

from commands.shell.data import ROOT
from db import models

DOCUMENT = ROOT / "docs" / "database.md"
TYPE_NAMES = {"DateTime": "time", "AutoString": "text", "Text": "text", "String": "text", "Float": "number"}
"""The names of column types that differ from their class names in lower case."""
COMMON_MEANINGS = {
    "id": "Identifies the row.",
    "created_at": "When the row was created.",
    "version": "Counts the changes; a change names the version it saw.",
}
"""What columns mean that are the same in every table."""
INTRODUCTION = """# Database

This page lists every table. `python -m commands.checks.database_doc` writes it from the models in `db/models`: change
a model, run the command, and commit both. A test compares them. The schema is the same on SQLite and PostgreSQL, except
for the full-text index, which each database keeps in its own way beside `search_entry`.

- *time* is a moment in UTC: `timestamptz` on PostgreSQL, text on SQLite. *date* is a day without a time zone.
- Defaults are set by Docket when it creates a row.
- *null* marks columns that may be empty.
- Every foreign key is enforced. *cascade* means that the row is deleted with the row it refers to, *set null* that the
  column becomes empty; without a word, the other row can't be deleted first.
- Some columns name a row without a foreign key, such as all in `event`, because events outlast what they are about.

Enumerations are stored as text or as numbers and checked by Docket; their values are in `db/vocabulary.py`.

## Main tables

The tables that at least three others refer to. Each chapter below has a diagram of all its tables.
"""


@cache
def models_by_table() -> dict[str, type[SQLModel]]:
    """Return the model of each table, by the table's name."""
    found = (getattr(models, name) for name in models.__all__)
    return {model.__table__.name: model for model in found}


@cache
def list_field_docs(model: type) -> dict[str, str]:
    """Return what the docstrings below a model's fields say, its bases' included."""
    found: dict[str, str] = {}
    for base in reversed([each for each in model.__mro__ if each.__module__.startswith("db.models")]):
        body = ast.parse(inspect.getsource(base)).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, below in zip(body.body, body.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                assert isinstance(field.target, ast.Name)
                found[field.target.id] = " ".join(ast.literal_eval(below.value).split())
    return found


def format_meaning(column: Column[Any]) -> str:
    """Return what a column is for; raise LookupError where the model does not say."""
    name, table = column.name, column.table.name
    for key in column.foreign_keys:
        if name == f"{key.column.table.name}_id" and name not in list_field_docs(models_by_table()[table]):
            return f"The {key.column.table.name.replace('_', ' ')}."
    said = list_field_docs(models_by_table()[table]).get(name) or COMMON_MEANINGS.get(name)
    if said is None:
        raise LookupError(f"{table}.{name} has no docstring in its model.")
    return said


def format_type(column: Column[Any]) -> str:
    """Return a column's type in words that hold for both databases."""
    kind = getattr(column.type, "impl_instance", column.type)
    name = type(kind).__name__
    length = getattr(kind, "length", None)
    return TYPE_NAMES.get(name, name.lower()) + (f"({length})" if length else "")


def format_default(column: Column[Any]) -> str:
    """Return the value a new row gets, as code, or an en dash for none."""
    field = models_by_table()[column.table.name].model_fields[column.name]
    value = field.default_factory() if field.default_factory else field.default  # ty: ignore[missing-argument]
    if value is PydanticUndefined or value is None:
        return "\N{EN DASH}"
    if isinstance(value, Enum):
        value = value.value
    return f"`{str(value).lower() if isinstance(value, bool) else repr(value) if value == '' else value}`"


def format_keys(column: Column[Any]) -> str:
    """Return how a column identifies its row or refers to another one."""
    said = ["primary key"] if column.primary_key else []
    for key in column.foreign_keys:
        rule = f", {key.ondelete.lower()}" if key.ondelete else ""
        said.append(f"→ [`{key.target_fullname}`](#{key.column.table.name}){rule}")
    return "; ".join([*said, *(["unique"] if column.unique else [])])


def format_constraints(table: Table) -> Iterator[str]:
    """Return a table's checks, unique columns and indexes, a line each."""
    for constraint in sorted(table.constraints, key=lambda each: str(each.name)):
        if isinstance(constraint, CheckConstraint):
            yield f"- Check: `{constraint.sqltext}`"
        if isinstance(constraint, UniqueConstraint) and len(constraint.columns) > 1:
            yield f"- Unique: {format_names(constraint.columns)}"
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        yield f"- {'Unique index' if index.unique else 'Index'}: {format_names(index.columns)}{format_condition(index)}"


def format_names(columns: Any) -> str:
    """Return the names of columns, as code."""
    return ", ".join(f"`{column.name}`" for column in columns)


def format_condition(index: Index) -> str:
    """Return the condition of an index on a part of the rows."""
    where = index.dialect_options["postgresql"]["where"]
    return f" where `{where}`" if where is not None else ""


def get_chapter(table: Table) -> str:
    """Return the package of models that a table belongs to."""
    return models_by_table()[table.name].__module__.removeprefix("db.models.")


def render_diagram(tables: list[Table], *, columns: bool) -> Iterator[str]:
    """Return the relationships of tables as a Mermaid diagram, with the keys of each table if `columns`."""
    yield from ("```mermaid", "erDiagram")
    for table in tables if columns else ():
        yield f"    {table.name} {{"
        for column in table.columns:
            marks = ["PK"] * column.primary_key + ["FK"] * bool(column.foreign_keys)
            marks += ["UK"] * bool(column.unique and not column.primary_key)
            if marks:
                yield f"        {format_type(column).partition('(')[0]} {column.name} {', '.join(marks)}"
        yield "    }"
    for table in tables:
        for column in table.columns:
            for key in column.foreign_keys:
                other = key.column.table
                if columns or other in tables:
                    one = "|o" if column.nullable else "||"
                    many = "o|" if is_unique(column) else "o{"
                    yield f"    {other.name} {one}--{many} {table.name} : {column.name}"
    yield "```"


def is_unique(column: Column[Any]) -> bool:
    """Tell whether at most one row refers to another row by this column."""
    return bool(column.unique) or list(column.table.primary_key) == [column]


def list_main_tables(tables: list[Table]) -> list[Table]:
    """Return the tables that at least three others refer to."""
    from_whom: dict[str, set[str]] = {}
    for table in tables:
        for key in table.foreign_keys:
            from_whom.setdefault(key.column.table.name, set()).add(table.name)
    return [table for table in tables if len(from_whom.get(table.name, set()) - {table.name}) >= 3]


def render_section(table: Table) -> Iterator[str]:
    """Return what is said of one table."""
    purpose = " ".join((inspect.getdoc(models_by_table()[table.name]) or "").split())
    yield from (f"### {table.name}", "", purpose, "")
    yield from ("| column | type | null | default | key | what it holds |", "|---|---|---|---|---|---|")
    for column in table.columns:
        null = "null" if column.nullable else ""
        cells = (
            f"`{column.name}`",
            format_type(column),
            null,
            format_default(column),
            format_keys(column),
            format_meaning(column),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    lines = list(format_constraints(table))
    yield from [*lines, ""] if lines else []


def render_document() -> str:
    """Return docs/database.md as the models have it."""
    tables = sorted(SQLModel.metadata.tables.values(), key=lambda table: table.name)
    lines = [INTRODUCTION, *render_diagram(list_main_tables(tables), columns=False), ""]
    for chapter in sorted({get_chapter(table) for table in tables}):
        inside = [table for table in tables if get_chapter(table) == chapter]
        module = inspect.getdoc(sys.modules[f"db.models.{chapter}"]) or ""
        lines += [f"## {chapter.replace('_', ' ').capitalize()}", "", module.partition("\n\n")[0], ""]
        lines += [*render_diagram(inside, columns=True), ""]
        for table in inside:
            lines += render_section(table)
    return "\n".join(lines).rstrip() + "\n"


def main(path: Path = DOCUMENT) -> None:
    """Write the document."""
    path.write_text(render_document())


if __name__ == "__main__":
    main()
