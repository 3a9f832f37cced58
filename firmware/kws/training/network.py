"""The DS-CNN small student and the residual teacher, as PyTorch modules."""
import torch
from torch import nn

CLASSES = ["silence", "unknown", "yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]


def same_padding(size, kernel, stride):
    """TensorFlow's SAME padding of one axis: (before, after)."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class DsCnn(nn.Module):
    """DS-CNN small (Zhang et al. 2017): input float[N,1,49,10] MFCC, output float[N,12] logits."""

    INPUT_SCALE = 1 / 16  # keeps conv1's inputs near unit size; folded into its weights on export

    def __init__(self, channels=64, blocks=4):
        super().__init__()
        top, bottom = same_padding(49, 10, 2)
        left, right = same_padding(10, 4, 2)
        self.pad = nn.ZeroPad2d((left, right, top, bottom))
        self.conv1 = nn.Conv2d(1, channels, (10, 4), stride=2, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.depthwise = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False) for _ in range(blocks))
        self.depthwise_norm = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(blocks))
        self.pointwise = nn.ModuleList(nn.Conv2d(channels, channels, 1, bias=False) for _ in range(blocks))
        self.pointwise_norm = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(blocks))
        self.classify = nn.Linear(channels, len(CLASSES))

    def forward(self, mfcc):
        x = torch.relu(self.norm1(self.conv1(self.pad(mfcc * self.INPUT_SCALE))))
        for dw, dw_norm, pw, pw_norm in zip(self.depthwise, self.depthwise_norm, self.pointwise,
                                            self.pointwise_norm):
            x = torch.relu(dw_norm(dw(x)))
            x = torch.relu(pw_norm(pw(x)))
        return self.classify(x.mean((2, 3)))


class Residual(nn.Module):
    """Two 3x3 convolutions with a shortcut."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


class Teacher(nn.Module):
    """Residual network on float[N,1,49,64] log-mel (0 to 8 kHz), output float[N,12] logits."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(1)
        self.body = nn.Sequential(
            nn.Conv2d(1, 32, 5, 2, 2, bias=False), nn.BatchNorm2d(32), nn.ReLU(),
            Residual(32, 32, 1), Residual(32, 64, 2), Residual(64, 64, 1), Residual(64, 128, 2))
        self.classify = nn.Sequential(nn.Dropout(0.3), nn.Linear(128, len(CLASSES)))

    def forward(self, log_mel):
        return self.classify(self.body(self.norm(log_mel)).mean((2, 3)))
