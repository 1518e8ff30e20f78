"""What all tests share."""

import contextlib
import gc
import os
import signal
import sys

import numpy as np
import pytest
from helpers import ROOT, served
from hypothesis import settings

# The same examples in every run, however slow the machine: a red test means a change in the code.
settings.register_profile("nnlib", derandomize=True, deadline=None, database=None, max_examples=25)
settings.load_profile("nnlib")

#: What a page asks of others is noted by its test, and does not leave this machine.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

# A shell that starts the tests in the background has them ignore Ctrl-C, and whatever they start:
# the tests that press it would wait in vain.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish():
    """Keep the garbage collector from going through thousands of tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let a test fail that is skipped although `make` was asked for it (NO_SKIP is set then).

    And one that is given no examples: what it looks for is not where it looks.
    """
    report = yield
    if report.skipped:
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if os.environ.get("NO_SKIP") or "empty parameter set" in reason:
            report.outcome, report.longrepr = "failed", f"This was asked for, but {reason}."
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a class in one worker, for what they build once (--dist loadgroup).

    The marks of pytest-xdist 3.8 for it are lost on pytest 9.2, without a word.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class OfClasses(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            scope, _, _ = nodeid.rpartition("::")
            return scope if "::" in scope else nodeid

    return OfClasses(config, log)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def address():
    """Serve the book on this machine."""
    with served() as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import Error  # only where a browser is asked for

    sys.path.insert(0, str(ROOT / "book" / "_paper"))
    from chromium import NAMES, chromium

    with contextlib.ExitStack() as stack:
        try:
            browser = stack.enter_context(chromium(ALONE))
        except Error as error:
            pytest.fail(f"Chromium is not there: apt install {NAMES[0]}. ({error})", pytrace=False)
        yield browser
