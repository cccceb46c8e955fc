"""Saved weights under other names than the network has: what the names have to become."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from whynorm.facts.history import Renamed

MOST_KEYS = 5000


def renamed(module: nn.Module, state: Mapping[Any, Any]) -> Renamed | None:
    """The one change of names by which all that is missing is there, in the right sizes; None where there is none."""
    own = {name: tuple(one.shape) for name, one in (*module.named_parameters(), *module.named_buffers())}
    saved = {name: tuple(one.shape) for name, one in state.items() if isinstance(one, torch.Tensor)}
    missing = [name for name in own if name not in saved]
    unexpected = [name for name in saved if name not in own]
    if not missing or not unexpected or len(own) + len(saved) > MOST_KEYS:
        return None
    wanted = next((name for name in missing if name.endswith("running_var")), missing[0])
    for name in unexpected:
        if saved[name] == own[wanted] and name.rpartition(".")[2] == wanted.rpartition(".")[2]:
            for change in _changes(name, wanted):
                become = {change.of(one): shape for one, shape in saved.items()}
                if len(become) == len(saved) and all(become.get(one) == own[one] for one in missing):
                    return change
    return None


def _changes(old: str, new: str) -> Iterator[Renamed]:
    """What makes one name of the other: a prefix more or less, or a part of it under another name."""
    if old.endswith(f".{new}"):
        yield Renamed(old[: -len(new)], "")
    if new.endswith(f".{old}"):
        yield Renamed("", new[: -len(old)])
    parts, wanted = old.split("."), new.split(".")
    while parts and wanted and parts[-1] == wanted[-1]:
        del parts[-1], wanted[-1]
    begin = 0
    while begin < min(len(parts), len(wanted)) and parts[begin] == wanted[begin]:
        begin += 1
    before = "." if begin else ""
    differ, become = parts[begin:], wanted[begin:]
    if differ and become:
        yield Renamed(f"{before}{'.'.join(differ)}.", f"{before}{'.'.join(become)}.")
