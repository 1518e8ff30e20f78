"""Rosters and collecting: nobody is guessed, nothing is lost, and a list says what became of it."""

import csv
import hashlib
import importlib
import io
import random
import sys
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import nbformat
import odd_copies
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_class"))
collect, exercise, grade, roster, submissions = map(
    importlib.import_module, ["collect", "exercise", "grade", "roster", "submissions"]
)

MADE = exercise.CLASS.is_dir()
needs_class = pytest.mark.skipif(not MADE, reason="the exercises are not made; run `make class`")

MOODLE = """"First name","Last name","ID number","Email address"
Ada,Lovelace,s1,ada@x.org
Ben,Böhm,s2,ben@x.org
Eve,Curie,s3,eve@x.org
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,linear (7)
    Points Possible,,,,,10
"Lovelace, Ada",101,s1,ada@x.org,A,
"Böhm, Ben",102,s2,ben@x.org,A,
"Student, Test",999,,,A,
"""


@pytest.fixture
def listed(tmp_path):
    """Return a roster of a text."""

    def make(text, encoding="utf-8"):
        (tmp_path / "class.csv").write_bytes(text.encode(encoding))
        return roster.Roster(tmp_path / "class.csv")

    return make


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";"])
def test_the_lists_of_moodle_canvas_and_a_spreadsheet_are_read(listed, encoding, sign):
    found = listed(MOODLE.replace(",", sign), encoding).people
    assert [(one.name, one.email, one.ids) for one in found[:2]] == [
        ("Ada Lovelace", "ada@x.org", ("s1",)),
        ("Ben Böhm", "ben@x.org", ("s2",)),
    ]
    names = [one.name for one in listed(CANVAS, encoding).people]
    assert names == ["Ada Lovelace", "Ben Böhm"]
    assert [one.name for one in listed("name,email\nAda,a@x.org\n").people] == ["Ada"]


@pytest.mark.parametrize(
    ("student", "number", "more"),
    [
        ("Ada Lovelace", "", ()),
        ("ADA LOVELACE", "", ()),
        ("lovelaceada", "101", ()),  # Canvas
        ("lovelaceada", "5", ()),
        ("Lovelace, Ada", "", ()),
        ("ada@x.org", "", ()),
        ("ada", "", ()),
        ("s1", "", ()),
        ("A. L.", "", ("ada@x.org",)),  # a mail, Gradescope
    ],
)
def test_a_student_is_known_by_number_name_or_email(listed, student, number, more):
    assert listed(CANVAS).find(student, number, more)[0].name == "Ada Lovelace"


def test_names_of_several_words_are_known(listed):
    people = listed('Student,ID\n"de la Cruz, Mary Jane",1\n"Å. Zoë",2\n')
    assert people.find("delacruzmaryjane")[0].name == "Mary Jane de la Cruz"
    assert people.find("azoe")[0].ids == ("2",)


def test_nobody_is_guessed(listed):
    people = listed(CANVAS)
    assert people.find("Ada Lovelac") == (
        None,
        "Ada Lovelac is not in the roster; is it Ada Lovelace?",
    )
    who, why = people.find("Ada Lovelace", "102")
    assert who is None
    assert "of two people: Ben Böhm and Ada Lovelace" in why
    twins = listed("name,id\nAda Lovelace,1\nAda Lovelace,2\n")
    assert [one.folder for one in twins.people] == ["Ada Lovelace 1", "Ada Lovelace 2"]
    assert twins.find("Ada Lovelace")[0] is None
    assert twins.find("Ada Lovelace", "2")[0].ids == ("2",)
    twins = listed("name,email\nAda Lovelace,a@x.org\nAda Lovelace,b@x.org\n")
    assert twins.find("Ada Lovelace", "", ("b@x.org",))[0].email == "b@x.org"
    assert twins.find("Ada Lovelace", "", ("c@x.org",))[0] is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column for names"),
        ("points,room\n1,2\n", "no column for names.*It has points, room"),
        ("name,email\n", "lists nobody"),
        ("name,id\nAda,1\nBen,1\n", "Ada and Ben have the same 1"),
        ("name,email\nAda,a@x\nBen,A@x\n", "Ada and Ben have the same a@x"),
        ("name,room\nAda,1\nAda,2\n", "Ada has two rows"),
        ("name,email,id\n,,5\n", "row 2, has neither a name nor an email"),
        ("PK\x03\x04", "is not a CSV file: in the spreadsheet"),
    ],
)
def test_a_roster_that_cannot_serve_is_refused_in_a_sentence(listed, text, says):
    with pytest.raises(SystemExit, match=says):
        listed(text)
    with pytest.raises(SystemExit, match="cannot be read"):
        roster.Roster(Path("nowhere.csv"))


