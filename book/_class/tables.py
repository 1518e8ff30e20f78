"""What a teacher's programs read and write: CSV, as spreadsheets and platforms make it; pages."""

import csv
import io
import sys
from html import escape
from itertools import zip_longest


def cells(path) -> list[list]:
    """Return the rows of a table as they are, its columns first; or end with a sentence."""
    try:
        content = path.read_bytes()
    except OSError as error:
        sys.exit(f"{path} cannot be read ({error.strerror}): name a table, as a CSV file.")
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        sys.exit(f"{path} is not a CSV file: in the spreadsheet, save it as CSV.")
    try:
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:  # some spreadsheets write what Windows wrote in 1995
        text = content.decode("cp1252", errors="replace")
    sign = max(",;\t", key=text.partition("\n")[0].count)
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign) if row]
    except csv.Error as error:
        sys.exit(f"{path} is not a CSV file ({error}): in the spreadsheet, save it as CSV.")


def read(path) -> tuple[list, list]:
    """Return the columns of a table and its rows, as dicts; or end with a sentence."""
    columns, *rows = cells(path) or [[]]
    columns = [one.strip() for one in columns]
    return columns, [dict(zip_longest(columns, row[: len(columns)], fillvalue="")) for row in rows]


def write(path, columns, rows, sign="\ufeff", raw=False):
    """Write a table; each value is a text, not a formula, whatever students call themselves.

    The sign is the one by which Excel knows UTF-8. A raw table is written as it is.
    """
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(columns)
    table.writerows(row if raw else [no_formula(value) for value in row] for row in rows)
    write_text(path, sign + out.getvalue())


def no_formula(text):
    """Return what a spreadsheet shows as it is."""
    return f"'{text}" if str(text)[:1] in ("=", "+", "-", "@") else text


def plain(text):
    """Return a text as it was before `no_formula`."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


STYLE = """\
:root { color-scheme: light dark } pre { white-space: pre-wrap; overflow-wrap: break-word }
body { margin: 2rem auto; padding: 0 1rem; font-family: sans-serif; line-height: 1.4 }
"""


def page(title, style, body) -> str:
    """Return a page of HTML that stands alone, on a phone and in a dark theme, too."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{STYLE}{style}</style>\n<main>\n{body}\n</main>\n</html>\n"
    )


def number(text) -> float:
    """Return a number, whose point may be a comma."""
    return float(text.replace(",", "."))


def write_text(path, text):
    """Write a file whole, or not at all."""
    write_bytes(path, text.encode())


def write_bytes(path, content):
    """Write a file beside its place, and move it there whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
