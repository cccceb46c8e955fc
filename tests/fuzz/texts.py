"""Texts that are cut, torn apart, recoded and repeated: whatever comes in, one report comes out, and soon.

`python -m tests.fuzz.texts --cases 1000000`; a seed and a number name a case for good.
"""

import argparse
import io
import os
import random
import sys
import time
from collections.abc import Iterator
from multiprocessing import Pool

from tests.texts.held_out import texts
from whynorm.report import Report
from whynorm.texts.stream import pieces
from whynorm.texts.wordings import TABLES, table
from whynorm.why import why_text

SECONDS_PER_MEGABYTE = 1.0
START = 0.25
"""So many seconds are free: a busy machine takes them for nothing."""
BATCH = 200

NOISE = (
    "Traceback (most recent call last):\n",
    '  File "a.py", line 3, in forward\n',
    "    x = self.norm(x)\n",
    "During handling of the above exception, another exception occurred:\n",
    "100%|██| 3/3 [00:00<?, ?it/s]",
    *("ValueError: ", "---->", "\x1b[31m", "[rank0]: ", "> ", "E   ", "{}", "{shape}", "(((((", "[1, 1, 1, 1"),
    *("torch.Size([", "None", "\x00", "\r", "│ ❱ 3 │", "`", "**", "\ufffd"),
)


def seeds() -> list[str]:
    """What is mutated: the held-out texts, and an example of every wording."""
    return [*(text.text for text in texts()), *(row.example for name in TABLES for row in table(name))]


def mutated(rng: random.Random, whole: list[str]) -> bytes:
    """One text, changed a few times over, as bytes in some encoding."""
    text = rng.choice(whole)
    for _ in range(rng.randint(1, 5)):
        text = _changed(rng, text, whole)[:200_000]
    encoding = rng.choice(("utf-8", "utf-8", "utf-8", "utf-8", "utf-16", "utf-16-le", "latin-1", "utf-8-sig", "cp1252"))
    data = text.encode(encoding, "replace")
    if rng.random() < 0.1:
        place = rng.randrange(len(data) + 1)
        data = data[:place] + rng.randbytes(rng.randint(1, 40)) + data[place:]
    return data


def _changed(rng: random.Random, text: str, whole: list[str]) -> str:
    place = rng.randrange(len(text) + 1)
    other = rng.randrange(len(text) + 1)
    low, high = sorted((place, other))
    return rng.choice(
        (
            lambda: text[low:high],
            lambda: text[:low] + text[high:],
            lambda: text[:place] + rng.choice(NOISE) * rng.choice((1, 1, 2, 300)) + text[place:],
            lambda: text * rng.choice((2, 3, 40)),
            lambda: text[:place] + rng.choice(whole) + text[place:],
            lambda: "\n".join(_zipped(text, rng.choice(whole))),
            lambda: text.replace("\n", rng.choice((" ", "", "\r\n", "\n\n", "\\n", "\n> "))),
            lambda: text.swapcase(),
            lambda: "".join(rng.sample(list(text), len(text))),
            lambda: text[low:high] * rng.choice((50, 500)),
            lambda: "\n".join(text[at : at + 40] for at in range(0, len(text), 40)),
        )
    )()


def _zipped(one: str, other: str) -> Iterator[str]:
    lines, more = one.splitlines(), other.splitlines()
    for number in range(max(len(lines), len(more))):
        yield from (text[number] for text in (lines, more) if number < len(text))


def failure(seed: int, number: int, whole: list[str]) -> str | None:
    """What is wrong with the answer to the case of this number; None if nothing is."""
    data = mutated(random.Random(f"{seed}/{number}"), whole)
    started = time.process_time()
    try:
        report = why_text(pieces(io.BytesIO(data)))
        str(report)
        report.to_dict()
    except Exception as error:  # noqa: BLE001  the test is that there is none
        return f"{number}: {type(error).__name__}: {error}"
    seconds = time.process_time() - started
    if seconds > START + SECONDS_PER_MEGABYTE * len(data) / 1e6:
        return f"{number}: {seconds:.2f} s for {len(data)} bytes"
    return _nonsense(number, report)


def _nonsense(number: int, report: Report) -> str | None:
    for finding in report.findings:
        if not finding.message.strip() or finding.raised is None:
            return f"{number}: a finding without words: {finding}"
        if len({cause.cause for cause in finding.causes}) != len(finding.causes):
            return f"{number}: a cause is told twice: {finding}"
    return None


def _batch(job: tuple[int, int, int]) -> tuple[int, list[str]]:
    seed, start, count = job
    whole = seeds()
    found = [wrong for number in range(start, start + count) if (wrong := failure(seed, number, whole)) is not None]
    return count, found


def main() -> int:
    """Ask as many cases as wanted, on all processors; 1 if an answer is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.texts", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    jobs = [(asked.seed, start, min(BATCH, asked.cases - start)) for start in range(0, asked.cases, BATCH)]
    done, wrong, started = 0, 0, time.monotonic()
    with Pool(asked.processes) as pool:
        for count, found in pool.imap_unordered(_batch, jobs):
            done += count
            wrong += len(found)
            for text in found[:3]:
                print(f"\r{text[:400]}", flush=True)
            rate = done / max(1e-9, time.monotonic() - started)
            filled = 30 * done // asked.cases
            bar = "█" * filled + "·" * (30 - filled)
            print(f"\r{bar} {done}/{asked.cases}  {rate:.0f}/s  {wrong} wrong", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"texts: {wrong} of {done} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
