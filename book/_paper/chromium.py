"""Chromium without a window, which prints the book, and in which its pages are tested."""

import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

#: Debian's packages. The first has no windows at all: a page costs it a fraction of the time.
NAMES = ("chromium-headless-shell", "chromium")


@contextmanager
def chromium(*options):
    """Start Chromium, that of the machine or that of Playwright, with more options, and end it."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        args = ["--no-sandbox", *options]
        browser = playwright.chromium.launch(executable_path=path, args=args)
        yield browser
        browser.close()
