"""Headers read by the workers of a Dask cluster."""

import itertools
from collections.abc import Iterator

from whynorm.data.entry import Entry, entry_of
from whynorm.errors import UsageError, first_line

_CHUNK = 64
"""So many files are one task."""

_WAIT = "20s"

_AHEAD = 256
"""So many tasks are under way at once."""

_RETRIES = 5
"""So often a task whose worker died is given to another."""


def spread(names: Iterator[str], scheduler: str) -> Iterator[Entry]:
    """The entries in the order of the names. A worker that dies is made up for by the others. Raises `UsageError`."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--dask needs Dask: pip install 'whynorm[data]'") from None
    chunks = iter(lambda: list(itertools.islice(names, _CHUNK)), [])
    try:
        client = Client(scheduler, timeout=_WAIT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"no Dask scheduler answers at {scheduler}: {first_line(error)}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_WAIT)
        except TimeoutError:
            raise UsageError(f"the Dask scheduler at {scheduler} has no workers") from None
        waiting = [
            client.submit(_chunk, chunk, retries=_RETRIES, pure=False) for chunk in itertools.islice(chunks, _AHEAD)
        ]
        while waiting:
            try:
                found = waiting.pop(0).result()
            except ImportError as error:
                raise UsageError(f"the workers need whynorm too: pip install 'whynorm[data]' ({error})") from None
            except Exception as error:  # noqa: BLE001 - whatever befalls a cluster is one line
                raise UsageError(f"the Dask cluster gave up: {type(error).__name__}: {first_line(error)}") from None
            yield from found
            waiting += [
                client.submit(_chunk, chunk, retries=_RETRIES, pure=False) for chunk in itertools.islice(chunks, 1)
            ]


def _chunk(names: list[str]) -> list[Entry]:
    return [entry_of(name) for name in names]
