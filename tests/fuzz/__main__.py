"""Every long test, one after the other, each with its progress bar; the exit status is 1 if one of them failed.

    python -m tests.fuzz [WORD …]

runs those with one of the words in their command, all without.
"""

import argparse
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
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Run the long tests.")
    parser.add_argument("words", nargs="*", metavar="WORD", help="run only those with such a word in their command")
    words = parser.parse_args().words
    failed = []
    for run in (run for run in RUNS if not words or any(word in run for word in words)):
        print(f"\n## {run}", flush=True)
        if subprocess.run([sys.executable, "-m", *run.split()], check=False).returncode:
            failed.append(run)
    print("\nfailed:" if failed else "\nall passed", *failed, sep="\n  " if failed else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
