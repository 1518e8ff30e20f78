"""Is this activation right? What else it, and its derivative, can be taken for."""

from itertools import product

import numpy as np

from nnlib.checks.diagnosis import TRANSFORMS, joined, logistic, shares
from nnlib.checks.modules import Reference, check_module
from nnlib.checks.report import Case, check

ROW, COLUMN = {"axis": 1, "keepdims": True}, {"axis": 0, "keepdims": True}

FUNCTIONS = {
    "tanh": np.tanh, "sigmoid": logistic, "ReLU": lambda x: np.maximum(x, 0),
    "leaky ReLU": lambda x: np.where(x > 0, x, 0.01 * x), "sine": np.sin,
    "straight line with ends (clip)": lambda x: np.clip(x, -1, 1), "tangent (tan)": np.tan,
    "straight line (no function at all)": lambda x: x, "step": lambda x: (x > 0) * 1.0,
    "exponential": np.exp, "arc tangent": np.arctan, "hyperbolic sine": np.sinh,
    "softplus": lambda x: np.log1p(np.exp(x)), "softsign": lambda x: x / (1 + abs(x)),
    "softmax along the rows": lambda x: shares(np.exp(x)),
}  # fmt: skip
SLOPES = {
    "1 - y²": lambda v: 1 - v**2, "y (1 - y)": lambda v: v * (1 - v), "1 - y": lambda v: 1 - v,
    "1 + y": lambda v: 1 + v, "y": lambda v: v, "y²": np.square, "-y²": lambda v: -(v**2),
    "1 + y²": lambda v: 1 + v**2, "y² - 1 (the sign is wrong)": lambda v: v**2 - 1,
    "y (1 + y)": lambda v: v * (1 + v), "y (y - 1) (the sign is wrong)": lambda v: v * (v - 1),
    "y - 1": lambda v: v - 1, "2y": lambda v: 2 * v, "(1 - y)²": lambda v: (1 - v) ** 2,
    "(1 - y²)²": lambda v: (1 - v**2) ** 2, "√(1 - y²)": lambda v: np.sqrt(1 - v**2),
    "1 / (1 + y²)": lambda v: 1 / (1 + v**2), "1 / y": lambda v: 1 / v,
    "1 - 2y": lambda v: 1 - 2 * v, "1 - |y|": lambda v: 1 - abs(v), "exp(-y)": lambda v: np.exp(-v),
    "exp(y)": np.exp, "sinh y": np.sinh, "1 / cosh² y": lambda v: 1 / np.cosh(v) ** 2,
    "cosh² y": lambda v: np.cosh(v) ** 2, "tanh y": np.tanh, "1 (y > 0)": lambda v: (v > 0) * 1.0,
    "1": np.ones_like, "σ(y)": logistic,
    "σ(y) (1 - σ(y)) (the function applied twice)": lambda v: logistic(v) * (1 - logistic(v)),
    "1 - tanh² y (the function applied twice)": lambda v: 1 - np.tanh(v) ** 2,
}  # fmt: skip
CHAINED = {
    "": lambda g, d, x, y: g * d,
    "grad_output, the incoming gradient, is not used: the chain rule multiplies by it":
        lambda g, d, x, y: d,
    "grad_output is passed on unchanged: the chain rule multiplies by the derivative":
        lambda g, d, x, y: g,
    "grad_output is added; the chain rule multiplies": lambda g, d, x, y: g + d,
    "it is divided by the derivative; the chain rule multiplies": lambda g, d, x, y: g / d,
    "grad_output is multiplied in twice; once is right": lambda g, d, x, y: g * g * d,
    "the derivative is multiplied in twice; once is right": lambda g, d, x, y: g * d * d,
    "the output is multiplied in as well": lambda g, d, x, y: g * d * y,
    "the input is multiplied in as well": lambda g, d, x, y: g * d * x,
}  # fmt: skip


#: Ways to multiply two tables, of which only the first goes element by element.
TIMES = [np.multiply, np.matmul, lambda a, b: a.T @ b, lambda a, b: a @ b.T]


