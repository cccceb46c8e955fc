"""`whynorm why` as a user calls it: encodings, sizes of text, exit status, source files."""

import io
import json
import random
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from whynorm.texts.stream import pieces
from whynorm.why import why_text

LINE = "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 256, 1, 1])\n"


def why(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "whynorm", "why", *arguments], input=given, capture_output=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_encodings(encoding: str) -> None:
    text = "café öffnen: " + LINE if encoding != "utf-16-be" else LINE
    report = why_text(pieces(io.BytesIO(text.encode(encoding))))
    assert [finding.symptom for finding in report.findings] == ["one-value"]


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_the_last_line_belongs_to_those_before_it(end: str) -> None:
    text = (
        '  File "/srv/env/site-packages/keras/layers/convolutional.py", line 125, in build\n'
        "    raise ValueError('The channel dimension of the inputs '\n"
        "ValueError: The channel dimension of the inputs should be defined. Found `None`."
    )
    assert len(list(pieces(io.BytesIO((text + end).encode())))) == 1
    report = why_text(pieces(io.BytesIO((text + end).encode())))
    assert [finding.symptom for finding in report.findings] == ["undefined-axis"]


def test_exit_status(tmp_path: Path) -> None:
    done = why("-", "--json", given=LINE.encode())
    assert done.returncode == 0
    assert json.loads(done.stdout)["findings"][0]["symptom"] == "one-value"
    for nothing in (b"", b"KeyError: 'x'\n", random.Random(0).randbytes(5000), b"\x00" * 4000):
        done = why("-", given=nothing)
        assert done.returncode == 1
        assert len(done.stdout.splitlines()) == 1
        assert not done.stderr
    for wrong in ([str(tmp_path / "none.txt")], [str(tmp_path)], ["--sauce", "x"], ["a", "b"], ["--source"]):
        done = why(*wrong)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert not done.stdout


def test_a_long_log_is_read_within_the_memory_of_a_piece() -> None:
    line = "2024-01-01 10:00:00 INFO step 17 loss 0.5312 grad_norm 1.2 BatchNorm fine\n"
    block = line * (1_000_000 // len(line))
    tracemalloc.start()
    report = why_text((LINE if number == 5 else block) for number in range(10))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [finding.symptom for finding in report.findings] == ["one-value"]
    assert peak < 10_000_000


def test_source_files_decide(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "train.py").write_text(
        "from torch.utils.data import DataLoader\n"
        "loader = DataLoader(data, batch_size=8, shuffle=True)\n"
        "for x in loader:\n"
        "    loss = net(x)\n"
    )
    (tmp_path / "nets" / "tab.py").write_text("class Tab:\n    def forward(self, x):\n        return self.bn(x)\n")
    text = (
        'Traceback (most recent call last):\n  File "/elsewhere/train.py", line 4, in <module>\n    loss = net(x)\n'
        '  File "/elsewhere/nets/tab.py", line 3, in forward\n    return self.bn(x)\n'
        "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 64])\n"
    )
    cause = why_text([text], str(tmp_path)).findings[0].causes[0]
    assert cause.cause == "last-batch"
    assert cause.at is not None
    assert cause.at.location is not None
    assert cause.at.location.line == 2
    (tmp_path / "train.py").write_text(
        (tmp_path / "train.py").read_text().replace("shuffle=True", "shuffle=True, drop_last=True")
    )
    found = why_text([text], str(tmp_path)).findings[0].causes
    assert "last-batch" not in [cause.cause for cause in found]


def test_another_version_of_a_source_file_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("loader = DataLoader(data, batch_size=8)\n\n\nx = 1\n")
    text = 'Traceback (most recent call last):\n  File "/e/train.py", line 4, in <module>\n    loss = net(x)\n' + LINE
    causes = why_text([text], str(tmp_path)).findings[0].causes
    assert all(cause.at is None for cause in causes)
