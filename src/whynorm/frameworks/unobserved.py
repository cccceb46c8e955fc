"""What we do ourselves is not taken for the program's: passes followed again, trials of changes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Own(threading.local):
    busy = False


OWN = _Own()
"""`busy` is True while a thread is in code of ours."""


@contextmanager
def unobserved() -> Iterator[None]:
    """Nothing that this thread does inside is observed."""
    before = OWN.busy
    OWN.busy = True
    try:
        yield
    finally:
        OWN.busy = before
