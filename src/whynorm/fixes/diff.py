"""A unified diff that `git apply` takes."""

import difflib
import io
import os
from pathlib import Path


def unified(files: list[tuple[str, bytes, bytes, str]]) -> str | None:
    """The diff of files given by name, old and new content, and encoding.

    Names are those seen from the current directory, without a `diff --git` line, so that `git apply` takes them from
    there in a repository and outside of one; where a file does not lie below it, from the narrowest repository or
    folder that holds them all. None where nothing differs, or where a line of another encoding than UTF-8 would have
    to be quoted.
    """
    names = _names([file for file, *_ in files])
    parts = []
    for name, (_, old, new, encoding) in zip(names, files, strict=True):
        if old != new:
            part = _one(name, old, new, encoding)
            if part is None:
                return None
            parts.append(part)
    return "".join(parts) or None


def _names(files: list[str]) -> list[str]:
    paths = [Path(os.path.realpath(file)) for file in files]
    base = Path.cwd().resolve()
    if not all(path.is_relative_to(base) for path in paths):
        base = Path(os.path.commonpath([path.parent for path in paths]))
        base = next((folder for folder in (base, *base.parents) if (folder / ".git").exists()), base)
    return [path.relative_to(base).as_posix() for path in paths]


def _one(name: str, old: bytes, new: bytes, encoding: str) -> str | None:
    for context in (3, 2, 1):
        lines = _hunks(_lines(old), _lines(new), context)
        text = b"".join(lines)
        if encoding.startswith("utf-8") or text.isascii():
            # Git reads a name with spaces up to a tab.
            end = "\t\n" if " " in name else "\n"
            return f"--- a/{name}{end}+++ b/{name}{end}" + text.decode()
    return None


def _lines(data: bytes) -> list[bytes]:
    """Lines as git counts them: a carriage return is part of its line."""
    return list(io.BytesIO(data))


def _hunks(old: list[bytes], new: list[bytes], context: int) -> list[bytes]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    lines = []
    for group in matcher.get_grouped_opcodes(context):
        first, last = group[0], group[-1]
        lines.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n".encode())
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                lines += [_marked(b" ", line) for line in old[old_from:old_to]]
            else:
                lines += [_marked(b"-", line) for line in old[old_from:old_to]]
                lines += [_marked(b"+", line) for line in new[new_from:new_to]]
    return lines


def _range(start: int, stop: int) -> str:
    """Lines counted from 1; an empty range names the line before it."""
    count = stop - start
    return f"{start + (count > 0)},{count}"


def _marked(mark: bytes, line: bytes) -> bytes:
    return mark + (line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n")
