"""What the job engine logs: only its mistakes are told; that a server is away is told by the worker, in our words."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Iterator
from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException

from syndicate.app.engines.running import Running

_LOGGERS = ("procrastinate", "psycopg.pool", "asyncio")


@contextlib.contextmanager
def quiet(running: Running, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Meanwhile, what the engine's loggers and the loop report goes to our log, as a bug; the rest nowhere."""
    handler = _Reported(running)
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [(logger, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    loop.set_exception_handler(lambda _, context: _tell(running, context.get("exception")))
    try:
        yield
    finally:
        for logger, propagated in before:
            logger.removeHandler(handler)
            logger.propagate = propagated


class _Reported(logging.Handler):
    def __init__(self, running: Running) -> None:
        super().__init__(logging.ERROR)
        self._running = running

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of an error that has an exception."""
        _tell(self._running, record.exc_info[1] if record.exc_info else None)


def _tell(running: Running, fault: Any) -> None:
    if isinstance(fault, Exception) and not isinstance(fault, ConnectorException | psycopg.Error):
        running.say("bug", where="jobs", trace="".join(traceback.format_exception(fault)))
