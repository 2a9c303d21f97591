"""What the doctor finds, and that it tells no secrets."""

import shutil
import socket
import sqlite3
import threading
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from commands.doctor import data_folder, database, processes
from commands.shell.group import docket
from db import engine as engines
from db import seeds
from db.vocabulary import Action
from lib import transactions
from lib.audit import events
from lib.conversation import attachments
from lib.core import clock, run_marker, settings
from lib.integrations import storage
from lib.tickets import tickets
from tests import cast

pytestmark = pytest.mark.both_databases("each database is examined its own way")


@pytest.fixture
def doctor(engine, database_url, data, monkeypatch):
    """`doctor(NAME=value, …)` gives the doctor's lines by what they are about, and the exit code."""
    data.chmod(0o700)

    def look(**given):
        monkeypatch.setenv("DOCKET_DATABASE_URL", database_url)
        for name, value in given.items():
            monkeypatch.setenv(f"DOCKET_{name}", value)
        settings.current.cache_clear()
        result = CliRunner().invoke(docket, ["doctor", "--data", str(data)])
        lines = {line[9:23].strip(): (line[:8].strip(), line[24:]) for line in result.stdout.splitlines()}
        return lines, result

    return look


@pytest.fixture
def mail():
    """A mail server that only greets: its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet():
            while True:
                try:
                    peer, _address = listening.accept()
                except OSError:
                    return
                with peer:
                    peer.sendall(b"220 here\r\n")
                    while words := peer.recv(200):
                        peer.sendall(b"221 bye\r\n" if words.upper().startswith(b"QUIT") else b"250 here\r\n")

        threading.Thread(target=greet, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def test_a_desk_that_is_well(doctor):
    cast.create_company()
    lines, result = doctor()
    assert result.exit_code == 0, result.output
    assert {verdict for verdict, _ in lines.values()} == {"ok"}
    assert {"data folder", "secret key", "disk", "database", "schema", "clock", "files", "mail"} <= set(lines)


def test_a_desk_that_has_not_begun(data):
    result = CliRunner().invoke(docket, ["doctor", "--data", str(data / "none")])
    assert result.exit_code == 0
    assert "The first start creates it." in result.stdout
    assert not (data / "none").exists()


def test_a_database_that_does_not_answer(doctor, data):
    transactions.use_engine(engines.connect("postgresql://docket:hush-hush@127.0.0.1:1/none"))
    lines, result = doctor(DATABASE_URL="postgresql://docket:hush-hush@127.0.0.1:1/none")
    assert result.exit_code == 1
    assert lines["database"][0] == "problem"
    assert "hush" not in result.output


def test_an_old_schema_is_told_and_left_alone(doctor, databases, request):
    kind = transactions.engine().dialect.name
    transactions.use_engine(engines.connect(databases.empty(kind)))
    lines, result = doctor()
    assert lines["schema"][0] == "warning"
    assert result.exit_code == 0


def test_nobody_keeps_order_yet(doctor):
    assert doctor()[0]["administrator"][0] == "warning"


def test_a_folder_and_files_that_others_can_read(doctor, data):
    (data / "secret.key").write_text("k" * 64)
    (data / "secret.key").chmod(0o644)
    (data / "docket.toml").write_text("")
    (data / "docket.toml").chmod(0o644)
    data.chmod(0o755)
    lines, result = doctor()
    assert [lines[n][0] for n in ("data folder", "secret key", "settings file")] == [
        "warning",
        "problem",
        "warning",
    ]
    assert result.exit_code == 1


@pytest.mark.parametrize(("free", "verdict"), [(10**9, "warning"), (10**8, "problem")])
def test_a_full_disk(doctor, monkeypatch, free, verdict):
    monkeypatch.setattr(data_folder.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": free}))
    assert doctor()[0]["disk"][0] == verdict


def test_a_clock_that_went_back(doctor):
    with clock.travel_to(clock.now() + timedelta(hours=1)), transactions.act() as session:
        events.record(session, cast.FOUNDER, Action.TEAM_CREATED)
    assert doctor()[0]["clock"][0] == "problem"


def test_a_sqlite_that_can_damage_databases(monkeypatch):
    class Old:
        sqlite_version, sqlite_version_info = "3.40.1", (3, 40, 1)

    monkeypatch.setattr(engines, "sqlite_library", lambda: Old)
    assert "slower mode" in database._check_library().sentence


@pytest.mark.parametrize(
    ("cores", "memory", "told"),
    [
        (2, 4000, ("ok", "2 for 2 cores, about 500 MB together")),
        (1, 4000, ("warning", "2, but only 1 core. More processes than cores don't make Docket faster.")),
        (
            2,
            900,
            (
                "warning",
                "2 take about 500 MB, more than half of this machine's memory. Set DOCKET_PROCESSES to fewer.",
            ),
        ),
    ],
)
def test_how_many_processes_there_is_room_for(doctor, monkeypatch, cores, memory, told):
    monkeypatch.setattr(settings, "cpu_count", lambda: cores)
    monkeypatch.setattr(processes, "_get_memory", lambda: memory)
    assert doctor(PROCESSES="2")[0]["processes"] == told


def test_connections_that_postgresql_does_not_have(databases):
    made = engines.connect(databases.fresh("postgresql"))
    with made.connect() as connection:
        assert (
            database._check_connections(connection, 4).sentence
            == "up to 40 of the 200 that PostgreSQL allows"
        )
        assert "Raise max_connections" in database._check_connections(connection, 30).sentence
    made.dispose()


def test_an_address_without_https(doctor):
    assert doctor(BASE_URL="http://desk.example.org")[0]["address"][0] == "warning"


def test_https_without_a_known_proxy(doctor):
    lines, _ = doctor(BASE_URL="https://desk.example.org")
    assert (lines["address"][0], lines["proxy"][0]) == ("ok", "warning")
    assert "proxy" not in doctor(TRUSTED_PROXIES="1")[0]


def test_files_that_can_not_be_stored(doctor, data):
    (data / "taken").write_text("a file where a folder should be")
    lines, result = doctor(FILES_URL=str(data / "taken"))
    assert lines["files"][0] == "problem"
    assert result.exit_code == 1


def test_a_mail_server_that_answers(doctor, mail):
    given = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mail), "SMTP_FROM": "desk@example.org"}
    assert doctor(**given, SMTP_TLS="none")[0]["mail"][0] == "ok"
    assert doctor(**given, SMTP_TLS="starttls")[0]["mail"][0] == "problem"


def test_a_password_in_the_clear_is_a_problem_and_is_not_shown(doctor, mail):
    lines, result = doctor(
        SMTP_HOST="127.0.0.1", SMTP_PORT=str(mail), SMTP_FROM="desk@example.org", SMTP_USER="desk",
        SMTP_PASSWORD="hush-hush", SMTP_TLS="none", SLACK_BOT_TOKEN="hush-token",
    )  # fmt: skip
    assert "sent unencrypted" in result.stdout
    assert result.exit_code == 1
    assert lines["Slack"][0] == "warning"
    assert "hush" not in result.output


def test_a_mail_server_that_is_away(doctor):
    assert doctor(SMTP_HOST="127.0.0.1", SMTP_PORT="1", SMTP_FROM="d@example.org")[0]["mail"][0] == "problem"


def test_a_wrong_setting_ends_with_its_sentence(doctor):
    _lines, result = doctor(SMTP_PORT="many")
    assert result.exit_code == 1
    assert "DOCKET_SMTP_PORT" in result.stderr


def used(data):
    """Let people work with the desk of a test: a ticket with a file, and a key."""
    company = cast.create_company()
    settings.current().key()
    with transactions.act() as session:
        found = attachments.examine("a.txt", b"some words")
        storage.put(found.path, b"some words")
        file = attachments.create(session, company.sam, found).id
    with transactions.act() as session:
        tickets.create(session, company.sam, title="The door is stuck", files=[file])
    return data / "files"


def test_files_that_the_database_names_are_looked_for(doctor, data):
    folder = used(data)
    assert doctor()[0]["stored files"][0] == "ok"
    shutil.rmtree(folder)
    lines, result = doctor()
    assert lines["stored files"][0] == "problem" and "1 of 1 files" in lines["stored files"][1]
    assert result.exit_code == 1


def test_a_key_that_is_missing_on_a_desk_in_use(doctor, data):
    used(data)
    (data / "secret.key").unlink()
    lines, result = doctor()
    assert lines["secret key"][0] == "problem" and "is missing" in lines["secret key"][1]
    assert result.exit_code == 1
    assert not (data / "secret.key").exists()
    assert doctor(SECRET_KEY="kU3-nothing-random-but-long-enough-9")[0]["secret key"][0] == "ok"


def test_a_schema_of_a_newer_version(doctor):
    with transactions.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    lines, result = doctor()
    assert lines["schema"][0] == "problem" and "newer version" in lines["schema"][1]
    assert result.exit_code == 1


def test_an_empty_database_beside_the_files_of_a_desk(doctor, data, databases):
    used(data)
    transactions.use_engine(engines.connect(databases.fresh(transactions.engine().dialect.name)))
    lines, result = doctor()
    assert lines["stored files"][0] == "problem" and "the database is empty" in lines["stored files"][1]
    assert result.exit_code == 1


@pytest.mark.parametrize("left", ["missing", "empty"])
def test_a_database_that_is_gone_from_beside_files_and_key(data, left):
    (data / "files").mkdir()
    (data / "files" / f"{'0' * 32}.bin").write_bytes(b"some words")
    settings.current().key()
    if left == "empty":
        (data / "docket.db").touch()
    transactions.use_engine(engines.connect(settings.current().database))
    result = CliRunner().invoke(docket, ["doctor", "--data", str(data)])
    assert result.exit_code == 1
    assert left in result.stdout and "Restore it from a backup" in result.stdout


@pytest.fixture
def file(data, databases):
    """The file of a desk's own SQLite database in its data folder, with a company in it."""
    url, _ = databases.staffed("sqlite")
    file = data / "docket.db"
    shutil.copyfile(str(make_url(url).database), file)
    databases.drop(url)
    made = engines.connect(f"sqlite:///{file}")
    transactions.use_engine(made)
    yield file
    made.dispose()


