import numpy as np
import torch
import torch.nn as nn


def prepare(image):
    tensor = torch.tensor(image).float().unsqueeze(0)
    return tensor / 127.5 - 1


def restore(network, images):
    results = []
    for image in images:
        with torch.no_grad():
            out = network(prepare(image))
        results.append(out.squeeze(0).numpy())
    return results


torch.manual_seed(0)
network = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.InstanceNorm2d(12), nn.PReLU(), nn.Conv2d(12, 3, 3, padding=1))
images = np.random.default_rng(0).integers(0, 255, (3, 24, 30, 3))
print(len(restore(network, images)))
