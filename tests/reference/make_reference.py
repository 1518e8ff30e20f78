"""Let PyTorch compute what nnlib computes, and keep the numbers in pytorch.json.

The tests compare with the file; only this script needs torch (2.13.0 when the file was made):
    python tests/reference/make_reference.py
It does not import nnlib. A network is described as nnlib's files describe one. PyTorch keeps the
weight of a linear layer as (out, in); the file has it as nnlib does, (in, out).

Inputs, weights and targets are multiples of 1/1024. Both float types hold those exactly, so that
single precision is judged by what it computes and not by the rounding of what it was given.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)

SHAPES = {"table": (6, 4), "one row": (1, 4), "one column": (6, 1), "wide": (2, 15)}
REDUCTIONS = {  # the same three divisors, written with PyTorch's words
    "mean": lambda loss, p, y: loss(p, y, reduction="mean"),
    "batchmean": lambda loss, p, y: loss(p, y, reduction="sum") / len(p),
    "sum": lambda loss, p, y: loss(p, y, reduction="sum"),
}
LOSSES = {
    "MSELoss": F.mse_loss,
    "BinaryCrossEntropy": F.binary_cross_entropy,
    "BinaryCrossEntropy from_logits": F.binary_cross_entropy_with_logits,
    "CrossEntropyWithLogSoftmax": F.cross_entropy,
}


def grid(tensor):
    """Round to multiples of 1/1024."""
    return torch.round(1024 * tensor) / 1024


def numbers(tensor):
    return tensor.detach().tolist()


# Networks


def linear(n_in, n_out):
    return {"kind": "Linear", "in_features": n_in, "out_features": n_out}


def sequential(*layers):
    return {
        "kind": "Sequential",
        "layers": [layer if isinstance(layer, dict) else {"kind": layer} for layer in layers],
    }


def autoencoder(widths, code):
    return {
        "kind": "AutoEncoder",
        "input_dim": widths[0],
        "latent_dim": widths[-1],
        "steps": len(widths) - 1,
        "widths": widths,
        "code": code,
    }


def build(description):
    """Return PyTorch's network of that description."""
    match description["kind"]:
        case "Linear":
            layer = nn.Linear(description["in_features"], description["out_features"])
            with torch.no_grad():
                for parameter in layer.parameters():
                    parameter.copy_(grid(parameter))
            return layer
        case "Sequential":
            return nn.Sequential(*map(build, description["layers"]))
        case "AutoEncoder":
            widths, layers = description["widths"], []
            for pair in pairwise(widths + widths[-2::-1]):
                layers += [build(linear(*pair)), nn.Tanh()]
            if description["code"] == "linear":
                del layers[2 * description["steps"] - 1]
            return nn.Sequential(*layers[:-1], nn.Sigmoid())
        case kind:
            return {"TanH": nn.Tanh(), "Sigmoid": nn.Sigmoid(), "Softmax": nn.Softmax(1)}[kind]


def parameters(network):
    """Return weights and biases in order; the weights transposed."""
    return [numbers(value.T if value.ndim == 2 else value) for value in network.parameters()]


def gradients(network):
    grads = [value.grad for value in network.parameters()]
    return [numbers(grad.T if grad.ndim == 2 else grad) for grad in grads]


def module_case(description, x):
    """Return the output for `x`, and the gradients for a random gradient of the output."""
    module, x = build(description), x.requires_grad_()
    output = module(x)
    grad_output = grid(torch.randn(output.shape))
    output.backward(grad_output)
    tensors = {"x": x, "output": output, "grad_output": grad_output, "grad_input": x.grad}
    return {name: numbers(value) for name, value in tensors.items()} | {
        "network": description,
        "parameters": parameters(module),
        "gradients": gradients(module),
    }


