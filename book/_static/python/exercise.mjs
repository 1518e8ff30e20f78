// An exercise on its page: answers are checked and explained where they are written, kept on the
// device if the reader allows it, and handed in as the notebook that the grader takes.
import { button, create } from "./page.mjs";

const WORDS = {
  region: "Your work",
  check: "Check",
  checking: "Checking …",
  blank: "Nothing is written here yet: put your code in place of the three dots, and check again.",
  right: "Correct.",
  rightNow: "Correct. Our solution, and why it is right, can be opened below.",
  stopped: "The check was stopped before it had an answer.",
  above: (text) => `A cell above stopped, so the check could not run. It says: ${text}`,
  hint: "There is a hint below.",
  solution: "Show the solution",
  tooSoon: (tries) =>
    tries === 0
      ? "You have not tried yet. Press again to see the solution all the same."
      : `You have tried ${tries === 1 ? "once" : "twice"}. Press again to see the solution all the same.`,
  inWords: "Write your answer first, to compare it. Press again to see ours.",
  enough: "Three honest tries: the solution is there if you want it.",
  answer: "Your answer in words",
  keep: "Keep my work on this device",
  back: "Your work is here as you left it.",
  kept: "Your work is kept in this browser, and sent nowhere.",
  forgotten: "Nothing of this exercise is kept in this browser any more.",
  full: "This browser has no room for your work: download it as a notebook.",
  download: "Download as notebook",
  open: "Open a notebook",
  opened: (number) => `${number} answers were taken from the notebook.`,
  noNotebook: (file) =>
    `${file} is no notebook, or is damaged: choose a file that ends in .ipynb and opens in Jupyter.`,
  replace: (file) => `Replace what you have written here by the answers in ${file}?`,
  forget: "Delete what is kept of this exercise in this browser?",
  otherNotebook: (file) => `${file} has no answers to this exercise: is it another one?`,
  lost: "The notebook could not be fetched: is there still a network? Then try again.",
  newer:
    "This exercise has a newer edition than the one you worked on. Your older work is kept in this " +
    "browser. Take your answers over into the new edition?",
  take: "Take them over",
  anew: "Begin anew",
};
const ENOUGH = 3; // honest tries, after which the solution is offered

