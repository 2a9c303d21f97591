"""Databases for tests, cheaply: the schema is made once for each engine and copied; a used copy is made as new."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from db import engine, schema
from lib import transactions
from tests import cast
from tests.support import postgres, renewal


def migrate(url: str) -> None:
    """Give a database today's schema and leave nobody connected."""
    made = engine.connect(url)
    schema.migrate(made)
    made.dispose()


def create_company(url: str) -> cast.Company:
    """Let the company move into a database, and leave nobody connected."""
    made = engine.connect(url)
    transactions.use_engine(made)
    company = cast.create_company()
    made.dispose()
    return company


@dataclass
class Template:
    """What fresh databases are copied from, and those of its copies that are as new again."""

    name: str
    company: cast.Company | None
    orders: sql.Composed | None = None
    renewed: list[str] = field(default_factory=list)


class Databases:
    """Provides databases by kind, `sqlite` or `postgresql`; each belongs to its caller alone, until it is dropped."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.numbers = count(1)
        self.templates: dict[tuple[str, bool], Template] = {}
        self.copied: dict[str, Template] = {}

    def fresh(self, kind: str) -> str:
        """Return the URL of a database with today's schema and nothing else."""
        return self._copy(kind, self._template(kind, staffed=False))

    def staffed(self, kind: str) -> tuple[str, cast.Company]:
        """Return the URL of a database with the company in it, and no ticket yet."""
        template = self._template(kind, staffed=True)
        assert template.company
        return self._copy(kind, template), template.company

    def empty(self, kind: str) -> str:
        """Return the URL of a new database with nothing in it."""
        return self._create(kind, self._name(kind))

    def drop(self, url: str) -> None:
        """Delete a database that was provided; none stays, because hundreds fill a small disk."""
        where = sa.make_url(url)
        name = str(where.database)
        if where.get_backend_name() == "sqlite":
            for end in ("", "-wal", "-shm", "-queue"):
                Path(f"{name}{end}").unlink(missing_ok=True)
            return
        template = self.copied.get(name)
        if template and template.orders and self._renew(name, template.orders):
            template.renewed.append(name)
        else:
            self._tell(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @cached_property
    def host(self) -> str:
        """The PostgreSQL server, started when it is first needed."""
        return self.stack.enter_context(postgres.run_postgres())

    def _template(self, kind: str, *, staffed: bool) -> Template:
        if (kind, staffed) not in self.templates:
            self.templates[kind, staffed] = self._made(kind, staffed=staffed)
        return self.templates[kind, staffed]

    def _made(self, kind: str, *, staffed: bool) -> Template:
        name = self._name(kind)
        url = self._create(kind, name)
        migrate(url)
        made = Template(name, create_company(url) if staffed else None)
        if kind == "postgresql":
            with self._connected(name) as connection:
                made.orders = renewal.prepare(connection)
        return made

    def _copy(self, kind: str, template: Template) -> str:
        if template.renewed:
            return self._url(kind, template.renewed.pop())
        name = self._name(kind)
        self.copied[name] = template
        return self._create(kind, name, template.name)

    def _name(self, kind: str) -> str:
        name = f"desk_{next(self.numbers)}"
        return str(self.folder / f"{name}.db") if kind == "sqlite" else name

    def _create(self, kind: str, name: str, template: str = "template1") -> str:
        if kind == "postgresql":
            names = map(sql.Identifier, (name, template))
            self._tell(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        elif template != "template1":
            shutil.copyfile(template, name)
        return self._url(kind, name)

    def _url(self, kind: str, name: str) -> str:
        return f"sqlite:///{name}" if kind == "sqlite" else f"postgresql://postgres@/{name}?host={self.host}"

    def _renew(self, name: str, orders: sql.Composed) -> bool:
        with self._connected(name) as connection:
            return renewal.renew(connection, orders)

    def _tell(self, order: sql.Composed) -> None:
        with self._connected("postgres") as connection:
            connection.execute(order)

    def _connected(self, name: str) -> psycopg.Connection:
        return psycopg.connect(host=self.host, user="postgres", dbname=name, autocommit=True)


@contextmanager
def open_databases(folder: Path) -> Iterator[Databases]:
    """Yield the databases of one test process; a PostgreSQL that was started stops at the end."""
    with ExitStack() as stack:
        yield Databases(folder, stack)
