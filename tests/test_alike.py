"""One mistake on several lines is mended by one patch."""

import json
import subprocess
import sys
from pathlib import Path

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


def test_the_same_mistake_on_two_lines_is_mended_by_one_patch(tmp_path: Path) -> None:
    (tmp_path / "block_of_slices.py").write_text(BLOCK)
    target = ["block_of_slices.py:block(4)", "--input", "4x4x16x16"]
    document = json.loads(_check(tmp_path, *target, "--json").stdout)
    wrong = [one for one in document["findings"] if one["symptom"] == "read-as-unbatched"]
    patches = {fix["patch"] for one in wrong for fix in one["causes"][0]["fixes"]}
    assert [one["layer"]["path"] for one in wrong] == ["1", "4"]
    assert len(patches) == 1
    assert patches.pop().count("+        nn.InstanceNorm2d(channels),") == 2
    assert _check(tmp_path, *target).stdout.count("read-as-unbatched") == 1


def _check(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "whynorm", "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
