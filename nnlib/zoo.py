"""The trained autoencoders by their settings, under the field's name for such a collection."""

from nnlib.experiments.grid import load

__all__ = ["load"]
