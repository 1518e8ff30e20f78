"""What a training consists of: steps, batches and epochs."""

from nnlib.diagrams.svg import Diagram

# What the drawings say, in one place. The names are those of methods.
STEPS = (
    ("network.zero_grad()", "clear the gradients", "box"),
    ("network.forward(X)", "forward pass: predict", "value-area"),
    ("loss.forward(prediction, Y)", "compare with the target", "value-area"),
    ("loss.backward()", "gradient of the loss", "gradient-area"),
    ("network.backward(gradient)", "backward pass: all gradients", "gradient-area"),
    ("rule.update(params, grads)", "update", "box"),
)
NEXT = "next batch"
IN_ORDER, BATCH, EPOCH, STEP = "images, in a new order in each epoch", "batch", "epoch", "steps"


def training_step(optim) -> Diagram:
    """Draw the step of a training, in the order of its calls.

    Args:
        optim: an `Optim`: a network, its loss and its update rule.
    """
    rate = f"η = {optim.learning_rate:g}"
    said = "; ".join(f"{what}, {call}" for call, what, _ in STEPS)
    picture = Diagram(
        340,
        50 * len(STEPS),
        f"One training step: {said}, with the learning rate {rate}. Then comes the next batch.",
    )
    for at, (call, what, look) in enumerate(STEPS):
        top = 50 * at + 4
        picture.box(4, top, 284, 38, look, rx=6)
        words = f"{what}, {rate}" if call.startswith("rule") else what
        picture.text(14, top + 11, call, anchor="start", font_family="monospace")
        picture.text(14, top + 27, words, "quiet", anchor="start", size=11)
        if at:
            picture.line((146, top - 12), (146, top - 1), arrow=True)
    first, last = 23, 50 * (len(STEPS) - 1) + 23
    picture.line((288, last), (316, last), (316, first), (290, first), arrow=True)
    middle = (first + last) / 2
    picture.text(331, middle, NEXT, transform=f"rotate(-90 331 {middle:g})")
    return picture


def batches(rows, batch_size, epochs) -> Diagram:
    """Draw how a training set is divided into batches, and how many steps that makes.

    Args:
        rows: how many images, or other rows, there are.
        batch_size: rows a step; the last batch may be shorter.
        epochs: passes over the training set.
    """
    starts = range(0, rows, batch_size)
    steps, last = len(starts), rows - starts[-1]
    total = f"{epochs} epochs × {steps:,} steps = {epochs * steps:,} steps"
    picture = Diagram(
        340,
        244,
        f"{rows:,} images are divided into {steps:,} batches: of {batch_size} images each, the "
        f"last of {last}. Each batch is one step. In all: {total}.",
    )
    picture.text(170, 12, f"{rows:,} {IN_ORDER}")
    picture.box(4, 24, 332, 24, "value-area")
    shown = {0: 1, 1: 2, 2: 3, 4: steps}  # where in a row of five, and which batch
    for at in range(5):
        x, middle = 4 + 66.4 * at, 37 + 66.4 * at
        if at not in shown:
            picture.text(middle, 97, "…", size=16)
            continue
        cut = 4 + (326 if at == 4 else 6 * at)  # where the batch lies in the set, not to scale
        picture.box(cut, 24, 6, 24, "value-area")
        picture.line((cut, 48), (x + 3, 80), look="faint")
        picture.line((cut + 6, 48), (x + 63, 80), look="faint")
        picture.box(x + 3, 80, 60, 34, "value-area", rx=4)
        picture.text(middle, 97, last if at == 4 else batch_size, size=14)
        picture.text(middle, 126, f"{BATCH} {shown[at]:,}", "quiet", size=11)
    picture.brace(7, 333, 166, f"1 {EPOCH} = {steps:,} {STEP}")
    for at, name in enumerate((1, 2, 3, "…", epochs)):
        x = 7 + 66.4 * at
        if name != "…":
            picture.box(x, 176, 60, 26, "box", rx=4)
        picture.text(x + 30, 189, name if name == "…" else f"{EPOCH} {name}", size=11)
    picture.text(170, 226, total, font_weight="bold")
    return picture
