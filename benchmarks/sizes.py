"""What `sizes` costs, as a multiple of one bare abstract forward of the same network, in processor time."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "networks"))

import cyclegan
import medical
import pix2pix

import whynorm
from whynorm.sizing.question import ask
from whynorm.sizing.torch_runs import TorchRunner

NETWORKS = (
    ("MONAI UNet, three unknowns", medical.unet, "1,1,D,H,W", 400),
    ("pix2pix, two unknowns", pix2pix.pix2pix_8, "1,3,H,W", 200),
    ("CycleGAN, two unknowns", cyclegan.cyclegan_9, "1,3,H,W", 200),
)


def main() -> None:
    """Print a line for each network."""
    for name, make, text, budget in NETWORKS:
        model, question = make(), ask([text])
        runner = TorchRunner(model, question, None)
        usual = dict.fromkeys(question.letters, 256 if len(question.letters) == 2 else 64)
        runner.run(usual)
        begin = time.process_time()
        for _ in range(5):
            runner.run(usual)
        forward = (time.process_time() - begin) / 5
        begin = time.process_time()
        whynorm.sizes(model, text)
        print(f"{name}: {(time.process_time() - begin) / forward:.0f} forwards (at most {budget})", flush=True)


if __name__ == "__main__":
    main()
