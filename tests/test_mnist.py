import contextlib
import gzip
import tracemalloc

import hostile
import numpy as np
import pytest
from hostile import idx
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes, arrays
from hypothesis.strategies import binary, randoms

from nnlib import mnist


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


def test_one_of_each_says_what_is_missing():
    X, Y = np.eye(10), np.arange(10)
    np.testing.assert_array_equal(mnist.one_of_each(X[::-1], Y[::-1]), X)
    with pytest.raises(ValueError, match=r"^one_of_each needs a digit for each row, .*\(10, 10\)"):
        mnist.one_of_each(X, Y[:9])
    with pytest.raises(ValueError, match=r"needs images of all digits, but has none of \{9\}"):
        mnist.one_of_each(X[:9], Y[:9])
    for wrong in ((["a"], Y), (X, ["a"] * 10)):
        with pytest.raises(TypeError, match=r"^one_of_each expects real numbers"):
            mnist.one_of_each(*wrong)


def test_one_of_each_is_the_first_of_each(digits):
    ten = mnist.one_of_each(digits.X_test, digits.Y_test)
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
    assert (mnist.folder() / "mnist" / "train-labels-idx1-ubyte.gz").is_file()
    beside = mnist.folder()
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    assert mnist.folder() == tmp_path
    monkeypatch.setenv("NNLIB_DATA", "")
    assert mnist.folder() == beside


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
    original = mnist.folder() / "mnist"
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


# Unpacking


def test_a_packed_file_is_unpacked(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"hello"))
    assert mnist.unpack(path) == b"hello"


@pytest.mark.parametrize("damage", ["cut", "checksum", "foreign"])
def test_a_damaged_packed_file_is_refused(tmp_path, damage):
    packed, path = gzip.compress(bytes(range(256))), tmp_path / "file.gz"
    damaged = {"cut": packed[:-9], "checksum": packed[:-5] + b"12345", "foreign": b"hello"}
    path.write_bytes(damaged[damage])
    with pytest.raises(ValueError, match=r"file\.gz cannot be unpacked"):
        mnist.unpack(path)


def test_a_packed_file_damaged_in_the_middle_is_refused(tmp_path):
    packed, path = gzip.compress(bytes(range(256))), tmp_path / "file.gz"
    path.write_bytes(packed[:10] + b"\xff" * 20 + packed[30:])
    with pytest.raises(ValueError, match=r"file\.gz cannot be unpacked"):
        mnist.unpack(path)


def test_a_packed_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(mnist, "LARGEST", 10_000)
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(bytes(10_000)))
    assert mnist.unpack(path) == bytes(10_000)
    path.write_bytes(gzip.compress(bytes(10_001)))
    with pytest.raises(ValueError, match="unpacks to more than 10000 bytes"):
        mnist.unpack(path)


def test_no_more_of_a_packed_bomb_is_unpacked_than_it_takes_to_know_it(tmp_path, monkeypatch):
    monkeypatch.setattr(mnist, "LARGEST", 10_000)
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(bytes(30_000_000)))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="unpacks to more than 10000 bytes"):
            mnist.unpack(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


# The IDX format


def test_what_has_no_name_is_called_the_file():
    with pytest.raises(ValueError, match=r"^the file is no IDX file"):
        mnist.parse_idx(b"")


def test_a_header_without_sizes_is_a_header():
    with pytest.raises(ValueError, match=r"claims shape \(\), but brings 0 bytes"):
        mnist.parse_idx(b"\0\0\x08\0")


def test_an_idx_file_by_hand():
    content = b"\0\0\x08\x02" + b"\0\0\0\x02" + b"\0\0\0\x03" + bytes([1, 2, 3, 4, 5, 255])
    np.testing.assert_array_equal(mnist.parse_idx(content), [[1, 2, 3], [4, 5, 255]])


@given(arrays(np.uint8, array_shapes(max_dims=4, max_side=4)))
def test_every_array_of_bytes_comes_back(array):
    np.testing.assert_array_equal(mnist.parse_idx(idx(array)), array)


@given(binary(max_size=40))
def test_bytes_at_random_are_an_array_or_a_value_error(content):
    with contextlib.suppress(ValueError):
        assert mnist.parse_idx(content).dtype == np.uint8


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "is no IDX file of unsigned bytes"),
        (b"\0\0\x08", "is no IDX file"),
        (b"\0\x01\x08\x01\0\0\0\x01\0", "is no IDX file"),
        (b"\0\0\x0d\x01\0\0\0\x01\0\0\0\0", "is no IDX file of unsigned bytes"),  # floats
        (b"\0\0\x08\x03\0\0\0\x01", "ends within its IDX header"),
        (idx(np.zeros((2, 3), np.uint8))[:-1], r"claims shape \(2, 3\), but brings 5 bytes"),
        (idx(np.zeros((2, 3), np.uint8)) + b"\0", r"claims shape \(2, 3\), but brings 7 bytes"),
        (b"\0\0\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff", "claims shape .* brings 0 bytes"),
        (b"\0\0\x08\x02\0\x01\0\0\0\x01\0\0", "claims shape"),  # 2**32 would be 0 in 32 bits
        # What NumPy refuses in words of its own: more sides than an array can have, an empty array
        # whose other sides are too long.
        (b"\0\0\x08\x41" + b"\0\0\0\x01" * 65 + b"a", r"claims shape \(1, 1, .*, which no array"),
        (b"\0\0\x08\x03" + b"\0" * 4 + b"\xff" * 8, r"claims shape \(0, 4\d+, 4\d+\), which no"),
    ],
)
def test_what_is_no_idx_file_is_refused(content, match):
    with pytest.raises(ValueError, match=f"data.idx {match}"):
        mnist.parse_idx(content, "data.idx")


@pytest.mark.parametrize(
    ("size", "match"), [(2**32 - 1, "but brings 1 bytes"), (1, "which no array can have")]
)
def test_a_message_quotes_a_long_shape_only_in_part(size, match):
    content = b"\0\0\x08\xff" + size.to_bytes(4, "big") * 255 + b"a"
    with pytest.raises(ValueError, match=rf"claims shape \({size}, .*, {match}") as told:
        mnist.parse_idx(content)
    assert len(str(told.value)) < 200


# Some hundred hostile files; tests/deep/fuzz.py tries some hundred thousand


@settings(max_examples=100)
@given(rng=randoms(use_true_random=False))
def test_a_changed_idx_file_is_read_rightly_or_refused(tmp_path_factory, rng):
    path = tmp_path_factory.mktemp("hostile") / "x"
    hostile.ask_idx(path, hostile.changed_idx(rng, rng.choice(hostile.real_idx())))


@settings(max_examples=100)
@given(rng=randoms(use_true_random=False))
def test_a_changed_packed_file_is_read_rightly_or_refused(tmp_path_factory, rng):
    path = tmp_path_factory.mktemp("hostile") / "x.gz"
    packed = gzip.compress(rng.choice(hostile.real_idx()), mtime=0)
    path.write_bytes(hostile.changed_gz(rng, packed))
    hostile.ask_gz(path)
