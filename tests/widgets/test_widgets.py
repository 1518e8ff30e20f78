"""What the widgets compute in JavaScript is what nnlib computes; and their half in Python."""

import json
import math
import re
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from itertools import cycle, product
from pathlib import Path

import nbformat
import numpy as np
import pytest
from playwright._impl._driver import compute_driver_executable
from scipy.special import stdtrit
from traitlets import TraitError

from nnlib import (
    SGD,
    AutoEncoder,
    Linear,
    MSELoss,
    Optim,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    TanH,
    mnist,
    widgets,
)
from nnlib.experiments import multiverse, pretrained, results, verdicts
from nnlib.experiments.multiverse import Choices
from nnlib.linear import INITIAL_STD
from nnlib.sequential import parts
from nnlib.widgets import assets, base, calibration, lab, landscape

HERE = Path(__file__).parent
#: Node as Playwright brings it along: of one version everywhere, and nothing more to install.
NODE, _ = compute_driver_executable()
MODULES = sorted(Path(base.FOLDER).glob("*.mjs"))
SCRIPTS = [*MODULES, *HERE.glob("*.mjs"), *HERE.parents[1].glob("book/_*/*.*js")]


def run(*tasks) -> list:
    """Return what node computes for each task of tests/widgets/agree.mjs."""
    command = [NODE, HERE / "agree.mjs"]
    done = subprocess.run(command, input=json.dumps(tasks), encoding="utf-8", capture_output=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def stored(tmp_path):
    """Return a function that stores an asset and returns the path of its file."""

    def store(name):
        file = tmp_path / name.replace("/", "-")
        file.write_bytes(assets.load(name))
        return str(file)

    return store


def test_what_node_tests_holds():
    """See tests/widgets: what the widgets compute, without a page."""
    files = [*HERE.glob("*.test.mjs")]
    assert files  # of none, node would look for tests by itself
    command = [NODE, "--test", *files]
    done = subprocess.run(command, encoding="utf-8", capture_output=True)
    assert done.returncode == 0, done.stdout


def test_every_network_of_the_laboratory_gives_the_same_in_the_page(stored):
    kinds = ["clothes" if name.startswith("fashion_mnist") else "digits" for name in lab.NAMES]
    found = run(*(
        {"task": "forward", "network": stored(f"networks/{name}"), "images": stored(kind)}
        for name, kind in zip(lab.NAMES, kinds, strict=True)
    ))  # fmt: skip
    for name, kind, outputs in zip(lab.NAMES, kinds, found, strict=True):
        images = np.frombuffer(assets.load(kind), np.uint8).reshape(-1, 784) / np.float32(255)
        expected = AutoEncoder.load(assets.file(name)).forward(images)
        assert expected.shape == ({"clothes": 10, "digits": 40}[kind], 784)
        np.testing.assert_allclose(outputs, expected, atol=1e-5, err_msg=name)


def test_the_decoder_of_the_plane_gives_the_same(stored):
    codes = [[0.0, 0.0], [1.5, -3.0], [-8.0, 7.5]]
    (found,) = run({"task": "decode", "network": stored("networks/lesson-code-2"), "codes": codes})
    expected = pretrained.load_network("code-2").decode(np.float32(codes))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_classifier_gives_the_same_probabilities(stored):
    (found,) = run(
        {"task": "classify", "network": stored("networks/lesson-digits"), "images": stored("ten")}
    )
    network = Sequential.load(assets.file(assets.CLASSIFIER))
    expected = Softmax().forward(network.forward(assets.ten()))
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("rule", [SGD(0.4), SGD(0.1, momentum=0.9)], ids=repr)
def test_descent_takes_the_steps_of_optim(rule):
    rng = np.random.default_rng(0)
    x, t = rng.uniform(size=(50, 1)), rng.integers(0, 2, (50, 1)).astype(float)
    layer = Linear(1, 1, init="zeros", dtype=float)
    optim, places = Optim(layer, MSELoss(), rule), [[0.0, 0.0]]
    for _ in range(20):
        optim.step(x, t)
        places.append([layer.params["weight"].item(), layer.params["bias"].item()])
    means = widgets.Descent(x, t).means
    (found,) = run(
        {"task": "descend", "means": means, "rate": rule.learning_rate, "steps": 20,
         "momentum": rule.momentum}
    )  # fmt: skip
    np.testing.assert_allclose(found["places"], places, atol=1e-12)
    lowest = np.linalg.lstsq(np.hstack([x, np.ones_like(x)]), t)[0].ravel()
    np.testing.assert_allclose(found["lowest"], lowest, atol=1e-9)


#: Each choice alone, at both ends; some together; and, at two seeds of ten, what chance makes.
CHOICES = [
    Choices(),
    *(Choices(matters=matters) for matters in (1.01, 1.02, 1.1, 1.15)),
    *(Choices(slight=slight) for slight in (1.2, 1.5, 2)),
    *(Choices(well=well) for well in (1.1, 1.5, 4)),
    *(Choices(column=column) for column in multiverse.COLUMNS[1:]),
    *(Choices(seeds=seeds) for seeds in (2, 3, 4, 5, 7)),
    Choices(clipped=False),
    *(Choices(clipped=False, column=column) for column in ("ssim", "bce", "digit_1")),
    *(Choices(half=half) for half in ("even", "odd")),
    *(Choices(correction=correction) for correction in ("none", "bonferroni")),
    Choices(drop_unlearned=True),
    Choices(half="odd", drop_unlearned=True, correction="none"),  # one seed, or none, is left
    Choices(seeds=3, half="odd"),
    Choices(1.15, 2, 1.2, "bce", 4, clipped=False),
    Choices(1.02, 1.5, 3, "digit_8", 6, half="even", correction="none", drop_unlearned=True),
]


def test_the_page_judges_all_claims_as_the_library_does_whatever_is_chosen(stored):
    asked = [vars(one) | {"column": multiverse.COLUMNS.index(one.column)} for one in CHOICES]
    (found,) = run({"task": "judge", "claims": stored("claims"), "choices": asked})
    errors, texts = results.ErrorTable(), set()
    for choices, page in zip(CHOICES, found, strict=True):
        expected = multiverse.judge(choices, errors)
        assert [one["verdict"] for one in page] == [one.text for one in expected], choices
        texts |= {one.text for one in expected}
        for one, other in zip(expected, page, strict=True):
            for finding, told in zip(one.findings, other["statements"], strict=True):
                estimate = finding.by_mse
                assert (told["verdict"], told["seeds"]) == (finding.verdict, estimate.seeds)
                told |= {} if told["high"] else {"high": np.inf}  # JSON has no infinity
                numbers = [told[name] for name in ("ratio", "low", "high", "holds", "fails")]
                wanted = [estimate.ratio, estimate.low, estimate.high, estimate.p_holds,
                          estimate.p_fails]  # fmt: skip
                assert numbers == pytest.approx(wanted, rel=1e-5, abs=1e-6)
    depends = {"depends on batch size", "depends on depth"}
    assert texts == {"holds", "fails", "undecided"} | depends


def test_the_page_knows_how_far_an_interval_reaches():
    (found,) = run({"task": "quantiles", "freedoms": [*range(1, 40)]})
    np.testing.assert_allclose(found, stdtrit(np.arange(1, 40), 0.975), rtol=1e-9)


def test_the_claims_to_foretell_are_whole_sentences_with_the_verdicts_of_the_book():
    rows = calibration.claims()
    assert {name: verdict for name, _, _, verdict in rows} == {
        name: one.text for name, one in verdicts.of_the_book().items()
    }
    assert rows[6][1] == "The same for BCE: a latent code of 32 is slightly better than one of 16."
    assert {verdict for *_, verdict in rows} == set(calibration.VERDICTS)


@pytest.mark.parametrize("activation", [TanH, ReLU, Sigmoid])
def test_the_playground_trains_like_optim(activation):
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(10, 2)), rng.integers(0, 2, (10, 1)).astype(float)
    layers = [Linear(2, 5, rng=1, dtype=float), activation(), Linear(5, 3, rng=2, dtype=float),
              activation(), Linear(3, 1, rng=3, dtype=float), Sigmoid()]  # fmt: skip
    linear = layers[::2]
    network = [
        {"inputs": one.in_features, "outputs": one.out_features,
         "activation": type(after).__name__.lower(),
         "weight": one.params["weight"].ravel().tolist(), "bias": one.params["bias"].tolist()}
        for one, after in zip(linear, layers[1::2], strict=True)
    ]  # fmt: skip
    (found,) = run(
        {"task": "train", "network": network, "xs": x.tolist(), "ts": t.tolist(), "rate": 0.5,
         "steps": 30}
    )  # fmt: skip
    optim = Optim(Sequential(layers), MSELoss(), 0.5)
    for _ in range(30):
        loss = optim.step(x, t)
    assert found["loss"] == pytest.approx(loss, abs=1e-12)
    for one, other in zip(linear, found["network"], strict=True):
        np.testing.assert_allclose(other["weight"], one.params["weight"].ravel(), atol=1e-12)