def module_cases():
    cases = {}
    for name, (rows, n_in, n_out) in {
        "a layer": (6, 3, 5),
        "one row": (1, 3, 5),
        "one input": (6, 1, 4),
        "one output": (6, 4, 1),
        "wide": (2, 40, 3),
        "many rows": (40, 2, 3),
    }.items():
        case = module_case(linear(n_in, n_out), grid(torch.randn(rows, n_in)))
        cases[f"Linear, {name}"] = case
    for kind in ("TanH", "Sigmoid", "Softmax"):
        for name, shape in SHAPES.items():
            cases[f"{kind}, {name}"] = module_case({"kind": kind}, grid(3 * torch.randn(shape)))
        extremes = [[1000, -1000, 0], [-1000, -1000, -3000], [80, -80, 20], [0.5, 0.25, -40]]
        cases[f"{kind}, extreme"] = module_case({"kind": kind}, torch.tensor(extremes))

    inner = sequential(linear(5, 4), "Sigmoid", sequential(linear(4, 4), "TanH"))
    for name, description, rows in (
        ("Sequential", sequential(linear(3, 5), "TanH", linear(5, 4), "Softmax"), 6),
        ("Sequential, nested", sequential(linear(3, 5), "TanH", inner, linear(4, 2)), 6),
        ("Sequential, one row", sequential(linear(3, 1), "Sigmoid", linear(1, 3)), 1),
        ("AutoEncoder, code tanh", autoencoder([9, 5, 2], "tanh"), 6),
        ("AutoEncoder, code linear", autoencoder([9, 5, 2], "linear"), 6),
        ("AutoEncoder, as wide as its input", autoencoder([3, 3], "tanh"), 1),
        ("AutoEncoder, a chain of 16 layers", autoencoder(CHAIN_WIDTHS, "tanh"), 3),
    ):
        first = next(iter(build(description).parameters()))
        cases[name] = module_case(description, grid(torch.rand(rows, first.shape[1])))
    return cases


CHAIN_WIDTHS = [24, 18, 13, 9, 7, 5, 4, 3, 2]  # as AutoEncoder(24, 2, 8) has them


# Losses


def loss_case(kind, prediction, target):
    case = {"prediction": numbers(prediction), "target": numbers(target)}
    for reduction, reduced in REDUCTIONS.items():
        prediction = prediction.detach().requires_grad_()
        value = reduced(LOSSES[kind], prediction, target)
        value.backward()
        case[reduction] = {"value": value.item(), "gradient": numbers(prediction.grad)}
    return case


def loss_cases():
    cases = {}

    def add(kind, name, prediction, target):
        cases[f"{kind}, {name}"] = loss_case(kind, prediction, target)

    def soft(shape):  # rows of multiples of 1/1024 that sum to exactly one
        rows = torch.floor(1024 * torch.softmax(torch.randn(shape), dim=1)) / 1024
        rows[:, 0] += 1 - rows.sum(dim=1)
        return rows

    for name, (rows, columns) in SHAPES.items():
        shape = rows, columns
        inside = torch.randint(1, 1024, shape) / 1024
        add("MSELoss", name, grid(3 * torch.randn(shape)), grid(torch.randn(shape)))
        add("BinaryCrossEntropy", name, inside, grid(torch.rand(shape)))
        add(
            "BinaryCrossEntropy from_logits",
            name,
            grid(4 * torch.randn(shape)),
            grid(torch.rand(shape)),
        )
        for form, target in (
            ("labels", torch.randint(0, columns, (rows,))),
            ("one-hot", F.one_hot(torch.randint(0, columns, (rows,)), columns).double()),
            ("soft", soft(shape)),
        ):
            scores = grid(3 * torch.randn(shape))
            add("CrossEntropyWithLogSoftmax", f"{form}, {name}", scores, target)

    far = torch.tensor([[1000, -1000, 0], [-1000, 1000, 40], [1000, 1000, -40.0]])
    yes_no = torch.tensor([[1, 0, 1], [1, 0, 0.25], [0, 0.5, 1]])
    add("MSELoss", "extreme", far, yes_no)
    add("BinaryCrossEntropy from_logits", "extreme", far, yes_no)
    certain = torch.tensor([[0, 1, 0, 1, 0.5], [0, 1, 1 / 1024, 1023 / 1024, 0]])
    right_wrong_and_between = torch.tensor([[0, 1, 1, 0, 1], [0.5, 0.25, 1, 0, 0]])
    add("BinaryCrossEntropy", "extreme", certain, right_wrong_and_between)
    for form, target in (("labels", torch.tensor([1, 0, 2])), ("one-hot", torch.eye(3))):
        add("CrossEntropyWithLogSoftmax", f"{form}, extreme", far, target)
    return cases


# A chain of 16 layers in the size of the report


def fingerprint(array, rng):
    """Return two random sums over an array of any size, and its largest number.

    A mistake in any one number changes both sums; to keep a million numbers takes no more room.
    """
    weights = rng.standard_normal((2, array.size)) / np.sqrt(array.size)
    return {"sums": (weights @ array.ravel()).tolist(), "largest": float(abs(array).max())}


