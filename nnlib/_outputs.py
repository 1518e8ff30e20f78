"""The outputs of many rows, in less time and little memory: a few rows at a time, on all cores.

`forward` keeps what goes through each layer, for `backward`. Of 14,000 images that is hundreds of
megabytes, which are written to memory and read again by the next layer. Whoever only wants the
outputs needs none of it: a few rows go through all layers while they are in the processor's cache,
always in the same arrays, and each core takes rows of its own.
"""

import functools
import sys
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import numpy as np

from nnlib._fused import apply_in_place, linear_activation_pairs
from nnlib._validation import check_2d, check_array
from nnlib.module import Module, underflow_is_zero

BLOCK = 512  # rows at a time: few enough for the cache, many enough for a product to be quick


def outputs(network, X) -> np.ndarray:
    """Return `network.forward(X)`, of which the last bits may be rounded otherwise.

    `backward` still belongs to the last `forward`, for nothing is kept here. Only a network with
    parts that `nnlib._fused` does not know does it all by its `forward`, a few rows at a time.
    """
    pairs = linear_activation_pairs(network) if isinstance(network, Module) else None
    if pairs is None or len(dtypes := _dtypes(pairs)) > 1:
        if not isinstance(X, np.ndarray) or X.ndim == 0 or len(X) <= BLOCK:
            return network.forward(X)
        return np.concatenate([network.forward(X[rows]) for rows in _blocks(X)])
    first, (dtype,) = pairs[0][0], dtypes
    X = check_array(X, first)
    X = check_2d(X, first, first.in_features, X.dtype)  # of its own type: blocks are converted
    out = np.empty((len(X), pairs[-1][0].out_features), dtype)
    blocks = _blocks(X)
    left = iter(blocks)  # of a list, which hands each block to one thread only

    @underflow_is_zero
    def work():
        rooms = [np.empty((BLOCK, linear.out_features), dtype) for linear, _ in pairs[:-1]]
        for rows in left:
            through(pairs, X[rows].astype(dtype, copy=False), [*rooms, out[rows]])

    _on_threads(work, len(blocks))
    return out


def through(pairs, x, rooms):
    """Write into each room what a layer and the activation behind it make of the rows before."""
    for (linear, activation), room in zip(pairs, rooms, strict=True):
        y = room[: len(x)]
        np.matmul(x, linear.params["weight"], out=y)
        y += linear.params["bias"]
        if activation:
            apply_in_place(activation, y)
        x = y


def _blocks(X) -> list[slice]:
    return [slice(start, start + BLOCK) for start in range(0, len(X), BLOCK)]


def _dtypes(pairs) -> set:
    return {array.dtype for linear, _ in pairs for array in linear.params.values()}


# Threads


def _on_threads(work, at_most: int):
    """Do the work on as many threads as a matrix product may have, which meanwhile has one."""
    blas = _blas() if at_most > 1 else None
    threads = min((one.num_threads for one in blas.lib_controllers), default=1) if blas else 1
    if threads == 1:
        return work()
    threads = min(threads, at_most)
    with blas.limit(limits=1), ThreadPoolExecutor(threads) as pool:
        # Each in a copy of this thread's context: what `np.errstate` says here holds there, too.
        for done in [pool.submit(copy_context().run, work) for _ in range(threads)]:
            done.result()


@functools.cache
def _blas():
    """Return what knows the threads of BLAS: nothing without threadpoolctl, or in a browser."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return None if sys.platform == "emscripten" else ThreadpoolController().select(user_api="blas")
