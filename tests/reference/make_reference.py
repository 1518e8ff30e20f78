"""Let PyTorch compute what nnlib computes, and keep the numbers in pytorch.json.

The tests compare with the file; only this script needs torch (2.13.0 when the file was made):
    python tests/reference/make_reference.py
PyTorch keeps the weight of a linear layer as (out, in); the file has it as nnlib does, (in, out).
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return tensor.detach().tolist()


def parameters(network):
    """Return the weights and biases of the linear layers in order, the weights transposed."""
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
    return [{"weight": numbers(layer.weight.T), "bias": numbers(layer.bias)} for layer in layers]


def gradients(network):
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
    return [
        {"weight": numbers(layer.weight.grad.T), "bias": numbers(layer.bias.grad)}
        for layer in layers
    ]


def module_case(module, x):
    """Return the output for `x` and the gradients for a random gradient of the output."""
    x = x.requires_grad_()
    output = module(x)
    grad_output = torch.randn(output.shape)
    output.backward(grad_output)
    case = {"x": x, "output": output, "grad_output": grad_output, "grad_input": x.grad}
    case = {name: numbers(value) for name, value in case.items()}
    if isinstance(module, nn.Module):
        case |= {"parameters": parameters(module), "gradients": gradients(module)}
    return case


def loss_case(function, prediction, target):
    prediction = prediction.detach().requires_grad_()
    value = function(prediction, target)
    value.backward()
    return {
        "prediction": numbers(prediction),
        "target": numbers(target),
        "value": value.item(),
        "gradient": numbers(prediction.grad),
    }


def training_case(network, loss, x, target, learning_rate, steps):
    """Return the losses and the parameters of plain gradient descent, before and after."""
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate)
    case = {"x": numbers(x), "target": numbers(target), "learning_rate": learning_rate}
    case |= {"before": parameters(network), "losses": []}
    for _ in range(steps):
        optimizer.zero_grad()
        value = loss(network(x), target)
        value.backward()
        optimizer.step()
        case["losses"].append(value.item())
    return case | {"after": parameters(network), "output": numbers(network(x))}


def main():
    torch.manual_seed(0)
    logits, target = 3 * torch.randn(6, 4), torch.rand(6, 4)
    labels = torch.randint(0, 4, (6,))
    soft = torch.softmax(torch.randn(6, 4), dim=1)
    reference = {"torch": torch.__version__, "modules": {}, "losses": {}, "trainings": {}}

    reference["modules"] = {
        "Linear": module_case(nn.Linear(3, 5), torch.randn(6, 3)),
        "TanH": module_case(torch.tanh, 2 * torch.randn(6, 4)),
        "Sigmoid": module_case(torch.sigmoid, 4 * torch.randn(6, 4)),
        "Softmax": module_case(lambda x: torch.softmax(x, dim=1), 3 * torch.randn(6, 4)),
    }
    for reduction in ("mean", "sum"):
        how = {"reduction": reduction}
        reference["losses"] |= {
            f"MSELoss {reduction}": loss_case(
                lambda p, y, how=how: F.mse_loss(p, y, **how), logits, target
            ),
            f"BinaryCrossEntropy {reduction}": loss_case(
                lambda p, y, how=how: F.binary_cross_entropy(p, y, **how),
                torch.sigmoid(logits),
                target,
            ),
            f"BinaryCrossEntropy from_logits {reduction}": loss_case(
                lambda p, y, how=how: F.binary_cross_entropy_with_logits(p, y, **how),
                logits,
                target,
            ),
            f"CrossEntropyWithLogSoftmax {reduction}": loss_case(
                lambda p, y, how=how: F.cross_entropy(p, y, **how), logits, labels
            ),
            f"CrossEntropyWithLogSoftmax soft {reduction}": loss_case(
                lambda p, y, how=how: F.cross_entropy(p, y, **how), logits, soft
            ),
        }
    classifier = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 4))
    copier = nn.Sequential(
        *(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 2), nn.Tanh()),
        *(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 6), nn.Sigmoid()),
    )
    images = torch.rand(8, 6)
    reference["trainings"] = {
        "Sequential": training_case(
            classifier, F.cross_entropy, torch.randn(6, 3), labels, learning_rate=0.5, steps=20
        ),
        "AutoEncoder": training_case(
            copier,
            lambda p, y: F.mse_loss(p, y, reduction="sum") / len(p),
            images,
            images,
            learning_rate=0.3,
            steps=20,
        ),
    }
    path = Path(__file__).with_name("pytorch.json")
    path.write_text(json.dumps(reference, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
