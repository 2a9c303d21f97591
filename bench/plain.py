"""What the bench compares with: the same facts by handwritten SQL, without gate, models or SQLAlchemy."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import make_url

from db import engine as engines

ROW = """SELECT t.id, t.title, s.name, s.kind, t.priority, c.name, g.name, r.name, a.name, t.created_at,
 t.updated_at, t.version FROM ticket t JOIN status s ON s.id = t.status_id JOIN team g ON g.id = t.team_id
 JOIN person r ON r.id = t.requester_id LEFT JOIN person a ON a.id = t.assignee_id
 LEFT JOIN category c ON c.id = t.category_id """
NEWEST = " ORDER BY t.updated_at DESC, t.id DESC LIMIT 51"
DETAIL = (
    ROW + "WHERE t.id = :id",
    "SELECT c.id, c.body, c.created_at, p.name FROM comment c JOIN person p ON p.id = c.author_id "
    "WHERE c.ticket_id = :id ORDER BY c.id LIMIT 50",
    "SELECT e.*, p.name FROM event e LEFT JOIN person p ON p.id = e.actor_id WHERE e.ticket_id = :id "
    "ORDER BY e.id LIMIT 50",
    "SELECT * FROM attachment WHERE ticket_id = :id",
)
FOUND = {
    "sqlite": "WHERE t.id IN (SELECT e.ticket_id FROM search_index i JOIN search_entry e ON e.id = i.rowid "
    "WHERE search_index MATCH :q ORDER BY i.rowid DESC LIMIT 200)",
    "postgresql": "WHERE t.id IN (SELECT ticket_id FROM search_entry "
    "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :q) LIMIT 200)",
}


class Plain:
    """A bare connection: `sqlite3` or `psycopg`, whatever the URL says."""

    def __init__(self, url: str) -> None:
        parts = make_url(url)
        self.kind = parts.get_backend_name()
        if self.kind == "sqlite":
            self.raw: Any = engines.sqlite_library().connect(parts.database, timeout=15)
            self.raw.isolation_level = None
            for name, value in engines.PRAGMAS.items():
                self.raw.execute(f"PRAGMA {name}={value}")
        else:
            import psycopg

            self.raw = psycopg.connect(url, autocommit=True)

    def fetch(self, order: str, **values: Any) -> Sequence[Any]:
        """Run a statement with `:name` places and return all rows."""
        if self.kind == "postgresql":
            for name in values:
                order = order.replace(f":{name}", f"%({name})s")
        return self.raw.execute(order, values).fetchall()

    def terms(self, words: str) -> str:
        """Return words as a search for all of them in this database's own language."""
        quoted = [f'"{w}"' if self.kind == "sqlite" else f"'{w}'" for w in words.split()]
        return (" " if self.kind == "sqlite" else " & ").join(quoted)

    def detail(self, number: int) -> None:
        """Read one ticket with its comments, history and files."""
        for order in DETAIL:
            self.fetch(order, id=number)