def test_a_worksheet_of_moodle_tells_numbers_and_times(listed, capsys):
    people = listed(
        "Identifier,Full name,Email address,Last modified (submission)\n"
        'Participant 1234567,Ada Lovelace,ada@x.org,"Monday, 30 November 2026, 10:27 PM"\n'
        "Participant 1234568,Ben Böhm,ben@x.org,-\n"
        "Participant 1234569,Eve Curie,eve@x.org,yesterday\n"
    ).people
    assert people[0].ids == ("1234567",)
    assert [one.when for one in people] == [datetime(2026, 11, 30, 22, 27), None, None]
    assert "row 4: `yesterday` is no date" in capsys.readouterr().out


def test_a_worksheet_without_names_serves_too(listed):
    people = listed("Identifier,Status,Grade\nParticipant 11,Submitted,\nParticipant 12,,\n")
    assert people.find("Participant", "12")[0].folder == "Participant 12"


def test_when_it_is_due():
    assert collect.due_time("2026-12-01 12:00") == datetime(2026, 12, 1, 12)
    assert collect.due_time("2026-12-01") == datetime(2026, 12, 2), "a day counts to its end"
    with pytest.raises(SystemExit, match="DUE is 'noon', which is no date"):
        collect.due_time("noon")
    assert collect.span(datetime(2026, 1, 3, 2, 5) - datetime(2026, 1, 1)) == "2 d 2 h 5 min"


# --- Collecting ----------------------------------------------------------------------------------


@cache
def copy_of(text="plain"):
    """Return a notebook of exercise 1; the text tells it from others."""
    return odd_copies.Notebook().add(f"# {text}").json()


