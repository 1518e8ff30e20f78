"""Is this module right? Values, gradients, and what gradients do not show. Floor 6."""

import numpy as np

from nnlib.checks.report import Case, Unchanged, global_generator_unused

RNG = np.random.default_rng(6)
#: Rows, columns in and columns out all differ, so that no shape fits by chance.
X = RNG.uniform(-1.5, 1.5, (6, 3)).round(2)
EARLIER = RNG.uniform(-1.5, 1.5, (6, 3)).round(2)
GRAD = RNG.uniform(-1, 1, (6, 4)).round(2)


class Formula:
    """What a module should compute, and what the usual mistakes compute instead.

    Attributes:
        columns: of the output.
    """

    columns = 3

    def forward(self, x):
        """Return the output."""

    def backward(self, x, g):
        """Return the gradient of the input, and a dict of those of the parameters."""

    def mistakes_forward(self, x):
        """Return pairs of a cause and the output it leads to."""
        return []

    def mistakes_backward(self, x, g):
        """Return such pairs by name: "input", and those of the parameters."""
        return {}


def check_module(make, name, formula):
    """Check a module against its formula, and what every module promises.

    Args:
        make: returns a new object of the student's class.
        name: of the class, for messages.
        formula: a function that returns the Formula for such an object.
    """
    g = GRAD[:, : formula(make()).columns].copy()
    _forward(make, name, formula)
    _backward(make, name, formula, g)
    _adds_up(make, name, g)
    _objects_are_apart(make, name, formula, g)


def _forward(make, name, formula):
    module = make()
    model = formula(module)
    case = Case(f"{name}.forward", x=X)
    x = X.copy()
    with Unchanged(case, x=x):
        y = case.run(module.forward, x)
    case.equal(y, model.forward(X), model.mistakes_forward(X))
    kept = np.array(y)
    case.run(module.forward, EARLIER.copy())
    if not np.array_equal(y, kept):
        case.fail(
            "an earlier result was overwritten when forward was called again: both are one array. "
            "Return a new array each time."
        )
    one = Case(f"{name}.forward, with one row,", x=X[:1])
    one.equal(
        one.run(module.forward, X[:1].copy()), model.forward(X[:1]), model.mistakes_forward(X[:1])
    )
    integers = np.array([[0, 1, -2], [2, -1, 3]])
    whole = Case(f"{name}.forward, with integers,", x=integers)
    result = whole.run(module.forward, integers.copy())
    if np.asarray(result).dtype.kind in "iu":
        whole.fail("the result has an integer dtype: the input's dtype was used for it.", result)
    whole.equal(result, model.forward(integers), model.mistakes_forward(integers))
    again = Case(f"{name}.forward, called again with the same array, now with other numbers,")
    x = X.copy()
    case.run(module.forward, x)
    x[...] = EARLIER
    again.equal(
        again.run(module.forward, x),
        model.forward(EARLIER),
        [("it still gives the result of an earlier call: what is kept too long?", kept)],
    )


def _backward(make, name, formula, g):
    module = make()
    model = formula(module)
    case = Case(f"{name}.backward", x=X, grad_output=g)
    case.run(module.forward, EARLIER.copy())
    x, grad_output = X.copy(), g.copy()
    expected, grads = model.backward(X, g)
    earlier, earlier_grads = model.backward(EARLIER, g)
    stale = "it belongs to an earlier forward: keep what the last forward was given."
    wrong = model.mistakes_backward(X, g)
    params = {key: np.array(value) for key, value in module.params.items()}
    with Unchanged(case, x=x, grad_output=grad_output):
        case.run(module.forward, x)
        grad_input = case.run(module.backward, grad_output)
    for key, value in params.items():
        if not np.array_equal(module.params[key], value):
            case.fail(f"it changed params[{key!r}]: learning is the optimiser's work.")
    for key, value in grads.items():
        part = Case(f"{name}.backward: grads[{key!r}]", x=X, grad_output=g)
        part.equal(
            module.grads.get(key),
            value,
            [(stale, earlier_grads[key]), *wrong.get(key, [])],
        )
    case.equal(grad_input, expected, [(stale, earlier), *wrong.get("input", [])])
    case.run(module.forward, X[:1].copy())
    one = Case(f"{name}.backward, with one row,", x=X[:1], grad_output=g[:1])
    one.equal(one.run(module.backward, g[:1].copy()), model.backward(X[:1], g[:1])[0])


