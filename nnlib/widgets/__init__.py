"""Figures that move, in a running notebook and on the published page. Floor 6."""

from nnlib.widgets.explorer import CodeExplorer
from nnlib.widgets.lab import Lab

__all__ = ["CodeExplorer", "Lab"]