def pages(data, *words):
    result = CliRunner().invoke(docket, ["doctor", *words, "--data", str(data)])
    return [line for line in result.stdout.splitlines() if line[9:14] in ("pages", "datab", "last ")], result


def damage(file):
    """Destroy the page of a table that only people's own settings are in."""
    with sqlite3.connect(file) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'preference'").fetchone()
        page = page or connection.execute("SELECT max(rootpage) FROM sqlite_master").fetchone()
    with file.open("r+b") as opened:
        opened.seek((page[0] - 1) * 4096)
        opened.write(b"\xff" * 4096)


def test_destroyed_pages_are_found_on_request(file, data):
    found, _ = pages(data, "--full")
    assert any(line.startswith("ok") and "all pages" in line for line in found)
    transactions.engine().dispose()
    damage(file)
    found, result = pages(data, "--full")
    assert any(line.startswith("problem") and "is damaged" in line for line in found), result.stdout
    assert result.exit_code == 1


def test_destroyed_pages_are_found_after_an_unclean_stop(file, data):
    run_marker.marker_path(transactions.engine()).touch()
    found, _ = pages(data)
    assert any("all pages" in line for line in found) and any(
        "not stopped properly" in line for line in found
    )
    transactions.engine().dispose()
    damage(file)
    _found, result = pages(data)
    assert result.exit_code == 1 and "is damaged" in result.stdout


