"""Structured logs: one JSON line per event, without secrets, tokens, bodies or session ids."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_KEYS = re.compile(
    r"(?i)(password|secret|token|cookie|authorization|session|body|title|description|email)"
)
_PATTERNS = (
    (re.compile(r"dkt_[\w-]+"), "dkt_…"),
    (re.compile(r"(?i)(bearer\s+)\S+"), r"\1…"),
    (re.compile(r"(/_stcore/upload_file/)[^/\s]+"), r"\1…"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "…"),  # Streamlit's session ids
    (re.compile(r"([?&](?:token|secret)=)[^&\s]+"), r"\1…"),
    (re.compile(r"(://[^:/@\s]+:)[^@\s]+@"), r"\1…@"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "…@…"),
    (re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]"), "·"),
)


def scrub(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove secrets from a log entry, by key and by pattern."""
    for key, value in entry.items():
        if SECRET_KEYS.search(key):
            entry[key] = "…"
        elif isinstance(value, str):
            entry[key] = redact(value)
    return entry


def redact(value: str) -> str:
    """Return text without secrets and control characters."""
    for pattern, shown in _PATTERNS:
        value = pattern.sub(shown, value)
    return value


def configure(level: str = "info") -> None:
    """Send the logs of structlog and the standard library, scrubbed the same way, to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        scrub,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.addFilter(_demote_browser_warnings)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Streamlit adds a handler to this logger while starting, and its lines would contain session ids. A filter stays.
    logging.getLogger("uvicorn.access").addFilter(lambda _record: False)
    for noisy in ("watchdog", "httpx", "httpcore", "asyncio", "websockets", "python_multipart"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _demote_browser_warnings(record: logging.LogRecord) -> bool:
    """Log Streamlit's warnings with a traceback at debug level: they are caused by what a browser sent."""
    if record.name.startswith("streamlit") and record.levelno == logging.WARNING and record.exc_info:
        record.exc_info, record.levelno, record.levelname = None, logging.DEBUG, "DEBUG"
        return logging.getLogger().isEnabledFor(logging.DEBUG)
    return True
