"""Still pictures of the widgets: for paper, for pages without scripts, and until a script is there.

The widgets' own code draws them, in node, which Playwright brings along (`stills.mjs`). It has no
canvas, so what is drawn is noted there and done here.
"""

import base64
import hashlib
import io
import json
import re
import subprocess
from functools import cache
from html import escape
from pathlib import Path

from matplotlib.font_manager import FontProperties, findfont
from PIL import Image, ImageColor, ImageDraw, ImageFont
from playwright._impl._driver import compute_driver_executable

#: How many times as large a picture is drawn as it is stored, so that its lines are smooth.
FINE = 2

ANCHORS = {("center", "middle"): "mm", ("center", ""): "ms", ("left", ""): "ls"}


@cache
def font(name, size):
    """Return the font that a canvas calls "bold 15px sans-serif", at a scale."""
    found = findfont(FontProperties(weight="bold" if "bold" in name else "normal"))
    return ImageFont.truetype(found, round(size * float(re.search(r"([\d.]+)px", name)[1])))


def color(text):
    """Return a color of CSS as three numbers."""
    return ImageColor.getrgb(re.sub(r"(?<=[\d%]) (?=\d)", ", ", text))


class Canvas:
    """What a widget did to its canvas, done to an image."""

    def __init__(self, width, height):
        self.image = Image.new("RGB", (FINE * width, FINE * height), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.scale = FINE
        self.look = {"textAlign": "left", "textBaseline": "", "lineWidth": 1}
        self.line, self.shapes = [], []

    def set(self, name, value):
        self.look[name] = value

    def setTransform(self, scale, *_):
        self.scale = FINE * scale

    def box(self, x, y, width, height):
        corners = (x, y, x + width, y + height)
        return [round(self.scale * one) - (at > 1) for at, one in enumerate(corners)]

    def fillRect(self, *box):
        self.draw.rectangle(self.box(*box), color(self.look["fillStyle"]))

    def beginPath(self):
        self.line, self.shapes = [], []

    def lineTo(self, x, y):
        self.line.append((self.scale * x, self.scale * y))

    def rect(self, *box):
        self.shapes.append((self.draw.rectangle, self.box(*box)))

    def arc(self, x, y, radius, *_):
        self.shapes.append(
            (self.draw.ellipse, self.box(x - radius, y - radius, 2 * radius, 2 * radius))
        )

    def fill(self):
        for shape, box in self.shapes:
            shape(box, fill=color(self.look["fillStyle"]))

    def stroke(self):
        width = round(self.scale * self.look["lineWidth"])
        for shape, box in self.shapes:
            shape(box, outline=color(self.look["strokeStyle"]), width=width)
        if self.line:
            self.draw.line(self.line, color(self.look["strokeStyle"]), width, joint="curve")

    def fillText(self, text, x, y):
        self.draw.text(
            (self.scale * x, self.scale * y),
            str(text),
            color(self.look["fillStyle"]),
            font(self.look["font"], self.scale),
            ANCHORS[self.look["textAlign"], self.look["textBaseline"]],
        )

    def putImageData(self, data):
        size = (self.image.width // FINE, self.image.height // FINE)
        pixels = Image.frombytes("RGBA", size, base64.b64decode(data)).convert("RGB")
        self.image.paste(pixels.resize(self.image.size, Image.Resampling.NEAREST))


def picture(width, height, drawn):
    """Return what was drawn upon a canvas, as a PNG."""
    canvas = Canvas(width, height)
    for what, *values in drawn:
        getattr(canvas, what)(*values)
    image, file = canvas.image.resize((width, height), Image.Resampling.BOX), io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def draw(tasks, folder, home):
    """Draw widgets, and write their pictures into a folder.

    Args:
        tasks: for each widget, what `stills.mjs` wants.
        home: the address of the folder.

    Returns:
        HTML for each of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    node, _ = compute_driver_executable()
    command = [node, Path(__file__).with_suffix(".mjs")]
    done = subprocess.run(command, input=json.dumps(tasks), encoding="utf-8", capture_output=True)
    if done.returncode:
        raise RuntimeError(f"No still pictures: {done.stderr}")
    found = []
    for task, still in zip(tasks, json.loads(done.stdout), strict=True):
        html = still["html"]
        if "nn-trouble" in html:
            kind = task["state"]["_anywidget_id"]
            raise RuntimeError(f"No still picture of {kind}: {html}")
        for at, canvas in enumerate(still["canvases"]):
            label = canvas.pop("label")
            name = canvas.pop("name")
            content = picture(**canvas)
            file = f"{hashlib.sha256(content).hexdigest()[:10]}.png"
            (folder / file).write_bytes(content)
            size = f'width="{canvas["width"]}" height="{canvas["height"]}"'
            look = f'class="{name}" alt="{escape(label)}" src="{home}{file}"'
            image = f'<img loading="lazy" {size} {look}>'
            html = html.replace(f"{{{{{at}}}}}", image)
        found.append(html)
    return found