@pytest.mark.parametrize("latent_dim", widgets.live_autoencoder.LATENT_DIMS)
def test_the_autoencoder_in_the_page_takes_the_steps_of_optim(stored, latent_dim):
    """The rate, the batches and the widths are those that its docstring tells."""
    shape = {"widths": [196, 32, latent_dim], "rng": 0, "dtype": float}
    network, counts = AutoEncoder(196, latent_dim, 2, **shape), assets.SMALL_DIGITS
    layers = [one for one in parts(network) if isinstance(one, Linear)]
    packed = [
        {"inputs": one.in_features, "outputs": one.out_features,
         "activation": "sigmoid" if one is layers[-1] else "tanh",
         "weight": one.params["weight"].ravel().tolist(), "bias": one.params["bias"].tolist()}
        for one in layers
    ]  # fmt: skip
    (found,) = run(
        {"task": "watch", "digits": stored("small-digits"), "counts": counts, "steps": 20,
         "network": packed, "latentDim": latent_dim}
    )  # fmt: skip
    halves = np.frombuffer(assets.load("small-digits"), np.uint8).reshape(-1, 98)
    X = np.stack([halves >> 4, halves & 15], axis=-1).reshape(-1, 196) / 15
    watched, (_, train) = X[: counts["watched"]], np.split(X, [len(X) - counts["train"]])
    optim = Optim(network, MSELoss(), 20)
    losses = [optim.step(batch, batch) for batch in train[:200].reshape(20, 10, 196)]
    np.testing.assert_allclose(found["losses"], losses, rtol=1e-9)
    np.testing.assert_allclose(found["outputs"], network.forward(watched), rtol=1e-7)
    widths = [network.input_dim, *(one.out_features for one in layers)]
    assert found["rest"] == [counts["train"], counts["test"], widths]


