# a dataclass that keeps the slope (1 - y)(1 + y), not the output

from dataclasses import dataclass


@dataclass
class TanH(Module):
    label: str = "hyperbolic tangent"

    def __post_init__(self):
        super().__init__()

    def forward(self, x):
        y = np.tanh(x)
        self.slope = (1 - y) * (1 + y)
        return y

    def backward(self, grad_output):
        return self.slope * grad_output
