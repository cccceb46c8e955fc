"""The one exception of our own that reaches a user."""


class UsageError(Exception):
    """What was asked cannot be done as asked; its text is one line: what is wrong, and what would be right."""
