"""A full or read-only disk: each request has one answer, a sentence; reading goes on; saving resumes with space."""

import errno
import os
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from api.app import health
from api.shared import rate_limits
from db import engine as engines
from db.models import ApiToken, Attachment
from db.write_queue import WriteQueue
from lib import transactions
from lib.core import settings
from lib.integrations import storage
from lib.transactions import act, see
from tests import cast
from tests.api.conftest import Desk, problem, upload
from tests.support.unscoped import UNSCOPED

FILE = {"file": ("a.txt", b"some words" * 4000)}
HEALTH = "http://localhost:8501/healthz"


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own, as a folder; it needs the right to mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a disk of its own can't be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def desk(disk, databases, monkeypatch):
    """A company on SQLite whose database and files are on the small disk."""
    url, company = databases.staffed("sqlite")
    moved = disk / "docket.db"
    moved.write_bytes(Path(str(sa.make_url(url).database)).read_bytes())
    databases.drop(url)
    monkeypatch.setenv("DOCKET_DATA", str(disk))
    monkeypatch.setenv("DOCKET_API_REQUESTS_PER_MINUTE", "100000")
    monkeypatch.setattr(health, "CACHE_SECONDS", 0.0)
    rate_limits.reset()
    settings.current.cache_clear()
    made = engines.connect(f"sqlite:///{moved}")
    transactions.use_engine(made)
    yield Desk(company)
    made.dispose()


def fill(folder: Path) -> Path:
    """Use up all space of a disk and return the file to remove for having it back."""
    stuffing = folder / "stuffing"
    with stuffing.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return stuffing


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


def try_all(client):
    """Ask for one of each that writes and return the answers that are no success."""
    answers = [
        client.post("attachments", files=FILE),
        client.post("tickets", json={"title": "T" * 100, "description": "d" * 45_000}),
        client.get("tickets/999999"),
        client.post("tickets/999999/comments", json={"body": "Hello"}),
        client.patch("drafts/new-ticket", json={"token": "t" * 20, "values": {"body": "b" * 45_000}}),
    ]
    assert {answer.status_code for answer in answers} <= {201, 204, 404, 503}, [a.text for a in answers]
    for answer in answers:
        if answer.status_code == 503:
            assert (
                "ot saved" in problem(answer, 503)["detail"] or "othing was saved" in answer.json()["detail"]
            )
    return [answer for answer in answers if answer.status_code == 503]


def test_a_full_disk_is_a_sentence_and_passes(desk, disk):
    number = cast.create_ticket(desk.company.sam)
    client, kept = desk.sam, upload(desk.sam)
    assert client.get(HEALTH).json() == {"status": "ok"}
    stuffing = fill(disk)
    refused = [answer for _ in range(120) for answer in try_all(client)]
    assert any("disk" in answer.json()["detail"] for answer in refused)
    health = client.get(HEALTH)
    assert health.status_code == 503 and "full" in health.json()["reason"]
    assert client.get(f"tickets/{number}").status_code == 200, "reading goes on"
    assert client.get(f"attachments/{kept}").status_code == 200
    stuffing.unlink()
    assert client.get(HEALTH).json() == {"status": "ok"}
    assert upload(client)
    assert client.post("tickets", json={"title": "It works again"}).status_code == 201
    whole()


def whole():
    """Assert that every row has its bytes and that nothing else lies in the store."""
    with see() as session:
        rows = set(session.exec(select(Attachment.path).execution_options(**UNSCOPED)).all())
    there = {path.name for path in Path(settings.current().files).iterdir()}
    assert rows == there


def test_a_read_only_disk_is_a_sentence_and_passes(desk, disk, monkeypatch):
    monkeypatch.setattr(WriteQueue, "_open", lambda _queue: None)  # a disk in use is not remounted
    client = desk.sam
    assert upload(client)
    transactions.engine().dispose()
    remount(disk, "ro")
    try:
        assert len(try_all(client)) == 5
        health = client.get(HEALTH)
        assert health.status_code == 503 and "only read" in health.json()["reason"]
    finally:
        transactions.engine().dispose()
        remount(disk, "rw")
    assert client.get(HEALTH).json() == {"status": "ok"}
    assert upload(client)
    whole()


def test_a_database_at_its_own_limit_is_not_healthy(desk):
    client = desk.sam
    engine = transactions.engine()
    engine.dispose()

    def limit(raw, *_):
        raw.execute("PRAGMA max_page_count=1")  # SQLite takes the present size for the least

    event.listen(engine, "connect", limit)
    refused = [answer for _ in range(5) for answer in try_all(client)]
    assert refused
    assert client.get(HEALTH).status_code == 503


def test_a_token_that_can_not_be_noted_as_used_works(desk, disk, monkeypatch):
    """What was answered is not answered again because the disk was full when its use was to be noted."""
    number = cast.create_ticket(desk.company.sam)
    client = desk.sam
    token = client.headers["Authorization"]

    def full(*_):
        raise OperationalError("UPDATE", {}, _full())

    monkeypatch.setattr("api.shared.auth.api_tokens.touch", full)
    sent = []

    async def watch(scope, receive, send):
        async def note(message):
            sent.append(message["type"])
            await send(message)

        await desk.app(scope, receive, note)

    from tests.api.conftest import Client

    answer = Client(watch, headers={"Authorization": token}).get(f"tickets/{number}")
    assert answer.status_code == 200
    assert sent.count("http.response.start") == 1
    with see() as session:
        assert session.exec(select(ApiToken.used_at)).all()[-1] is None


def _full() -> Exception:
    import sqlite3

    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def test_a_file_that_can_not_wait_on_the_disk_is_a_sentence(desk, monkeypatch):
    """More than 64 KB of an upload wait in the folder for temporary files, which may be full too."""
    from starlette.datastructures import UploadFile

    async def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(UploadFile, "write", full)
    body = problem(desk.sam.post("attachments", files=FILE), 503)
    assert "no space left" in body["detail"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES])
def test_every_error_of_the_store_is_a_sentence(code):
    assert storage.to_unavailable(OSError(code, os.strerror(code))).sentence.endswith(".")


def test_what_nobody_asked_for_is_not_missed(desk):
    with transactions.try_act() as session:
        session.execute(sa.text("SELECT 1"))
        raise OperationalError("UPDATE", {}, _full())
    with act() as session:
        session.execute(sa.text("SELECT 1"))
