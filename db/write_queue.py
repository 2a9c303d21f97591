"""A fair queue for SQLite's writers: threads in order of arrival, processes in turns.

SQLite lets one connection write at a time and has no queue: waiting writers sleep and retry, and one that retries at
the right time goes first. So writers wait here for their turn before they ask SQLite. Readers never wait. SQLite's own
lock still decides who may write. Without this queue's file only the order is lost.
"""

import fcntl
import os
import threading
import time
from collections import deque
from weakref import WeakValueDictionary, finalize

FILE_SUFFIX = "-queue"
"""The suffix that turns the database's path into that of the queue's file."""
NEXT, TURN = 0, 1
"""The bytes of the file that a process locks: one to be the next writer, one to write."""
POLL_SECONDS = 0.0005
"""The seconds between two checks whether the other process has finished."""


class WriteQueue:
    """The queue of one database, shared by all connections of this process.

    The locks on its file belong to the process: they end with it, however it ends, and are not inherited by a fork.
    """

    def __init__(self, database: str) -> None:
        self.path = database + FILE_SUFFIX
        self._start_empty()

    def _start_empty(self) -> None:
        self._process = os.getpid()
        self._mutex = threading.Lock()
        self._busy = False
        self._waiting: deque[threading.Lock] = deque()
        self._file: int | None = None

    def enter(self, seconds: float) -> None:
        """Wait for a turn, which lasts until `leave()`. Raises TimeoutError after `seconds`."""
        if self._process != os.getpid():
            self._start_empty()
        deadline = time.monotonic() + seconds
        self._wait_for_threads(seconds)
        try:
            self._wait_for_processes(deadline)
        except BaseException:
            self._call_next_thread()
            raise

    def leave(self) -> None:
        """End the turn. Does nothing in a process that was forked during the turn."""
        if self._process != os.getpid():
            return
        if self._file is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        self._call_next_thread()

    def _wait_for_threads(self, seconds: float) -> None:
        called = threading.Lock()
        with self._mutex:
            if not self._busy:
                self._busy = True
                return
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=seconds):
            return
        with self._mutex:
            if called in self._waiting:
                self._waiting.remove(called)
                raise TimeoutError("no turn to write")

    def _call_next_thread(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False

    def _wait_for_processes(self, deadline: float) -> None:
        """Become the next process in line, then wait until the one that writes has finished.

        A process that has just written finds another one already next in line, so it can't write twice in a row.
        """
        file = self._open()
        if file is None:
            return
        _lock(file, NEXT, deadline)
        try:
            _lock(file, TURN, deadline)
        finally:
            fcntl.lockf(file, fcntl.LOCK_UN, 1, NEXT)

    def _open(self) -> int | None:
        if self._file is None:
            try:
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:  # the folder is read-only or full, which SQLite will report
                return None
            finalize(self, os.close, self._file)
        return self._file


def _lock(file: int, byte: int, deadline: float) -> None:
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except (BlockingIOError, PermissionError):  # the two errors that lockf(3) allows
            if time.monotonic() >= deadline:
                raise TimeoutError("no turn to write") from None
            time.sleep(POLL_SECONDS)
        else:
            return


_queues: WeakValueDictionary[str, WriteQueue] = WeakValueDictionary()


def for_database(path: str) -> WriteQueue:
    """Return this process's queue for a database file. All its engines share it."""
    return _queues.setdefault(os.path.realpath(path), WriteQueue(path))
