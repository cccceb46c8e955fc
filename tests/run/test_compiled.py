"""Programs that use `torch.compile`: the compiler never meets our code, and compiles what it would have compiled."""

import subprocess
import sys
import textwrap
from pathlib import Path

HEALTHY = """
    import torch
    from torch import nn
    from torch._dynamo.utils import counters

    class Fragile(nn.Module):
        def __init__(self):
            super().__init__()
            self.lift = nn.Conv2d(3, 4, 3)
            self.narrow = nn.InstanceNorm2d(3, affine=True)
            self.other = nn.BatchNorm2d(4)

        def forward(self, x):
            x = self.lift(x)
            torch._dynamo.graph_break()
            try:
                x = self.narrow(x)
            except ValueError:
                x = self.other(x)
            return x * 2

    torch.manual_seed(0)
    compiled = torch.compile(Fragile(), backend="eager")
    for size in (8, 8, 9, 11):
        print(compiled(torch.rand(2, 3, size, size)).sum().item())
    print(sorted((name, sorted(map(str, found.items()))) for name, found in counters.items()))
"""

FAULTY = """
    import torch
    from torch import nn
    from torch._dynamo.utils import counters
    import atexit

    atexit.register(lambda: print(sorted(map(str, counters["graph_break"].items())), counters["stats"]))
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.InstanceNorm2d(4, affine=True))
    torch.compile(model, backend="eager")(torch.rand(2, 3, 8, 8))
"""


def ended(script: Path, *under: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *under, script.name]
    return subprocess.run(command, cwd=script.parent, capture_output=True, text=True, timeout=120, check=False)


def both(folder: Path, program: str) -> tuple[subprocess.CompletedProcess[str], subprocess.CompletedProcess[str]]:
    script = folder / "program.py"
    script.write_text(textwrap.dedent(program))
    return ended(script), ended(script, "-m", "whynorm", "run")


def test_a_healthy_program_is_compiled_as_without_us(tmp_path: Path) -> None:
    plain, told = both(tmp_path, HEALTHY)
    assert plain.returncode == 0, plain.stderr
    assert (told.stdout, told.stderr, told.returncode) == (plain.stdout, plain.stderr, 0)


def test_a_faulty_program_gets_the_explanation_and_nothing_else(tmp_path: Path) -> None:
    plain, told = both(tmp_path, FAULTY)
    assert plain.returncode == 1
    assert (told.stdout, told.returncode) == (plain.stdout, 1)
    assert told.stderr.startswith(plain.stderr)
    assert told.stderr.removeprefix(plain.stderr).lstrip().startswith("error[channel-mismatch]")
