"""Every benchmark, one after the other: `python -m benchmarks`. Each prints ratios that were measured in one run."""

import subprocess
import sys

BENCHMARKS = ("why", "check", "run", "sizes", "headers")


def main() -> int:
    """Run them all."""
    for name in BENCHMARKS:
        print(f"\n## {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
