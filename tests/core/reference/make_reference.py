"""Let PyTorch compute what nnlib computes, and keep the numbers in pytorch.json.

The tests compare with the file; only this script needs torch (2.13.0 when the file was made):
    python -m venv .venv-torch
    .venv-torch/bin/pip install torch==2.13.0 numpy==2.4.6
    .venv-torch/bin/python tests/core/reference/make_reference.py
That computes the cases which the file lacks; with --all, all of them anew. A new activation, rule
or loss is one entry in ACTIVATIONS, RULES or LOSSES.

It does not import nnlib. A network is described as nnlib's files describe one. PyTorch keeps the
weight of a linear layer as (out, in); the file has it as nnlib does, (in, out). Each case draws its
numbers from a seed of its own, its name, so that no case changes another.

Inputs, weights and targets are multiples of 1/1024. Both float types hold those exactly, so that
single precision is judged by what it computes and not by the rounding of what it was given.
"""

import argparse
import json
import sys
from functools import partial
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)

SHAPES = {"table": (6, 4), "one row": (1, 4), "one column": (6, 1), "wide": (2, 15)}
ACTIVATIONS = {  # by the names of nnlib's, as the rules and losses below
    "TanH": nn.Tanh,
    "Sigmoid": nn.Sigmoid,
    "Softmax": lambda: nn.Softmax(1),
    "ReLU": nn.ReLU,
}
RULES = {  # with the learning rate to train at, and the settings that nnlib's takes, too
    "SGD": (torch.optim.SGD, 0.1, {"momentum": 0.75}),
    "Adam": (torch.optim.Adam, 0.01, {}),
}
REDUCTIONS = {  # the same three divisors, written with PyTorch's words
    "mean": lambda loss, p, y: loss(p, y, reduction="mean"),
    "batchmean": lambda loss, p, y: loss(p, y, reduction="sum") / len(p),
    "sum": lambda loss, p, y: loss(p, y, reduction="sum"),
}
LOSSES = {  # those that loss_cases does not know take any numbers as prediction and target
    "MSELoss": F.mse_loss,
    "BinaryCrossEntropy": F.binary_cross_entropy,
    "BinaryCrossEntropy from_logits": F.binary_cross_entropy_with_logits,
    "CrossEntropyWithLogSoftmax": F.cross_entropy,
}


def grid(tensor):
    """Round to multiples of 1/1024."""
    return torch.round(1024 * tensor) / 1024


def normal(shape, size=1):
    return grid(size * torch.randn(shape))


def uniform(shape):
    return grid(torch.rand(shape))


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
            return ACTIVATIONS[kind]()


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
    """Return the cases of modules, by name, as functions that compute them."""
    cases = {}

    def add(name, description, draw_x):
        cases[name] = lambda: module_case(description, draw_x())

    for name, (rows, n_in, n_out) in {
        "a layer": (6, 3, 5),
        "one row": (1, 3, 5),
        "one input": (6, 1, 4),
        "one output": (6, 4, 1),
        "wide": (2, 40, 3),
        "many rows": (40, 2, 3),
    }.items():
        add(f"Linear, {name}", linear(n_in, n_out), partial(normal, (rows, n_in)))
    extremes = [[1000, -1000, 0], [-1000, -1000, -3000], [80, -80, 20], [0.5, 0.25, -40]]
    for kind in ACTIVATIONS:
        for name, shape in SHAPES.items():
            add(f"{kind}, {name}", {"kind": kind}, partial(normal, shape, 3))
        add(f"{kind}, extreme", {"kind": kind}, lambda: torch.tensor(extremes))

    inner = sequential(linear(5, 4), "Sigmoid", sequential(linear(4, 4), "TanH"))
    for name, description, shape in (
        ("Sequential", sequential(linear(3, 5), "TanH", linear(5, 4), "Softmax"), (6, 3)),
        ("Sequential, nested", sequential(linear(3, 5), "TanH", inner, linear(4, 2)), (6, 3)),
        ("Sequential, one row", sequential(linear(3, 1), "Sigmoid", linear(1, 3)), (1, 3)),
        ("AutoEncoder, code tanh", autoencoder([9, 5, 2], "tanh"), (6, 9)),
        ("AutoEncoder, code linear", autoencoder([9, 5, 2], "linear"), (6, 9)),
        ("AutoEncoder, as wide as its input", autoencoder([3, 3], "tanh"), (1, 3)),
        ("AutoEncoder, a chain of 16 layers", autoencoder(CHAIN_WIDTHS, "tanh"), (3, 24)),
    ):
        add(name, description, partial(uniform, shape))
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


def soft(shape):
    """Return rows of multiples of 1/1024 that sum to exactly one."""
    rows = torch.floor(1024 * torch.softmax(torch.randn(shape), dim=1)) / 1024
    rows[:, 0] += 1 - rows.sum(dim=1)
    return rows


def one_hot(labels, classes):
    return F.one_hot(labels, classes).double()


