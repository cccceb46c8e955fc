import torch
from torch import nn
import torch.nn.functional as F


def log_power(wave, n_fft=64):
    spec = torch.stft(wave, n_fft, hop_length=32, window=torch.hann_window(n_fft), return_complex=True)
    power = spec.abs().square()
    return power.clamp_min(1e-6).log()


class SoundTagger(nn.Module):
    def __init__(self, tags=4):
        super().__init__()
        self.entry = nn.BatchNorm2d(1)
        self.conv = nn.Conv2d(1, 8, 3, stride=2)
        self.head = nn.Linear(8, tags)

    def forward(self, wave):
        x = self.entry(log_power(wave)[:, None])
        return self.head(self.conv(x).relu().amax((2, 3)))


def clips(n, silent=False):
    wave = torch.randn(n, 1024)
    if silent:
        wave[0, 300:700] = 0
    return wave, torch.randint(0, 4, (n,))


def main():
    torch.manual_seed(0)
    model = SoundTagger()
    opt = torch.optim.Adam(model.parameters())
    for step in range(40):
        wave, tag = clips(16, silent=step == 20)
        loss = F.cross_entropy(model(wave), tag)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        if step % 10 == 0:
            print(step, loss.item())


if __name__ == "__main__":
    main()
