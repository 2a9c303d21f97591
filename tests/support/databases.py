"""Fresh databases, cheaply: the schema is made once for each engine and copied for each test."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from db import engine, schema
from tests.support import postgres


def migrate(url: str) -> None:
    """Give a database today's schema and leave nobody connected."""
    made = engine.connect(url)
    schema.migrate(made)
    made.dispose()


class Databases:
    """Hands out databases by kind, `sqlite` or `postgresql`; each belongs to its caller alone, until it is dropped."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.numbers = count(1)

    def fresh(self, kind: str) -> str:
        """Return the URL of a new database with today's schema."""
        return self._copy_file() if kind == "sqlite" else self._create(self._template)

    def empty(self, kind: str) -> str:
        """Return the URL of a new database with nothing in it."""
        if kind == "sqlite":
            return f"sqlite:///{self.folder / f'{next(self.numbers)}.db'}"
        return self._create("template1")

    def drop(self, url: str) -> None:
        """Remove a database that `fresh` or `empty` gave: hundreds together fill a small disk."""
        where = sa.make_url(url)
        if where.get_backend_name() == "sqlite":
            for end in ("", "-wal", "-shm"):
                Path(f"{where.database}{end}").unlink(missing_ok=True)
        else:
            self._tell(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(where.database))))

    @cached_property
    def host(self) -> str:
        """The PostgreSQL server, started when it is first needed."""
        return self.stack.enter_context(postgres.running())

    @cached_property
    def _file(self) -> Path:
        path = self.folder / "template.db"
        migrate(f"sqlite:///{path}")
        return path

    @cached_property
    def _template(self) -> str:
        url = self._create("template1")
        migrate(url)
        return url.partition("@/")[2].partition("?")[0]

    def _copy_file(self) -> str:
        path = self.folder / f"{next(self.numbers)}.db"
        shutil.copyfile(self._file, path)
        return f"sqlite:///{path}"

    def _create(self, template: str) -> str:
        name = f"desk_{next(self.numbers)}"
        self._tell(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, template))))
        return f"postgresql://postgres@/{name}?host={self.host}"

    def _tell(self, order: sql.Composed) -> None:
        with psycopg.connect(host=self.host, user="postgres", autocommit=True) as connection:
            connection.execute(order)


@contextmanager
def available(folder: Path) -> Iterator[Databases]:
    """Yield the databases of one test process; a PostgreSQL that was started stops at the end."""
    with ExitStack() as stack:
        yield Databases(folder, stack)
