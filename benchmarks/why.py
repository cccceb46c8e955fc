"""`whynorm why` on a short text, as a multiple of an interpreter that does nothing."""

import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import median

TEXT = "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 256, 1, 1])\n"
RUNS = 40


def seconds(command: Sequence[str], text: str) -> float:
    """How long one run takes."""
    started = time.perf_counter()
    subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return time.perf_counter() - started


def main() -> int:
    """Print the ratio: the medians of runs that take turns, so that both meet the same machine."""
    nothing, why, as_json = (
        [sys.executable, "-c", "pass"],
        [sys.executable, "-m", "whynorm", "why", "-"],
        [sys.executable, "-m", "whynorm", "why", "-", "--json"],
    )
    taken: dict[int, list[float]] = {0: [], 1: [], 2: []}
    for _ in range(RUNS):
        for number, command in enumerate((nothing, why, as_json)):
            taken[number].append(seconds(command, TEXT))
    base, text, document = (median(taken[number]) for number in range(3))
    print(f"whynorm why: {text / base:.1f} x python -c pass; --json: {document / base:.1f} x (wanted: at most 5, aim 4)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
