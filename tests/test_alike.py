"""One mistake on several lines is mended by one patch."""

import importlib
from pathlib import Path

import pytest

import whynorm

BLOCK = """
from torch import nn


def block(channels):
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1),
        nn.InstanceNorm3d(channels),
        nn.ReLU(),
        nn.Conv2d(channels, channels, 3, padding=1),
        nn.InstanceNorm3d(channels),
    )
"""


def test_the_same_mistake_on_two_lines_is_mended_by_one_patch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "block_of_slices.py").write_text(BLOCK)
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("block_of_slices")
    report = whynorm.check(module.block(4), (4, 4, 16, 16))
    wrong = [one for one in report.findings if one.symptom == "read-as-unbatched"]
    patches = {fix.patch for one in wrong for fix in one.causes[0].fixes}
    assert [one.layer.path for one in wrong if one.layer is not None] == ["1", "4"]
    assert len(patches) == 1
    patch = patches.pop()
    assert patch is not None
    assert patch.count("+        nn.InstanceNorm2d(channels),") == 2
    assert str(report).count("read-as-unbatched") == 1
