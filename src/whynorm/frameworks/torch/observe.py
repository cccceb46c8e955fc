"""What is observed of a running program that uses torch."""


def install() -> None:
    """Observe from now on."""
