"""`whynorm why` on a short text, as a multiple of an interpreter that does nothing."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from statistics import median

TEXT = "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 256, 1, 1])\n"
RUNS = 40


def seconds(command: Sequence[str], text: str, environment: dict[str, str]) -> float:
    """What one run takes of the processor, which a busy machine changes least."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=text, capture_output=True, text=True, check=False, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print the ratio: the medians of runs that take turns, so that both meet the same machine."""
    whynorm = shutil.which("whynorm", path=os.path.dirname(sys.executable)) or "whynorm"
    nothing, why, as_json = (
        [sys.executable, "-c", "pass"],
        [whynorm, "why", "-"],
        [whynorm, "why", "-", "--json"],
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    taken: dict[int, list[float]] = {0: [], 1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        environment["PYTHONPYCACHEPREFIX"] = folder  # compiled once, as an installed package is
        for _ in range(RUNS + 1):
            for number, command in enumerate((nothing, why, as_json)):
                taken[number].append(seconds(command, TEXT, environment))
    base, text, document = (median(taken[number][1:]) for number in range(3))
    print(f"whynorm why: {text / base:.1f} x python -c pass, with --json {document / base:.1f} x (at most 5 is wanted)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
