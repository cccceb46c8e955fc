from concurrent.futures import ThreadPoolExecutor

import torch
from torch import nn


class Worker:
    def __init__(self):
        torch.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(7, 14), nn.BatchNorm1d(14), nn.Tanh(), nn.Linear(14, 1)).eval()

    @torch.no_grad()
    def score(self, sample):
        return self.model(sample[None])


worker = Worker()
samples = torch.rand(5, 7)
with ThreadPoolExecutor(2) as pool:
    futures = [pool.submit(worker.score, s) for s in samples]
print([round(f.result().item(), 4) for f in futures])
