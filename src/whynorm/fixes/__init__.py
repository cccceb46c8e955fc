"""Source edits as patches which keep the user's formatting."""

from collections.abc import Sequence

from whynorm.facts.change import Edit

__all__ = ["patch"]


def patch(edits: Sequence[Edit]) -> str | None:
    """The edits as a unified diff that `git apply` takes; None where the source is not here or does not fit."""
    return None