class _TanH(Reference):
    name, slope = "TanH", "1 - y²"
    range = "between -1 and 1; tanh x = 2 σ(2x) - 1"

    def derivative(self, y, times):
        return 1 - times(y, y)

    def wrong_outputs(self, x, right):
        """What else it can be taken for: another function, of something else, made to another."""
        own = self.name.lower()
        for wrong in (0, 0.5, 1):
            said = f"it is wrong where x is zero (0.0): it gives {wrong} there."
            yield said, np.where(x == 0, wrong, right.forward(x))
        changes = {"": lambda v: v, **TRANSFORMS}
        for (function, f), (of, change), (result, then) in product(
            FUNCTIONS.items(), changes.items(), changes.items()
        ):
            other = f"the function is a {function}" if function != own else ""
            said = [other, of and f"its input is {of} first", result and f"its result is {result}"]
            causes = joined(said, f". It must be a {own}, {self.range}.")
            if causes and len(causes) < 3:
                yield causes, lambda f=f, c=change, t=then: t(f(c(x)))

    def wrong_input(self, x, g, right):
        """What else the derivative and the chain rule can be taken for."""
        y, is_y = right.forward(x), "stands in the formula where the output belongs"
        again = (
            "the derivative is taken at the function of the output (the function is applied twice)"
        )
        places = {
            "": y, f"the input {is_y}": x, f"grad_output {is_y}": g,
            "the sign of the output is turned round": -y, again: right.forward(y),
        }  # fmt: skip
        for (slope, f), (place, v), (chained, join) in product(
            SLOPES.items(), places.items(), CHAINED.items()
        ):
            other = "" if slope == self.slope else f"the derivative is taken for {slope}"
            rest = f". The derivative is {self.slope}, with y the output."
            causes = joined((place, chained, other), rest)
            if causes and len(causes) < 3 and not (place and slope == "1"):
                yield causes, lambda f=f, v=v, join=join: join(g, f(v), x, y)
        said = f"a product of matrices (@) stands where elements multiply (*): {self.slope}."
        for first, then in product(TIMES, TIMES):
            if {first, then} != {np.multiply}:
                yield said, lambda f=first, t=then: t(g, self.derivative(y, f))
                yield said, lambda f=first, t=then: t(self.derivative(y, f), g)


class _Sigmoid(_TanH):
    name, slope = "Sigmoid", "y (1 - y)"
    range = "between 0 and 1; σ(x) = 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2"

    def derivative(self, y, times):
        return times(y, 1 - y)

    def wrong_outputs(self, x, right):
        yield "it is 1 + exp(-x), not 1 / (1 + exp(-x)): mind the brackets.", 1 + np.exp(-x)
        yield from super().wrong_outputs(x, right)


class _Softmax(Reference):
    name = "Softmax"

    def wrong_outputs(self, x, right):
        e, p, shifted = np.exp(x), shares(np.exp(x)), np.exp(x - x.max(**ROW))
        above = {
            "": e, " ": shifted, "  ": np.exp(x - x.max()), "the exponential is missing": x,
            "the exponential is missing; the smallest score is subtracted": x - x.min(**ROW),
            "the exponential is missing; the largest score is subtracted": x - x.max(**ROW),
            "the sign of the scores is wrong: the largest must win": np.exp(-x),
            "the base is 2; it must be e": 2.0**x,
            "the largest score of each column is subtracted, which changes the shares of a row":
                np.exp(x - x.max(**COLUMN)),
        }  # fmt: skip
        below = {
            "": lambda v: v.sum(**ROW),
            "each column sums to one: the sum must go along each row (axis=1)":
                lambda v: v.sum(**COLUMN),
            "all numbers together sum to one: each row must, by a sum along it (axis=1)": np.sum,
            "keepdims=True is missing in the sum, so each row is divided by others' sums":
                lambda v: v.sum(axis=1),
            "it is not divided by the row's sum": lambda v: 1.0,
            "it is divided by the row's mean, not by its sum": lambda v: v.mean(**ROW),
            "it is divided by the row's largest, not by its sum": lambda v: v.max(**ROW),
            "it is divided by the number of columns": lambda v: v.shape[1],
            "it is divided by the number of rows": len,
        }  # fmt: skip
        for (one, top), (two, total) in product(above.items(), below.items()):
            if causes := joined((one.strip(), two), "."):
                yield causes, lambda top=top, total=total: top / total(top)
        yield from [
            ("the largest score is subtracted above, but not below.", shifted / e.sum(**ROW)),
            ("the largest score is subtracted below, but not above.", e / shifted.sum(**ROW)),
            ("this is the logarithm of the softmax.", np.log(p)),
            ("only the winner is named (one-hot): a softmax gives every class a probability.",
             x == x.max(**ROW)),
            ("each element is squashed by itself: this is a sigmoid.", logistic(x)),
            ("each element is squashed by itself: this is a tanh.", np.tanh(x)),
            ("a softmax is applied twice.", shares(np.exp(p))),
        ]  # fmt: skip
        for small, v in product((0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6), (e, shifted)):
            said = f"{small:g} is added below: then a row does not sum to one."
            yield said, v / (v.sum(**ROW) + small)

    def wrong_input(self, x, g, right):
        p = right.forward(x)
        rest = ": p (g - the row's sum of g p)."
        elements = (
            "every output depends on all inputs of its row, so the other elements (the Jacobian "
            f"off its diagonal) belong in it, too{rest}"
        )
        for also, v in (("", g), (" Besides, grad_output is not used.", np.ones_like(g))):
            for slope in (p * (1 - p), p * (p - 1), p**2, p * (1 + p), p, 1 - p, 1 - p**2):
                yield elements + also, v * slope
        crossed = -p * ((g * p).sum(**ROW) - g * p)
        jacobians = {"first row's": p[0], "last row's": p[-1], "mean": p.mean(axis=0)}
        yield elements, g + p * (1 - p)
        yield "grad_output is passed on unchanged, against the chain rule.", g
        yield "the diagonal of the Jacobian, p (1 - p), is missing.", crossed
        sign = "a sign of the Jacobian is wrong off its diagonal: it is -p_i p_j."
        yield sign, g * p * (1 - p) - crossed
        for which, one in jacobians.items():
            said = f"the {which} Jacobian is used for all rows; each row has its own."
            yield said, g @ (np.diag(one) - np.outer(one, one))
        yield from self.wrong_terms(p, g, rest)

    def wrong_terms(self, p, g, rest):
        """Yield mistakes in p (g - the row's sum of g p), part by part."""
        weigh = {
            "": g * p, "the sum must be weighed by p": g, "grad_output is missing in the sum": p,
            "p is squared in the sum": g * p**2,
        }  # fmt: skip
        gather = {
            "": lambda v: v.sum(**ROW),
            "the sum goes down the columns: it must go along each row (axis=1)":
                lambda v: v.sum(**COLUMN),
            "the sum goes over all rows: it must go along each row (axis=1)": np.sum,
            "a mean stands where the row's sum belongs": lambda v: v.mean(**ROW),
            "the row's sum is missing: other elements count, too": lambda v: 0 * v,
            "the sum is missing: each element stands for itself": lambda v: v,
            "keepdims=True is missing in the sum, so each row gets others' sums":
                lambda v: v.sum(axis=1),
        }  # fmt: skip
        outer = {
            "": p, "the factor p in front is missing": 1.0,
            "p (1 - p) stands in front where p belongs": p * (1 - p),
        }  # fmt: skip
        inner = {"": g, "grad_output is missing: g minus the sum": 1.0,
                 "p stands where grad_output belongs": p}  # fmt: skip
        signs = {"": -1, "a sign is wrong: g *minus* the sum": 1}
        for parts in product(*(each.items() for each in (weigh, gather, outer, inner, signs))):
            causes = joined([said for said, _ in parts], rest)
            if causes and len(causes) < 3:
                v, total, front, first, sign = (value for _, value in parts)
                yield causes, lambda v=v, t=total, f=front, i=first, s=sign: f * (i + s * t(v))


