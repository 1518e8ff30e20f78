"""What all tests share."""

import numpy as np
import pytest
from hypothesis import settings

# The same examples in every run, however slow the machine: a red test means a change in the code.
settings.register_profile("nnlib", derandomize=True, deadline=None, database=None, max_examples=25)
settings.load_profile("nnlib")


@pytest.fixture
def rng():
    return np.random.default_rng(0)
