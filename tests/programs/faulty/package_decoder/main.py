from data import volumes
from models import Autoencoder
from settings import SETTINGS

import torch


def main():
    torch.manual_seed(SETTINGS["seed"])
    model = Autoencoder(SETTINGS)
    optimizer = torch.optim.Adam(model.parameters(), lr=SETTINGS["lr"])
    for batch in volumes(SETTINGS):
        loss = torch.nn.functional.mse_loss(model(batch), batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("loss", round(loss.item(), 5))


if __name__ == "__main__":
    main()
