"""Files over the API: kept to those who may see them, and harmless in a browser."""

import io
import sqlite3
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image
from sqlalchemy.exc import OperationalError

from lib.conversation import attachments
from lib.conversation.attachments import MAX_BYTES
from lib.core import settings
from tests import cast
from tests.api.conftest import problem, upload


def picture(size=(900, 600), form="PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form)
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script></html>"
NASTY = [
    ("evil.svg", SVG, "image/svg+xml", "application/octet-stream"),
    ("evil.svg", b'<?xml version="1.0"?>' + SVG, "image/svg+xml; x", "application/octet-stream"),
    ("x.html", HTML, "text/html", "application/octet-stream"),
    ("x.png", HTML, "image/png", "application/octet-stream"),
    ("picture.pdf", picture(), "application/pdf", "image/png"),
    (
        "script.pdf",
        b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
        "text/html",
        None,
    ),
    (
        "polyglot.gif",
        b"GIF89a/*\x00\x00\x00\x00*/=1;alert(1)//<script>alert(1)</script>",
        "text/javascript",
        None,
    ),
    ("a.php\u200b", b"<?php system('id');", "application/x-php", "application/octet-stream"),
    ("../../x", b"plain", "text/plain", "text/plain"),
    ("..\\..\\x", b"plain", "text/plain", "text/plain"),
    ("/etc/passwd", b"plain", "text/plain", "text/plain"),
    ("C:\\Windows\\x", b"plain", "text/plain", "text/plain"),
    ("CON", b"plain", "text/plain", "text/plain"),
    ("n" * 300 + ".txt", b"plain", "text/plain", "text/plain"),
    ("nul\x00.txt", b"plain", "text/plain", "text/plain"),
    ("gpj.\u202eexe", b"MZ\x90\x00", "application/x-msdownload", None),
    ('q"uote\r\nX-Evil: 1.txt', b"plain", "text/plain", "text/plain"),
    ("日本語 é.txt", b"plain", "text/plain", "text/plain"),
    ("feed.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "text/xml", "application/octet-stream"),
    ("bomb.zip", b"PK\x03\x04" + b"\x00" * 40, "text/html", None),
]


@pytest.mark.parametrize(("name", "data", "claimed", "kind"), NASTY, ids=range(len(NASTY)))
def test_whatever_is_uploaded_comes_back_harmless(sqlite_desk, data, name, claimed, kind):
    made = sqlite_desk.sam.post("attachments", files={"file": (name, data, claimed)})
    if made.status_code != 201:
        problem(made, 422)
        return
    told = made.json()
    assert not any(bad in told["name"] for bad in ("/", "\\", "\x00", "\u202e", "\u200b", "\r", "\n"))
    assert len(told["name"]) <= 120 and told["name"].split(".")[0].upper() != "CON"
    assert kind is None or told["type"] == kind
    answer = sqlite_desk.sam.get(f"attachments/{told['id']}")
    headers = answer.headers
    assert answer.content == data and headers["content-encoding"] == "identity"
    assert headers["content-disposition"].startswith("attachment; filename=")
    assert headers["content-type"].partition(";")[0] in {
        "application/octet-stream", "application/pdf", "application/zip", "text/plain", "image/png", "image/gif",
    }  # fmt: skip
    assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert "x-evil" not in headers
    stored = [path.name for path in Path(settings.current().files).iterdir()]
    assert stored and all(path.split(".")[0].isalnum() and len(path.split(".")[0]) == 32 for path in stored)


def test_any_name_is_told_in_the_header(desk):
    file = upload(desk.sam, "日本語 é.txt")
    disposition = desk.sam.get(f"attachments/{file}").headers["content-disposition"]
    assert disposition == (
        "attachment; filename=\"___ _.txt\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E%20%C3%A9.txt"
    )


@pytest.mark.parametrize(
    "name", [".htaccess", 'the "new" one.txt', "می\u200cروم.txt", "👩\u200d💻.txt", "50%2f.txt"]
)
def test_a_name_is_shown_and_downloaded_as_it_was_given(desk, name):
    file = upload(desk.sam, name)
    ticket = cast.create_ticket(desk.company.sam, "Here")
    said = {"body": "Here", "attachments": [file]}
    made = desk.sam.post(f"tickets/{ticket}/comments", json=said).json()
    assert [each["name"] for each in made["attachments"]] == [name]
    said = desk.sam.get(f"attachments/{file}").headers["content-disposition"]
    assert unquote(said.partition("filename*=UTF-8''")[2]) == name
    assert said.isascii() and said.count('"') == 2


def test_a_name_that_is_too_long_is_cut_where_one_sees_it(desk):
    file = upload(desk.sam, "n" * 300 + ".txt")
    said = unquote(desk.sam.get(f"attachments/{file}").headers["content-disposition"])
    assert said.endswith("n….txt")


def test_an_upload_is_its_uploader_s_alone_until_it_is_used(desk):
    file = upload(desk.sam)
    for other in (desk.rita, desk.bob, desk.ada):
        problem(other.get(f"attachments/{file}"), 404)
        problem(other.delete(f"attachments/{file}"), 404)
        problem(other.post("tickets", json={"title": "mine now", "attachments": [file]}), 404)
    ticket = desk.sam.post("tickets", json={"title": "The door is stuck", "attachments": [file]}).json()
    assert [f["id"] for f in ticket["attachments"]] == [file]
    assert desk.rita.get(f"attachments/{file}").status_code == 200
    problem(desk.bob.get(f"attachments/{file}"), 404)
    problem(desk.sam.post("tickets", json={"title": "again", "attachments": [file]}), 404)


def test_a_file_of_another_team_stays_there_and_guessing_is_stopped(desk, monkeypatch):
    number = cast.create_ticket(desk.company.sam)
    file = upload(desk.rita)
    desk.rita.post(f"tickets/{number}/comments", json={"body": "see", "attachments": [file]})
    own = desk.bela.post("tickets", json={"title": "mine", "team": desk.company.facilities}).json()["number"]
    monkeypatch.setenv("DOCKET_API_REQUESTS_PER_MINUTE", "100")
    settings.current.cache_clear()
    problem(desk.bela.get(f"attachments/{file}"), 404)
    answer = desk.bela.post(f"tickets/{own}/comments", json={"body": "x", "attachments": [file]})
    problem(answer, 404)
    guesses = [format(int(file, 16) + n, "032x") for n in range(-60, 60)]
    statuses = [desk.bela.get(f"attachments/{guess}").status_code for guess in guesses]
    assert set(statuses) == {404, 429} and statuses == sorted(statuses)


@pytest.mark.parametrize("id", ["1", "x" * 32, "%00", "a" * 500, "..%2F..%2Fetc%2Fpasswd", "é"])
def test_an_id_that_is_none_is_not_there(desk, id):
    problem(desk.sam.get(f"attachments/{id}"), 404)
    problem(desk.sam.delete(f"attachments/{id}"), 404)


@pytest.mark.parametrize(
    ("asked", "status", "got", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=8-", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=5-2", 416, None, "bytes */10"),
        ("bytes=-0", 416, None, "bytes */10"),
    ],
)
def test_a_part_of_a_file(sqlite_desk, asked, status, got, told):
    file = upload(sqlite_desk.sam, data=b"0123456789")
    answer = sqlite_desk.sam.get(f"attachments/{file}", headers={"Range": asked})
    assert answer.status_code == status and answer.headers.get("content-range") == told
    assert got is None or answer.content == got


def test_a_large_file_comes_back_whole(sqlite_desk):
    data = bytes(range(256)) * 4096 * 3 + b"end"
    file = upload(sqlite_desk.sam, "large.bin", data)
    answer = sqlite_desk.sam.get(f"attachments/{file}")
    assert answer.content == data and answer.headers["content-length"] == str(len(data))
    assert sqlite_desk.sam.head(f"attachments/{file}").headers["content-length"] == str(len(data))


def test_an_image_has_a_preview_of_pixels_only(desk):
    answer = desk.sam.post("attachments", files={"file": ("x.png", picture())})
    assert answer.json()["preview"]
    preview = desk.sam.get(f"attachments/{answer.json()['id']}/preview")
    assert (
        preview.headers["content-type"] == "image/webp"
        and preview.headers["x-content-type-options"] == "nosniff"
    )
    assert preview.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert max(Image.open(io.BytesIO(preview.content)).size) == 640
    problem(desk.bob.get(f"attachments/{answer.json()['id']}/preview"), 404)
    problem(desk.sam.get(f"attachments/{upload(desk.sam)}/preview"), 404)


def test_an_image_that_would_fill_the_memory_has_none(sqlite_desk):
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    answer = sqlite_desk.sam.post("attachments", files={"file": ("bomb.png", bomb + chunk(b"IEND", b""))})
    assert answer.status_code == 201 and not answer.json()["preview"]


def test_too_large_a_file_is_refused_whatever_its_length_claims(sqlite_desk):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'

    def stream():
        yield head
        for _ in range(MAX_BYTES // 1024**2 + 2):
            yield b"x" * 1024**2
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    problem(sqlite_desk.sam.post("attachments", content=stream(), headers=headers), 413)
    just_over = head + b"x" * (MAX_BYTES + 1) + b"\r\n--x--\r\n"
    problem(sqlite_desk.sam.post("attachments", content=just_over, headers=headers), 413)
    assert not Path(settings.current().files).exists()


def test_a_form_without_a_file_is_refused(sqlite_desk):
    for form in (
        {"files": {"other": ("x", b"x")}},
        {"files": {"file": ("x", b"")}},
        {"files": [("file", ("a", b"a")), ("file", ("b", b"b"))]},
        {"files": {"file": ("x", b"x")}, "data": {"more": "1"}},
        {"files": {"file": (None, b"x")}},
        {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
    ):
        assert problem(sqlite_desk.sam.post("attachments", **form), 422)["errors"][0]["field"] == "file"


def test_uploads_of_a_person_have_an_hourly_limit(sqlite_desk, monkeypatch):
    monkeypatch.setenv("DOCKET_UPLOAD_MEGABYTES_PER_HOUR", "25")
    settings.current.cache_clear()
    ten = b"x" * 10 * 1024**2
    assert [
        sqlite_desk.sam.post("attachments", files={"file": ("x", ten)}).status_code for _ in range(3)
    ] == [201, 201, 429]
    assert upload(sqlite_desk.bob)


def test_taking_files_away(desk):
    unused = upload(desk.sam)
    assert desk.sam.delete(f"attachments/{unused}").status_code == 204
    problem(desk.sam.get(f"attachments/{unused}"), 404)
    used = upload(desk.sam)
    number = desk.sam.post("tickets", json={"title": "The door is stuck", "attachments": [used]}).json()[
        "number"
    ]
    problem(desk.rita.delete(f"attachments/{used}"), 403)
    problem(desk.bob.delete(f"attachments/{used}"), 404)
    assert desk.mona.delete(f"attachments/{used}").status_code == 204
    problem(desk.sam.get(f"attachments/{used}"), 404)
    assert desk.sam.get(f"tickets/{number}").json()["attachments"] == []


def test_bytes_whose_row_could_not_be_written_do_not_stay(sqlite_desk, monkeypatch):
    def full(*_):
        raise OperationalError("INSERT", {}, _full())

    monkeypatch.setattr(attachments, "create", full)
    answer = sqlite_desk.sam.post("attachments", files={"file": ("a.txt", b"some words")})
    body = problem(answer, 503)
    assert "Nothing was saved" in body["detail"] and int(answer.headers["retry-after"]) > 0
    folder = Path(settings.current().files)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def _full() -> Exception:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error
