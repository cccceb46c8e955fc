"""The command line: one module in `commands` for each command, imported when it is called."""

import os
import sys
from importlib import import_module

from whynorm.errors import UsageError, own_fault

COMMANDS = {
    "run": "run a program as python would; where it crashes, explain",
    "why": "explain a pasted traceback or a bare error line; needs no framework",
    "check": "predict what a network does with a shape, without computing a forward pass",
    "sizes": "which input sizes work, exactly",
    "explain": "the page of one symptom or cause; without a name, the list",
}

EXAMPLES = """\
examples:
  whynorm run train.py --epochs 3
  whynorm why traceback.txt
  whynorm check 'unet.py:UNet(3)' -i 1,3,128,128 --train
  whynorm sizes 'unet.py:UNet(3)' -i 1,3,H,W
  whynorm explain one-value
"""


def main(arguments: list[str]) -> int:
    """Run one command line; the exit status. A usage error is one line on standard error, and 2."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage(), file=sys.stdout if arguments else sys.stderr)
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        from whynorm import __version__

        print(f"whynorm {__version__}")
        return 0
    name, *rest = arguments
    try:
        if name not in COMMANDS:
            raise UsageError(_unknown(name))
        status: int = import_module(f"whynorm.commands.{name}").main(rest)
        return status
    except UsageError as error:
        print(f"whynorm: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - a fault of ours is one line, never a stack trace
        print(f"whynorm: {own_fault(error)}", file=sys.stderr)
        return 2


def _unknown(name: str) -> str:
    """What to say of a command that there is not; a program's name is what `run` was left out before."""
    if os.path.isfile(name):
        verb = "run" if name.endswith(".py") else "why"
        return f"no such command: {name!r}; did you mean `whynorm {verb} {name}`?"
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    mean = f"did you mean {near[0]!r}? " if near else ""
    return f"no such command: {name!r}; {mean}the commands are {', '.join(COMMANDS)}"


def usage() -> str:
    """The help text of the whole command."""
    lines = [f"  whynorm {name:<8} {what}" for name, what in COMMANDS.items()]
    return "\n".join(
        [
            "why does this normalization layer fail, or silently do the wrong thing, and what makes it right?",
            "",
            "commands:",
            *lines,
            "",
            "`whynorm COMMAND --help` says more of each.",
            "",
            EXAMPLES,
        ]
    )