def _adds_up(make, name, g):
    """Gradients of parameters pile up, in the same arrays, until zero_grad clears them."""
    module = make()
    case = Case(f"{name}.backward, called twice,", x=X, grad_output=g)
    arrays = dict(module.grads)
    case.run(module.forward, X.copy())
    first = case.run(module.backward, g.copy())
    once = {key: np.array(value) for key, value in module.grads.items()}
    case.equal(
        case.run(module.backward, g.copy()),
        np.array(first),
    )
    _doubled(case, module, once, "backward")
    _clears(module, name, arrays)
    case = Case(f"{name}.forward, before a second backward,", x=X, grad_output=g)
    for _ in range(2):
        case.run(module.forward, X.copy())
        case.run(module.backward, g.copy())
    _doubled(case, module, once, "forward")


def _clears(module, name, arrays):
    """The gradients are still in the arrays that they began in, and zero_grad clears all."""
    for what, wrong in (
        (f"{name}.backward", "Add in place, with +=."),
        (f"{name}.zero_grad", "Clear it in place, with fill(0)."),
    ):
        case = Case(what)
        if what.endswith("zero_grad"):
            case.run(module.zero_grad)
        for key, array in arrays.items():
            if module.grads.get(key) is not array:
                case.fail(f"grads[{key!r}] is a new array: others hold the old one. {wrong}")
            if what.endswith("zero_grad") and array.any():
                case.fail(f"zero_grad leaves grads[{key!r}] as it was: it must clear all of them.")


def _doubled(case, module, once, method):
    for key, value in once.items():
        case.equal(
            module.grads[key],
            2 * value,
            [
                (
                    f"grads[{key!r}] is not added up: {method} must add to it (+=) and never "
                    "replace or clear it; zero_grad does that.",
                    value,
                ),
            ],
        )


def _objects_are_apart(make, name, formula, g):
    one, other = make(), make()
    case = Case(f"{name}: two objects at a time", x=X, grad_output=g)
    for key in one.params:
        if one.params[key] is other.params.get(key) or one.grads[key] is other.grads.get(key):
            case.fail(f"two objects share one array {key!r}: make it anew in __init__.")
    case.run(one.forward, X.copy())
    case.run(other.forward, EARLIER.copy())
    expected = formula(one).backward(X, g)[0]
    shared = formula(one).backward(EARLIER, g)[0]
    case.equal(
        case.run(one.backward, g.copy()),
        expected,
        [
            (
                "what forward keeps is shared by two objects: keep it in self, not in the class.",
                shared,
            )
        ],
    )


# --- Linear --------------------------------------------------------------------------------------


class _Linear(Formula):
    columns = 4

    def __init__(self, module):
        self.W = np.array(module.params["weight"], dtype=np.float64)
        self.b = np.array(module.params["bias"], dtype=np.float64)

    def forward(self, x):
        return x @ self.W + self.b

    def backward(self, x, g):
        return g @ self.W.T, {"weight": x.T @ g, "bias": g.sum(axis=0)}

    def mistakes_forward(self, x):
        y = self.forward(x)
        return [
            ("the bias is not added.", x @ self.W),
            ("the bias is subtracted.", x @ self.W - self.b),
            ("the bias is added twice.", y + self.b),
            ("the input is cut to integers.", self.forward(np.trunc(x))),
            ("the input is rounded to integers.", self.forward(np.round(x))),
            ("a linear layer computes nothing but x W + b: no tanh.", np.tanh(y)),
            ("a linear layer computes nothing but x W + b: no sigmoid.", 1 / (1 + np.exp(-y))),
            ("negative results are cut off: no activation belongs here.", np.maximum(y, 0)),
        ]

    def mistakes_backward(self, x, g):
        grads, n = self.backward(x, g)[1], len(x)
        mean = (
            "it is the mean over the rows; it must be the sum: the loss has already divided by "
            "the number of rows."
        )
        total = "it is summed over all outputs: each output has a bias of its own."
        return {
            "weight": [
                (mean, grads["weight"] / n),
                ("the sign is turned round.", -grads["weight"]),
                (
                    "the input of the layer belongs in it, x.T @ grad_output.",
                    np.ones_like(x).T @ g,
                ),
            ],
            "bias": [
                (mean, grads["bias"] / n),
                (total, g.sum()),
                ("the sign is turned round.", -grads["bias"]),
                ("it must be summed over the rows, axis=0, not over the columns.", g.sum(axis=1)),
            ],
            "input": [
                (
                    "it is averaged over the rows: each row has a gradient of its own.",
                    g @ self.W.T / n,
                ),
            ],
        }


