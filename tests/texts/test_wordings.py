"""Every row of the tables finds its own example, and no row stands where it can never be reached."""

import re

import pytest

from whynorm.catalogue import names
from whynorm.texts.scope import QUESTIONS
from whynorm.texts.wordings import TABLES, Wording, matches, squeezed, table

ROWS = [(name, row) for name in TABLES for row in table(name)]


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{name}-{row.key[:40]}" for name, row in ROWS])
def test_a_row_finds_its_example(name: str, row: Wording) -> None:
    example = row.example.replace("`", "")
    assert row.search(example) is not None
    assert row.key in squeezed(example)
    assert len(row.key) >= 8, "a shorter key would stand in every text"
    assert row.symptom in names("symptoms")
    assert set(row.needs.split()) <= set(QUESTIONS)


@pytest.mark.parametrize("name", TABLES)
def test_no_row_stands_behind_one_that_says_the_same(name: str) -> None:
    for row in table(name):
        first = next(matches(row.example, (name,))).wording
        assert first is row or first.template == row.template, f"{row.template!r} is never reached: {first.template!r}"


def test_numbers_are_named_as_the_facts_know_them() -> None:
    known = {
        *("shape", "other", "weight", "type", "name", "layer", "function", "dtype", "found", "module", "axes"),
        *(
            "operation",
            "got",
            "wanted",
            "rank",
            "ranks",
            "axis",
            "groups",
            "a",
            "b",
            "c",
            "kernel",
            "entry",
            "",
            "-",
            "--",
        ),
    }
    for _, row in ROWS:
        assert set(re.findall(r"\{([^{}]*)\}", row.template)) <= known


def test_what_stands_in_two_lines_is_found() -> None:
    text = "running_mean should\n   contain 256\nelements not 512"
    match = next(matches(text, ("torch",)))
    assert match.number("got") == 256
    assert match.number("wanted") == 512