def loss_cases():
    """Return the cases of losses, by name, as functions that compute them."""
    cases = {}

    def add(kind, name, draw_prediction, draw_target):
        cases[f"{kind}, {name}"] = lambda: loss_case(kind, draw_prediction(), draw_target())

    far = torch.tensor([[1000, -1000, 0], [-1000, 1000, 40], [1000, 1000, -40.0]])
    yes_no = torch.tensor([[1, 0, 1], [1, 0, 0.25], [0, 0.5, 1]])
    certain = torch.tensor([[0, 1, 0, 1, 0.5], [0, 1, 1 / 1024, 1023 / 1024, 0]])
    right_wrong_and_between = torch.tensor([[0, 1, 1, 0, 1], [0.5, 0.25, 1, 0, 0]])
    for kind in LOSSES:
        for name, shape in SHAPES.items():
            rows, columns = shape
            labels = partial(torch.randint, 0, columns, (rows,))
            match kind:
                case "BinaryCrossEntropy":
                    inside = partial(torch.randint, 1, 1024, shape)
                    add(kind, name, lambda inside=inside: inside() / 1024, partial(uniform, shape))
                case "BinaryCrossEntropy from_logits":
                    add(kind, name, partial(normal, shape, 4), partial(uniform, shape))
                case "CrossEntropyWithLogSoftmax":
                    for form, target in (
                        ("labels", labels),
                        ("one-hot", lambda draw=labels, of=columns: one_hot(draw(), of)),
                        ("soft", partial(soft, shape)),
                    ):
                        add(kind, f"{form}, {name}", partial(normal, shape, 3), target)
                case _:
                    add(kind, name, partial(normal, shape, 3), partial(normal, shape))
        match kind:
            case "BinaryCrossEntropy":
                add(kind, "extreme", lambda: certain, lambda: right_wrong_and_between)
            case "CrossEntropyWithLogSoftmax":
                add(kind, "labels, extreme", lambda: far, lambda: torch.tensor([1, 0, 2]))
                add(kind, "one-hot, extreme", lambda: far, lambda: torch.eye(3))
            case _:
                add(kind, "extreme", lambda: far, lambda: yes_no)
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


def training_case(
    description, loss, reduction, draw, rate, *, batch_size, epochs, rule="SGD", given=None
):
    """Return a training by gradient descent: parameters before and after, and each epoch's loss.

    The loss of an epoch is the mean over its rows. The order of the rows is new in each epoch,
    that of `np.random.default_rng(0).permutation`. `batch_size` None takes all rows as they are.
    """
    network, rng, given = build(description), np.random.default_rng(0), given or {}
    x, target = draw()
    optimizer = RULES[rule][0](network.parameters(), lr=rate, **given)
    case = {
        "network": description,
        "loss": [loss, reduction],
        "x": numbers(x),
        "target": None if target is x else numbers(target),
        "learning_rate": rate,
        "rule": [rule, given],
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


def images():
    """Return rows that one can learn to copy, as inputs and as targets."""
    rows = grid(torch.sigmoid(4 * torch.randn(26, 2) @ torch.randn(2, 6)))
    return rows, rows


def points(target):
    """Return points, and which of four linear functions of them is the largest, or above 0."""
    rows = normal((26, 3))
    scores = rows @ torch.randn(3, 4)
    return rows, scores.argmax(dim=1) if target == "labels" else (scores > 0).double()


def training_cases():
    """Return the cases of trainings, by name, as functions that compute them."""
    cases = {}

    def add(name, *setting, **rule):
        train = partial(training_case, *setting, **rule)
        cases[f"{name}, 100 whole steps"] = partial(train, batch_size=None, epochs=100)
        cases[f"{name}, 105 small batches"] = partial(train, batch_size=4, epochs=15)

    to_four = sequential(linear(3, 5), "TanH", linear(5, 4))
    rectified = sequential(linear(3, 8), "ReLU", linear(8, 4))
    logits, classes = "BinaryCrossEntropy from_logits", "CrossEntropyWithLogSoftmax"
    labels, yes_no = partial(points, "labels"), partial(points, "yes or no")
    # The rates let each loss fall without swings: at a rate of 2, that of "bce" swings, and in 100
    # steps the rounding of the last digit grows to 1e-11, in single precision to 1e-2.
    for setting in (
        (autoencoder([6, 4, 2], "linear"), "MSELoss", "batchmean", images, 0.2),
        (autoencoder([6, 4, 2], "tanh"), "BinaryCrossEntropy", "mean", images, 1.0),
        (to_four, logits, "mean", yes_no, 0.5),
        (to_four, classes, "mean", labels, 0.5),
    ):
        add(setting[1], *setting)
    add(f"{logits}, rectified", rectified, logits, "mean", yes_no, 0.5)
    for rule, (_, rate, given) in RULES.items():
        setting = (rectified, logits, "mean", yes_no, rate)
        add(f"{logits}, {rule}", *setting, rule=rule, given=given)
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="compute what is there anew, too")
    path, version = Path(__file__).with_name("pytorch.json"), torch.__version__.partition("+")[0]
    kept = {} if parser.parse_args().all else json.loads(path.read_text(encoding="utf-8"))
    if kept and kept["torch"].partition("+")[0] != version:
        sys.exit(f"The numbers are of torch {kept['torch']}: install that, or write --all.")
    reference = {"torch": torch.__version__, "numpy": np.__version__} | kept
    for part, cases in {
        "modules": module_cases(),
        "losses": loss_cases(),
        "trainings": training_cases(),
    }.items():
        there = kept.get(part, {})
        reference[part] = {
            name: there[name] if name in there else computed(f"{part}: {name}", compute)
            for name, compute in cases.items()
        }
    reference["chain"] = kept.get("chain") or chain_case(seed=16, rows=4)
    path.write_text(text_of(reference), encoding="utf-8")


def computed(name, compute):
    print(name)
    torch.manual_seed(crc32(name.encode()) + 1)  # so that all trainings fall without swings
    return compute()


def text_of(reference):
    """Return JSON with a line for every case, so that a change shows which."""
    line, lines = partial(json.dumps, separators=(",", ":")), []
    for part, cases in reference.items():
        text = line(cases)  # a version
        if isinstance(cases, dict):
            rows = [f"{line(name)}: {line(case)}" for name, case in cases.items()]
            text = "{\n" + ",\n".join(rows) + "\n}"
        lines.append(f"{line(part)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