def test_a_file_that_is_no_database(file, data):
    transactions.engine().dispose()
    file.write_bytes(b"hello" * 1000)
    found, result = pages(data)
    assert "is not a SQLite database" in "".join(found)
    assert result.exit_code == 1


def test_messages_that_failed_and_webhooks_that_no_key_opens_are_named(doctor):
    from db.models import Message
    from db.vocabulary import MessageKind, NotificationChannel
    from lib.notifications.delivery import outbox
    from lib.notifications.slack import team_channels
    from lib.people import teams

    desk = cast.create_company()
    with transactions.act() as session:
        team = teams.get(session, desk.service_desk)
        team_channels.save(
            session, desk.mona, team, webhook="https://hooks.slack.com/services/T1/B1/verysecret"
        )
        now = clock.now()
        session.add(
            Message(
                medium=NotificationChannel.MAIL,
                sort=MessageKind.TRIAL,
                person_id=desk.sam.id,
                created_at=now,
                due_at=now,
                parked_at=now,
            )
        )
    lines, result = doctor()
    assert lines["email queue"] == (
        "warning",
        "1 message failed. See Settings → Outgoing messages for the reasons and to retry.",
    )
    assert lines["Slack queue"][0] == "ok" and result.exit_code == 0
    lines, result = doctor(SECRET_KEY="another-key-0123456789-abcdefghijklmnop")
    assert lines["Slack queue"] == (
        "problem",
        f"The channel of {seeds.TEAM}: {team_channels.LOCKED_WEBHOOK_ERROR}",
    )
    assert result.exit_code == 1 and "verysecret" not in result.stdout
    with transactions.act() as session:
        outbox.mark_down(session, NotificationChannel.MAIL, "The mail server can't be reached (OSError).")
    assert "The mail server can't be reached (OSError). Failing since" in doctor()[1].stdout