def test_small_digits_are_the_means_of_four_pixels_in_sixteen_shades():
    data, halves = mnist.load(), np.frombuffer(assets.load("small-digits"), np.uint8)
    shades = np.stack([halves >> 4, halves & 15], axis=-1).reshape(-1, 14, 14) / 15
    assert len(shades) == sum(assets.SMALL_DIGITS.values())
    seven = data.X_train[7].reshape(28, 28)
    assert abs(shades[210 + 7, 6, 5] - seven[12:14, 10:12].mean()) <= 0.5 / 15 + 1e-6
    assert abs(shades[210:].mean() - data.X_train[:2000].mean()) < 0.01
    picked = np.frombuffer(assets.load("coded-digits"), np.uint8).reshape(-1, 392)
    pixels = np.stack([picked >> 4, picked & 15], axis=-1).reshape(-1, 784) / 15
    assert abs(pixels - data.X_test[: len(pixels)]).max() <= 0.5 / 15 + 1e-6


@pytest.mark.parametrize(("activation", "init"), [("tanh", "tanh"), ("relu", "he")])
def test_the_weights_of_the_playground_start_as_large_as_those_of_the_library(activation, init):
    found = run({"task": "start", "inputs": 2, "outputs": 6, "activation": activation})
    assert found == [pytest.approx(INITIAL_STD[init](2, 6), abs=1e-12)]


