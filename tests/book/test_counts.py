"""What the chapter on speed counts by hand is what a step of training really multiplies.

And what it says of the measurements, in words, is what they say: after a new `make bench`, these
tests tell which sentence has to be written anew.
"""

import importlib
import re

import nbformat
import numpy as np
import pytest
from helpers import ROOT

from nnlib import AutoEncoder, MSELoss, Optim, _fused
from nnlib.experiments import results

CHAPTER = nbformat.read(ROOT / "book" / "fast.ipynb", as_version=4)
BATCH = 32


def printed(cell_id):
    """Return what a cell of the chapter prints, without the commas in its numbers."""
    (cell,) = (cell for cell in CHAPTER.cells if cell.id == cell_id)
    return "".join(out.text for out in cell.outputs if out.output_type == "stream").replace(",", "")


@pytest.fixture(scope="module")
def products():
    """Return (n, k, m) of every product of one step of FusedStep, n × k times k × m.

    Those with a row or a column of ones are none: they add or sum up biases.
    """
    called, make = [], _fused.prepared_gemm
    with pytest.MonkeyPatch.context() as patch:

        def recorded(a, b, out, *update):
            work = make(a, b, out, *update)
            if 1 in a.shape:
                return work

            def counted():
                called.append((*a.shape, b.shape[1]))
                return work()

            return counted

        patch.setattr(_fused, "prepared_gemm", recorded)
        network = AutoEncoder(784, 16, 4, rng=0)
        X = np.zeros((BATCH, 784), np.float32)
        _fused.FusedStep.if_possible(Optim(network, MSELoss(), 0.01), X, X, BATCH)(np.arange(BATCH))
    return called


