"""Draws `docs/terminal.svg`: what `whynorm run` prints on a terminal, as it is. Run it from anywhere."""

import io
import os
import pty
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
COMMAND = "whynorm run used_up.py"


def on_a_terminal(arguments: list[str]) -> str:
    """What a program prints on a terminal, with its colours."""
    printed = bytearray()

    def read(descriptor: int) -> bytes:
        data = os.read(descriptor, 65536)
        printed.extend(data)
        return data

    pty.spawn(arguments, read)
    return printed.decode().replace("\r\n", "\n")


def main() -> None:
    """Write the picture."""
    os.chdir(ROOT / "examples")
    text = on_a_terminal([sys.executable, "-m", "whynorm", *COMMAND.split()[1:]])
    ours = text[text.index("\x1b[1;31merror") :]
    console = Console(record=True, width=120, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ {COMMAND}\n…\n{ours}"))
    drawn = re.sub(r"@font-face {.*?}\s*|<!--.*?-->\s*", "", console.export_svg(title="whynorm"), flags=re.DOTALL)
    (ROOT / "docs" / "terminal.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
