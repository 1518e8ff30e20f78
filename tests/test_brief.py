"""How a value that is refused is quoted: in one short line."""

import numpy as np
import pytest

from nnlib import Linear
from nnlib.values import as_array, as_floating, brief


class Told:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def test_a_value_is_quoted_in_one_line():
    assert brief(Told("one\n  two\tthree")) == "one two three"
    assert brief("one\ntwo") == r"'one\ntwo'"


def test_eighty_letters_are_quoted_and_of_more_seventy_nine():
    assert brief(Told("a" * 80)) == "a" * 80
    assert brief(Told("a" * 81)) == "a" * 79 + "…"


def test_a_class_is_taken_for_one_without_its_brackets():
    assert brief(Linear) == "the class Linear (did you mean Linear(…)?)"


def test_a_type_that_is_none_is_quoted_and_another_named():
    with pytest.raises(TypeError, match=r"^me needs a floating-point dtype, but got 'wide'\.$"):
        as_floating("wide", "me")
    with pytest.raises(TypeError, match=r"but got None\.$"):
        as_floating(None, "me")
    with pytest.raises(TypeError, match=r"but got int16\.$"):
        as_floating("i2", "me")
    assert as_floating("f4", "me") == np.float32


def test_what_is_no_table_is_quoted_and_of_a_table_the_type_told():
    with pytest.raises(TypeError, match=r"^me expects real numbers, but got 'text'\.$"):
        as_array("text", "me")
    with pytest.raises(TypeError, match=r"but got an array of dtype complex128\.$"):
        as_array([1j], "me")
