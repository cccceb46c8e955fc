"""What terminals, loggers, mails and chats put around a line, taken off again."""

import re

_ESCAPES = r"\x1b(?:\[[0-9;:?]{0,20}[ -/]?[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[@-Z\\-_=>])"
_LINK = r"\[([^\[\]\n]{1,300})\]\((?:https?|file|vscode)[^)\n]{1,300}\)"
_STAMP = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_PREFIX = (
    r"\s{0,40}(?:"
    r"\[?(?:rank|worker|proc|local_rank|process)[ =:_-]?\d{1,5}\]?\s?:"  # [rank1]:
    r"|\[\d{1,3},\d{1,4}\]<std(?:err|out)>:"  # horovod, mpirun
    r"|\[default\d{0,3}\]:|\d{1,4}: (?=\s{0,8}(?:File|Traceback|\w+Error))"
    rf"|{_STAMP} (?:std(?:err|out) [FP] )"  # kubernetes
    rf"|{_STAMP}(?:\s|$)"
    r"|\[\d\d?/\w{2,9}/?\d{0,4}[^\]\n]{0,20}\](?= )"
    r"|[\w.-]{1,60}(?:-\d{1,4}){0,2}\s{1,8}\| "  # docker compose
    r"|\((?:[\w.]{1,40} )?(?:pid|ip)=[^)\n]{1,60}\)"  # ray
    r"|(?:&gt;|>)(?!>>)(?= |$|>|&gt;)"  # mail; never the prompt
    r"|[│┃║](?= |$)|\|(?= |$)"  # boxes, exception groups
    r"|E(?=  )"  # pytest
    r"|\+(?: \||-\+)"
    r")"
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&"))
_QUOTES = str.maketrans(
    {
        "‘": "'", "’": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "\xa0": " ", "\u200b": None, "\ufeff": None,
        "\x00": None, "\u2028": "\n", "×": "x", "⋅": None, "…": "...", "−": "-", "–": "-",
    }
)  # fmt: skip
_STARTS = frozenset("[0123456789>|│┃║E+(&r")
LONGEST = 4000
"""What stands on one line beyond this many characters is left out."""


def cleaned(text: str) -> str:
    """The text in plain characters: without colours, with one line for each state of a progress bar."""
    if "\x1b" in text:
        text = re.sub(_ESCAPES, "", text)
    if not text.isascii() or "\x00" in text:
        text = text.translate(_QUOTES)
    if "&" in text:
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\\_" in text:
        text = text.replace("\\_", "_")
    if "\\n" in text:
        text = _unescaped(text)
    if "](" in text:
        text = re.sub(_LINK, r"\1", text)
    return text.replace("`", "") if "`" in text else text


def _unescaped(text: str) -> str:
    """A traceback inside of a JSON text has its line ends written as two characters."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.startswith('{"log":'):  # Docker's own files
            lines[number] = _plain(line[7:].lstrip()[1:].rpartition('"stream"')[0].rstrip(', "')).rstrip("\n")
        elif "\\n" in line and ("Traceback" in line or line.count("\\n") > 2 or line.lstrip().startswith('{"')):
            lines[number] = _plain(line)
    return "\n".join(lines)


def _plain(text: str) -> str:
    for written, meant in (("\\r", ""), ("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\u003c", "<"), ("\\u003e", ">")):
        text = text.replace(written, meant)
    return text.replace("\\\\", "\\")


def bare(line: str) -> str:
    """A line without what stands in front of it: a quote's mark, a time, a rank, the edge of a box."""
    if len(line) > LONGEST:
        line = line[:LONGEST]
    line = line.rstrip()
    for _ in range(4):
        if not _may_have_prefix(line):
            break
        found = re.match(_PREFIX, line)
        if found is None or found.end() == 0:
            break
        line = line[found.end() :].rstrip(" \t│┃║")
    if line.startswith("**") or line.endswith("**"):  # Markdown's bold
        line = line.strip("*")
    return line


def _may_have_prefix(line: str) -> bool:
    """Whether anything stands in front that `_PREFIX` knows; cheap, for every line is asked."""
    head = line.lstrip()
    return (
        head[:1] in _STARTS
        or head[:5].lower() in ("rank ", "rank_", "rank0", "worke", "proce", "local")
        or " | " in line[:90]
    )
