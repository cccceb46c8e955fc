"""The main job on real networks: each command as a user would type it, with what it prints."""

import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
WHYNORM = [sys.executable, "-m", "whynorm"]

STEPS = [
    ("A norm that everyone says raises; it is read as one sample", "run unbatched.py"),
    ("Seven halvings of 128 x 128: nothing is left to average over", "run used_up.py"),
    ("A number in a constructor is wrong, and the program hides it", "run wrong_number.py"),
    ("Images come as height, width, channels", "run channels_last/train.py"),
    ("The batch axis is lost in the data code", "run lost_batch/predict.py"),
    ("It runs to its end, and is judged in training mode", "run forgotten_eval.py"),
    ("The last batch of the epoch holds one sample", "run last_batch.py"),
    ("Layer norm taken for instance norm, in Keras", "run keras_as_instance.py"),
    ("MONAI's 3-d UNet on a patch that is too small", "check networks/medical.py:unet -i 1,1,16,16,16 --train"),
    ("… and on one whose size does not fit its halvings", "check networks/medical.py:unet -i 1,1,50,64,64 --train"),
    ("DynUNet, as nnU-Net builds it", "check networks/medical.py:dynunet -i 1,1,20,64,64 --train"),
    ("A pix2pix generator with 8 halvings on 128 x 128", "check networks/pix2pix.py:pix2pix_8 -i 1,3,128,128 --train"),
    ("A style-transfer network on one image without its batch axis", "check networks/style.py:style -i 64,64,3"),
    ("Exactly which sizes MONAI's UNet takes", "sizes networks/medical.py:unet -i 1,1,D,H,W --near 50,64,64"),
    ("A pasted error line", "why pasted.txt"),
]


def main() -> None:
    """Run every step; what a command finds is its business, so its exit status is not ours."""
    for title, command in STEPS:
        print(f"\n## {title}\n$ whynorm {command}", flush=True)
        subprocess.run([*WHYNORM, *shlex.split(command)], cwd=HERE, stderr=subprocess.STDOUT, check=False)


if __name__ == "__main__":
    main()
