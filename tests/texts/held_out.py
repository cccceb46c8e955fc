"""The held-out texts: what frameworks print to the letter, under our own names, each with its answer.

`##### SYMPTOM: CAUSE …` heads each; the first cause that is told must be among those named. `none` is to be left
alone. Batches were written before the program saw them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Text(NamedTuple):
    """One text and what is right to say of it."""

    name: str
    symptom: str | None
    causes: tuple[str, ...]
    text: str


def texts() -> Iterator[Text]:
    """All of them, in the order of their files."""
    for file in sorted(HERE.glob("held_out_*.txt")):
        for number, part in enumerate(file.read_text(encoding="utf-8").split("##### ")[1:]):
            head, _, text = part.partition("\n")
            symptom, _, causes = head.partition(":")
            yield Text(
                f"{file.stem}-{number}",
                None if symptom.strip() == "none" else symptom.strip(),
                tuple(causes.split()),
                text,
            )
