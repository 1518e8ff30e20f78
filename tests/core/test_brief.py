"""How a value that is refused is quoted: in one short line."""

import numpy as np
import pytest

from nnlib import Linear
from nnlib._validation import check_array, check_dtype, short_repr


class Told:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def test_a_value_is_quoted_in_one_line():
    assert short_repr(Told("one\n  two\tthree")) == "one two three"
    assert short_repr("one\ntwo") == r"'one\ntwo'"


def test_eighty_letters_are_quoted_and_of_more_seventy_nine():
    assert short_repr(Told("a" * 80)) == "a" * 80
    assert short_repr(Told("a" * 81)) == "a" * 79 + "…"


def test_a_class_is_taken_for_one_without_its_brackets():
    assert short_repr(Linear) == "the class Linear (did you mean Linear(…)?)"


def test_a_type_that_is_none_is_quoted_and_another_named():
    with pytest.raises(TypeError, match=r"^me needs a floating-point dtype, but got 'wide'\.$"):
        check_dtype("wide", "me")
    with pytest.raises(TypeError, match=r"but got None\.$"):
        check_dtype(None, "me")
    with pytest.raises(TypeError, match=r"but got int16\.$"):
        check_dtype("i2", "me")
    assert check_dtype("f4", "me") == np.float32


def test_what_is_no_table_is_quoted_and_of_a_table_the_type_told():
    with pytest.raises(TypeError, match=r"^me expects real numbers, but got 'text'\.$"):
        check_array("text", "me")
    with pytest.raises(TypeError, match=r"but got an array of dtype complex128\.$"):
        check_array([1j], "me")
