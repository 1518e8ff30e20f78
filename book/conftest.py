"""How nbval talks to the kernels of the notebooks."""

import os
from tempfile import TemporaryDirectory

import nbval.kernel


class KernelManager(nbval.kernel.KernelManager):
    """Starts a kernel that listens at sockets which are files, in a folder of its own.

    Another process may take a port before the kernel does that was to listen there: it dies then,
    and no cell of its notebook runs.
    """

    def __init__(self, **options):
        self.folder = TemporaryDirectory()
        super().__init__(transport="ipc", ip=f"{self.folder.name}/socket", **options)


if os.name != "nt":  # which has no such sockets
    nbval.kernel.KernelManager = KernelManager
