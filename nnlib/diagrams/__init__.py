"""Diagrams, drawn from the library's own objects: what they show is what the objects hold."""

from nnlib.diagrams.networks import layer_shapes, widths
from nnlib.diagrams.svg import Diagram

__all__ = ["Diagram", "layer_shapes", "widths"]
