"""What is measured of a norm's own values while a program runs, and what its call gives when it is repeated.

Only the first calls of a norm come here, before they are made. Nothing is written to, no random number is drawn, and
no tensor is kept: numbers go into the facts.
"""

import torch

HALF = (torch.float16, torch.bfloat16)
"""The types of 16 bits."""
