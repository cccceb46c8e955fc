"""The one exception of our own that reaches a user, and the one line for a fault of ours."""

import os


class UsageError(Exception):
    """What was asked cannot be done as asked; its text is one line: what is wrong, and what would be right."""


def first_line(error: BaseException) -> str:
    """The first line of what an error says; nothing where it says nothing."""
    return (str(error).splitlines() or [""])[0]


def own_fault(error: Exception) -> str:
    """The one line for a fault of ours."""
    from traceback import extract_tb

    frame = extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    return f"whynorm itself failed here ({type(error).__name__} at {where}: {error}); please report it"
