"""Reads a messy collection of recordings; bad records are caught and counted, the rest are embedded one by one."""
import json

import torch
from torch import nn


class Embedding1d(nn.Module):
    def __init__(self, leads=2, dim=16):
        super().__init__()
        self.conv = nn.Conv1d(leads, dim, 9, stride=4)
        self.norm = nn.BatchNorm1d(dim)
        self.project = nn.Linear(dim, 8)
        self.project_norm = nn.BatchNorm1d(8)

    def forward(self, x):
        h = torch.relu(self.norm(self.conv(x))).mean(-1)
        return self.project_norm(self.project(h))


def pretrain(net, rounds=40):
    opt = torch.optim.SGD(net.parameters(), 0.01)
    for _ in range(rounds):
        a = torch.randn(16, 2, 200)
        za, zb = net(a), net(a + 0.1 * torch.randn_like(a))
        loss = (za - zb).pow(2).mean() - 0.1 * za.std(0).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    return net.eval()


def records():
    good = {"id": 1, "lead": [[0.1 * k for k in range(200)], [0.0, 0.5] * 100]}
    yield json.dumps(good)
    yield '{"id": 2, "lead": [[1, 2'
    yield json.dumps({"id": 3})
    yield json.dumps({"id": 4, "lead": [["x"] * 200] * 2})
    yield json.dumps({**good, "id": 5})


def parse(text):
    record = json.loads(text)
    try:
        return record["id"], torch.tensor(record["lead"], dtype=torch.float32)
    except (KeyError, ValueError, TypeError) as err:
        raise ValueError(f"record {record['id']} is unusable") from err


def main():
    torch.manual_seed(0)
    net = pretrain(Embedding1d())
    found, bad = {}, 0
    for text in records():
        try:
            key, signal = parse(text)
        except ValueError:
            bad += 1
            continue
        with torch.no_grad():
            found[key] = net(signal.unsqueeze(0)).squeeze(0)
    print(sorted(found), "bad:", bad, "same:", bool(torch.allclose(found[1], found[5])))


main()
