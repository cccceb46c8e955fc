"""A thread takes images from a queue; an image of another size ends it."""
import queue
import threading

import torch
from torch import nn

jobs = queue.Queue()
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.InstanceNorm2d(4, affine=True), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))


def work():
    while (image := jobs.get()) is not None:
        model(image)


thread = threading.Thread(target=work, name="images")
thread.start()
jobs.put(torch.randn(2, 1, 28, 28))
jobs.put(torch.randn(2, 1, 32, 32))
jobs.put(None)
thread.join()
print("done")
