import gzip

import numpy as np
import pytest

from nnlib import fashion_mnist, mnist
from nnlib.datasets.paths import data_dir
from nnlib.datasets.split import Split, split_anew


@pytest.fixture(scope="module")
def clothes():
    return fashion_mnist.load()


def test_it_has_the_form_of_mnist(clothes):
    for ours, theirs in zip(clothes, mnist.load(), strict=True):
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
        assert (ours.min(), ours.max()) == (theirs.min(), theirs.max())
    assert isinstance(clothes, Split)


def test_there_are_7000_images_of_each_class(clothes):
    counts = np.bincount(clothes.Y_train) + np.bincount(clothes.Y_test)
    assert counts.tolist() == [7000] * len(fashion_mnist.CLASSES)


def test_the_examples_are_the_first_test_images(clothes):
    expected = mnist.first_of_each_digit(clothes.X_test, clothes.Y_test)
    np.testing.assert_array_equal(fashion_mnist.examples(), expected)


def test_images_belong_to_their_labels(clothes):
    """Trousers have a gap between the legs, and an ankle boot is high at one side only."""
    mean = {
        name: clothes.X_train[clothes.Y_train == label].mean(axis=0).reshape(28, 28)
        for label, name in enumerate(fashion_mnist.CLASSES)
    }
    legs = mean["trousers"][18:26]
    assert legs[:, 13:15].mean() < 0.7 * min(legs[:, 9:12].mean(), legs[:, 16:19].mean())
    shaft = mean["ankle boot"][4:10]
    assert max(shaft[:, 4:12].mean(), shaft[:, 16:24].mean()) > 2 * min(
        shaft[:, 4:12].mean(), shaft[:, 16:24].mean()
    )


def test_its_files_are_told_from_those_of_mnist(monkeypatch, tmp_path):
    """They have the same names, shapes and sizes."""
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"^Fashion-MNIST is not at .*: set NNLIB_DATA"):
        fashion_mnist.load()
    with pytest.raises(FileNotFoundError, match=r"^Fashion-MNIST is not at .*: set NNLIB_DATA"):
        fashion_mnist.examples()
    monkeypatch.delenv("NNLIB_DATA")
    digits = data_dir() / "mnist"
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    (tmp_path / "fashion_mnist").symlink_to(digits)
    with pytest.raises(ValueError, match=r"gz is not Fashion-MNIST's file of that name: restore"):
        fashion_mnist.load()


def test_the_readme_tells_the_checksums():
    readme = (data_dir() / "README.md").read_text(encoding="utf-8")
    for name, checksum in fashion_mnist.CHECKSUMS.items():
        size = len(gzip.decompress((data_dir() / "fashion_mnist" / f"{name}.gz").read_bytes()))
        assert f"| {name} | {size} | {checksum} |" in readme


def test_a_split_anew_has_the_same_images_in_other_places(clothes):
    small = Split(*(part[:50] for part in clothes))
    other = split_anew(small, seed=1)
    assert [part.shape for part in other] == [part.shape for part in small]
    assert not np.array_equal(other.X_train, small.X_train)
    rows = [
        {(*x.tolist(), y) for X, Y in (of[:2], of[2:]) for x, y in zip(X, Y.tolist(), strict=True)}
        for of in (small, other)
    ]
    assert rows[0] == rows[1]
    np.testing.assert_array_equal(split_anew(small, seed=1).X_test, other.X_test)