def _activation(cls, reference, large):
    """Check an activation; `large` numbers, too, where the formula as it stands overflows."""
    name, case = reference.name, Case(f"{reference.name}()")
    module = case.run(cls)
    for kind in ("params", "grads"):
        said = f"{kind} must be an empty dict: derive the class from Module, and call super()."
        case.require(getattr(module, kind, None) == {}, said)
    check_module(reference(cls))
    module, case = cls(), Case(f"{name}.forward, with large numbers,", x=large)
    y, expected = case.run(module.forward, large.copy()), reference(cls).right(None).forward(large)
    bad = ~np.isfinite(np.asarray(y, dtype=np.float64))
    whole = bad[bad.any(axis=1)].all()  # rows of exponentials that are all 0, and none too large
    if name == "Softmax" and bad.any() and whole and not bad[0].any():
        said = "in a row of very negative numbers all exponentials are 0, and 0 / 0 is NaN: "
        said += "subtract from each row its own largest number, whatever its sign."
        if np.isfinite(case.run(module.forward, large[2:])).all():
            said = "the largest number of all rows was subtracted: each row needs its own."
        case.fail(said, y)
    said = "the exponential of a large number overflows: rewrite the formula so that no exponent "
    case.require(not bad.any(), f"{said}is large.", y, expected)
    said = "large numbers are clipped, or treated in another way; the formula holds for numbers of "
    case.equal(y, expected, otherwise=f"{said}any size.")
    case.what = f"{name}.backward, after large numbers,"
    grad = np.asarray(case.run(module.backward, np.ones_like(large)), dtype=np.float64)
    case.require(np.isfinite(grad).all(), "the gradient is not finite: an overflow.", grad)


LARGE = np.array([[-1000.0, -9.0, -0.001], [0.0, 9.0, 1000.0]])


@check
def tanh(TanH) -> None:
    """Check a class `TanH()`. Raises CheckFailed: what is wrong, and the likely cause."""
    _activation(TanH, _TanH, LARGE)


@check
def sigmoid(Sigmoid) -> None:
    """Check a class `Sigmoid()`. Raises CheckFailed: what is wrong, and the likely cause."""
    _activation(Sigmoid, _Sigmoid, LARGE)


@check
def softmax(Softmax) -> None:
    """Check a class `Softmax()`. Raises CheckFailed: what is wrong, and the likely cause."""
    x = [[1000.0, 1001.0, 999.0], [-1000.0, 0.0, -999.0], [-2000.0, -2001.0, -2000.0]]
    _activation(Softmax, _Softmax, np.array(x))