def chain_case(seed, rows):
    """Return fingerprints for AutoEncoder(784, 16, 8) whose numbers come from one seed.

    Whoever draws in the same order has the same weights: the weight of each layer from the first
    to the last, standard normal numbers times `scale` and rounded; then the rows, uniform.
    """
    widths = [784, 482, 296, 182, 112, 69, 42, 26, 16]
    network = build(autoencoder(widths, "tanh"))
    rng, scale = np.random.default_rng(seed), []
    with torch.no_grad():
        for layer in (layer for layer in network.modules() if isinstance(layer, nn.Linear)):
            n_out, n_in = layer.weight.shape
            scale.append(float(5 / 3 * np.sqrt(2 / (n_in + n_out))))
            weight = torch.from_numpy(scale[-1] * rng.standard_normal((n_in, n_out)))
            layer.weight.copy_(grid(weight).T)
            layer.bias.zero_()
    x = grid(torch.from_numpy(rng.uniform(size=(rows, widths[0])))).requires_grad_()
    output = network(x)
    value = F.mse_loss(output, x.detach(), reduction="sum") / rows
    value.backward()
    arrays = [output, x.grad] + [
        array.T if array.ndim == 2 else array
        for array in (parameter.grad for parameter in network.parameters())
    ]
    return {
        "network": autoencoder(widths, "tanh"),
        "seed": seed,
        "rows": rows,
        "scale": scale,
        "drawn": fingerprint(x.detach().numpy(), rng),
        "value": value.item(),
        "output, grad_input, gradients": [
            fingerprint(np.ascontiguousarray(array.detach().numpy()), rng) for array in arrays
        ],
    }


# Training


def training_case(description, loss, reduction, x, target, rate, batch_size, epochs):
    """Return a training by gradient descent: parameters before and after, and each epoch's loss.

    The loss of an epoch is the mean over its rows. The order of the rows is new in each epoch,
    that of `np.random.default_rng(0).permutation`. `batch_size` None takes all rows as they are.
    """
    network, rng = build(description), np.random.default_rng(0)
    optimizer = torch.optim.SGD(network.parameters(), lr=rate)
    case = {
        "network": description,
        "loss": [loss, reduction],
        "x": numbers(x),
        "target": None if target is x else numbers(target),
        "learning_rate": rate,
        "batch_size": batch_size,
        "before": parameters(network),
        "losses": [],
    }
    for _ in range(epochs):
        order = np.arange(len(x)) if batch_size is None else rng.permutation(len(x))
        total = 0.0
        for start in range(0, len(x), batch_size or len(x)):
            rows = order[start : start + (batch_size or len(x))]
            optimizer.zero_grad()
            value = REDUCTIONS[reduction](LOSSES[loss], network(x[rows]), target[rows])
            value.backward()
            optimizer.step()
            total += value.item() * len(rows)
        case["losses"].append(total / len(x))
    return case | {"after": parameters(network), "output": numbers(network(x))}


def training_cases():
    images = grid(torch.sigmoid(4 * torch.randn(26, 2) @ torch.randn(2, 6)))
    points = grid(torch.randn(26, 3))
    scores = points @ torch.randn(3, 4)  # there is something to learn
    labels, yes_no = scores.argmax(dim=1), (scores > 0).double()
    to_four = sequential(linear(3, 5), "TanH", linear(5, 4))
    mse, bce, logits, classes = LOSSES
    cases = {}
    # The rates let each loss fall without swings: at a rate of 2, that of "bce" swings, and in 100
    # steps the rounding of the last digit grows to 1e-11, in single precision to 1e-2.
    for setting in (
        (autoencoder([6, 4, 2], "linear"), mse, "batchmean", images, images, 0.2),
        (autoencoder([6, 4, 2], "tanh"), bce, "mean", images, images, 1.0),
        (to_four, logits, "mean", points, yes_no, 0.5),
        (to_four, classes, "mean", points, labels, 0.5),
    ):
        name = setting[1]
        cases[f"{name}, 100 whole steps"] = training_case(*setting, None, 100)
        cases[f"{name}, 105 small batches"] = training_case(*setting, 4, 15)
    return cases


def main():
    torch.manual_seed(0)
    reference = {
        "torch": torch.__version__,
        "numpy": np.__version__,
        "modules": module_cases(),
        "losses": loss_cases(),
        "chain": chain_case(seed=16, rows=4),
        "trainings": training_cases(),
    }
    path = Path(__file__).with_name("pytorch.json")
    path.write_text(json.dumps(reference, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
