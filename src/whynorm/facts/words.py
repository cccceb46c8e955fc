"""How several things are said in one breath."""

from collections.abc import Iterable


def listed(items: Iterable[object]) -> str:
    """`H`, `H and W`, `N, H and W`."""
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last
