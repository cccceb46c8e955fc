"""A layer that a function of the program makes is another one where that function makes it."""

from pathlib import Path

import pytest

from tests.fixes.test_patch import applied, at
from whynorm.facts.change import Rename

NET = """
class Net(nn.Module):
    def __init__(self, width=8, norm={default}):
        super().__init__()
        self.norm = norm(width)

net = Net()
"""
NAMED = "from torch import nn\n\n\ndef whole(width):\n    return nn.GroupNorm(1, width)\n\n"


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (NAMED + NET.format(default="whole"), "nn.GroupNorm(1, width)", "nn.LayerNorm(normalized_shape=width)"),
        (
            "from torch import nn\n" + NET.format(default="lambda n: nn.GroupNorm(n, n)"),
            "nn.GroupNorm(n, n)",
            "nn.LayerNorm(normalized_shape=n)",
        ),
    ],
)
def test_where_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, old: str, new: str) -> None:
    monkeypatch.chdir(tmp_path)
    built = at(text, "norm(width)")._replace(through=(at(text, "net = Net()"),))
    edit = Rename(built, "GroupNorm", "LayerNorm", "normalized_shape=8", 8)
    assert applied(text, edit) == text.replace(old, new)
