"""Where layers are built: each line is compared with the one on which torch really built them."""

import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from torch import nn

from whynorm.facts import Location
from whynorm.source.built import Part, built

NETWORK = """\
from collections import OrderedDict
from functools import partial

import torch
from torch import nn


def block(inner, outer, norm=nn.BatchNorm2d):
    return nn.Sequential(nn.Conv2d(inner, outer, 3),
                         norm(outer),
                         nn.ReLU())


class Residual(nn.Module):
    def __init__(self, width, act=nn.ReLU):
        super().__init__()
        self.body = nn.Sequential(
            block(width, width),
            nn.Identity(),
        )
        self.act = act()
        self.last, self.extra = nn.Conv2d(width, width, 1), nn.InstanceNorm2d(width)


class Wide(Residual):
    def __init__(self):
        super().__init__(
            width=64)
        self.add_module("more",
                        nn.GroupNorm(4, 64))


class Stack(nn.Sequential):
    def __init__(self, width):
        super().__init__(
            nn.Conv2d(width, width, 3),
            nn.InstanceNorm2d(width),
        )


NORMS = {
    "batch": lambda width:
        nn.BatchNorm2d(width),
    "group": partial(nn.GroupNorm, 4),
}


class ResidualTower(nn.Module):
    def __init__(self, widths=(8, 16)):
        super().__init__()
        layers = []
        for inner, outer in zip(widths, widths[1:]):
            layers.append(block(inner, outer))
            layers.append(Residual(outer))
        layers.append(
            nn.AdaptiveAvgPool2d(1))
        layers += [nn.Flatten(),
                   nn.LayerNorm(16)]
        self.layers = nn.Sequential(*layers)
        self.heads = nn.ModuleList([nn.Linear(16, 4)
                                    for _ in range(3)])
        self.named = nn.Sequential(OrderedDict([
            ("conv", nn.Conv2d(4, 4, 1)),
            ("norm", nn.BatchNorm2d(4)),
        ]))
        self.table = nn.ModuleDict({
            "a": nn.Linear(2, 2),
            "b": nn.Linear(3, 3),
        })
        self.blocks = nn.ModuleList()
        for _ in range(2):
            self.blocks.append(
                Stack(4))
        self.wide = Wide()
        self.chosen = NORMS["batch"](4)
        self.other = self.make(4)

    def make(self, width):
        return nn.GroupNorm(2, width)


def build():
    return ResidualTower()
"""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[int, int]]]:
    """The network, and for each of its modules the line of this file on which it was built."""
    file = tmp_path_factory.mktemp("built") / "built_network.py"
    file.write_text(NETWORK)
    spec = importlib.util.spec_from_file_location("built_network", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["built_network"] = module
    spec.loader.exec_module(module)
    lines: dict[int, int] = {}
    original = nn.Module.__init__

    def remember(self: nn.Module, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        frame = sys._getframe(1)
        while frame.f_code.co_filename != str(file) or frame.f_locals.get("self") is self:
            assert frame.f_back is not None
            frame = frame.f_back
        lines[id(self)] = frame.f_lineno

    nn.Module.__init__ = remember  # type: ignore[method-assign]
    try:
        root = module.build()
    finally:
        nn.Module.__init__ = original  # type: ignore[method-assign]
    yield root, lines
    del sys.modules["built_network"]


def read(root: nn.Module, path: str) -> Location | None:
    def part(name: str, module: nn.Module, siblings: int) -> Part:
        file = getattr(sys.modules[type(module).__module__], "__file__", None)
        return Part(name, type(module).__name__, str(file), siblings)

    parts, module = [part("", root, 0)], root
    for name in path.split("."):
        siblings = len(module._modules)
        module = getattr(module, name) if not isinstance(module, nn.ModuleDict) else module[name]
        parts.append(part(name, module, siblings))
    return built(parts)


def test_every_layer_is_found_where_it_was_built(network: tuple[Any, dict[int, int]]) -> None:
    root, lines = network
    wrong = {}
    for path, module in root.named_modules():
        if not path:
            continue
        place = read(root, path)
        if place is None or place.line != lines[id(module)]:
            wrong[path] = place, NETWORK.split("\n")[lines[id(module)] - 1]
    assert not wrong


def test_the_calls_through_which_a_layer_was_reached(network: tuple[Any, dict[int, int]]) -> None:
    root, _ = network
    place = read(root, "layers.1.body.0.1")
    assert place is not None
    assert place.code == "norm(outer),"
    assert [call.code for call in place.through] == [
        "block(width, width),",
        "layers.append(Residual(outer))",
        "return ResidualTower()",
    ]