@cache
def solution(name, number):
    """Return a copy of any exercise, unlike others."""
    notebook = nbformat.read(exercise.CLASS / name / "student" / f"{name}.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(str(number), id="last"))
    return nbformat.writes(notebook).encode()


@pytest.fixture
def course(tmp_path):
    """Return what collects a folder or .zip, with a list of {path: content}."""
    (tmp_path / "class.csv").write_text(MOODLE)

    def run(files, name="in.zip", when=(2026, 11, 30, 12, 0, 0), people=True, due=""):
        packed = io.BytesIO()
        with ZipFile(packed, "w") as file:
            for path, content in files.items():
                content, moment = content if isinstance(content, tuple) else (content, when)
                file.writestr(ZipInfo(path, moment), content)
        (tmp_path / name).write_bytes(packed.getvalue())
        csv_file = tmp_path / "class.csv" if people else None
        collect.main(tmp_path / name, tmp_path / "out", csv_file, due)
        return read(tmp_path)

    def read(folder):
        with (folder / "out" / "collected.csv").open(newline="", encoding="utf-8-sig") as table:
            return {(one["student"], one["exercise"]): one for one in csv.DictReader(table)}

    return run, tmp_path / "out"


def contents(folder):
    """Return the digests of all files for people to see."""
    found = [one for one in folder.rglob("*") if one.is_file() and ".collected" not in one.parts]
    return {hashlib.sha256(one.read_bytes()).hexdigest() for one in found}


ADA, BEN, EVE = "Ada Lovelace", "Ben Böhm", "Eve Curie"


@needs_class
def test_a_row_for_each_of_the_roster_and_what_came(course):
    run, out = course
    rows = run({"Ada Lovelace/linear.ipynb": copy_of(), "ben/homework.ipynb": copy_of(),
                "Zoe/linear.ipynb": copy_of("z"), "eve/notes.txt": b"hello"})  # fmt: skip
    assert rows[ADA, "linear"]["status"] == "handed in"
    assert rows[BEN, "linear"]["status"] == "misnamed"
    assert rows[EVE, "linear"]["status"] == "missing"
    assert rows[EVE, ""]["status"] == "unreadable"
    assert "not a notebook" in rows[EVE, ""]["note"]
    assert rows["Zoe", "linear"]["status"] == "not in the roster"
    assert (out / EVE / "other" / "notes.txt").read_bytes() == b"hello"
    assert (out / BEN / "linear.ipynb").exists()
    assert rows[BEN, "linear"]["email"] == "ben@x.org"


@needs_class
def test_a_platforms_word_for_late_counts_and_its_upload_tells_the_latest(course):
    run, out = course
    old, new = copy_of("old"), copy_of("new")
    rows = run({"lovelaceada_LATE_101_2002_linear-1.ipynb": new,
                "lovelaceada_101_2001_linear.ipynb": old}, due="2026-11-01")  # fmt: skip
    row = rows[ADA, "linear"]
    assert row["status"] == "late, double"
    assert row["late"] == "yes"
    assert (out / ADA / "linear.ipynb").read_bytes() == new
    (earlier,) = (out / ADA / "earlier").iterdir()
    assert earlier.read_bytes() == old


@needs_class
def test_times_of_a_zip_count_but_for_those_of_a_download(course):
    run, out = course
    late = (2026, 12, 1, 14, 5, 0)
    rows = run({"ada/linear.ipynb": (copy_of(), late), "ben/linear.ipynb": copy_of("b"),
                "Eve Curie_77_assignsubmission_file/linear.ipynb": (copy_of("e"), late)},
               due="2026-12-01 12:00")  # fmt: skip
    assert (rows[ADA, "linear"]["status"], rows[ADA, "linear"]["late"]) == ("late", "2 h 5 min")
    assert rows[BEN, "linear"]["status"] == "handed in"
    assert rows[EVE, "linear"]["status"] == "handed in"
    assert rows[EVE, "linear"]["note"] == "when it came is not known"
    assert collect.late(out) == {(ADA, "linear"): "2 h 5 min"}


@needs_class
def test_what_cannot_be_read_may_be_late_too(course):
    run, _ = course
    rows = run({"ada/linear.pdf": (b"%PDF", (2026, 12, 1, 14, 5, 0))}, due="2026-12-01 12:00")
    assert rows[ADA, ""]["status"] == "unreadable, late"
    assert rows[ADA, ""]["late"] == "2 h 5 min"


@needs_class
def test_worksheets_of_two_exercises_tell_times_and_numbers(course, tmp_path):
    run, out = course
    for name, *numbers, ada, other in (
        ("linear", 1, 2, "13:00", "11:00"),
        ("losses", 2, 3, "11:00", "13:00"),  # 2 is another Ada now
    ):
        (tmp_path / "class.csv").write_text(
            "Identifier,Full name,Email address,Last modified (submission)\n"
            f"Participant {numbers[0]},Ada,a@x.org,2026-12-01 {ada}\n"
            f"Participant {numbers[1]},Ada,b@x.org,2026-12-01 {other}\n"
        )
        files = {
            f"Ada_{at}_assignsubmission_file/{name}.ipynb": solution(name, at) for at in numbers
        }
        run(files, name=f"{name}.zip", due="2026-12-01 12:00")
    for who, numbers in (("Ada a@x.org", (1, 2)), ("Ada b@x.org", (2, 3))):
        found = [(out / who / f"{name}.ipynb").read_bytes() for name in ("linear", "losses")]
        assert found == [*map(solution, ("linear", "losses"), numbers)]
    assert collect.late(out) == {("Ada a@x.org", "linear"): "1 h", ("Ada b@x.org", "losses"): "1 h"}


@needs_class
def test_of_several_of_which_nothing_tells_the_time_a_row_says_so(course):
    run, _ = course
    rows = run({"ada/linear.ipynb": copy_of("1"), "ada/linear (1).ipynb": copy_of("2")})
    assert "which of" in rows[ADA, "linear"]["note"]
    assert "look at them" in rows[ADA, "linear"]["note"]


@needs_class
def test_nothing_is_lost_and_again_only_adds(course, tmp_path):
    run, out = course
    first = {f"{odd.student}/{path.split('/', 1)[-1]}": content
             for odd in odd_copies.damaged() for path, content in odd.files.items()}  # fmt: skip
    first |= {"ada/data/x": b"1", "ada/linear.zip": odd_copies.zipped(linear_ipynb=copy_of())}
    run(first, people=False)
    given = {hashlib.sha256(one).hexdigest() for one in first.values()}
    listed = (out / "collected.csv").read_text("utf-8-sig")
    packed = hashlib.sha256(first["ada/linear.zip"]).hexdigest()
    aside = hashlib.sha256(b"1").hexdigest()
    assert given - contents(out) == {packed, aside}
    assert "ada/linear.zip/linear.ipynb" in listed
    assert "ada/data/x" in listed
    before = {one.relative_to(out): one.read_bytes() for one in out.rglob("*") if one.is_file()}
    run(first, people=False)
    after = {one.relative_to(out): one.read_bytes() for one in out.rglob("*") if one.is_file()}
    assert after == before
    rows = run({"ada/linear.ipynb": copy_of("better")}, name="late.zip", people=False)
    assert contents(out) > {
        hashlib.sha256(one).hexdigest() for one in [copy_of("better"), copy_of()]
    }
    assert rows["ada", "linear"]["status"] == "double"
    assert (out / "ada" / "linear.ipynb").read_bytes() == copy_of("better")
    rows = run(first)  # now with a roster
    assert (out / ADA / "linear.ipynb").read_bytes() == copy_of("better")
    assert not (out / "ada" / "linear.ipynb").exists(), "the grader would take it for another's"
    assert given - contents(out) == {packed, aside}


@needs_class
def test_what_was_mended_by_hand_stays(course):
    run, out = course
    run({"ada/linear.ipynb": copy_of("1")})
    (out / ADA / "linear.ipynb").write_bytes(copy_of("mended"))
    run({"ada/linear.ipynb": copy_of("1")})
    assert (out / ADA / "linear.ipynb").read_bytes() == copy_of("mended")
    rows = run({"ada/linear.ipynb": copy_of("2")}, name="late.zip")
    assert (out / ADA / "linear.ipynb").read_bytes() == copy_of("2")
    assert {hashlib.sha256(copy_of(one)).hexdigest() for one in ("1", "mended", "2")} <= contents(
        out
    )
    (out / EVE).mkdir()
    (out / EVE / "linear.ipynb").write_bytes(copy_of())
    rows = run({"ada/linear.ipynb": copy_of("1")})
    assert rows[EVE, "linear"]["note"] == "it was put there by hand"


@needs_class
def test_gradescope_and_mails_tell_who_and_when(course, tmp_path):
    run, out = course
    scope = (b"submission_5:\n  :submitters:\n  - :name: A. Lovelace\n    :sid: s1\n"
             b"    :email: ada@x.org\n  - :name: Eve Curie\n    :sid: s3\n"
             b"  :created_at: 2026-12-01 14:00:00\n")  # fmt: skip
    rows = run({"export/submission_metadata.yml": scope,
                "export/submission_5/linear.ipynb": copy_of("group")},
               due="2026-12-01 12:00")  # fmt: skip
    assert rows[ADA, "linear"]["status"] == rows[EVE, "linear"]["status"] == "late"
    mail = EmailMessage()
    mail["From"], mail["Date"] = "Ben <BEN@x.org>", "Tue, 01 Dec 2026 09:00:00"
    mail.set_content("Here it is.")
    mail.add_attachment(copy_of("mail"), "application", "json", filename="linear.ipynb")
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "1.eml").write_bytes(mail.as_bytes())
    collect.main(tmp_path / "mails", out)
    assert (ADA, "linear") in collect.late(out), "what was due then stays due"
    assert (out / BEN / "linear.ipynb").read_bytes() == copy_of("mail")


