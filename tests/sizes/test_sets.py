"""Sets of sizes as a person would say them, and their conditions hold exactly there."""

from collections.abc import Callable

import pytest

from whynorm.sizing.expression import Expression
from whynorm.sizing.sets import describe

SETS: list[tuple[Callable[[int], bool], str]] = [
    (lambda n: True, ""),
    (lambda n: n >= 5, "at least 5"),
    (lambda n: n <= 512, "at most 512"),
    (lambda n: 8 <= n <= 512, "from 8 to 512"),
    (lambda n: n == 224, "exactly 224"),
    (lambda n: n in (75, 107, 139), "75, 107 or 139"),
    (lambda n: n % 2 == 0, "even"),
    (lambda n: n % 16 == 0, "a multiple of 16"),
    (lambda n: n % 16 in (0, 15), "a multiple of 16 or one less"),
    (lambda n: n % 16 in (0, 15) and n >= 31, "a multiple of 16 or one less, and at least 31"),
    (lambda n: n % 256 in (0, 1) and n >= 256, "a multiple of 256 or one more, and at least 256"),
    (lambda n: n % 8 == 7, "one less than a multiple of 8"),
    (lambda n: n % 8 == 3, "three more than a multiple of 8"),
    (lambda n: n % 4 != 1, "anything but one more than a multiple of 4"),
    (lambda n: (n % 8 == 0 and n >= 40) or n == 24, "a multiple of 8, and at least 40, or 24"),
]


@pytest.mark.parametrize(("passes", "words"), SETS, ids=[words or "all" for _, words in SETS])
def test_it_is_said_and_holds(passes: Callable[[int], bool], words: str) -> None:
    accepted = [passes(size) for size in range(1, 1025)]
    found = describe(accepted, 1)
    assert found.words == words
    conditions = [Expression(text, ["H"]) for text in found.of("H")]
    assert [all(one({"H": size}) for one in conditions) for size in range(1, 1025)] == accepted


def test_what_has_no_form_is_told_as_it_is() -> None:
    primes = [all(size % other for other in range(2, size)) and size > 1 for size in range(1, 400)]
    assert describe(primes, 1).conditions is None
