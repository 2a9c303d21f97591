"""What Streamlit and uvicorn say goes through Docket's log too, which leaves out session ids, addresses and values."""

import logging

from streamlit import logger as streamlit_logger

TOLD_ALREADY = "Uncaught app execution"
"""Streamlit's line for a page that failed; Docket's own has the reference that the person was shown."""


def gather() -> None:
    """Take the handlers that they gave to their loggers away, now and whenever they make another."""
    streamlit_logger.setup_formatter = _pass_on  # ty: ignore[invalid-assignment] - the same, by another name
    for known in streamlit_logger._loggers.values():
        _pass_on(known)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        _pass_on(logging.getLogger(name))
    # The access log would hold session ids. Streamlit gives its logger a handler again while it starts; a filter stays.
    logging.getLogger("uvicorn.access").addFilter(lambda _record: False)
    logging.getLogger("streamlit.error_util").addFilter(lambda record: record.msg != TOLD_ALREADY)


def _pass_on(logger: logging.Logger) -> None:
    logger.handlers.clear()
    logger.propagate = True