@needs_class
def test_the_grader_takes_what_counts_of_a_collection(course):
    run, out = course
    run({"ada/linear.ipynb": copy_of("1")})
    run({"ada/linear.ipynb": copy_of("2"), "eve/notes.txt": b""}, name="more.zip")
    found, others = grade.sort(out)
    assert {who: len(copies) for who, copies in found.items()} == {(ADA, "linear"): 1}
    assert list(others) == [EVE]


@needs_class
def test_what_cannot_be_collected_is_said(course, tmp_path):
    _, out = course
    with pytest.raises(SystemExit, match="is not there"):
        collect.main(tmp_path / "nowhere", out)
    (tmp_path / "text").write_text("x")
    with pytest.raises(SystemExit, match="neither a folder nor a"):
        collect.main(tmp_path / "text", out)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    with pytest.raises(SystemExit, match="name an empty folder"):
        collect.main(tmp_path / "text", tmp_path / "full")


ROSTERS = [
    "name,email,id\nAda L,a@x,1\nBen B,b@x,2\n",
    "name,email\nAda L,a@x\nAda L,a2@x\nBen B,b@x\n",
    None,
]
WHO = ["Ada L", "ada", "BenB", "a@x", "Zoe", "Ada L_11_assignsubmission_file",
       "Ada L_12_assignsubmission_file", "benb_LATE_2_77_", "benb_2_78_"]  # fmt: skip


