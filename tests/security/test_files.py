"""P20, P21 (C4, C8, C21): a file is what its bytes are, under a name that harms nothing."""

import io
import re
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from lib.conversation import attachments
from lib.core.errors import Invalid, TooLarge
from tests.support import effort

INLINE = {
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/plain",
    "application/zip",
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def picture(kind: str, size: tuple[int, int] = (40, 30), **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **more)
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A PNG of any claimed size, in few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


ACTIVE = {
    "evil.svg": SVG,
    "evil.svg.png": SVG,
    "x.html": b"<!doctype html><script>alert(1)</script>",
    "spaces.html": b"   \n\t<script>alert(1)</script>",
    "late.txt": b"harmless " * 300 + b"<script>alert(1)</script>",
    "x.xml": b"<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'/>",
    "x.xhtml": b"\xef\xbb\xbf<html xmlns='http://www.w3.org/1999/xhtml'>",
    "utf16.html": "<script>alert(1)</script>".encode("utf-16"),
    "x.js.gz": b"\x1f\x8b\x08\x00" + b"\x00" * 20,
    "x.exe": b"MZ\x90\x00" + b"\x00" * 60,
    "x.swf": b"CWS\x0a" + b"\x00" * 60,
    "x.mht": b"MIME-Version: 1.0\nContent-Type: text/html\n\n<script>alert(1)</script>",
    "nul.txt": b"text\x00<script>",
}


@pytest.mark.parametrize("name", ACTIVE)
def test_p20_what_a_browser_might_run_is_bytes_and_nothing_else(name):
    """CVE-2022-1045, CVE-2026-111168, CVE-2026-27616, CVE-2022-25802."""
    upload = attachments.examine(name, ACTIVE[name])
    assert upload.type == "application/octet-stream"
    assert upload.thumbnail is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_sound_image_is_drawn_anew_and_shown_so(kind):
    upload = attachments.examine("holiday.pdf", picture(kind))
    assert upload.type == f"image/{kind.lower()}"
    assert upload.thumbnail is not None
    with Image.open(io.BytesIO(upload.thumbnail)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (40, 30))


def test_what_a_picture_carries_besides_its_pixels_is_not_in_the_preview():
    exif = Image.Exif()
    exif[0x010E] = "<script>canary</script>"
    data = picture("JPEG", exif=exif) + b"<script>canary</script>"
    upload = attachments.examine("x.jpg", data)
    assert upload.thumbnail is not None
    assert b"canary" not in upload.thumbnail


def test_p20_a_polyglot_is_no_picture_to_show():
    gif_js = b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)//"
    assert attachments.examine("x.gif", gif_js).thumbnail is None
    pdf_js = attachments.examine("x.pdf", b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>\n%%EOF")
    assert (pdf_js.type, pdf_js.thumbnail) == ("application/pdf", None)


@pytest.mark.parametrize(
    ("width", "height"), [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (40_000_001, 1), (0, 0)]
)
def test_p21_a_picture_that_claims_to_be_huge_is_not_opened(width, height):
    assert attachments.examine("bomb.png", huge_png(width, height)).thumbnail is None


def test_a_picture_that_is_cut_off_is_a_file_without_preview():
    whole = picture("PNG", (300, 300))
    assert attachments.examine("x.png", whole[: len(whole) // 2]).thumbnail is None


def test_too_large_and_empty_are_sentences():
    with pytest.raises(TooLarge, match="larger than 25 MB"):
        attachments.examine("big.bin", b"x" * (attachments.MAX_BYTES + 1))
    with pytest.raises(Invalid, match="empty"):
        attachments.examine("nothing.txt", b"")


NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "/etc/passwd": "passwd",
    "C:\\Windows\\x.exe": "x.exe",
    "a.php\u200b": "a.php",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "a\x00b.txt": "ab.txt",
    "a\r\nContent-Type: text-html.txt": "aContent-Type_ text-html.txt",
    "CON": "_CON",
    "nul.txt": "_nul.txt",
    "lpt1": "_lpt1",
    "": "file",
    "...": "file",
    "   ": "file",
    "..": "file",
    ".htaccess": ".htaccess",
    "dir/.env": ".env",
    "..\\.gitignore": ".gitignore",
    "..x": ".x",
    " . .x": ".x",
    ".": "file",
    ". .": "file",
    ".con": ".con",
    "CON .txt": "_CON .txt",
    "com¹.log": "_com¹.log",
    "CONOUT$": "_CONOUT$",
    "می\u200cروم.pdf": "می\u200cروم.pdf",
    "ی\u200d.pdf": "ی\u200d.pdf",
    "ශ්\u200dරී.pdf": "ශ්\u200dරී.pdf",
    "👩\u200d👩\u200d👧.png": "👩\u200d👩\u200d👧.png",
    "❤\ufe0f\u200d🔥.png": "❤\ufe0f\u200d🔥.png",
    "👩🏽\u200d💻.png": "👩🏽\u200d💻.png",
    "\U0001fae8.png": "\U0001fae8.png",
    "a.php\u200d": "a.php",
    "a\u200c.exe": "a.exe",
    "\u200d\u200d.txt": ".txt",
    "می\u200c\u200c\u200cخ.pdf": "می\u200cخ.pdf",
    "one\u2028two.txt": "one two.txt",
    "A\u200b\u030a.txt": "Å.txt",
    "name. . .": "name",
    'q"uo<t>e|s?*.txt': 'q"uo_t_e_s__.txt',
    "%2e%2e%2fx": "%2e%2e%2fx",
    "Übersicht 2026.pdf": "Übersicht 2026.pdf",
    "résumé final (3).docx": "résumé final (3).docx",
    "報告.txt": "報告.txt",
    "lone\ud800.txt": "lone.txt",
}


@pytest.mark.parametrize("name", NAMES)
def test_p20_a_name_is_one_name(name):
    """CVE-2026-28289 (zero-width space), CVE-2019-14994, CVE-2026-41193."""
    assert attachments.safe_name(name) == NAMES[name]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x" * 300 + ".pdf", "x" * 115 + "….pdf"),
        ("x" * 300 + ".tar.gz", "x" * 112 + "….tar.gz"),
        ("x" * 300, "x" * 119 + "…"),
        ("a." + "b" * 300, "a." + "b" * 117 + "…"),
        ("." + "x" * 300, "." + "x" * 118 + "…"),
        ("x" * 114 + "  and more.pdf", "x" * 114 + "….pdf"),
        ("é" + "👩\u200d" * 200 + ".png", "é" + "👩\u200d" * 56 + "👩….png"),
        ("x" * 116 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_p20_a_long_name_is_cut_before_what_it_ends_with_and_shows_it(name, shown):
    assert attachments.safe_name(name) == shown


def test_p20_a_name_of_marks_costs_nothing():
    assert effort.measure_seconds(attachments.safe_name, "\u0301\u0316" * 25_000 + ".pdf", enough=0.1) < 0.1


@given(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=400)
    | st.text(alphabet=' ./\\a.é\u0301\u200c\u200d\u200b\u202e\u2028👩\u212a"\x00می\ud800', max_size=200)
)
@example("." + "x" * 300)
@example("a." + "b" * 300)
@example("\u0301" * 300)
def test_p20_no_name_escapes_hides_or_breaks(name):
    safe = attachments.safe_name(name)
    assert 0 < len(safe) <= 120
    assert not safe.startswith(("..", " ", "\u200c", "\u200d")) and not safe.endswith((".", " "))
    assert not set(safe) & set("/\\\x00\r\n\t<>:|?*\u200b\u202e\u2028\ufeff")
    assert not re.search("[\x00-\x7f\u200c\u200d][\u200c\u200d]", safe)
    assert safe.encode("utf-8")
    assert attachments.safe_name(safe) == safe


magic = st.sampled_from(
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
        b"%PDF-1.4\n",
        b"PK\x03\x04",
        b"<",
        b"{\\rtf",
        b"\xd0\xcf\x11\xe0",
    ]
)


@given(magic, st.binary(max_size=600))
@example(b"RIFF", b"\x00" * 4)
@example(b"PK\x03\x04", b"\xff" * 100)
def test_p20_no_bytes_break_the_examination_or_become_something_active(start, rest):
    if not start + rest:
        return
    upload = attachments.examine("x", start + rest)
    assert upload.type in INLINE | {"application/octet-stream"}
    assert re.fullmatch(r"[0-9a-f]{32}\.bin", upload.path)


def test_p20_where_bytes_lie_is_random_and_says_nothing():
    paths = {attachments.examine("../../x.html", b"x").path for _ in range(50)}
    assert len(paths) == 50
