"""The picture that is shown where a page is shared that has none: the book's title, and a network.

It is drawn when the book is built, from the library's own objects, as are the pages' diagrams.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from nnlib.datasets import mnist
from nnlib.experiments import grid

FILE = "_static/card.png"
SUBTITLE = "Neural networks from scratch in NumPy.\nEvery number can be reproduced."
DIGIT = 3


def draw(path, title):
    """Draw a digit, the widths of the layers that it passes, and its reconstruction."""
    data = mnist.load()
    image = data.X_test[data.Y_test == DIGIT][:1]
    network = grid.load(loss="mse", epochs=20, batch_size=32, latent_dim=16, steps=4)
    widths = network.widths + network.widths[-2::-1]
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor="white")
    figure.text(0.06, 0.86, title, fontsize=44, fontweight="bold", va="center")
    figure.text(0.06, 0.68, SUBTITLE, fontsize=25, va="center", linespacing=1.4)
    for left, pixels in ((0.06, image), (0.76, network.forward(image))):
        axes = figure.add_axes((left, 0.1, 0.18, 0.18 * 12 / 6.3))
        axes.imshow(pixels.reshape(mnist.SIDE, mnist.SIDE), cmap="gray_r", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
    axes = figure.add_axes((0.27, 0.1, 0.46, 0.18 * 12 / 6.3))
    axes.bar(np.arange(len(widths)), widths, 0.5, -np.divide(widths, 2), color="#0072B2")
    axes.set_axis_off()
    figure.savefig(path, metadata={"Software": None})


def finish(app, exception):
    """Draw it into the built book."""
    if not exception and app.builder.format == "html":
        draw(Path(app.outdir, FILE), app.config.html_title)


def setup(app):
    """Register the step."""
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
