"""`python -m whynorm`, and the console script."""

import sys


def main() -> int:
    """Run the command line that the process was given; the exit status."""
    from whynorm.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
