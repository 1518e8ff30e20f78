"""What all widgets share: Python's half of pages that also live without Python.

A widget is an `anywidget.AnyWidget`: its traits are read and set in Python while a kernel runs, and
its other half, an ES module, draws it and computes in the page. What is large, such as weights,
is no trait. The module asks for it by name (`nnlib.widgets.assets`); a kernel answers, or, on the
published page, a file.
"""

import re
from pathlib import Path
from typing import ClassVar

import anywidget
from traitlets import Int, List, Unicode

from nnlib.widgets import assets

FOLDER = Path(__file__).parent
IMPORT = re.compile(r'^import [^;]*? from "\./(\w+)\.mjs";\n', re.MULTILINE)


def script(name: str) -> str:
    """Return the module `name`.mjs and those of this folder that it imports, as one.

    A page that was opened from a file may not import another file, so there can be only one. Of
    the names at the top of these modules, no two may be the same.
    """
    modules = {}

    def collect(part):
        text = (FOLDER / f"{part}.mjs").read_text(encoding="utf-8")
        for imported in IMPORT.findall(text):
            if imported not in modules:
                collect(imported)
        modules[part] = IMPORT.sub("", text)

    collect(name)
    shared = "".join(modules[part] for part in list(modules)[:-1])
    return shared.replace("export ", "") + modules[name]


class Widget(anywidget.AnyWidget):
    """An interactive figure."""

    _css = (FOLDER / "ui.css").read_text(encoding="utf-8")
    #: The assets that it may ask for; the published page keeps them at hand.
    _assets = List(Unicode()).tag(sync=True)
    #: How many pixels high it is about to be, on a wide page and on a phone, so that the published
    #: page keeps room for it and does not jump.
    _min_heights = List(Int(), [500, 500]).tag(sync=True)
    #: What its still picture, on paper and on pages without scripts, shows instead of its traits.
    STILL: ClassVar = {}

    def __init__(self, **traits):
        super().__init__(**traits)
        self.on_msg(self._answer)

    def _answer(self, _, content, buffers):
        name = content.get("asset")
        try:
            self.send({"asset": name}, [assets.load(name)])
        except (ValueError, OSError) as error:
            self.send({"asset": name, "error": str(error)})

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            data["text/plain"] = f"{type(self).__name__}()"
        return bundle
