import gzip

import numpy as np
import pytest
from malformed_files import idx

from nnlib import mnist
from nnlib.datasets.paths import data_dir


@pytest.fixture(scope="module")
def digits():
    return mnist.load()


# The 70,000 images


def test_the_split_has_56000_images_to_train_and_14000_to_test(digits):
    assert digits.X_train.shape == (56_000, 784)
    assert digits.Y_train.shape == (56_000,)
    assert digits.X_test.shape == (14_000, 784)
    assert digits.Y_test.shape == (14_000,)


def test_images_are_float32_from_zero_to_one(digits):
    for X in (digits.X_train, digits.X_test):
        assert X.dtype == np.float32
        assert X.min() == 0
        assert X.max() == 1


def test_what_is_loaded_once_more_is_the_same_and_in_the_right_types(digits):
    again = mnist.load()
    assert [array.dtype for array in again] == [np.float32, np.int64] * 2
    assert again.X_train.max() == 1
    pixels = again.X_test * 255
    np.testing.assert_allclose(pixels, np.round(pixels), atol=1e-4)
    for one, other in zip(again, digits, strict=True):
        np.testing.assert_array_equal(one, other)


def test_first_of_each_digit_says_what_is_missing():
    X, Y = np.eye(10), np.arange(10)
    np.testing.assert_array_equal(mnist.first_of_each_digit(X[::-1], Y[::-1]), X)
    with pytest.raises(
        ValueError, match=r"^first_of_each_digit needs a digit for each row, .*\(10, 10\)"
    ):
        mnist.first_of_each_digit(X, Y[:9])
    with pytest.raises(ValueError, match=r"needs images of all digits, but has none of \{9\}"):
        mnist.first_of_each_digit(X[:9], Y[:9])
    for wrong in ((["a"], Y), (X, ["a"] * 10)):
        with pytest.raises(TypeError, match=r"^first_of_each_digit expects real numbers"):
            mnist.first_of_each_digit(*wrong)


def test_first_of_each_digit_is_the_first_of_each(digits):
    ten = mnist.first_of_each_digit(digits.X_test, digits.Y_test)
    first = [digits.Y_test.tolist().index(digit) for digit in range(10)]
    np.testing.assert_array_equal(ten, digits.X_test[first])


def test_labels_are_the_ten_digits(digits):
    counts = np.bincount(digits.Y_train) + np.bincount(digits.Y_test)
    # The counts that are published for all 70,000.
    assert counts.tolist() == [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]


def test_the_order_is_that_of_the_published_files(digits):
    assert digits.Y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert digits.Y_test[-10_000:][:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_images_are_upright_and_belong_to_their_labels(digits):
    # A one is a stroke from top to bottom, a zero is empty in the middle.
    one, zero = (
        digits.X_train[digits.Y_train == digit].mean(axis=0).reshape(28, 28) for digit in (1, 0)
    )
    assert one[4:24, 12:16].mean() > 2 * one[12:16, 4:24].mean()
    assert zero[14, 14] < 0.1 < zero[5, 14]


# Where the data lie


def test_the_data_lie_beside_the_library_or_where_nnlib_data_points(monkeypatch, tmp_path):
    monkeypatch.delenv("NNLIB_DATA", raising=False)
    assert (data_dir() / "mnist" / "train-labels-idx1-ubyte.gz").is_file()
    beside = data_dir()
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    assert data_dir() == tmp_path
    monkeypatch.setenv("NNLIB_DATA", "")
    assert data_dir() == beside


def test_missing_data_are_told_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"^MNIST is not at .*: set NNLIB_DATA") as told:
        mnist.load()
    assert str(tmp_path) in str(told.value)
    assert "\n" not in str(told.value)


NOT_MNIST = {
    "empty": b"",
    "text": b"hello",
    "packed text": gzip.compress(b"hello"),
    "another packed array": gzip.compress(idx(np.zeros((2, 2), "u1"))),
}


# Named, because packed bytes hold the time of packing, and would name the tests differently in
# each process.
@pytest.mark.parametrize("content", NOT_MNIST.values(), ids=NOT_MNIST)
def test_files_that_are_not_those_of_mnist_are_refused(monkeypatch, tmp_path, content):
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    for name in mnist.CHECKSUMS:
        (tmp_path / "mnist" / f"{name}.gz").write_bytes(content)
    with pytest.raises(ValueError, match="train-images-idx3-ubyte"):
        mnist.load()


def test_a_single_changed_label_is_noticed(monkeypatch, tmp_path):
    original = data_dir() / "mnist"
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    for name in mnist.CHECKSUMS:
        content = (original / f"{name}.gz").read_bytes()
        if name == "t10k-labels-idx1-ubyte":
            labels = gzip.decompress(content)
            content = gzip.compress(labels[:-1] + bytes([(labels[-1] + 1) % 10]), 1)
        (tmp_path / "mnist" / f"{name}.gz").write_bytes(content)
    with pytest.raises(ValueError, match=r"t10k-labels-idx1-ubyte\.gz is not MNIST's file"):
        mnist.load()
