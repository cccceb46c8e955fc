import argparse
from pathlib import Path

import torch
import yaml

from network import Perceptron


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", default=Path(__file__).with_name("config.yaml"))
    parser.add_argument("--epochs", type=int, default=2)
    return parser.parse_args()


def main():
    args = parse()
    config = yaml.safe_load(Path(args.config).read_text())
    torch.manual_seed(config["seed"])
    model = Perceptron(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=config["lr"])
    x = torch.randn(40, config["inputs"])
    targets = [torch.randint(0, n, (40,)) for n in config["classes"]]
    for epoch in range(args.epochs):
        losses = [torch.nn.functional.cross_entropy(out, t) for out, t in zip(model(x), targets)]
        optimizer.zero_grad()
        sum(losses).backward()
        optimizer.step()
        print(epoch, [round(v.item(), 3) for v in losses])


if __name__ == "__main__":
    main()
