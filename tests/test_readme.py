"""What the README shows is what the commands print now; `--refresh-golden` writes it anew."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
FENCE = re.compile(r"```console\n\$ whynorm (?P<command>[^\n]+)\n(?P<shown>.*?)```\n", re.DOTALL)
LIBRARY = re.compile(r"/\S*/site-packages/")


def printed(command: str) -> str:
    """What a user sees, from our first line on: a program's own traceback before it is Python's business."""
    words = shlex.split(command.removesuffix(" 2>&1"))
    done = subprocess.run(
        [sys.executable, "-m", "whynorm", *words],
        cwd=ROOT / "examples",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "KERAS_BACKEND": "tensorflow"},
        check=False,
    )
    text = LIBRARY.sub("…/site-packages/", done.stdout)
    if words[0] != "run":
        return text
    ours = re.search(r"^(?:error|warning)\[", text, re.MULTILINE)
    return text[ours.start() :] if ours else text


BLOCKS = list(FENCE.finditer(README.read_text(encoding="utf-8")))


def test_the_readme_shows_commands() -> None:
    assert BLOCKS


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block["command"])
def test_the_readme_shows_what_is_printed(block: re.Match[str], refresh_golden: bool) -> None:
    now = printed(block["command"]).strip() + "\n"
    if refresh_golden:
        text = README.read_text(encoding="utf-8")
        new = f"```console\n$ whynorm {block['command']}\n{now}```\n"
        README.write_text(text.replace(block.group(), new), encoding="utf-8")
    else:
        assert block["shown"] == now
