# own subclass of ValueError, expanded square, a private name, options by name only

class WrongShape(ValueError):
    pass


class MSELoss(Loss):
    def __init__(self, *, name="squared error"):
        self.name = name
        self.__kept = None

    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise WrongShape(self.name)
        self.__kept = prediction.copy(), target.copy()
        return float(sum((p - y) ** 2 for p, y in zip(prediction.flat, target.flat, strict=True)) / prediction.size)

    def backward(self):
        p, y = self.__kept
        return (p - y + p - y) / p.size
