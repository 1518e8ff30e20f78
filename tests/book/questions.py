"""How often the pages ask something: for test_questions.py, and for editors.

`python tests/book/questions.py` prints for every page, or for those named: its words, its questions
with answers, the questions in 400 words, and the longest stretch of words without a question or an
exercise. Words in answers do not count, for nobody has to read them.
"""

import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
sys.path.insert(0, str(BOOK / "_ext"))

import teaching  # noqa: E402 - it lies among the extensions of the book

MOST_WORDS = 400  # to a question, on average
LONGEST = 600  # words from one question to the next


def density(path):
    """Return (words, questions, longest stretch without a question or an exercise)."""
    cells = [cell for cell in teaching.cells_of(str(path)) if cell["cell_type"] == "markdown"]
    text = "\n\n".join(cell["source"] for cell in cells)
    questions = [found.start() for found in teaching.questions_in(text)]
    exercises = text.find(teaching.EXERCISES)
    asks = list(questions)
    if exercises >= 0:
        found = teaching.EXERCISE.finditer(text, exercises)
        asks += [one.start() for one in found]
    edges = [0, *sorted(asks), len(text)]
    stretches = [teaching.count_words(text[start:end]) for start, end in pairwise(edges)]
    return sum(stretches), len(questions), max(stretches)


if __name__ == "__main__":
    print(f"{'page':20} {'words':>6} {'questions':>10} {'per 400':>8} {'longest':>8}")
    for path in sys.argv[1:] or sorted(BOOK.glob("*.ipynb")):
        words, questions, longest = density(path)
        rate = MOST_WORDS * questions / words
        print(f"{Path(path).stem:20} {words:6} {questions:10} {rate:8.1f} {longest:8}")
