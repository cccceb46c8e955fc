"""What `whynorm run` adds to a program: to each training step, and to the start.

A step is measured with and without the observer in turn, in one process; the start by running a program under python
and under `whynorm run` in turn. All in processor time, of which the least counts.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from whynorm.frameworks.torch.observe import install
from whynorm.record import Record

ROUNDS = 6
STARTS = 7


def _networks() -> dict[str, tuple[nn.Module, tuple[int, ...]]]:
    from transformers import ResNetConfig, ResNetModel

    small = nn.Sequential(
        *[nn.Sequential(nn.Conv1d(8, 8, 3, padding=1), nn.BatchNorm1d(8), nn.ReLU()) for _ in range(16)]
    )
    return {
        "ResNet-50, batch 8, 32 px": (ResNetModel(ResNetConfig()), (8, 3, 32, 32)),
        "16 tiny layers (8 channels, 64 steps)": (small, (8, 8, 64)),
    }


def _step(model: nn.Module, shape: tuple[int, ...]) -> Callable[[], None]:
    images = torch.randn(shape)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)

    def step() -> None:
        optimizer.zero_grad()
        outputs = model(images)
        found = outputs if isinstance(outputs, torch.Tensor) else outputs.last_hidden_state
        found.square().mean().backward()
        optimizer.step()

    return step


def _added_to_a_step(step: Callable[[], None]) -> tuple[float, float]:
    """The least time of a step without and with the observer, in seconds."""
    least = [float("inf"), float("inf")]
    step()
    for number in range(2 * ROUNDS):
        observed = number % 2
        undo = install(Record()) if observed else None
        for _ in range(5):  # the interpreter has to get used to either code
            step()
        for _ in range(5):
            began = time.thread_time()
            step()
            least[observed] = min(least[observed], time.thread_time() - began)
        if undo is not None:
            undo()
    return least[0], least[1]


def _processor_time_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _added_to_the_start(program: str) -> tuple[float, float]:
    """The least time that a program takes under python and under `whynorm run`, in seconds."""
    whynorm = str(Path(sys.executable).parent / "whynorm")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.py"
        file.write_text(program)
        commands = ([sys.executable, str(file)], [whynorm, "run", str(file)])
        least = [float("inf"), float("inf")]
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        for number in range(2 * STARTS):
            began = _processor_time_of_children()
            subprocess.run(commands[number % 2], check=True, env=environment)
            least[number % 2] = min(least[number % 2], _processor_time_of_children() - began)
    return least[0], least[1]


def main() -> None:
    """Print the two tables."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(f"{'a training step':<40}{'step':>10}{'ratio':>9}")
    for name, (model, shape) in _networks().items():
        plain, observed = _added_to_a_step(_step(model, shape))
        print(f"{name:<40}{1000 * plain:>7.2f} ms{observed / plain:>9.4f}")
    print(f"\n{'the start':<40}{'python':>10}{'added':>12}")
    for name, program in {"an empty program": "", "import torch": "import torch"}.items():
        plain, observed = _added_to_the_start(program)
        print(f"{name:<40}{1000 * plain:>7.0f} ms{1000 * (observed - plain):>9.0f} ms")


if __name__ == "__main__":
    main()
