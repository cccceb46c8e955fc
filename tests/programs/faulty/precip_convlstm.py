"""Rain nowcasting, ConvLSTM with layer normalised gates. Trained on 32 x 32 cut-outs of the radar."""
import torch
import torch.nn as nn


class ConvLSTMCell(nn.Module):
    def __init__(self, cin, hidden, height, width):
        super().__init__()
        self.hidden = hidden
        self.gates = nn.Conv2d(cin + hidden, 4 * hidden, 3, padding=1)
        self.norm = nn.LayerNorm([4 * hidden, height, width])

    def forward(self, x, state):
        h, c = state
        i, f, o, g = self.norm(self.gates(torch.cat([x, h], 1))).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, c


class Nowcaster(nn.Module):
    def __init__(self, grid, hidden=8):
        super().__init__()
        self.cell = ConvLSTMCell(1, hidden, *grid)
        self.out = nn.Conv2d(hidden, 1, 1)

    def forward(self, frames, steps):
        b, t, _, h, w = frames.shape
        state = tuple(frames.new_zeros(b, self.cell.hidden, h, w) for _ in range(2))
        for k in range(t):
            state = self.cell(frames[:, k], state)
        outs = []
        for _ in range(steps):
            outs.append(self.out(state[0]))
            state = self.cell(outs[-1], state)
        return torch.stack(outs, 1)


class Radar:
    """Composite of 48 rows and 64 columns, one a five minutes."""

    shape = (48, 64)

    def __init__(self, n=10):
        self.frames = torch.rand(n, 1, *self.shape).cumsum(0) / n

    def cutout(self, size, t):
        return self.frames[:t, :, :size, :size].unsqueeze(0)

    def full(self, t):
        return self.frames[:t].unsqueeze(0)


def main():
    torch.manual_seed(2)
    radar = Radar()
    net = Nowcaster(grid=(32, 32))
    opt = torch.optim.Adam(net.parameters(), 1e-3)
    for _ in range(2):
        clip = radar.cutout(32, 8)
        loss = (net(clip[:, :5], 3) - clip[:, 5:]).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print("trained", loss.item())
    with torch.no_grad():
        print("forecast", tuple(net(radar.full(6), 4).shape))


if __name__ == "__main__":
    main()