def test_the_products_of_a_step_and_their_flops(products):
    flops = sum(2 * n * k * m for n, k, m in products)
    of_layers = {size for product in products for size in product} - {BATCH}
    assert of_layers == {784, 296, 112, 42, 16}
    told = re.match(r"(\d+) products: (\d+) FLOPs (\d+) per image\n", printed("fast-7"))
    assert tuple(map(int, told.groups())) == (len(products), flops, flops // BATCH)
    wide = sum(2 * n * k * m for n, k, m in products if {n, k, m} == {BATCH, 784, 296})
    assert f"the first and the last layer: {wide / flops:.0%} of them" in printed("fast-7")


def test_the_flops_and_bytes_of_each_layer(products):
    forward = products[:8]  # one for each layer; then the backward pass begins
    lines = printed("fast-5").splitlines()[1:]
    assert len(lines) == len(forward) == 8
    for (n, d, m), line in zip(forward, lines, strict=True):
        matrices = [np.zeros(shape, np.float32) for shape in ((n, d), (d, m), (n, m))]
        moved = sum(matrix.nbytes for matrix in matrices)
        flops = 2 * n * d * m
        assert line.split() == [
            *(str(d), "→", str(m)),
            *(str(flops), str(moved), f"{flops / moved:.1f}"),
        ]


def test_what_is_no_product_touches_few_numbers(products):
    outputs = sum(n * m for n, _, m in products[:8])
    flops = sum(2 * n * k * m for n, k, m in products)
    weights = sum(k * m for _, k, m in products[:8])
    told = f"{outputs} outputs {flops // outputs} FLOPs of the products for each"
    assert told in printed("fast-9")
    assert f"{weights} weights: {2 * weights / flops:.1%}" in printed("fast-9")


def test_the_batch_size_of_the_first_exercise():
    def intensity(n, d=784, m=296):
        return 2 * n * d * m / (4 * (n * d + d * m + n * m))

    told = re.match(r"batch size (\d+); at most ([\d.]+)", printed("fast-95"))
    needed = int(told[1])
    assert intensity(needed - 1) < 50 <= intensity(needed)
    assert f"{intensity(10**9):.1f}" == told[2]


SPEED = {}  # of each machine
for row in results.read(results.path("speed")):
    run = row["steps"], row["batch_size"], row["engine"]
    SPEED.setdefault(row["machine"], {})[run] = row["images_per_second"]
RUNS = [(steps, batch) for steps in (2, 4, 8) for batch in (32, 64)]


@pytest.fixture(params=SPEED)
def speed(request):
    """The speeds that were measured on a machine."""
    return SPEED[request.param]


def bare(speed, run, library=""):
    """Return the speed of a library's products, in the faster order."""
    return max(speed[*run, library + order] for order in ("products", "products_by_columns"))


@pytest.mark.parametrize("run", RUNS)
def test_the_library_is_ahead_of_pytorch(speed, run):
    assert speed[*run, "nnlib_fast"] > speed[*run, "torch_eager"]


def test_in_all_runs_it_reaches_more_of_the_speed_of_its_products(speed):
    ours = [speed[*run, "nnlib_fast"] / bare(speed, run) for run in RUNS]
    theirs = [speed[*run, "torch_eager"] / bare(speed, run, "torch_") for run in RUNS]
    assert all(np.greater(ours, theirs))


@pytest.mark.parametrize("run", RUNS)
def test_a_compiler_gains_little_for_pytorch(speed, run):
    assert 0.9 < speed[*run, "torch_compile"] / speed[*run, "torch_eager"] < 1.1


def test_products_by_columns_are_mostly_faster(speed):
    by_columns, by_rows = (
        [speed[*run, engine] for run in RUNS] for engine in ("products_by_columns", "products")
    )
    assert np.greater(by_columns, by_rows).sum() > len(RUNS) / 2


@pytest.mark.parametrize("run", RUNS)
def test_the_library_loses_less_time_besides_its_products(speed, run):
    ours = 1 / speed[*run, "nnlib_fast"] - 1 / bare(speed, run)
    assert ours < 1 / speed[*run, "torch_eager"] - 1 / bare(speed, run, "torch_")


@pytest.mark.parametrize("run", RUNS)
def test_of_the_two_machines_each_has_the_faster_products_of_another_library(run):
    first, second, *_ = (bare(speed, run) / bare(speed, run, "torch_") for speed in SPEED.values())
    assert first > 1 > second


@pytest.mark.parametrize("run", RUNS)
def test_on_the_second_alone_products_and_the_rest_take_longer_together(run):
    first, second, *_ = (
        (1 / bare(of, run) + 1 / of[*run, "nnlib_rest"]) * of[*run, "nnlib_fast"]
        for of in SPEED.values()
    )
    assert second < 1 / 1.1
    assert first > 1 / 1.1


def test_the_lead_in_outputs_shrinks_with_the_depth_on_the_second():
    _, second, *_ = SPEED.values()
    ours, theirs = (
        np.array([second[depth, 10_000, f"{name}_forward"] for depth in (2, 4, 8)])
        for name in ("nnlib", "torch")
    )
    assert np.all(np.diff(ours / theirs) < 0)
    assert 1 < ours[-1] / theirs[-1] < 1.05


def test_a_machine_that_is_measured_again_keeps_its_place(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    replaced = importlib.import_module("compare").replaced
    known = [{"machine": name, "speed": 1} for name in "ABA"]
    for name, expected in {"A": "A2 B1", "B": "A1 A1 B2", "C": "A1 A1 B1 C2"}.items():
        rows = replaced(known, [{"machine": name, "speed": 2}])
        assert " ".join(f"{row['machine']}{row['speed']}" for row in rows) == expected
    assert replaced([], known[:1]) == known[:1]


def growth():
    """Yield (kind, sizes, seconds) of each kind of work that was measured."""
    rows = results.read(results.path("growth"))
    for kind in dict.fromkeys(row["kind"] for row in rows):
        points = [(row["size"], row["seconds"]) for row in rows if row["kind"] == kind]
        yield kind, *np.array(points).T


@pytest.mark.parametrize(("kind", "sizes", "seconds"), [*growth()])
def test_no_cost_grows_faster_than_its_work_and_a_fixed_cost_explains_the_rest(
    kind, sizes, seconds
):
    exponent, _ = np.polyfit(np.log(sizes), np.log(seconds), 1)
    each, fixed = np.polyfit(sizes, seconds, 1, w=1 / seconds)
    assert 0 < exponent < 1.1
    if exponent < 0.9:
        assert np.abs(fixed + each * sizes - seconds).max() < 0.1 * seconds.max()
        assert fixed > 0.1 * seconds[0]
        first, second = np.diff(np.log(seconds)) / np.diff(np.log(sizes))
        assert first < second, "its slope does not rise"


@pytest.mark.parametrize("kind", ["outputs", "errors"])
def test_the_last_step_of_what_makes_large_arrays_is_steeper_than_its_size(kind):
    ((_, sizes, seconds),) = (one for one in growth() if one[0] == kind)
    assert seconds[-1] / seconds[-2] > 1.1 * sizes[-1] / sizes[-2]
