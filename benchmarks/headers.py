"""What reading the headers of image files costs, as a multiple of opening each and reading its first kilobyte.

`python -m benchmarks.headers [--files 100000]`. A third are PNG, a third JPEG, a third JPEG as cameras write it, with a
thumbnail before the frame header. The files are warm, so what is measured is the work and not the disk.
"""

import argparse
import io
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from whynorm.data import entries
from whynorm.data.headers import header_of

_KILOBYTE = 1024
_EACH = 1000
"""Files in one folder."""
_BUDGET = 2.0


def images() -> list[tuple[str, bytes]]:
    """Some images of several sizes and modes: ending and content."""
    chance, found = random.Random(0), []
    for number in range(60):
        mode = ("RGB", "L", "RGB", "RGBA" if number % 3 == 0 else "RGB")[number % 4]
        image = Image.new(mode, (chance.randint(32, 640), chance.randint(32, 480)))
        file = io.BytesIO()
        if number % 3 == 0:
            image.save(file, "PNG")
        elif number % 3 == 1:
            image.save(file, "JPEG")
        else:
            image.save(file, "JPEG", exif=b"Exif\0\0" + bytes(chance.randint(2000, 12_000)))
        found.append(("png" if number % 3 == 0 else "jpg", file.getvalue()))
    return found


def written(folder: Path, number: int) -> list[str]:
    """So many files in folders of a thousand; their names."""
    kinds, names = images(), []
    for at in range(number):
        inside = folder / f"{at // _EACH:04}"
        if at % _EACH == 0:
            inside.mkdir()
        ending, content = kinds[at % len(kinds)]
        name = inside / f"{at:07}.{ending}"
        name.write_bytes(content)
        names.append(str(name))
    return names


def kilobytes(names: list[str]) -> None:
    """Open each and read its first kilobyte."""
    for name in names:
        with open(name, "rb", buffering=0) as file:
            file.read(_KILOBYTE)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> None:
    """Print a line for the headers alone, and one for a folder with all that is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="headers"))
    try:
        names = written(folder, options.files)
        rounds = []
        for _ in range(3):
            bare = seconds(lambda: kilobytes(names))
            headers = seconds(lambda: [header_of(name) for name in names])
            whole = seconds(lambda: list(entries(str(folder))))
            rounds.append((headers / bare, whole / bare, bare))
        ratio, whole, bare = sorted(rounds)[1]
        print(f"{options.files} image files, {bare:.2f} s to read a kilobyte of each: their headers take {ratio:.2f} "
              f"times as long (at most {_BUDGET:g}), found in their folder and listed {whole:.2f} times")  # fmt: skip
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
