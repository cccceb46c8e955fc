"""`whynorm sizes TARGET -i SHAPE …`: which input sizes work, exactly."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from whynorm.check import report_construction
from whynorm.commands import inputs
from whynorm.commands.progress import patience, watched
from whynorm.commands.show import put, show
from whynorm.data import entries
from whynorm.errors import UsageError
from whynorm.render.data import render as render_data
from whynorm.render.plot import svg
from whynorm.sizing.ask_model import sizes_in
from whynorm.sizing.data import Matched, judged, match, widened
from whynorm.sizing.found import Sizes
from whynorm.sizing.matching import layout_of
from whynorm.sizing.question import Question, ask, parse_range
from whynorm.target import ConstructionError, load, parse_target

EXAMPLES = """\
examples:
  whynorm sizes 'unet.py:UNet(3)' -i 1,3,H,W
  whynorm sizes unet.py:make_model -i N,3,64,64 --train
  whynorm sizes unet.py:make_model -i 1,1,D,H,W --near 50,64,64
  whynorm sizes unet.py:make_model -i 1,3,H,W --range H=1..4096 --json
  whynorm sizes unet.py:make_model -i 1,1,D,H,W --data 'imagesTr/*.nii.gz'
  whynorm sizes unet.py:make_model -i 1,3,H,W --data s3://bucket/images --dask tcp://scheduler:8786

A letter is an unknown, from 1 to 1024 unless --range says otherwise; the same letter twice is the same unknown.
--data reads headers only, of images, NIfTI, DICOM (the slices of a series are one volume), .npy, .npz, Zarr, HDF5. The
axes of a file are those of the input in their order, without batch, and without channels where it has none.
exit status: 0 the sizes were found, and all files fit; 1 not so, 2 a usage error
"""


def main(arguments: list[str]) -> int:
    """Run the command; the exit status."""
    options = _parser().parse_args(arguments)
    ranges = dict(parse_range(text) for text in options.range)
    question = ask(options.input, None, ranges)
    near = _near(options.near, question) if options.near is not None else None
    axes = _axes(options.axes, question) if options.axes is not None else None
    if options.plot is not None and len(question.letters) != 2:
        raise UsageError(f"--plot draws two unknowns; here they are {', '.join(question.letters)}")
    target = parse_target(options.target)
    files: list[Matched] | None = None
    if options.data is not None:
        files = _files(options.data, question, axes, options.dask)
        question = widened(question, files, ranges)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # else TensorFlow logs each size that is tried and refused
    with contextlib.redirect_stdout(sys.stderr):  # what the user's own code prints is not part of the answer
        try:
            model = target if isinstance(target, Path) else load(target)
        except ConstructionError as error:
            show(report_construction(error.raised), as_json=options.json, notes=False)
            return 1
        with patience("asking the network") as progress:
            found = sizes_in(model, question, training=inputs.training(options), progress=progress)
    if near is not None:
        found.near(near)
    if options.plot is not None:
        try:
            Path(options.plot).write_text(svg(found), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {options.plot!r}: {error.strerror}") from None
    if files is not None:
        return _data(found, files, as_json=options.json)
    put(_document(found.to_dict()) if options.json else str(found))
    return 0 if found.exact and found.conditions != ("False",) else 1


def _files(
    sources: Sequence[str], question: Question, axes: Sequence[str] | None, scheduler: str | None
) -> list[Matched]:
    """The files' sizes, by their headers."""
    volumes = len(layout_of(question).spatial) == 3
    listed = (entry for source in sources for entry in entries(source, volumes=volumes, scheduler=scheduler))
    return list(match(question, watched(listed, "headers read"), axes))


def _data(found: Sizes, files: Sequence[Matched], *, as_json: bool) -> int:
    """The files that would fail; 1 if there is one."""
    verdicts = list(watched(judged(found, files), "files judged"))
    refused = [verdict for verdict in verdicts if not verdict.accepted]
    if as_json:
        told = [{"name": one.name, "channels": one.channels} for one in verdicts if one.channels is not None]
        data = {"files": len(verdicts), "refused": [one.to_dict() for one in refused], "other_channels": told}
        put(_document({**found.to_dict(), "data": data}))
    else:
        put(render_data(found, verdicts))
    return 1 if refused else 0


def _document(document: dict[str, object]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _axes(text: str, question: Question) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    missing = [x for x in question.letters if x not in names and x not in (layout_of(question).sizes[0], "C")]
    if missing:
        raise UsageError(
            f"--axes names each axis of the files in their order, as in --axes H,W,C; {missing[0]} is missing"
        )
    return names


def _near(text: str, question: Question) -> dict[str, int]:
    sizes = [part.strip() for part in text.replace("x", ",").split(",")]
    if len(sizes) != len(question.letters) or not all(size.isdecimal() for size in sizes):
        raise UsageError(f"--near wants a size for each of {', '.join(question.letters)}, as in --near 250,250")
    return {letter: int(size) for letter, size in zip(question.letters, sizes, strict=True)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="whynorm sizes",
        description="Which input sizes a network takes, exactly.",
        epilog=inputs.TARGET + "\n" + EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[
            inputs.parser(
                "an input's shape with letters for unknown sizes: 1,3,H,W; name=1,T:int64 for a keyword or a dtype"
            )
        ],
    )
    parser.add_argument(
        "--range", metavar="H=1..4096", action="append", default=[], help="the sizes to decide on for a letter"
    )
    parser.add_argument("--near", metavar="SIZES", help="say what is nearest to these sizes, in the letters' order")
    parser.add_argument("--plot", metavar="FILE.svg", help="draw the map of two unknowns")
    parser.add_argument(
        "--data",
        metavar="FILES",
        nargs="+",
        help="hold files against it: patterns, folders, addresses (s3://, gs://, https://), lists of shapes "
        "(.csv, .txt), or - for a list on stdin",
    )
    parser.add_argument(
        "--axes", metavar="H,W,C", help="the axes of the files, where they are not in the input's order"
    )
    parser.add_argument("--dask", metavar="ADDRESS", help="have the workers of this Dask scheduler read the headers")
    return parser
