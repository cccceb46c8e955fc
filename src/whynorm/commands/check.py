"""`whynorm check TARGET -i SHAPE …`: predict, without computing a forward pass."""

import argparse
import contextlib
import sys
from pathlib import Path

from whynorm.check import check_in, report_construction
from whynorm.commands import inputs
from whynorm.commands.show import show
from whynorm.errors import UsageError
from whynorm.target import ConstructionError, load, parse_input, parse_target

EXAMPLES = """\
examples:
  whynorm check 'unet.py:UNet(3, norm="instance")' -i 1,3,128,128 --train
  whynorm check train.py:make_model -i 8,3,224,224 -i 8:int64 --eval --json
  whynorm check torch.nn:InstanceNorm2d(3) -i 2,3,64

exit status: 0 no error found, 1 at least one, 2 a usage error
"""


def main(arguments: list[str]) -> int:
    """Run the command; the exit status."""
    options = _parser().parse_args(arguments)
    given, keywords = _inputs(options.input)
    target = parse_target(options.target)
    with contextlib.redirect_stdout(sys.stderr):  # what the user's own code prints is not part of the answer
        try:
            model = target if isinstance(target, Path) else load(target)
        except ConstructionError as error:
            report = report_construction(error.raised)
        else:
            report = check_in(model, given, keywords, training=inputs.training(options))
    show(report, as_json=options.json, notes=options.notes)
    doubtful = report.outcome == "unknown" or any(finding.severity == "warning" for finding in report.findings)
    return 0 if report.ok and not (options.strict and doubtful) else 1


def _inputs(texts: list[str]) -> tuple[tuple[object, ...], dict[str, object]]:
    positional: list[object] = []
    keywords: dict[str, object] = {}
    for text in texts:
        given = parse_input(text)
        value = given.shape if given.dtype is None else (given.shape, given.dtype)
        if given.keyword is None:
            positional.append(value)
        elif given.keyword in keywords:
            raise UsageError(f"the input {given.keyword!r} is given twice")
        else:
            keywords[given.keyword] = value
    return tuple(positional), keywords


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="whynorm check",
        description="Predict what a network does with a shape, by shapes alone.",
        epilog=inputs.TARGET + "\n" + EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[
            inputs.parser(
                "an input's shape, 2,3,64 or 2x3x64; name=2,3,64 for a keyword, 2,3:int64 for a dtype; once per input"
            )
        ],
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 on a warning or an unknown outcome too")
    parser.add_argument("--notes", action="store_true", help="show notes as well")
    return parser