def linear(Linear) -> None:
    """Check a class `Linear(in_features, out_features, rng=None)`.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    _parameters(Linear)
    _first_weights(Linear)

    def make():
        module = Linear(3, 4, rng=1)
        module.params["bias"][...] = [0.5, -1, 2, 0.25]  # zeros would hide what is done with them
        return module

    check_module(make, "Linear(3, 4)", _Linear)
    _parameters_are_used(make)


def _parameters(Linear):
    case = Case("Linear(3, 4, rng=1)")
    module = case.run(Linear, 3, 4, rng=1)
    for kind in ("params", "grads"):
        arrays = getattr(module, kind, None)
        if not isinstance(arrays, dict):
            case.fail(
                f"{kind} must be a dict: derive the class from Module, and call super().__init__()."
            )
        for key, shape in {"weight": (3, 4), "bias": (4,)}.items():
            if key not in arrays:
                case.fail(f"{kind} has no {key!r}, so nothing can learn it: it has {list(arrays)}.")
            if np.shape(arrays[key]) != shape:
                hint = " It is transposed." if np.shape(arrays[key]) == shape[::-1] else ""
                if key == "weight" and hint:
                    hint += " One row of x times the weight gives one row of y."
                case.fail(
                    f"{kind}[{key!r}] has the shape {np.shape(arrays[key])}, but must have "
                    f"{shape}.{hint}"
                )
            if np.asarray(arrays[key]).dtype.kind != "f":
                case.fail(f"{kind}[{key!r}] must hold floating-point numbers, not integers.")
    if set(module.params) != {"weight", "bias"} or set(module.grads) != {"weight", "bias"}:
        case.fail(f"params and grads hold 'weight' and 'bias', but are {list(module.params)}.")


def _first_weights(Linear):
    case = Case("Linear(40, 30, rng=1)")
    one = global_generator_unused(case, lambda: Linear(40, 30, rng=1)).params
    W = np.array(one["weight"], dtype=np.float64)
    if not W.any():
        case.fail("all weights start at zero: then all units stay alike for ever.")
    if W.std() < 1e-9 * abs(W).max():
        case.fail("all weights start at the same value: then all units stay alike for ever.")
    if abs(W.mean()) > 0.5 * W.std():
        case.fail(
            f"the weights start with a mean of {W.mean():.3g}: draw positive and negative ones "
            "alike, with a mean of zero."
        )
    if W.std() * np.sqrt(40) > 3.5:
        case.fail(
            f"the weights start too large, with a standard deviation of {W.std():.3g}: a sum of 40 "
            "such terms drives an activation to its ends. Use about √(2 / (in + out))."
        )
    if np.any(one["bias"]):
        case.fail("the bias must start at zero.", one["bias"])
    if np.array_equal(W[:15], W[15:30]):
        case.fail("the weights repeat themselves: draw all of them at once.")
    seeds(case, lambda rng: Linear(40, 30, rng=rng).params["weight"])


def seeds(case, draw):
    """Fail unless the same seed gives the same numbers, and another seed others."""
    if any(not np.array_equal(case.run(draw, seed), case.run(draw, seed)) for seed in (0, 1)):
        case.fail("the same seed, 0 or 1, gives other weights: use the rng that you are given.")
    if np.array_equal(case.run(draw, 1), case.run(draw, 2)):
        case.fail("another seed gives the same weights: use the rng that you are given.")
    if np.array_equal(case.run(draw, None), case.run(draw, None)):
        case.fail("without a seed (rng=None) the weights must differ from object to object.")
    generator = np.random.default_rng(3)
    if np.array_equal(case.run(draw, generator), case.run(draw, generator)):
        case.fail(
            "a generator given as rng must be drawn from, not copied or seeded anew: two layers "
            "that share one would be alike."
        )


def _parameters_are_used(make):
    module = make()
    case = Case("Linear(3, 4).forward, after its params changed in place,", x=X)
    before = case.run(module.forward, X.copy())
    module.params["weight"] *= 2
    module.params["bias"] += 1
    expected = _Linear(module).forward(X)
    stale = "it computes with something else than self.params, so it cannot learn."
    case.equal(
        case.run(module.forward, X.copy()),
        expected,
        [
            (stale, before),
            (f"the weight: {stale}", np.asarray(before) + 1),
            (f"the bias: {stale}", expected - 1),
        ],
    )
    g = GRAD.copy()
    case = Case("Linear(3, 4).backward, after its params changed in place,", x=X, grad_output=g)
    right = g @ _Linear(module).W.T
    case.equal(case.run(module.backward, g), right, [(f"a copy of the weight: {stale}", right / 2)])


# --- Activations ---------------------------------------------------------------------------------


class _Activation(Formula):
    def __init__(self, module):
        pass

    def backward(self, x, g):
        return self.slope(x, g), {}


class _TanH(_Activation):
    def forward(self, x):
        return np.tanh(x)

    def slope(self, x, g):
        return g * (1 - np.tanh(x) ** 2)

    def mistakes_forward(self, x):
        return [
            ("this is a sigmoid, between 0 and 1; tanh lies between -1 and 1.", _sigmoid(x)),
            ("the input is clipped to a straight line; that is no tanh.", np.clip(x, -1, 1)),
            ("this is tanh of twice the input.", np.tanh(2 * x)),
            ("this is tanh of half the input.", np.tanh(x / 2)),
        ]

    def mistakes_backward(self, x, g):
        y = np.tanh(x)
        return {"input": _of_elements(x, y, g, y**2, lambda v: 1 - v**2, "1 - y²")}


class _Sigmoid(_Activation):
    def forward(self, x):
        return _sigmoid(x)

    def slope(self, x, g):
        y = _sigmoid(x)
        return g * y * (1 - y)

    def mistakes_forward(self, x):
        return [
            ("the sign in the exponent is wrong: σ(x) = 1 / (1 + exp(-x)).", _sigmoid(-x)),
            ("this is a tanh, between -1 and 1; a sigmoid lies between 0 and 1.", np.tanh(x)),
            ("σ(x) = (1 + tanh(x / 2)) / 2: the input must be halved.", (1 + np.tanh(x)) / 2),
            ("it is wrong where x is zero: σ(0) = 0.5.", np.where(x == 0, 0, _sigmoid(x))),
            ("it is wrong where x is zero: σ(0) = 0.5.", np.where(x == 0, 1, _sigmoid(x))),
            ("this is rounded to 0 and 1; a sigmoid gives all values between.", x > 0),
            ("each element must be taken by itself, not their mean.", _sigmoid(x.mean())),
            (
                "each element must be taken by itself, not their mean.",
                np.full(x.shape, _sigmoid(x.mean())),
            ),
        ]

    def mistakes_backward(self, x, g):
        y = _sigmoid(x)
        return {"input": _of_elements(x, y, g, y, lambda v: v * (1 - v), "y (1 - y)")}


def _of_elements(x, y, g, part, slope, formula):
    """Mistakes in the derivative of a function of single elements."""
    right = f"The derivative is {formula}, with y the output."
    return [
        (f"grad_output is not used: the chain rule multiplies it. {right}", slope(y)),
        (f"grad_output is added; the chain rule multiplies. {right}", g + slope(y)),
        (f"grad_output is passed on unchanged. {right}", g),
        (f"the input stands in the formula where the output belongs. {right}", g * slope(x)),
        (f"the function is applied twice. {right}", g * slope(np.tanh(y))),
        (f"the function is applied twice. {right}", g * slope(_sigmoid(y))),
        (f"a sign is wrong. {right}", g * (1 + y**2)),
        (f"a sign is wrong. {right}", g * y * (1 + y)),
        (f"the square is missing. {right}", g * (1 - y)),
        (f"a factor is missing. {right}", g * part),
        (f"a factor is missing. {right}", g * (1 - part)),
        (f"it is the derivative alone, the mean over the rows. {right}", g * slope(y) / len(x)),
    ]


def _sigmoid(x):
    return 0.5 * (1 + np.tanh(np.asarray(x, dtype=np.float64) / 2))


def _activation(cls, name, formula):
    case = Case(f"{name}()")
    module = case.run(cls)
    for kind in ("params", "grads"):
        if getattr(module, kind, None) != {}:
            case.fail(
                f"{kind} must be an empty dict: derive the class from Module, and call super()."
            )
    check_module(lambda: cls(), name, formula)


def _large(cls, name, x, expected):
    """Exact where the formula, written down as it stands, overflows."""
    case = Case(f"{name}.forward, with large numbers,", x=x)
    module = case.run(cls)
    y = case.run(module.forward, x.copy())
    if np.shape(y) == expected.shape and not np.isfinite(y).all():
        case.fail("the exponential of a large number overflows: rewrite the formula.", y, expected)
    case.equal(y, expected)
    case = Case(f"{name}.backward, after large numbers,", x=x)
    grad = case.run(module.backward, np.ones_like(x))
    if np.shape(grad) != x.shape or not np.isfinite(np.asarray(grad, dtype=np.float64)).all():
        case.fail("the gradient is not finite: an overflow.", grad)


def tanh(TanH) -> None:
    """Check a class `TanH()`. Raises CheckFailed: what is wrong, and the likely cause."""
    _activation(TanH, "TanH", _TanH)
    x = np.array([[-1000.0, -9.0, -0.001], [0.0, 9.0, 1000.0]])
    _large(TanH, "TanH", x, np.tanh(x))


def sigmoid(Sigmoid) -> None:
    """Check a class `Sigmoid()`. Raises CheckFailed: what is wrong, and the likely cause."""
    _activation(Sigmoid, "Sigmoid", _Sigmoid)
    x = np.array([[-1000.0, -9.0, -0.001], [0.0, 9.0, 1000.0]])
    _large(Sigmoid, "Sigmoid", x, _sigmoid(x))


class _Softmax(_Activation):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def slope(self, x, g):
        p = self.forward(x)
        return p * (g - (g * p).sum(axis=1, keepdims=True))

    def mistakes_forward(self, x):
        e, s = np.exp(x), np.exp(x - x.max(axis=1, keepdims=True))
        p = self.forward(x)
        shifted = x - x.min(axis=1, keepdims=True)
        return [
            ("all numbers together sum to one: each row must (axis=1).", e / e.sum()),
            ("each column sums to one: each row must (axis=1).", e / e.sum(axis=0)),
            (
                "the sum goes down the columns: it must go along each row (axis=1).",
                s / s.sum(axis=0),
            ),
            ("the sum goes over all rows: each row needs its own (axis=1).", s / s.sum()),
            ("these are the exponentials, not divided by their sum.", e),
            ("these are the exponentials, not divided by their sum.", s),
            ("this is the logarithm of the softmax.", np.log(p)),
            ("the exponential is missing.", shifted / shifted.sum(axis=1, keepdims=True)),
            ("the exponential is missing.", x / x.sum(axis=1, keepdims=True)),
            ("the sign of the scores is wrong: the largest must win.", self.forward(-x)),
            (
                "only the winner is named (one-hot): a softmax gives every class a probability.",
                x == x.max(axis=1, keepdims=True),
            ),
            ("each element is squashed by itself: this is a sigmoid.", _sigmoid(x)),
        ]

    def mistakes_backward(self, x, g):
        p = self.forward(x)
        weighted = g * p
        elements = (
            "every output depends on all inputs of its row, so the other elements belong in it, "
            "too: p (g - the row's sum of g p)."
        )
        return {
            "input": [
                (elements, g * p * (1 - p)),
                (elements, p * (1 - p)),
                (
                    "the factor p in front is missing: p (…).",
                    g - weighted.sum(axis=1, keepdims=True),
                ),
                (
                    "the sum must be weighed by p: sum of g p.",
                    p * (g - g.sum(axis=1, keepdims=True)),
                ),
                (
                    "a mean is not weighed by p: sum of g p.",
                    p * (g - g.mean(axis=1, keepdims=True)),
                ),
                (
                    "a sign is wrong: g *minus* the sum.",
                    p * (g + weighted.sum(axis=1, keepdims=True)),
                ),
                ("grad_output is passed on unchanged, against the chain rule.", g),
                ("the sum must go along each row (axis=1).", p * (g - weighted.sum(axis=0))),
                ("the sum must go along each row (axis=1).", p * (g - weighted.sum())),
                ("the sum is missing.", weighted),
            ]
        }


def softmax(Softmax) -> None:
    """Check a class `Softmax()`. Raises CheckFailed: what is wrong, and the likely cause."""
    _activation(Softmax, "Softmax", _Softmax)
    x = np.array([[1000.0, 1001.0, 999.0], [-1000.0, 0.0, -999.0], [-2000.0, -2001.0, -2000.0]])
    expected = _Softmax(None).forward(x)
    case = Case("Softmax.forward, with large numbers,", x=x)
    y = np.asarray(case.run(case.run(Softmax).forward, x.copy()), dtype=np.float64)
    if y.shape == x.shape and np.isfinite(y[0]).all() and not np.isfinite(y).all():
        case.fail("the largest number of all rows was subtracted: each row needs its own.", y)
    _large(Softmax, "Softmax", x, expected)
