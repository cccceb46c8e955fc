"""`whynorm sizes TARGET -i SHAPE …`: which input sizes work, exactly."""

import argparse
import contextlib
import json
import sys
from pathlib import Path

from whynorm.check import report_construction
from whynorm.commands.show import show
from whynorm.errors import UsageError
from whynorm.render.plot import svg
from whynorm.render.sizes import data_text
from whynorm.sizing.ask_model import sizes_in
from whynorm.sizing.data import entries, judged
from whynorm.sizing.found import Sizes
from whynorm.sizing.question import Question, ask, parse_range
from whynorm.target import ConstructionError, load, parse_target

EXAMPLES = """\
examples:
  whynorm sizes 'unet.py:UNet(3)' -i 1,3,H,W
  whynorm sizes unet.py:make_model -i N,3,64,64 --train
  whynorm sizes unet.py:make_model -i 1,1,D,H,W --near 50,64,64
  whynorm sizes unet.py:make_model -i 1,1,D,H,W --data 'imagesTr/*.nii.gz'
  whynorm sizes unet.py:make_model -i 1,3,H,W --range H=1..4096 --json

A letter is an unknown, from 1 to 1024 unless --range says otherwise; the same letter twice is the same unknown.
exit status: 0 the sizes were found, 1 no size works or they could not be found, 2 a usage error
"""


def main(arguments: list[str]) -> int:
    """Run the command; the exit status."""
    options = _parser().parse_args(arguments)
    question = ask(options.input, None, dict(parse_range(text) for text in options.range))
    near = _near(options.near, question) if options.near is not None else None
    if options.plot is not None and len(question.letters) != 2:
        raise UsageError(f"--plot draws two unknowns; here they are {', '.join(question.letters)}")
    target = parse_target(options.target)
    training = True if options.train else False if options.eval else None
    with contextlib.redirect_stdout(sys.stderr):  # what the user's own code prints is not part of the answer
        try:
            model = target if isinstance(target, Path) else load(target)
        except ConstructionError as error:
            show(report_construction(error.raised), as_json=options.json, notes=False)
            return 1
        found = sizes_in(model, question, training=training)
    if near is not None:
        found.near(near)
    if options.plot is not None:
        try:
            Path(options.plot).write_text(svg(found), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {options.plot!r}: {error.strerror}") from None
    if options.data is not None:
        return _data(found, options)
    _show(found, as_json=options.json)
    return 0 if found.exact and found.conditions != ("False",) else 1


def _data(found: Sizes, options: argparse.Namespace) -> int:
    """The files that would fail; 1 if there is one."""
    verdicts = judged(found, entries(options.data, options.dask))
    refused, total = [], 0
    for verdict in verdicts:
        total += 1
        if not verdict.accepted:
            refused.append(verdict)
    if options.json:
        document = {**found.to_dict(), "data": {"files": total, "refused": [one._asdict() for one in refused]}}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        print(data_text(found, refused, total), end="")
    return 1 if refused else 0


def _near(text: str, question: Question) -> dict[str, int]:
    sizes = [part.strip() for part in text.replace("x", ",").split(",")]
    if len(sizes) != len(question.letters) or not all(size.isdecimal() for size in sizes):
        raise UsageError(f"--near wants a size for each of {', '.join(question.letters)}, as in --near 250,250")
    return {letter: int(size) for letter, size in zip(question.letters, sizes, strict=True)}


def _show(found: Sizes, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n")
    else:
        print(found, end="")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="whynorm sizes",
        description="Which input sizes a network takes, exactly.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", metavar="TARGET", help="the network: path/to/file.py:EXPR or package.module:EXPR")
    parser.add_argument(
        "-i",
        "--input",
        metavar="SHAPE",
        action="append",
        default=[],
        help="an input's shape with letters for unknown sizes: 1,3,H,W; name=1,T:int64 for a keyword or a dtype",
    )
    parser.add_argument(
        "--range", metavar="H=1..4096", action="append", default=[], help="the sizes to decide on for a letter"
    )
    parser.add_argument("--near", metavar="SIZES", help="say what is nearest to these sizes, in the letters' order")
    parser.add_argument(
        "--data", metavar="FILES", help="a pattern, folder or address of files, a list of shapes as CSV, or - for stdin"
    )
    parser.add_argument("--plot", metavar="FILE.svg", help="draw the map of two unknowns")
    parser.add_argument("--dask", metavar="ADDRESS", help="have the workers of this Dask scheduler read the headers")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--train", action="store_true", help="in training mode")
    mode.add_argument("--eval", action="store_true", help="in inference mode (default: the mode the model is in)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser
