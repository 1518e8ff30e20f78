# a dataclass; expm1 instead of np.tanh; slope as (1 - y)(1 + y)

from dataclasses import dataclass, field


@dataclass(eq=False, repr=False)
class TanH(Module):
    y: np.ndarray | None = field(default=None)

    def __post_init__(self):
        super().__init__()

    def forward(self, x):
        t = np.expm1(-2 * np.abs(x))
        self.y = -np.sign(x) * t / (2 + t)
        return self.y.copy()

    def backward(self, grad_output):
        return (1 - self.y) * (1 + self.y) * grad_output
