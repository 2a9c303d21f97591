"""Route the logs of Streamlit and uvicorn through Docket's log, which omits session ids, addresses and values."""

import logging

from ui import streamlit_internals


def capture_logs() -> None:
    """Remove their loggers' own handlers, now and whenever they add another."""
    streamlit_internals.replace_log_handlers(_propagate)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        _propagate(logging.getLogger(name))
    # The access log would contain session ids. Streamlit adds a handler again while it starts, but a filter stays.
    logging.getLogger("uvicorn.access").addFilter(lambda _record: False)
    # Docket logs a failed page itself, with the reference that the person was shown.
    logging.getLogger("streamlit.error_util").addFilter(
        lambda record: record.msg != streamlit_internals.FAILED_PAGE
    )


def _propagate(logger: logging.Logger) -> None:
    logger.handlers.clear()
    logger.propagate = True
