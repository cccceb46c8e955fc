"""Some thousand of the mutated texts of `tests.fuzz.texts`, without its clock."""

import io
import random

from tests.fuzz.texts import mutated, seeds
from whynorm.texts.stream import pieces
from whynorm.why import why_text


def test_mutated_texts_are_answered() -> None:
    whole = seeds()
    recognised = 0
    for number in range(2000):
        report = why_text(pieces(io.BytesIO(mutated(random.Random(f"test/{number}"), whole))))
        assert report.to_dict()["schema"] == "whynorm/1"
        recognised += bool(report.findings)
    assert recognised > 400