#: The networks of the steppers below: that of the chapter, and one with far larger weights.
STEPPED = {"of the chapter": 1, "with larger weights": 6}


def small_network(factor, dtype=np.float32):
    network = Sequential(
        [Linear(2, 2, rng=5, dtype=dtype), TanH(), Linear(2, 1, rng=6, dtype=dtype)]
    )
    for value in network.params.values():
        value *= factor
    return network


def stepped(network):
    """Yield x, t and the lines of the stepper for every x1 and x2, and every t in turn."""
    tenths = [round(0.1 * tenth, 1) for tenth in range(-20, 21)]
    pairs = list(product(tenths, tenths))
    states = [{"x": x, "t": t} for x, t in zip(pairs, cycle(tenths), strict=False)]
    weights = widgets.Stepper(network).weights
    (found,) = run({"task": "compute", "values": weights, "states": states})
    assert len(found) == len(tenths) ** 2
    return zip(states, found, strict=True)


def evaluated(formula):
    """Return what a formula with numbers comes to, exactly, rounded as one does on paper."""
    formula = formula.translate(str.maketrans({"·": "*", "−": "-", "²": "^"})).replace("^", "**2")
    formula = re.sub(r"\d+\.\d+", lambda found: f"Decimal('{found[0]}')", formula)
    value = eval(  # noqa: S307 - the text is our own
        formula, {"Decimal": Decimal, "tanh": lambda z: Decimal(math.tanh(z))}
    )
    return value.quantize(Decimal("0.001"), ROUND_HALF_UP)


@pytest.mark.parametrize("factor", STEPPED.values(), ids=STEPPED)
def test_each_number_of_the_stepper_follows_from_those_that_it_shows(factor):
    for state, lines in stepped(small_network(factor)):
        assert len(lines) == 22
        shown = {f"x{j + 1}": state["x"][j] for j in (0, 1)} | {"t": state["t"]}
        for name, formula, numbers, value in lines:
            if not numbers:
                assert value == shown[formula]
                continue
            assert evaluated(numbers) == Decimal(f"{value:.3f}"), (state, name, numbers, value)
            letters = re.findall(r"∂\w\d?/∂\w\d?|[xatyz]\d?(?![\w(\[])", formula)
            told = re.findall(r"(?<![\w.])-?\d+\.\d+", numbers)
            assert all(f"{shown[letter]:.3f}" in told for letter in letters), (name, formula)
            shown[name] = value


def test_the_stepper_names_its_numbers_as_the_code_of_its_chapter_does():
    chapter = nbformat.read(HERE.parents[1] / "book" / "sequential.ipynb", as_version=4)
    code = {cell.id: cell.source for cell in chapter.cells if cell.cell_type == "code"}
    by_hand = code["sequential-3"] + "\n" + code["sequential-5"]
    assigned = dict(line.split(" = ") for line in by_hand.splitlines() if " = " in line)
    _, lines = next(iter(stepped(small_network(1))))
    names = [name for name, *_ in lines if "[" not in name and not name.startswith("∂a")]
    shown = {name.rstrip("12").replace("∂L/∂", "d") for name in names}
    assert (
        shown - {"L", "db"} == assigned.keys() - {"loss", "dx"} == set("zay") | {"dy", "da", "dz"}
    )
    assert "tanh.forward(z)" in assigned["a"]  # a comes after tanh, as in the figure
    (formula,) = (formula for name, formula, *_ in lines if name == "a1")
    assert formula == "tanh(z1)"


