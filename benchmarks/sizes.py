"""What `sizes` costs, as a multiple of one bare abstract forward of the same network, in processor time."""

import copy
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "networks"))

import cyclegan
import medical
import pix2pix
import torch

import whynorm

NETWORKS = (
    ("MONAI UNet, three unknowns", medical.unet, "1,1,D,H,W", (1, 1, 64, 64, 64), 400),
    ("pix2pix, two unknowns", pix2pix.pix2pix_8, "1,3,H,W", (1, 3, 256, 256), 200),
    ("CycleGAN, two unknowns", cyclegan.cyclegan_9, "1,3,H,W", (1, 3, 256, 256), 200),
)


def forward(model: Any, shape: tuple[int, ...]) -> float:
    """Processor seconds of one forward on abstract tensors, with nothing of ours around it: the best of several."""
    bare, image = copy.deepcopy(model).to("meta"), torch.empty(shape, device="meta")
    times = []
    with torch.no_grad():
        for _ in range(8):
            begin = time.process_time()
            bare(image)
            times.append(time.process_time() - begin)
    return min(times)


def main() -> None:
    """Print a line for each network."""
    whynorm.sizes(torch.nn.Conv2d(1, 1, 3), "1,1,H,W")  # what torch imports once is not counted
    for name, make, text, shape, budget in NETWORKS:
        model = make()
        bare = forward(model, shape)
        begin = time.process_time()
        whynorm.sizes(model, text)
        print(f"{name}: {(time.process_time() - begin) / bare:.0f} forwards (at most {budget})", flush=True)


if __name__ == "__main__":
    main()
