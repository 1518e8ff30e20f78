"""Trained networks, and the commands that train them: `python -m nnlib.zoo`. Floor 5."""

from nnlib.zoo.grid import load

__all__ = ["load"]