@pytest.mark.parametrize(("factor", "most"), [(1, 0.015), (6, 0.03)], ids=STEPPED)
def test_the_numbers_of_one_step_are_those_of_the_library_but_for_rounding(factor, most):
    network, loss = small_network(factor, float), MSELoss()
    worst = 0
    for state, lines in stepped(network):
        network.zero_grad()
        value = loss.forward(network.forward([state["x"]]), [[state["t"]]])
        network.backward(loss.backward())
        expected = {"L": value, "∂L/∂b2": network.grads["2.bias"][0]}
        for k in (0, 1):
            expected[f"∂L/∂W2[{k + 1}]"] = network.grads["2.weight"][k, 0]
            expected[f"∂L/∂b1[{k + 1}]"] = network.grads["0.bias"][k]
            for j in (0, 1):
                expected[f"∂L/∂W1[{j + 1},{k + 1}]"] = network.grads["0.weight"][j, k]
        found = {name: value for name, _, _, value in lines}
        differences = [abs(found[name] - expected[name]) for name in expected]
        worst = max(worst, max(differences) / (1 + max(map(abs, expected.values()))))
    assert worst < most


@pytest.mark.parametrize(
    "layers",
    [[Linear(2, 2), ReLU()], [TanH(), Linear(2, 2)], [Linear(2, 2), TanH(), Sigmoid()]],
    ids=repr,
)
def test_a_network_that_the_page_does_not_know_is_refused(layers):
    with pytest.raises(ValueError, match=r"A page computes linear layers.* but not \w+\(\) here"):
        assets.pack(Sequential(layers))


def test_what_is_offered_is_what_the_assets_hold():
    offered = [at for _, group in lab.images() for at, _ in group]
    assert offered == list(range(lab.LIMITS["digit"][1] + 1))
    assert len(offered) == len(assets.load("digits") + assets.load("clothes")) // 784 == 50
    assert len(assets.load("ten")) == 7840
    assert len(assets.load(f"copies/{landscape.NAMES[0]}")) == 7840


