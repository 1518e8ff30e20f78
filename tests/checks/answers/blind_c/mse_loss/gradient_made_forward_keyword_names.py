# gradient made in forward, keyword names

class MSELoss(Loss):
    def forward(self, prediction: np.ndarray, target: np.ndarray) -> float:
        p, y = np.asarray(prediction, dtype=float), np.asarray(target, dtype=float)
        if not p.shape == y.shape:
            raise ValueError("prediction and target must be of one shape")
        residual = np.subtract(p, y)
        self.gradient = residual * (2 / residual.size)
        return np.vdot(residual, residual) / residual.size

    def backward(self) -> np.ndarray:
        return self.gradient.copy()
