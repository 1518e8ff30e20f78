"""What the widgets compute in JavaScript is what nnlib computes; and their half in Python."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from playwright._impl._driver import compute_driver_executable
from traitlets import TraitError

from nnlib import AutoEncoder, Linear, MSELoss, Optim, Sequential, Sigmoid, Softmax, TanH, widgets
from nnlib.widgets import assets, base, lab, landscape
from nnlib.zoo import lessons

HERE = Path(__file__).parent
#: Node as Playwright brings it along: of one version everywhere, and nothing more to install.
NODE, _ = compute_driver_executable()
MODULES = sorted(Path(base.FOLDER).glob("*.mjs"))


def run(*tasks) -> list:
    """Return what node computes for each task of tests/widgets/agree.mjs."""
    command = [NODE, HERE / "widgets" / "agree.mjs"]
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
    done = subprocess.run(
        [NODE, "--test", *(HERE / "widgets").glob("*.test.mjs")],
        encoding="utf-8",
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", lab.NAMES)
def test_every_network_of_the_laboratory_gives_the_same_in_the_page(name, stored):
    (found,) = run(
        {"task": "forward", "network": stored(f"networks/{name}"), "images": stored("digits")}
    )
    images = np.frombuffer(assets.load("digits"), np.uint8).reshape(-1, 784) / np.float32(255)
    expected = AutoEncoder.load(assets.file(name)).forward(images)
    assert expected.shape == (40, 784)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_decoder_of_the_plane_gives_the_same(stored):
    codes = [[0.0, 0.0], [1.5, -3.0], [-8.0, 7.5]]
    (found,) = run({"task": "decode", "network": stored("networks/lesson-code-2"), "codes": codes})
    expected = lessons.load_network("code-2").decode(np.float32(codes))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_classifier_gives_the_same_probabilities(stored):
    (found,) = run(
        {"task": "classify", "network": stored("networks/lesson-digits"), "images": stored("ten")}
    )
    network = Sequential.load(assets.file(assets.CLASSIFIER))
    expected = Softmax().forward(network.forward(assets.ten()))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_descent_takes_the_steps_of_optim():
    rng = np.random.default_rng(0)
    x, t = rng.uniform(size=(50, 1)), rng.integers(0, 2, (50, 1)).astype(float)
    layer = Linear(1, 1, init="zeros", dtype=float)
    optim, places = Optim(layer, MSELoss(), 0.4), [[0.0, 0.0]]
    for _ in range(20):
        optim.step(x, t)
        places.append([layer.params["weight"].item(), layer.params["bias"].item()])
    means = widgets.Descent(x, t).means
    (found,) = run({"task": "descend", "means": means, "rate": 0.4, "steps": 20})
    np.testing.assert_allclose(found, places, atol=1e-12)


@pytest.mark.parametrize("activation", [TanH, Sigmoid])
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


def test_the_numbers_of_one_step_are_those_of_the_library():
    layers = [Linear(2, 2, rng=5, dtype=float), TanH(), Linear(2, 1, rng=6, dtype=float)]
    network, loss = Sequential(layers), MSELoss()
    widget = widgets.Stepper(network)
    values = {"x": [1.0, -0.5], "t": 0.3, **widget.weights}
    (lines,) = run({"task": "compute", "values": values})
    found = dict(lines)
    expected_loss = loss.forward(network.forward([[1.0, -0.5]]), [[0.3]])
    network.backward(loss.backward())
    expected = {"L": expected_loss, "∂L/∂b2": network.grads["2.bias"][0]}
    for k in (0, 1):
        expected[f"∂L/∂W2[{k + 1}]"] = network.grads["2.weight"][k, 0]
        expected[f"∂L/∂b1[{k + 1}]"] = network.grads["0.bias"][k]
        for j in (0, 1):
            expected[f"∂L/∂W1[{j + 1},{k + 1}]"] = network.grads["0.weight"][j, k]
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-12), name


def test_what_is_offered_is_what_the_assets_hold():
    count = len(assets.load("digits")) // 784
    offered = [at for _, group in lab.digits() for at, _ in group]
    assert offered == list(range(count))
    assert count >= 30
    assert len(assets.load("ten")) == 7840
    assert len(assets.load(f"copies/{landscape.NAMES[0]}")) == 7840
    assert len(landscape.points()) == 84


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
        (widgets.Lab, "digit", 40),
        (widgets.Lab, "mask_size", -1),
        (widgets.Lab, "mask_row", 29),
        (widgets.Lab, "left", "mse"),
        (widgets.Lab, "drawing", b"123"),
        (widgets.CodeExplorer, "x", 9.5),
        (widgets.Landscape, "chosen", "mse"),
        (widgets.Playground, "units", 17),
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
    assert module.stat().st_size < 10_000


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
