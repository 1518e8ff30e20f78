"""A page of statistics for the teacher: sums, questions, and answers in words side by side."""

import hashlib
import io
from html import escape
from statistics import mean, median

import matplotlib as mpl
import tables
from matplotlib.figure import Figure

STYLE = """\
body { max-width: 75rem }
table { border-collapse: collapse; font-size: 0.9rem } tr { border-bottom: 1px solid #999 }
td, th { padding: 0.2rem 0.3rem; text-align: right } @media (width > 40rem) {
  table { font-size: 1rem } td, th { padding: 0.2rem 0.8rem } }
td:first-child, th:first-child { padding-left: 0; text-align: left }
svg { max-width: 100%; height: auto; vertical-align: top }
@media (prefers-color-scheme: dark) { svg { filter: invert(1) hue-rotate(180deg) } }
.answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1rem }
.answers > div { border: 1px solid #999; border-radius: 0.4rem; padding: 0.6rem }
pre { font-family: inherit; margin: 0.4rem 0 0 }
"""


def numbers(folder, students) -> dict:
    """Return a number for each student, by which nobody knows them; it stays, in a table."""
    path, known = folder / "anonymous.csv", {}
    if path.exists():
        known = {tables.plain(row["student"]): int(row["number"]) for row in tables.read(path)[1]}
    # By digests, and not in the order of the alphabet, which would tell who is who.
    new = sorted(set(students) - {*known}, key=lambda one: hashlib.sha256(one.encode()).digest())
    known |= {student: number for number, student in enumerate(new, start=len(known) + 1)}
    tables.write(
        path, ["number", "student"], sorted((number, one) for one, number in known.items())
    )
    return known


def _svg(figure, salt, alt) -> str:
    """Return a figure as a part of a page."""
    out = io.StringIO()
    # The salt makes the ids of two figures unlike, and those of one figure the same each time.
    with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": "none"}):
        figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    svg = out.getvalue()
    label = f'<svg role="img" aria-label="{escape(alt)}"'
    return svg[svg.index("<svg") :].replace("<svg", label, 1)


def histogram(sums, most, name) -> str:
    """Return the histogram of the sums of an exercise."""
    figure = Figure(figsize=(4.6, 2.6), layout="constrained")
    axes, whole = figure.subplots(), max(1, round(most))
    step = max(1, round(whole / 20))
    edges = [at - 0.5 for at in range(0, whole + step + 1, step)]
    counts, *_ = axes.hist(sums, bins=edges, edgecolor="white")
    axes.set(xlabel=f"marks, of {most:g}", ylabel="students")
    axes.yaxis.get_major_locator().set_params(integer=True)
    peak = max(range(len(counts)), key=counts.__getitem__) * step
    alt = f"Histogram of the sums of {name}: most students have about {peak} of {most:g} marks."
    return _svg(figure, name, alt)


def bars(shares, name) -> str:
    """Return the share of the points that each question got."""
    figure = Figure(figsize=(4.6, 0.6 + 0.35 * len(shares)), layout="constrained")
    axes = figure.subplots()
    axes.barh(list(shares), [100 * one for one in shares.values()])
    axes.invert_yaxis()
    axes.set(xlim=(0, 100), xlabel="share of the points, in percent")
    told = ", ".join(f"{question} {share:.0%}" for question, share in shares.items())
    return _svg(figure, f"{name} questions", f"Share of the points by question: {told}.")


def questions(records, theirs) -> dict:
    """Return {question: [(mark, most)]} of all that are marked."""
    found = {}
    for record in records:
        for name, (mark, most) in record["marks"].items():
            own = theirs.get((record["student"], record["exercise"], name))
            mark = tables.number(own) if own else mark
            if mark is not None:
                found.setdefault(name, []).append((mark, most))
    return found


def _exercise(name, records, marks, theirs, called):
    """Yield the parts of an exercise."""
    yield f"<h2>{escape(name)}</h2>"
    if not records:
        yield "<p>Nobody has marks.</p>"
        return
    counted = [marks.total(record, theirs) for record in records]
    sums, most = [points for points, _, _ in counted], max(most for _, most, _ in counted)
    yield (
        f"<p>{len(sums)} students; mean {mean(sums):.1f}, median {median(sums):.1f} of {most:g} "
        f"marks, from {min(sums):g} to {max(sums):g}.</p>"
    )
    if unread := sum(bool(one) for _, _, one in counted):
        yield f"<p>Sums that lack marks for answers in words: {unread}.</p>"
    yield histogram(sums, most, name)
    marked = questions(records, theirs)
    shares = {one: mean(mark / most for mark, most in pairs) for one, pairs in marked.items()}
    if shares:
        yield bars(shares, name)
        yield "<table><tr><th>question</th><th>marked</th><th>share of the points</th>"
        yield "<th>full marks</th><th>none</th></tr>"
        for one, pairs in marked.items():
            full, none = sum(a >= b for a, b in pairs), sum(a == 0 for a, _ in pairs)
            cells = (one, len(pairs), f"{shares[one]:.0%}", full, none)
            yield "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
        yield "</table>"
    for question in dict.fromkeys(one for record in records for one in record["words"]):
        yield f"<h3>{escape(question or 'under no question')}</h3><div class=answers>"
        for record in sorted(records, key=lambda one: called[one["student"]]):
            if question in record["words"]:
                who, answer = called[record["student"]], record["words"][question] or "(no answer)"
                yield f"<div><b>{escape(str(who))}</b><pre>{escape(answer)}</pre></div>"
        yield "</div>"


def write(marks, called):
    """Write `statistics.html`; students are called as `called` says."""
    theirs, parts = marks.teacher(), ["<h1>Statistics</h1>"]
    for name in sorted({name for _, name in marks.records if name}):
        records = [one for key, one in sorted(marks.records.items()) if key[1] == name]
        records = [one for one in records if one["marks"]]
        parts += _exercise(name, records, marks, theirs, called)
    page = tables.page("Statistics", STYLE, "\n".join(parts))
    tables.write_text(marks.folder / "statistics.html", page)
