"""Lines that change a setting of layers that are already built."""

from pathlib import Path

import pytest

from whynorm.source.assigned import assigned_in


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("for m in net.modules():\n    m.momentum = 0", "0"),
        ("for m in net.modules():\n    setattr(m, 'momentum', 0)", "0"),
        ("net.norm.momentum = 0", "0"),
        ("self.momentum = 0", None),
        ("net.norm.momentum = False", None),
        ("net.norm.momentum = 0.1", None),
        ("a.momentum = 0\nb.momentum = 0", None),
    ],
)
def test_a_setting_that_is_changed_later(tmp_path: Path, written: str, wanted: str | None) -> None:
    file = tmp_path / "program.py"
    file.write_text(written)
    found = assigned_in([str(file)], "momentum", 0)
    assert (None if found is None else found.written) == wanted
