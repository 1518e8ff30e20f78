"""What can be read in a drawing: its texts, and the numbers among them."""

import re
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def elements(picture, kind="text", look=None):
    """Return the elements of a kind in a drawing, of a look if one is named."""
    found = ElementTree.fromstring(picture.svg()).iter(f"{SVG}{kind}")
    return [one for one in found if look is None or one.get("class") == f"nn-{look}"]


def texts(picture):
    """Return what can be read in a drawing, in the order in which it was drawn."""
    return [element.text for element in elements(picture)]


def numbers(text):
    """Return the numbers in a text, as they are written."""
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


def after(picture, text):
    """Return the numbers of the text that is drawn after another."""
    shown = texts(picture)
    return numbers(shown[shown.index(text) + 1])


def below(picture, text, distance=21):
    """Return the number at a distance below the text that begins with another."""
    found = elements(picture)
    top = next(one for one in found if one.text.startswith(text))
    place = (float(top.get("x")), float(top.get("y")) + distance)
    (one,) = [one for one in found if (float(one.get("x")), float(one.get("y"))) == place]
    return numbers(one.text)[0]
