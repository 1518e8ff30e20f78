"""Diagrams, drawn from the library's own objects: what they show is what the objects hold."""

from nnlib.diagrams.backpropagation import gates, graph
from nnlib.diagrams.classification import bending, class_probabilities
from nnlib.diagrams.experiments import decisions, denoising, design, inpainting, verdict_key
from nnlib.diagrams.maps import library
from nnlib.diagrams.networks import hourglass, layer_shapes, pixel_unit, unit, widths
from nnlib.diagrams.scale import funnels, memory
from nnlib.diagrams.svg import Diagram
from nnlib.diagrams.training import batches, training_step

__all__ = [
    "Diagram",
    "batches",
    "bending",
    "class_probabilities",
    "decisions",
    "denoising",
    "design",
    "funnels",
    "gates",
    "graph",
    "hourglass",
    "inpainting",
    "layer_shapes",
    "library",
    "memory",
    "pixel_unit",
    "training_step",
    "unit",
    "verdict_key",
    "widths",
]
