"""Source edits as patches which keep the user's formatting."""

from collections.abc import Sequence

from whynorm.facts.change import Edit

__all__ = ["patch"]


def patch(edits: Sequence[Edit]) -> str | None:
    """The edits as one unified diff that `git apply` takes from the current directory.

    None where the source is not there or is no longer what it was, where it is an installed library's, a notebook's
    or standard input's, and where an edit does not fit it.
    """
    from whynorm.fixes.write import written

    return written(edits)