def test_the_landscape_has_each_network_and_a_filter_for_each_of_its_hyperparameters():
    points, shown = landscape.points(), widgets.Landscape(layers=8)
    assert shown.layers == 8
    assert [name for name, *_ in points] == landscape.NAMES
    for at, trait in enumerate(("loss", "epochs", "layers", "latent_dim", "batch_size"), start=1):
        offered = {point[at] for point in points}
        for value in [*offered, None]:
            setattr(shown, trait, value)
            assert getattr(shown, trait) == value
    for name, loss, epochs, layers, latent_dim, batch_size, size, _ in points:
        network = AutoEncoder.load(assets.file(name))
        assert sum(value.size for value in network.params.values()) == size
        linear = [one for one in parts(network) if isinstance(one, Linear)]
        assert len(linear) == layers
        assert linear[layers // 2].in_features == latent_dim
        assert name.startswith(f"{loss}-epochs-{epochs}-batch-{batch_size}-")


def test_the_digits_of_the_laboratory_are_those_that_it_names_each_harder_than_the_last():
    data, images = mnist.load(), np.frombuffer(assets.load("digits"), np.uint8).reshape(40, 784)
    pixels = (255 * data.X_test).round().astype(np.uint8)
    labels = {row.tobytes(): label for row, label in zip(pixels, data.Y_test, strict=True)}
    found = [labels[image.tobytes()] for image in images]
    assert found == [digit for digit in range(10) for _ in range(4)]
    X = images / np.float32(255)
    copies = AutoEncoder.load(assets.file(assets.REFERENCE_NETWORK)).forward(X)
    assert (np.diff(((copies - X) ** 2).mean(axis=1).reshape(10, 4)) > 0).all()


def test_the_codes_of_the_plane_stand_for_test_digits():
    data, found = mnist.load(), np.frombuffer(assets.load("codes"), "<f4").reshape(-1, 3)
    assert found[:, 0].tolist() == data.Y_test[: len(found)].tolist()
    X, copies = data.X_test[: len(found)], pretrained.load_network("code-2").decode(found[:, 1:])
    assert ((copies - X) ** 2).mean() < verdicts.MEAN_IMAGES["mnist"]


@pytest.mark.parametrize("name", ["networks/none", "networks/../x", "copies/", "", 3, None])
def test_an_asset_that_is_not_there(name):
    with pytest.raises(ValueError, match="There is no asset"):
        assets.load(name)


def test_a_kernel_answers_and_says_why_it_cannot(monkeypatch):
    widget, sent = widgets.CodeExplorer(), []
    monkeypatch.setattr(widget, "send", lambda *message: sent.append(message))
    widget._answer(widget, {"asset": "codes"}, [])
    widget._answer(widget, {"asset": "nothing"}, [])
    assert sent[0] == ({"asset": "codes"}, [assets.load("codes")])
    assert "There is no asset 'nothing'" in sent[1][0]["error"]


@pytest.mark.parametrize(
    ("make", "trait", "wrong"),
    [
        (widgets.Lab, "noise", 1.5),
        (widgets.Lab, "digit", 50),
        (widgets.Lab, "mask_size", -1),
        (widgets.Lab, "mask_row", 29),
        (widgets.Lab, "left", "mse"),
        (widgets.Lab, "drawing", b"123"),
        (widgets.CodeExplorer, "x", 9.5),
        (widgets.Landscape, "chosen", "mse"),
        (widgets.Landscape, "compared", "mse"),
        (widgets.Landscape, "layers", 5),
        (widgets.Playground, "units", 17),
        (widgets.Multiverse, "matters", 1.3),
        (widgets.Multiverse, "seeds", 11),
        (widgets.Multiverse, "column", "psnr"),
        (widgets.LiveAutoencoder, "latent_dim", 3),
        (widgets.LiveAutoencoder, "epochs", 21),
        (widgets.DigitReader, "label", 10),
        (widgets.Calibration, "answers", [["holds", 20]]),
        (widgets.Calibration, "answers", [["holds", 60]] * 16),
        (widgets.Calibration, "certainty", 20),
        (widgets.Playground, "data", "stars"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(make, trait, wrong):
    widget = make()
    before = getattr(widget, trait)
    with pytest.raises(TraitError, match=trait):
        setattr(widget, trait, wrong)
    assert getattr(widget, trait) == before


def test_wrong_arguments():
    with pytest.raises(ValueError, match="got 3, 2"):
        widgets.Descent([1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match="Linear\\(3, 1\\)"):
        widgets.Stepper(Sequential([Linear(3, 1)]))


def test_changes_are_told():
    widget, seen = widgets.Lab(), []
    widget.observe(lambda change: seen.append(change["new"]), "noise")
    widget.noise = 0.7
    assert seen == [0.7]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_modules_are_small(module):
    assert module.stat().st_size < 14_000


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_line_of_a_script_is_no_longer_than_one_of_python(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 100] == []  # oxfmt leaves texts and comments


@pytest.mark.parametrize("kind", widgets.__all__)
def test_a_figure_lists_the_files_that_it_asks_for(kind):
    """A page with two figures brings the files of both: there, one would not miss its own."""
    figure = getattr(widgets, kind)
    code = (Path(base.__file__).parent / f"{figure.__module__.rpartition('.')[2]}.mjs").read_text()
    asked = re.findall(r'asset\(model, ["`]([^"`$]+)', code)
    listed = figure.class_traits()["_assets"].default()
    assert all(any(one.startswith(name) for one in listed) for name in asked)
    assert bool(asked) == bool(listed)


@pytest.mark.parametrize("kind", widgets.__all__)
def test_the_one_module_of_a_widget_is_sound(kind, tmp_path):
    file = tmp_path / "widget.mjs"
    file.write_text(getattr(widgets, kind)._esm, encoding="utf-8")
    done = subprocess.run([NODE, "--check", file], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert 'from "./' not in file.read_text(encoding="utf-8")


def test_the_library_itself_loads_no_widgets():
    code = "import sys, nnlib; print([m for m in ('anywidget', 'ipywidgets') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
