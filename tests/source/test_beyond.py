"""The constant that a 16-bit type cannot hold."""

from pathlib import Path

import pytest

from whynorm.source.beyond import beyond_in


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("return scores + (1.0 - keep) * -1e9", ("-1e9", "-3e4")),
        ("return ops.where(keep, scores, -1e30)", ("-1e30", "-3e4")),
        ("return scores + (1.0 - keep) * -1e4", None),
        ("return ops.where(keep, scores * 1e6, -1e9)", None),  # which of the two?
        ("return scores / 1e9", None),
    ],
)
def test_a_constant_beyond_its_end(tmp_path: Path, line: str, found: tuple[str, str] | None) -> None:
    file = tmp_path / "masked.py"
    file.write_text(f"def masked(scores, keep):\n    {line}\n")
    constant = beyond_in([str(file)])
    assert found == (None if constant is None else (constant.written, constant.guarded))
