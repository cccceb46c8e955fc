"""What is said of the held-out texts."""

import pytest

import whynorm
from tests.texts.held_out import Text, texts

ALL = list(texts())


@pytest.mark.parametrize("text", ALL, ids=lambda text: text.name)
def test_the_symptom_and_the_first_cause_are_right(text: Text) -> None:
    report = whynorm.why(text.text)
    if text.symptom is None:
        assert not report.findings
        return
    finding = report.findings[0]
    assert finding.symptom == text.symptom
    assert finding.causes[0].cause in text.causes
    assert finding.raised is not None
    assert all(cause.fixes or cause.look_at or cause.confidence == "possible" for cause in finding.causes[:1])


def test_there_are_enough() -> None:
    assert sum(text.symptom is not None for text in ALL) >= 150
    assert sum(text.symptom is None for text in ALL) >= 30
