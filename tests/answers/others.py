"""Wrong answers by somebody who had not seen the checks, and did not write them.

They were asked for classes that keep the contract but for one mistake, "subtle ones that a gradient
check would miss", and for a word that a good message would have in it.
"""

#: Kind, what is wrong, a pattern for the cause, source.
OTHERS = [
    ("linear", "Gradient arrays are replaced instead of added in place", "in place|same array|new array", '''
class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        rng = np.random.default_rng(rng)
        std = 5 / 3 * np.sqrt(2 / (in_features + out_features))
        self.params["weight"] = std * rng.standard_normal((in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        self.grads["weight"] = np.zeros((in_features, out_features))
        self.grads["bias"] = np.zeros(out_features)
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] = self.grads["weight"] + self.x.T @ grad_output
        self.grads["bias"] = self.grads["bias"] + grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
'''),
    ("linear", "Backward uses a transposed weight copied at construction", "current|copy|stale", '''
class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        rng = np.random.default_rng(rng)
        std = 5 / 3 * np.sqrt(2 / (in_features + out_features))
        weight = std * rng.standard_normal((in_features, out_features))
        self.params = {"weight": weight, "bias": np.zeros(out_features)}
        self.grads = {"weight": np.zeros_like(weight), "bias": np.zeros(out_features)}
        # contiguous, so that the product in backward is faster
        self.weight_T = weight.T.copy()
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.weight_T
'''),
    ("linear", "Bias gradient is overwritten, only weight gradient accumulates", "add|accumul|overwr", '''
class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        rng = np.random.default_rng(rng)
        std = 5 / 3 * np.sqrt(2 / (in_features + out_features))
        self.params["weight"] = rng.normal(0, std, (in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        for name in self.params:
            self.grads[name] = np.zeros_like(self.params[name])
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        np.sum(grad_output, axis=0, out=self.grads["bias"])
        return grad_output @ self.params["weight"].T
'''),
    ("linear", "Output buffer is reused, second forward overwrites first output", "buffer|earlier output|overwr", '''
class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        rng = np.random.default_rng(rng)
        std = 5 / 3 * np.sqrt(2 / (in_features + out_features))
        self.params["weight"] = std * rng.standard_normal((in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        self.grads["weight"] = np.zeros((in_features, out_features))
        self.grads["bias"] = np.zeros(out_features)
        self.x = None
        self.y = None

    def forward(self, x):
        self.x = x
        if self.y is None or len(self.y) != len(x):
            self.y = np.empty((len(x), self.out_features))
        np.matmul(x, self.params["weight"], out=self.y)
        self.y += self.params["bias"]
        return self.y

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
'''),
    ("linear", "Seed 0 counts as no seed, weights differ", "seed|rng|reproduc", '''
class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        rng = np.random.default_rng(rng or None)
        std = 5 / 3 * np.sqrt(2 / (in_features + out_features))
        weight = std * rng.standard_normal((in_features, out_features))
        bias = np.zeros(out_features)
        self.params = {"weight": weight, "bias": bias}
        self.grads = {"weight": np.zeros_like(weight), "bias": np.zeros_like(bias)}
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
'''),
    ("linear", "Bias is an integer array that cannot take updates", "dtype|integer|float", '''
class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        rng = np.random.default_rng(rng)
        std = 5 / 3 * np.sqrt(2 / (in_features + out_features))
        weight = std * rng.standard_normal((in_features, out_features))
        bias = np.full(out_features, 0)
        self.params = {"weight": weight, "bias": bias}
        self.grads = {"weight": np.zeros(weight.shape), "bias": np.zeros(bias.shape)}
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
'''),
    ("tanh", "Formula with exponentials overflows to nan for large inputs", "overflow|large|nan", '''
class TanH(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        up, down = np.exp(x), np.exp(-x)
        self.y = (up - down) / (up + down)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.y**2)
'''),
    ("tanh", "Backward multiplies the incoming gradient in place", "in place|grad_output|chang", '''
class TanH(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad_output):
        grad_output *= 1 - self.y**2
        return grad_output
'''),
    ("tanh", "Forward writes the result over its own input", "input|in place|overwr", '''
class TanH(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        self.y = np.tanh(x, out=x)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.y * self.y)
'''),
    ("tanh", "Backward squares the kept output, second backward wrong", "twice|second|kept", '''
class TanH(Module):
    def __init__(self):
        super().__init__()
        self.slope = None

    def forward(self, x):
        y = np.tanh(x)
        self.slope = y.copy()
        return y

    def backward(self, grad_output):
        self.slope *= self.slope
        np.subtract(1, self.slope, out=self.slope)
        return grad_output * self.slope
'''),
    ("tanh", "Stretched sigmoid of x instead of 2x, consistent derivative", "[Tt]an[Hh]|value|steep", '''
class TanH(Module):
    def __init__(self):
        super().__init__()
        self.s = None

    def forward(self, x):
        # tanh is a sigmoid that goes from -1 to 1
        with np.errstate(over="ignore"):
            self.s = 1 / (1 + np.exp(-x))
        return 2 * self.s - 1

    def backward(self, grad_output):
        return grad_output * 2 * self.s * (1 - self.s)
'''),
    ("tanh", "Output is kept in the class, shared by layers", "shared|another|instance", '''
class TanH(Module):
    y = None

    def forward(self, x):
        TanH.y = np.tanh(x)
        return TanH.y

    def backward(self, grad_output):
        return grad_output * (1 - TanH.y**2)
'''),
    ("sigmoid", "Stable two-branch formula forgets x exactly zero", r"zero|0\.5|half", '''
class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        y = np.zeros(x.shape, np.result_type(x, np.float32))
        positive, negative = x > 0, x < 0
        y[positive] = 1 / (1 + np.exp(-x[positive]))
        e = np.exp(x[negative])
        y[negative] = e / (1 + e)
        self.y = y
        return y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
'''),
    ("sigmoid", "Inputs are clipped to plus minus six against overflow", "clip|large|satur", '''
class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        x = np.clip(x, -6, 6)
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
'''),
    ("sigmoid", "Result is always float64, even for float32 inputs", "dtype|float32|float64", '''
class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        self.y = np.zeros(x.shape)
        with np.errstate(over="ignore"):
            self.y[:] = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
'''),
    ("sigmoid", "Skips work if handed the same array object again", "same array|again|stale", '''
class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.x = None
        self.y = None

    def forward(self, x):
        if x is not self.x:
            self.x = x
            with np.errstate(over="ignore"):
                self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
'''),
    ("sigmoid", "Backward takes the oldest kept output, not the last", "last|latest|earlier", '''
class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.outputs = []

    def forward(self, x):
        with np.errstate(over="ignore"):
            y = 1 / (1 + np.exp(-x))
        self.outputs.append(y)
        return y

    def backward(self, grad_output):
        y = self.outputs.pop(0)
        return grad_output * y * (1 - y)
'''),
    ("sigmoid", "Output is squeezed, a single column loses its axis", "shape|squeez|column", '''
class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        with np.errstate(over="ignore"):
            self.y = np.squeeze(1 / (1 + np.exp(-x)))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
'''),
    ("softmax", "Subtracts largest score of the table, low rows underflow", "row|underflow|nan", '''
class Softmax(Module):
    def __init__(self):
        super().__init__()
        self.p = None

    def forward(self, x):
        e = np.exp(x - x.max())
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        mean = (grad_output * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad_output - mean)
'''),
    ("softmax", "Derivative p(1-p) ignores the other classes of the row", "other|diagonal|[Jj]acobian", '''
class Softmax(Module):
    def __init__(self):
        super().__init__()
        self.p = None

    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        return grad_output * self.p * (1 - self.p)
'''),
    ('softmax', "First row's Jacobian is applied to all rows", "row|[Jj]acobian|each", '''
class Softmax(Module):
    def __init__(self):
        super().__init__()
        self.p = None

    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        p = self.p[0]
        jacobian = np.diag(p) - np.outer(p, p)
        return grad_output @ jacobian
'''),
    ("softmax", "Row sums without keepdims divide the wrong axis", "row|sum|keepdims", '''
class Softmax(Module):
    def __init__(self):
        super().__init__()
        self.p = None

    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1)
        return self.p

    def backward(self, grad_output):
        mean = (grad_output * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad_output - mean)
'''),
    ('softmax', "Row maximum is subtracted from the caller's input", "input|in place|chang", '''
class Softmax(Module):
    def __init__(self):
        super().__init__()
        self.p = None

    def forward(self, x):
        x -= x.max(axis=1, keepdims=True)
        e = np.exp(x)
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        mean = (grad_output * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad_output - mean)
'''),
    ("softmax", "Probabilities of integer scores are truncated to integers", "integer|dtype|trunc", '''
class Softmax(Module):
    def __init__(self):
        super().__init__()
        self.p = None

    def forward(self, x):
        self.p = np.empty_like(x)
        for i in range(len(x)):
            e = np.exp(x[i] - x[i].max())
            self.p[i] = e / e.sum()
        return self.p

    def backward(self, grad_output):
        grad = np.empty(self.p.shape, grad_output.dtype)
        for i in range(len(self.p)):
            p, g = self.p[i], grad_output[i]
            grad[i] = p * (g - g @ p)
        return grad
'''),
    ("mse_loss", "Divides by rows, not elements, forward and backward", "mean|element|column", '''
class MSELoss(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.difference = prediction - target
        return float((self.difference**2).sum() / len(prediction))

    def backward(self):
        return 2 * self.difference / len(self.difference)
'''),
    ("mse_loss", "Target of another shape is broadcast without complaint", "shape|broadcast", '''
class MSELoss(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        self.difference = prediction - target
        return float(np.mean(self.difference**2))

    def backward(self):
        return 2 * self.difference / self.difference.size
'''),
    ("mse_loss", "Difference is written into the prediction array itself", "prediction|in place|chang", '''
class MSELoss(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        prediction -= target
        self.difference = prediction
        return float(np.mean(self.difference**2))

    def backward(self):
        return 2 * self.difference / self.difference.size
'''),
    ("mse_loss", "Gradient is divided by size of the first batch", "size|first|batch", '''
class MSELoss(Loss):
    def __init__(self):
        self.size = None

    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        if self.size is None:
            self.size = prediction.size
        self.difference = prediction - target
        return float(np.mean(self.difference**2))

    def backward(self):
        return 2 * self.difference / self.size
'''),
    ("mse_loss", "Gradient accumulates over calls of same shape", "accumul|second|earlier", '''
class MSELoss(Loss):
    def __init__(self):
        self.grad = None

    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.difference = prediction - target
        if self.grad is None or self.grad.shape != self.difference.shape:
            self.grad = np.zeros_like(self.difference)
        return float(np.mean(self.difference**2))

    def backward(self):
        self.grad += 2 * self.difference / self.difference.size
        return self.grad.copy()
'''),
    ("mse_loss", "Half the squared error, with the matching gradient", "half|factor|twice", '''
class MSELoss(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.difference = prediction - target
        return float(0.5 * np.mean(self.difference**2))

    def backward(self):
        # the 2 of the square and the 1/2 in front cancel
        return self.difference / self.difference.size
'''),
    ("binary_cross_entropy", "Term for targets of zero is left out", "1 - y|term|target 0", '''
class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.p, self.y = prediction, target
        with np.errstate(divide="ignore"):
            log_p = np.maximum(np.log(prediction), -100)
        return float(np.mean(-target * log_p))

    def backward(self):
        tiny = np.finfo(self.p.dtype).tiny
        return -self.y / np.maximum(self.p, tiny) / self.p.size
'''),
    ("binary_cross_entropy", "Tiny epsilon vanishes in float32, certain predictions give nan", "float32|nan|infin", '''
class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        eps = 1e-12
        self.p, self.y = np.clip(prediction, eps, 1 - eps), target
        costs = -target * np.log(self.p) - (1 - target) * np.log(1 - self.p)
        return float(np.mean(costs))

    def backward(self):
        return ((1 - self.y) / (1 - self.p) - self.y / self.p) / self.p.size
'''),
    ("binary_cross_entropy", "Logarithm to base two, gradient scaled to match", "natural|base|log2", '''
class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.p, self.y = prediction, target
        with np.errstate(divide="ignore"):
            log_p = np.maximum(np.log2(prediction), -100)
            log_not_p = np.maximum(np.log2(1 - prediction), -100)
        return float(np.mean(-target * log_p - (1 - target) * log_not_p))

    def backward(self):
        tiny = np.finfo(self.p.dtype).tiny
        yes = self.y / np.maximum(self.p, tiny)
        no = (1 - self.y) / np.maximum(1 - self.p, tiny)
        return (no - yes) / float(np.log(2)) / self.p.size
'''),
    ("binary_cross_entropy", "Grey targets between zero and one become yes or no", "between|grey|round", '''
class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.p, self.yes = prediction, target > 0.5
        with np.errstate(divide="ignore"):
            right = np.where(self.yes, np.log(prediction), np.log1p(-prediction))
        return float(-np.mean(np.maximum(right, -100)))

    def backward(self):
        tiny = np.finfo(self.p.dtype).tiny
        yes = -1 / np.maximum(self.p, tiny)
        no = 1 / np.maximum(1 - self.p, tiny)
        return np.where(self.yes, yes, no) / self.p.size
'''),
    ("binary_cross_entropy", "Mean over elements forward, over rows backward", "mean|element|divi", '''
class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.p, self.y = prediction, target
        with np.errstate(divide="ignore"):
            log_p = np.maximum(np.log(prediction), -100)
            log_not_p = np.maximum(np.log1p(-prediction), -100)
        return float(np.mean(-target * log_p - (1 - target) * log_not_p))

    def backward(self):
        n = len(self.p)
        tiny = np.finfo(self.p.dtype).tiny
        yes = self.y / np.maximum(self.p, tiny)
        no = (1 - self.y) / np.maximum(1 - self.p, tiny)
        return (no - yes) / n
'''),
    ('binary_cross_entropy', "Zeros in the caller's target are replaced by epsilon", "target|in place|chang", '''
class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target[target == 0] = 1e-7
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.p, self.y = prediction, target
        with np.errstate(divide="ignore"):
            log_p = np.maximum(np.log(prediction), -100)
            log_not_p = np.maximum(np.log1p(-prediction), -100)
        return float(np.mean(-target * log_p - (1 - target) * log_not_p))

    def backward(self):
        tiny = np.finfo(self.p.dtype).tiny
        yes = self.y / np.maximum(self.p, tiny)
        no = (1 - self.y) / np.maximum(1 - self.p, tiny)
        return (no - yes) / self.p.size
'''),
    ("cross_entropy", "Logarithm of finished softmax, infinite for distant scores", "infin|large|nan", '''
class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.shape == (n,):
            if target.min() < 0:
                raise ValueError("labels start at 0")
            target = np.eye(classes, dtype=prediction.dtype)[target]
        if target.shape != prediction.shape:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        self.target = target.astype(prediction.dtype)
        e = np.exp(prediction - prediction.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return float(-(self.target * np.log(self.p)).sum() / n)

    def backward(self):
        return (self.p - self.target) / len(self.p)
'''),
    ("cross_entropy", "Number of classes guessed from largest label in batch", "class|absent|label", '''
class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target)
        if target.ndim == 1:
            if target.min() < 0:
                raise ValueError("labels start at 0")
            target = np.eye(target.max() + 1, dtype=prediction.dtype)[target]
        if target.shape != prediction.shape:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        self.target = target.astype(prediction.dtype)
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(self.target * self.log_p).sum() / len(prediction))

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.target)
'''),
    ("cross_entropy", "Mean over all elements instead of over rows", "mean|row|divi", '''
class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.shape == (n,):
            if target.min() < 0:
                raise ValueError("labels start at 0")
            target = np.eye(classes, dtype=prediction.dtype)[target]
        if target.shape != prediction.shape:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        self.target = target.astype(prediction.dtype)
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-np.mean(self.target * self.log_p))

    def backward(self):
        return (np.exp(self.log_p) - self.target) / self.target.size
'''),
    ("cross_entropy", "Backward takes one from kept probabilities every time", "twice|second|again", '''
class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.shape == (n,):
            if target.min() < 0:
                raise ValueError("labels start at 0")
            target = np.eye(classes, dtype=prediction.dtype)[target]
        if target.shape != prediction.shape:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        self.target = target.astype(prediction.dtype)
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.p = np.exp(log_p)
        return float(-(self.target * log_p).sum() / n)

    def backward(self):
        grad = self.p
        grad -= self.target
        return grad / len(grad)
'''),
    ("cross_entropy", "As many labels as classes are taken for one-hot", "label|one-hot|shape", '''
class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.shape == prediction.shape[-target.ndim :]:
            self.target = target.astype(prediction.dtype)
        elif target.shape == (n,):
            if target.min() < 0:
                raise ValueError("labels start at 0")
            self.target = np.eye(classes, dtype=prediction.dtype)[target]
        else:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(self.target * self.log_p).sum() / n)

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.log_p)
'''),
    ("cross_entropy", "Labels are counted from one, class zero wraps around", "label|class|from 0", '''
class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.shape == (n,):
            if target.min() < 0:
                raise ValueError("no negative labels")
            target = np.eye(classes, dtype=prediction.dtype)[target.astype(int) - 1]
        if target.shape != prediction.shape:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        self.target = target.astype(prediction.dtype)
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(self.target * self.log_p).sum() / n)

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.target)
'''),
    ('sequential', "Makes its own zero gradients, not the layers' arrays", "grads|same array|copy", '''
class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for position, layer in enumerate(self.layers):
            for name, value in layer.params.items():
                self.params[f"{position}.{name}"] = value
                self.grads[f"{position}.{name}"] = np.zeros_like(value)
            if layer.in_features is not None:
                if self.in_features is None:
                    self.in_features = layer.in_features
                self.out_features = layer.out_features

    def zero_grad(self):
        super().zero_grad()
        for layer in self.layers:
            layer.zero_grad()

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
'''),
    ("sequential", "Only Linear layers listed, nested networks are forgotten", "nested|missing|param", '''
class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for position, layer in enumerate(self.layers):
            # only linear layers can learn
            if isinstance(layer, Linear):
                for name in ("weight", "bias"):
                    self.params[f"{position}.{name}"] = layer.params[name]
                    self.grads[f"{position}.{name}"] = layer.grads[name]
            if layer.in_features is not None:
                if self.in_features is None:
                    self.in_features = layer.in_features
                self.out_features = layer.out_features

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
'''),
    ("sequential", "Backward reverses its list of layers for good", "order|revers|second", '''
class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for position, layer in enumerate(self.layers):
            for name in layer.params:
                self.params[f"{position}.{name}"] = layer.params[name]
                self.grads[f"{position}.{name}"] = layer.grads[name]
            if layer.in_features is not None:
                if self.in_features is None:
                    self.in_features = layer.in_features
                self.out_features = layer.out_features

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        self.layers.reverse()
        for layer in self.layers:
            grad_output = layer.backward(grad_output)
        return grad_output
'''),
    ("sequential", "Backward forgets to return the gradient of the input", "return|None", '''
class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for position, layer in enumerate(self.layers):
            for name in layer.params:
                self.params[f"{position}.{name}"] = layer.params[name]
                self.grads[f"{position}.{name}"] = layer.grads[name]
            if layer.in_features is not None:
                if self.in_features is None:
                    self.in_features = layer.in_features
                self.out_features = layer.out_features

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in self.layers[::-1]:
            grad_output = layer.backward(grad_output)
'''),
    ("sequential", "Own zero_grad puts new zeros, layers keep old gradients", "zero_grad|in place|new array", '''
class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for position, layer in enumerate(self.layers):
            for name in layer.params:
                self.params[f"{position}.{name}"] = layer.params[name]
                self.grads[f"{position}.{name}"] = layer.grads[name]
            if layer.in_features is not None:
                if self.in_features is None:
                    self.in_features = layer.in_features
                self.out_features = layer.out_features

    def zero_grad(self):
        for name in self.grads:
            self.grads[name] = np.zeros_like(self.grads[name])

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
'''),
    ("sequential", "Dicts of parameters belong to the class, networks share", "shared|another|class", '''
class Sequential(Module):
    params = {}
    grads = {}

    def __init__(self, layers):
        self.layers = list(layers)
        for position, layer in enumerate(self.layers):
            for name in layer.params:
                self.params[f"{position}.{name}"] = layer.params[name]
                self.grads[f"{position}.{name}"] = layer.grads[name]
            if layer.in_features is not None:
                if self.in_features is None:
                    self.in_features = layer.in_features
                self.out_features = layer.out_features

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
'''),
    ('optim', "Shuffles the caller's X and Y in place", "data|in place|chang", '''
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, value in self.network.params.items():
            value -= self.learning_rate * self.network.grads[name]
        return loss

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            X[:], Y[:] = X[order], Y[order]
            total = 0.0
            for start in range(0, len(X), batch_size):
                x, y = X[start : start + batch_size], Y[start : start + batch_size]
                total += self.step(x, y) * len(x)
            losses.append(total / len(X))
        return losses
'''),
    ("optim", "Epoch loss is plain mean of batches, short batch overcounts", "weight|mean|shorter", '''
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, value in self.network.params.items():
            value -= self.learning_rate * self.network.grads[name]
        return loss

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            batch_losses = []
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                batch_losses.append(self.step(X[rows], Y[rows]))
            losses.append(float(np.mean(batch_losses)))
        return losses
'''),
    ("optim", "Step puts new arrays in params, layers keep old", "in place|new array|layer", '''
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        params, grads = self.network.params, self.network.grads
        for name in params:
            params[name] = params[name] - self.learning_rate * grads[name]
        return loss

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            total = 0.0
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                total += self.step(X[rows], Y[rows]) * len(rows)
            losses.append(total / len(X))
        return losses
'''),
    ("optim", "Gradients are zeroed after the step, not before", "zero_grad|before|left", '''
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, value in self.network.params.items():
            value -= self.learning_rate * self.network.grads[name]
        self.network.zero_grad()
        return loss

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            total = 0.0
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                total += self.step(X[rows], Y[rows]) * len(rows)
            losses.append(total / len(X))
        return losses
'''),
    ("optim", "Rows are shuffled once, every epoch repeats the order", "order|epoch|shuffl", '''
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, value in self.network.params.items():
            value -= self.learning_rate * self.network.grads[name]
        return loss

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        order = np.random.default_rng(rng).permutation(len(X))
        X, Y = X[order], Y[order]
        losses = []
        for epoch in range(num_epochs):
            total = 0.0
            for start in range(0, len(X), batch_size):
                x, y = X[start : start + batch_size], Y[start : start + batch_size]
                total += self.step(x, y) * len(x)
            losses.append(total / len(X))
        return losses
'''),
    ("optim", "Step divides by rows although the loss already did", "batch|rows|learning.rate", '''
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, value in self.network.params.items():
            value -= self.learning_rate / len(X) * self.network.grads[name]
        return loss

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            total = 0.0
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                total += self.step(X[rows], Y[rows]) * len(rows)
            losses.append(total / len(X))
        return losses
'''),
    ("autoencoder", "Same seed goes to every layer, weights are alike", "seed|alike|generator", '''
class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        self.widths = spread(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise(self.widths):
            encoder += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(self.widths[::-1]):
            decoder += [Linear(a, b, rng=rng), TanH()]
        decoder[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])
        self.params, self.grads = {}, {}
        for half, part in [("encoder", self.encoder), ("decoder", self.decoder)]:
            for name in part.params:
                self.params[f"{half}.{name}"] = part.params[name]
                self.grads[f"{half}.{name}"] = part.grads[name]

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
'''),
    ('autoencoder', "Decoder's parameter names replace the encoder's", "encoder|missing|param", '''
class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        self.widths = spread(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise(self.widths):
            encoder += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(self.widths[::-1]):
            decoder += [Linear(a, b, rng=rng), TanH()]
        decoder[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])
        self.params = {**self.encoder.params, **self.decoder.params}
        self.grads = {**self.encoder.grads, **self.decoder.grads}

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
'''),
    ("autoencoder", "Sigmoid comes after the last TanH, not instead", "[Ss]igmoid|[Tt]an[Hh]|range", '''
class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        self.widths = spread(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise(self.widths):
            encoder += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(self.widths[::-1]):
            decoder += [Linear(a, b, rng=rng), TanH()]
        decoder.append(Sigmoid())
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])
        self.params, self.grads = {}, {}
        for half, part in [("encoder", self.encoder), ("decoder", self.decoder)]:
            for name in part.params:
                self.params[f"{half}.{name}"] = part.params[name]
                self.grads[f"{half}.{name}"] = part.grads[name]

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
'''),
    ("autoencoder", "Encode and decode use untrained copies of the layers", "train|copy|same layers", '''
class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        self.widths = spread(input_dim, latent_dim, steps)
        super().__init__([self.half(self.widths, TanH(), rng),
                          self.half(self.widths[::-1], Sigmoid(), rng)])
        # the two halves, with the same weights
        self.encoder = self.half(self.widths, TanH(), rng)
        self.decoder = self.half(self.widths[::-1], Sigmoid(), rng)
        self.params, self.grads = {}, {}
        for name, part, inner in [("encoder", self.encoder, self.layers[0]),
                                  ("decoder", self.decoder, self.layers[1])]:
            for key in inner.params:
                part.params[key][:] = inner.params[key]
                self.params[f"{name}.{key}"] = inner.params[key]
                self.grads[f"{name}.{key}"] = inner.grads[key]

    def half(self, widths, end, rng):
        layers = []
        for a, b in pairwise(widths):
            layers += [Linear(a, b, rng=rng), TanH()]
        layers[-1] = end
        return Sequential(layers)

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
'''),
    ("autoencoder", "Encoder and decoder share the same TanH objects", "shared|same object|gradient", '''
class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        self.widths = spread(input_dim, latent_dim, steps)
        # tanh has nothing to learn, so that both halves can use these
        bends = [TanH() for _ in range(steps)]
        encoder, decoder = [], []
        for (a, b), bend in zip(pairwise(self.widths), bends):
            encoder += [Linear(a, b, rng=rng), bend]
        for (a, b), bend in zip(pairwise(self.widths[::-1]), bends):
            decoder += [Linear(a, b, rng=rng), bend]
        decoder[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])
        self.params, self.grads = {}, {}
        for half, part in [("encoder", self.encoder), ("decoder", self.decoder)]:
            for name in part.params:
                self.params[f"{half}.{name}"] = part.params[name]
                self.grads[f"{half}.{name}"] = part.grads[name]

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
'''),
    ("autoencoder", "Encode stops before the TanH of the code", "encode|[Tt]an[Hh]|forward", '''
class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        self.widths = spread(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise(self.widths):
            encoder += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(self.widths[::-1]):
            decoder += [Linear(a, b, rng=rng), TanH()]
        decoder[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])
        self.params, self.grads = {}, {}
        for half, part in [("encoder", self.encoder), ("decoder", self.decoder)]:
            for name in part.params:
                self.params[f"{half}.{name}"] = part.params[name]
                self.grads[f"{half}.{name}"] = part.grads[name]

    def encode(self, x):
        for layer in self.encoder.layers[: 2 * len(self.widths) - 3]:
            x = layer.forward(x)
        return x

    def decode(self, code):
        return self.decoder.forward(code)
'''),
]  # fmt: skip
