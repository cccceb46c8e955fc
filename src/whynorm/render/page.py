"""A page of the catalogue, Markdown, for a terminal."""

import inspect
import re
import textwrap
from collections.abc import Iterator

_HEADING, _CODE, _STRONG, _DIM = "1;36", "36", "1", "2"
_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")
_ITEM = re.compile(r"(\s*(?:[*-]|\d+\.) )(.*)")
_TAGS = {"fails": "fails in", "silent": "silently wrong in", "works": "works in"}
_FENCE = re.compile(r"```(\w*)\s*(.*)")


def title_of(page: str) -> str:
    """The first sentence of a page, without its full stop."""
    return inspect.cleandoc(page).split("\n\n")[0].replace("\n", " ").rstrip(".")


def render(page: str, *, colour: bool = False, width: int = 100) -> str:
    """The page broken at `width` columns; code and tables as they stand."""
    heading, _, body = page.partition("\n\n") if page.startswith("# ") else ("", "", page)
    text = "\n\n".join(part for part in (heading, inspect.cleandoc(body)) if part)
    return "\n".join(_lines(text, colour, width)) + "\n"


def _lines(text: str, colour: bool, width: int) -> Iterator[str]:
    paragraph: list[str] = []
    fenced = False
    for line in [*text.splitlines(), ""]:
        fence = _FENCE.match(line)
        if fence or fenced:
            yield from _paragraph(paragraph, colour, width)
            paragraph = []
            if fence and not fenced:
                said = fence[2]
                for tag, words in _TAGS.items():
                    said = said.replace(tag, words)
                if said:
                    yield "    " + _paint(f"# {said}", _DIM, colour)
            elif not fence:
                yield "    " + _paint(line, _CODE, colour) if line else ""
            fenced = not fenced if fence else fenced
        elif line.startswith(("#", "|")):
            yield from _paragraph(paragraph, colour, width)
            paragraph = []
            yield _paint(line.lstrip("# "), _HEADING, colour) if line.startswith("#") else _inline(line, colour)
        elif not line.strip():
            yield from _paragraph(paragraph, colour, width)
            paragraph = []
            yield ""
        elif _ITEM.match(line):
            yield from _paragraph(paragraph, colour, width)
            paragraph = [line]
        else:
            paragraph.append(line)


def _paragraph(lines: list[str], colour: bool, width: int) -> Iterator[str]:
    if not lines:
        return
    item = _ITEM.match(lines[0])
    first = item[1].replace("*", "•").replace("-", "•") if item else ""
    text = " ".join([item[2] if item else lines[0], *lines[1:]])
    text = re.sub(r"\s+", " ", text).strip()
    wrapped = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in wrapped:
        yield _inline(line, colour)


def _inline(line: str, colour: bool) -> str:
    if not colour:
        return line.replace("**", "")
    return _INLINE.sub(lambda found: _paint(found[1] or found[2], _CODE if found[1] else _STRONG, True), line)


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour and text else text
