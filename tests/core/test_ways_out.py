"""The way out that an error names, for each kind of bad input."""

import numpy as np
import pytest

from nnlib._validation import (
    way_to_classes,
    way_to_labels,
    way_to_probabilities,
    way_to_shape,
    way_to_target,
)

ROW = " For a single sample use x[None, :]."
COLUMN = " For one column use x[:, None]."
FLAT = " Make each sample one row with x.reshape(len(x), -1)."
TURNED = " If the samples are its columns, use x.T."
PIXELS = "If they are pixels, divide them by 255."
CLASSES = "For labels of more than two classes, use CrossEntropyWithLogSoftmax."
SCALED = "Scale the targets, or use MSELoss, which takes any number."


@pytest.mark.parametrize(
    ("shape", "width", "way"),
    [
        ((3,), 3, ROW),
        ((3,), None, ROW),
        ((1,), 1, ROW),
        ((3,), 1, COLUMN),
        ((3,), 2, ""),
        ((2, 3, 4), 12, FLAT),
        ((2, 3, 4), None, FLAT),
        ((2, 3, 4), 3, ""),
        ((2, 3), 2, TURNED),
        ((2, 1), 1, ""),
        ((5, 3), 1, ""),
        ((2, 3), 4, ""),
        ((2, 0), None, ""),
    ],
)
def test_the_way_to_rows(shape, width, way):
    assert way_to_shape(shape, width) == way


@pytest.mark.parametrize(
    ("target", "shape", "way"),
    [
        (np.zeros(4), (4, 1), ": make it a column with Y[:, None]."),
        (np.zeros(4, int), (4, 3), ": for labels of classes, use CrossEntropyWithLogSoftmax."),
        (np.zeros(4, "u1"), (4, 3), ": for labels of classes, use CrossEntropyWithLogSoftmax."),
        (
            np.zeros(4),
            (4, 3),
            ": for one number a row, end the network with one column and write Y[:, None].",
        ),
        (np.zeros((3, 4)), (4, 3), ": turn it with Y.T."),
        (np.zeros((4, 2, 3)), (4, 6), ": make each sample one row with Y.reshape(len(Y), -1)."),
        (np.zeros((4, 2, 3)), (4, 5), "."),
        (np.zeros((2, 6)), (4, 3), "."),
        (np.zeros((4, 2)), (4, 3), ": the last layer must give 2 columns for this target."),
        (np.zeros((5, 2)), (4, 3), "."),
    ],
)
def test_the_way_to_a_target(target, shape, way):
    assert way_to_target(target, shape) == way


@pytest.mark.parametrize(
    ("values", "role", "way"),
    [
        ([0, 255], "predictions", PIXELS),
        ([0, 20.5], "targets", PIXELS),
        ([0, 20], "targets", CLASSES),
        ([0, 21], "targets", PIXELS),
        ([0, 256], "targets", SCALED),
        ([-1, 20.5], "targets", SCALED),
        ([0, 2.5], "targets", SCALED),
        ([-1, 2], "targets", SCALED),
        ([-2, 1], "targets", SCALED),
        ([-1, 0.5], "targets", SCALED),
        ([-1, 0.5, 1], "targets", SCALED),
        ([-1, 1], "targets", "Write 0 for no and 1 for yes, for example (Y + 1) / 2."),
        ([-1, 2], "predictions", "Is a Sigmoid missing, or from_logits=True?"),
    ],
)
def test_the_way_to_probabilities(values, role, way):
    assert way_to_probabilities(np.array(values), role) == way


@pytest.mark.parametrize(
    ("target", "classes", "way"),
    [
        ([1, 0], 1, ": for yes or no, use BinaryCrossEntropy."),
        ([0.0, 1.0], 2, ": write Y.astype(int)."),
        ([1, 2, 3], 3, ": write Y - 1."),
        ([1, 2], 3, "."),
        ([0, 3], 3, "."),
        ([0.5, 1.0], 3, "."),
    ],
)
def test_the_way_to_labels(target, classes, way):
    assert way_to_labels(np.array(target), classes) == way


@pytest.mark.parametrize(
    ("prediction", "target", "way"),
    [
        (np.zeros(3), np.zeros((3, 2)), " Are the two swapped?"),
        (
            np.zeros(3, int),
            np.zeros(3, int),
            " For classes that are chosen already, write (prediction == target).mean().",
        ),
        (np.zeros(3), np.zeros(3), " For one column use prediction[:, None]."),
        (np.zeros((3, 2)), np.zeros(3), " For labels, write target.astype(int)."),
        (np.full((3, 2), 0.5), np.full(3, 0.5), ""),
        (np.full((3, 2), 0.5), np.zeros((3, 3)), ""),
        (np.full((3, 2), 0.5), np.zeros((3, 1), int), " For labels, write target[:, 0]."),
        (np.full((3, 2), 0.5), np.zeros((3, 1), "u1"), " For labels, write target[:, 0]."),
        (np.full((3, 2), 0.5), np.zeros((3, 1)), ""),
        (np.full((3, 2), 0.5), np.zeros((3, 3), int), ""),
        (np.eye(2), np.full((2, 2), 0.5), " Are the two swapped?"),
        (np.full((2, 2), 0.5), np.full((2, 2), 0.5), ""),
    ],
)
def test_the_way_to_classes(prediction, target, way):
    assert way_to_classes(prediction, target) == way
