"""What several commands take: the network, its inputs, its mode."""

import argparse

TARGET = """\
TARGET is path/to/file.py:EXPR or package.module:EXPR, where EXPR is a name or a call in that module's
namespace; or the path of an .onnx or .keras file.
"""


def parser(shape: str) -> argparse.ArgumentParser:
    """The options that these commands share; `shape` says what stands for a shape."""
    made = argparse.ArgumentParser(add_help=False)
    made.add_argument("target", metavar="TARGET", help="the network")
    made.add_argument("-i", "--input", metavar="SHAPE", action="append", default=[], help=shape)
    mode = made.add_mutually_exclusive_group()
    mode.add_argument("--train", action="store_true", help="in training mode")
    mode.add_argument("--eval", action="store_true", help="in inference mode (default: the mode the model is in)")
    made.add_argument("--json", action="store_true", help="print one JSON document")
    return made


def training(options: argparse.Namespace) -> bool | None:
    """The mode asked for; None: the one that the model is in."""
    return True if options.train else False if options.eval else None