@pytest.mark.parametrize("seed", range(25))
def test_whatever_comes_in_whatever_order_nothing_is_lost(tmp_path, monkeypatch, seed):
    """Several downloads, with other lists of the class, at random; a notebook begins with "nb"."""

    def read(name, content):
        if not content.startswith(b"nb"):
            raise ValueError("it is not a notebook")
        return (submissions.Cell("code", content.decode(), None, None),)

    monkeypatch.setattr(submissions, "read", read)
    monkeypatch.setattr(
        submissions, "exercise_of", lambda cells, name: (cells[0].source.split()[1], True)
    )
    draw, given, out = random.Random(seed), set(), tmp_path / "out"
    for run in range(draw.randint(1, 5)):
        packed = tmp_path / f"{run}.zip"
        with ZipFile(packed, "w") as file:
            for _ in range(draw.randint(1, 6)):
                who, content = draw.choice(WHO), draw.choice(["nb linear", "nb losses", "junk"])
                content = f"{content} {draw.randint(0, 4)}".encode()
                path = f"{who}x.ipynb" if who.endswith("_") else f"{who}/{draw.choice('xyz')}.ipynb"
                moment = (draw.choice([1980, 2026]), draw.randint(1, 12), 1, 0, 0, 0)
                if path not in file.namelist():
                    file.writestr(ZipInfo(path, moment), content)
                    given.add(hashlib.sha256(content).hexdigest())
        if listed := draw.choice(ROSTERS):
            (tmp_path / "class.csv").write_text(listed)
        people = tmp_path / "class.csv" if listed else None
        collect.main(packed, out, people, draw.choice(["", "2026-06-01"]))
        assert given <= contents(out)
        before = {one: one.read_bytes() for one in out.rglob("*") if one.is_file()}
        collect.main(packed, out)
        assert {one: one.read_bytes() for one in out.rglob("*") if one.is_file()} == before
