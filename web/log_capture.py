"""What Streamlit and uvicorn say goes through Docket's log too, which leaves out session ids, addresses and values."""

import logging

from ui import streamlit_internals


def capture_logs() -> None:
    """Take the handlers that they gave to their loggers away, now and whenever they make another."""
    streamlit_internals.replace_log_handlers(_propagate)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        _propagate(logging.getLogger(name))
    # The access log would hold session ids. Streamlit gives its logger a handler again while it starts; a filter stays.
    logging.getLogger("uvicorn.access").addFilter(lambda _record: False)
    # Docket's own line of a page that failed has the reference that the person was shown.
    logging.getLogger("streamlit.error_util").addFilter(
        lambda record: record.msg != streamlit_internals.FAILED_PAGE
    )


def _propagate(logger: logging.Logger) -> None:
    logger.handlers.clear()
    logger.propagate = True
