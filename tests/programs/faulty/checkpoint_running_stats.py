"""Saves a generator and restores it for serving."""
import io

import torch
from torch import nn


def make_generator(track):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.InstanceNorm2d(8, affine=True, track_running_stats=track),
        nn.ReLU(),
        nn.Conv2d(8, 3, 3, padding=1),
        nn.Tanh(),
    )


torch.manual_seed(0)
trained = make_generator(track=True)
for _ in range(4):
    trained(torch.rand(2, 3, 32, 32))
buffer = io.BytesIO()
torch.save(trained.state_dict(), buffer)
buffer.seek(0)

state = torch.load(buffer)
restored = make_generator(track=False)
restored.load_state_dict(state)
restored.eval()
print(restored(torch.rand(1, 3, 32, 32)).shape)
