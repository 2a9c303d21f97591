"""C24: what stands in a log says what happened, and no secret, body or session id."""

import json
import logging

import pytest
import structlog

from lib.core import logging as docket_logging

CANARY = "s3cr3tcanary"
LINES = [
    f"token dkt_{CANARY} refused",
    f"Authorization: Bearer {CANARY}",
    f"PUT /_stcore/upload_file/{CANARY}/f1 204",
    f"GET /set-password?token={CANARY} 200",
    f"GET /x?a=1&secret={CANARY}&b=2",
    f"postgresql://docket:{CANARY}@db/docket",
    f"mail to {CANARY}@example.org failed",
]
KEYS = ["password", "secret_key", "token", "cookie", "Authorization", "session_id", "body", "title", "email"]


@pytest.mark.parametrize("line", LINES)
def test_secrets_are_taken_out_of_text(line):
    assert CANARY not in docket_logging.redact(line)


@pytest.mark.parametrize("key", KEYS)
def test_secrets_are_taken_out_by_their_name(key):
    assert CANARY not in str(docket_logging.scrub(None, "info", {key: CANARY}))


@pytest.mark.parametrize("line", ["two\nlines", "\x1b[2Jgone", "a\x00b", "a\u2028b"])
def test_nobody_writes_a_second_line_or_moves_the_cursor(line, capsys):
    """ASVS 16.4.1."""
    before = logging.getLogger().handlers[:]
    try:
        docket_logging.configure()
        logging.getLogger("tests").warning(line)
        structlog.get_logger("tests").warning("said", said=line)
    finally:
        logging.getLogger().handlers[:] = before
        structlog.reset_defaults()
    written = capsys.readouterr().err.splitlines()
    assert len(written) == 2
    for entry in written:
        assert json.loads(entry)["level"] == "warning"
        assert not set(entry) & set("\x1b\x00\u2028")


def test_a_traceback_is_scrubbed_too(capsys):
    before = logging.getLogger().handlers[:]
    try:
        docket_logging.configure()
        try:
            raise ValueError(f"postgresql://docket:{CANARY}@db/docket")
        except ValueError:
            logging.getLogger("tests").exception("failed")
    finally:
        logging.getLogger().handlers[:] = before
        structlog.reset_defaults()
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert CANARY not in written