const code = (source) => source.replace(/#.*$/gm, "").replace(/\s+/g, " ").trim();
const isBlank = (source, original) =>
  code(source) === code(original) ||
  /(^|[\s=:])\.\.\.\s*$/m.test(code(source).replaceAll("; ", "\n"));

// --- A question ----------------------------------------------------------------------------------

class Question {
  constructor(work, name) {
    const of = (kind) => [...document.querySelectorAll(`[data-${kind}="${name}"]`)];
    const cell = ([place]) => place && work.page.byId.get(place.id.replace(/^cell-/, ""));
    Object.assign(this, { work, name, tries: 0, last: null });
    this.answer = cell(of("answer"));
    this.checks = of("check").map((place) => cell([place]));
    this.hints = of("question").filter((one) => one.matches(".hint"));
    this.solution = of("question").find((one) => one.matches(".solution"));
    this.said = create("p", { className: "py-verdict" });
    this.said.setAttribute("role", "status");
    if (this.answer) this.build();
    if (this.solution) this.foldSolution();
    this.foldHints();
  }

  build() {
    this.button = button(WORDS.check, () => this.check());
    const heading = this.answer.place.closest("section").querySelector("h2, h3");
    this.button.setAttribute("aria-label", `${WORDS.check}: ${heading.firstChild.textContent}`);
    this.answer.bar.prepend(this.button);
    this.answer.bar.after(this.said);
  }

  // Hints come one by one: the next can be seen when the one before it has been opened.
  foldHints() {
    this.hints.forEach((hint, at) => {
      hint.hidden = at > 0;
      hint.addEventListener("toggle", () => {
        if (this.hints[at + 1]) this.hints[at + 1].hidden = false;
      });
    });
  }

  foldSolution() {
    this.solution.hidden = true;
    this.offer = button(WORDS.solution, () => {
      if (this.tries < ENOUGH && !this.done && !this.asked) {
        this.asked = true;
        this.doubt.textContent = this.answer ? WORDS.tooSoon(this.tries) : WORDS.inWords;
      } else this.showSolution(true);
    });
    this.doubt = create("span");
    this.doubt.setAttribute("role", "status");
    this.solution.before(create("p", { className: "py-exercise" }, this.offer, this.doubt));
  }

  showSolution(open) {
    if (!this.solution) return;
    this.offer.hidden = true;
    this.doubt.textContent = "";
    this.solution.hidden = false;
    this.solution.open = open;
  }

  // First whether anything is written, then whether it is Python, then what the checks say.
  async check() {
    const { source, original } = this.answer;
    this.answer.clearError();
    if (isBlank(source, original)) {
      this.say(WORDS.blank, "blank");
      return;
    }
    this.say(WORDS.checking, "checking");
    this.button.disabled = true;
    try {
      const wrong = await this.work.page.parse(source);
      if (wrong) {
        this.answer.fail({ ...wrong, cell: this.answer.id });
        this.say("", "wrong");
        return;
      }
      for (const check of this.checks) {
        const error = await this.work.page.run(check);
        if (error) {
          this.fail(error, source);
          return;
        }
      }
      this.done = true;
      this.say(this.solution ? WORDS.rightNow : WORDS.right, "right");
      this.showSolution(false);
      this.work.keep();
    } finally {
      this.button.disabled = false;
    }
  }

  fail(error, source) {
    if (error.stopped) {
      this.say(WORDS.stopped, "wrong");
      return;
    }
    const ours = [this.answer, ...this.checks].some((cell) => cell.id === error.ran);
    if (!ours) {
      this.say(WORDS.above(error.text), "wrong");
      return;
    }
    for (const check of this.checks) check.clearError();
    this.answer.fail(error);
    if (this.last !== code(source)) this.tries += 1; // the same code again is no new try
    this.last = code(source);
    const hint = this.hints.some((one) => !one.open);
    this.say(this.tries >= ENOUGH ? WORDS.enough : hint ? WORDS.hint : "", "wrong");
    this.work.keep();
  }

  say(text, state) {
    this.said.textContent = text;
    this.said.dataset.state = state;
  }
}

// --- All of it -----------------------------------------------------------------------------------

class Work {
  constructor(page, { name, edition, notebook }) {
    Object.assign(this, { page, name, edition, notebook });
    this.key = `nnlib-exercise:${name}`;
    this.words = [...document.querySelectorAll("[data-words]")].map((place) => this.field(place));
    const names = [...document.querySelectorAll("[data-answer], .solution[data-question]")].map(
      ({ dataset }) => dataset.answer ?? dataset.question,
    );
    this.questions = [...new Set(names)].map((one) => new Question(this, one));
    this.build();
    this.restore();
    for (const cell of page.cells) cell.onchange = () => this.keep();
  }

  field(place) {
    const area = create("textarea", { rows: 5, name: place.dataset.words });
    area.addEventListener("input", () => this.keep());
    place.replaceChildren(create("label", {}, WORDS.answer, area));
    return area;
  }

  build() {
    this.tick = create("input", { type: "checkbox" });
    this.tick.addEventListener("change", () => {
      if (!this.tick.checked && !confirm(WORDS.forget)) this.tick.checked = true;
      if (this.tick.checked) this.keep();
      else localStorage.removeItem(this.key);
      this.say(this.tick.checked ? WORDS.kept : WORDS.forgotten);
    });
    const file = create("input", { type: "file", accept: ".ipynb,application/json", hidden: true });
    file.addEventListener("change", () => {
      if (file.files.length) this.open(file.files[0]);
      file.value = "";
    });
    this.said = create("span");
    this.said.setAttribute("role", "status");
    this.place = create(
      "div",
      { className: "py-exercise" },
      create("label", {}, this.tick, ` ${WORDS.keep}`),
      button(WORDS.download, () => this.download()),
      button(WORDS.open, () => file.click()),
      file,
      this.said,
    );
    this.place.setAttribute("role", "group");
    this.place.setAttribute("aria-label", WORDS.region);
    document.querySelector(".nn-live").after(this.place);
    // Who leaves the page without keeping or downloading what they wrote is asked by the browser.
    addEventListener("beforeunload", (event) => {
      if (!this.tick.checked && this.written() && this.saved !== this.text())
        event.preventDefault();
    });
  }

  say(text) {
    this.said.textContent = text;
  }

  // --- What is kept ---

  written() {
    const changed = this.page.cells.some(({ source, original }) => source !== original);
    return changed || this.words.some(({ value }) => value);
  }

  text() {
    const { cells, words } = this.state();
    return JSON.stringify({ cells, words });
  }

  state() {
    const cells = this.page.cells.filter(({ source, original }) => source !== original);
    return {
      edition: this.edition,
      cells: Object.fromEntries(cells.map(({ id, source }) => [id, source])),
      words: Object.fromEntries(this.words.map(({ name, value }) => [name, value])),
      tries: Object.fromEntries(this.questions.map(({ name, tries }) => [name, tries])),
      done: this.questions.filter(({ done }) => done).map(({ name }) => name),
    };
  }

  keep() {
    if (!this.tick.checked) return;
    try {
      localStorage.setItem(this.key, JSON.stringify(this.state()));
    } catch {
      this.say(WORDS.full);
    }
  }

  restore() {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(this.key));
    } catch {
      // The browser keeps nothing, or somebody else's text.
    }
    if (!kept) return;
    this.tick.checked = true;
    if (kept.edition === this.edition) {
      this.take(kept);
      this.say(WORDS.back);
      return;
    }
    localStorage.setItem(`${this.key}:${kept.edition}`, JSON.stringify(kept));
    const notice = create(
      "p",
      { className: "py-error" },
      `${WORDS.newer} `,
      button(WORDS.take, () => {
        this.take(kept);
        notice.remove();
        this.keep();
      }),
      " ",
      button(WORDS.anew, () => {
        notice.remove();
        this.keep();
      }),
    );
    notice.setAttribute("role", "alert");
    this.place.after(notice);
  }

  take({ cells, words, tries = {}, done = [] }) {
    let number = 0;
    for (const [id, source] of Object.entries(cells)) {
      const cell = this.page.byId.get(id);
      if (typeof source !== "string" || !cell || cell.source === source) continue;
      cell.set(source);
      number += 1;
    }
    for (const area of this.words) {
      if (typeof words[area.name] !== "string" || words[area.name] === area.value) continue;
      area.value = words[area.name];
      number += 1;
    }
    for (const question of this.questions) {
      question.tries = tries[question.name] ?? 0;
      if (!done.includes(question.name)) continue;
      question.done = true;
      question.showSolution(false);
    }
    return number;
  }

  // --- Notebooks ---

  async download() {
    let made;
    try {
      const answer = await fetch(this.notebook);
      made = await answer.json();
    } catch {
      this.say(WORDS.lost);
      return;
    }
    const words = Object.fromEntries(this.words.map(({ name, value }) => [name, value.trim()]));
    for (const cell of made.cells) {
      const ours = this.page.byId.get(cell.id);
      const text = words[cell.metadata.question];
      if (ours) cell.source = ours.source;
      else if (text) cell.source = text;
    }
    const file = new Blob([JSON.stringify(made, null, 1)], { type: "application/x-ipynb+json" });
    const link = create("a", { href: URL.createObjectURL(file), download: `${this.name}.ipynb` });
    link.click();
    this.saved = this.text();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  async open(file) {
    let cells;
    try {
      ({ cells } = JSON.parse(await file.text()));
      if (!Array.isArray(cells)) throw new Error();
    } catch {
      this.say(WORDS.noNotebook(file.name));
      return;
    }
    const text = ({ source }) => (Array.isArray(source) ? source.join("") : String(source ?? ""));
    const asked = cells.filter(({ metadata }) => metadata?.question);
    const known = cells.filter(({ id }) => this.page.byId.has(id));
    if (!known.length && !asked.length) {
      this.say(WORDS.otherNotebook(file.name));
      return;
    }
    if (this.written() && !confirm(WORDS.replace(file.name))) return;
    const number = this.take({
      cells: Object.fromEntries(known.map((cell) => [cell.id, text(cell)])),
      words: Object.fromEntries(asked.map((cell) => [cell.metadata.question, text(cell)])),
    });
    this.keep();
    this.say(WORDS.opened(number));
  }
}

/** Begin to work on the exercise of this page; `page` runs its cells. */
export const begin = (page, exercise) => new Work(page, exercise);
