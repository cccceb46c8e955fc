"""Every long test, one after the other, each with its progress bar; the exit status is 1 if one of them failed."""

import subprocess
import sys

RUNS = [
    "tests.fuzz.torch --layers norms --cases 1000000",
    "tests.fuzz.torch --layers others --cases 20000",
    "tests.fuzz.healthy",
    "tests.fuzz.texts --cases 1000000",
    "tests.fuzz.keras --backend tensorflow --cases 20000",
    "tests.fuzz.keras --backend jax --cases 20000",
    "tests.fuzz.keras --backend torch --cases 20000",
    "tests.fuzz.keras_applications --backend tensorflow",
    "tests.fuzz.keras_applications --backend jax",
    "tests.fuzz.keras_applications --backend torch",
    "tests.fuzz.sizes",
    "tests.programs.score",
]


def main() -> int:
    """Run them all; say at the end which failed."""
    failed = []
    for run in RUNS:
        print(f"\n## {run}", flush=True)
        if subprocess.run([sys.executable, "-m", *run.split()], check=False).returncode:
            failed.append(run)
    print("\nfailed:" if failed else "\nall passed", *failed, sep="\n  " if failed else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
