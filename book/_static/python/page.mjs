// The code of a page, to be changed and run: the half in the page. It is imported when the reader
// asks for it, starts the worker in which Python runs, and shows what the worker tells.
import { colored, edit } from "./editor.mjs";

const WORDS = {
  steps: {
    python: (host) => `Fetching Python from ${host} …`,
    packages: () => "Python is there. Loading NumPy and nnlib …",
  },
  loading: (name) => `Loading ${name} …`,
  fetching: (name, share) => `Fetching ${name}: ${share} %`,
  lost: (name) =>
    `${name} could not be fetched: is there still a network? Then run the cell again.`,
  ready: (version) => `Python ${version} is ready, in this page.`,
  running: (at, all, waiting) =>
    `Running cell ${at} of ${all} …${waiting ? ` ${waiting} more are asked for.` : ""}`,
  stopped: "Stopped. What the cells had made is gone; Python starts again with the next run.",
  slow: "This takes long. “Stop” ends it.",
  unreachable: (host) =>
    `Python could not be fetched from ${host}. Is there a network, and does it allow this address? ` +
    "The page stays as it is; try again, or run the notebook on your own computer (make lab).",
  crashed:
    "Python ended by itself: this device may be short of memory. The page stays as it is; close " +
    "other pages and try again, or run the notebook on your own computer (make lab).",
  region: "Python in this page",
  code: (number) => `Code of cell ${number}. Shift and Enter run it; Tab leaves it.`,
  run: "Run",
  runAll: "Run all",
  stop: "Stop",
  ends: "Ends Python, and with it all that the cells have made",
  reset: "Reset",
  sure: (number) =>
    `You have changed ${number === 1 ? "a cell" : `${number} cells`}. Bring the original code back?`,
  stored: "Stored result",
  live: "Your result",
  original: "Original code",
  output: "Result of this run",
  figure: "Figure drawn by this run",
  states: {
    fresh: (seconds) => `ran in ${seconds} s`,
    stale: () => "out of date: this code, or something it needs, has changed since",
    waiting: () => "waiting",
    running: () => "running …",
    failed: () => "stopped by an error",
    wrong: () => "not right yet",
    none: () => "not run yet",
    stopped: () => "stopped before its end",
  },
  instant: "less than 0.1",
  heavy: (needs) =>
    needs
      ? `Needs ${needs}, which this page may lack: run the notebook instead.`
      : "Takes long in a browser, so it is run only if you ask here.",
  noWidget: (kind) => `This page cannot show ${kind}: another chapter has it, or JupyterLab.`,
  nothing: "The cell shows nothing.",
  cause: "Likely cause: ", // how nnlib.checks begins
  details: "What was given, and what came of it",
  error: (kind) => (kind ? `${kind}: ` : ""),
  line: (line) => `Line ${line}. `,
  within: (place) => ` (in nnlib/${place})`,
  count: (done, all) => `${done} of ${all} cells have run.`,
};
const PATIENCE = 20; // seconds after which a reader is told how to stop a cell

export function create(name, properties = {}, ...children) {
  const { data, ...own } = properties;
  const element = Object.assign(document.createElement(name), own);
  Object.assign(element.dataset, data);
  element.append(...children);
  return element;
}

export const button = (text, click, className = "") =>
  create("button", { type: "button", textContent: text, onclick: click, className });

// --- What a run shows ----------------------------------------------------------------------------

const SHOW = {
  "application/vnd.nnlib.widget+json"(state) {
    const place = create("div", { className: "nn-widget" });
    const unknown = () => place.append(WORDS.noWidget(state._anywidget_id.split(".").at(-1)));
    if (window.nnlibWidget) window.nnlibWidget(place, state).catch(unknown);
    else unknown();
    return place;
  },
  "image/svg+xml"(text) {
    const { documentElement } = new DOMParser().parseFromString(text, "image/svg+xml");
    const place = create("div", { className: "nn-drawing", tabIndex: 0 });
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", WORDS.figure);
    place.append(document.importNode(documentElement, true));
    return place;
  },
  // The page's policy allows pictures from its own files only: this one is painted.
  "image/png"(text) {
    const canvas = create("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", WORDS.figure);
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    createImageBitmap(new Blob([bytes], { type: "image/png" })).then((picture) => {
      Object.assign(canvas, { width: picture.width, height: picture.height });
      canvas.getContext("2d").drawImage(picture, 0, 0);
    });
    return canvas;
  },
  "text/html"(text) {
    const { body } = new DOMParser().parseFromString(text, "text/html");
    for (const code of body.querySelectorAll("code.language-python")) {
      code.replaceChildren(...colored(code.textContent));
    }
    for (const table of body.querySelectorAll("table")) table.className = "table";
    return create("div", {}, ...body.childNodes);
  },
  "text/plain": (text) => create("pre", { textContent: text }),
};

function shown(data) {
  const media = Object.keys(SHOW).find((one) => data[one] !== undefined);
  return SHOW[media](data[media]);
}

// --- A cell --------------------------------------------------------------------------------------

class Cell {
  constructor(page, { id, source, tags, alt, needs }, number) {
    Object.assign(this, { page, id, original: source, source, tags, alt, needs });
    this.place = document.getElementById(`cell-${id}`);
    this.input = this.place?.querySelector(".cell_input");
    this.stored = this.place?.querySelector(".cell_output");
    this.state = "none";
    if (this.place) this.build(number);
  }

  build(number) {
    this.status = create("span", { className: "py-state", textContent: WORDS.states.none() });
    this.back = button(WORDS.original, () => {
      this.set(this.original);
      this.editor?.focus();
    });
    this.swap = button(WORDS.stored, () => this.show(!this.output.hidden));
    this.output = create("div", { className: "py-output", hidden: true });
    this.said = create("div", { className: "py-error", hidden: true });
    this.said.setAttribute("role", "alert");
    this.back.hidden = this.swap.hidden = true;
    const run = button(WORDS.run, () => this.page.run(this), "py-run");
    run.setAttribute("aria-label", `${WORDS.run}: ${WORDS.code(number).split(".")[0]}`);
    this.bar = create("div", { className: "py-bar" }, run, this.back, this.swap, this.status);
    if (this.heavy) this.bar.append(create("span", { textContent: WORDS.heavy(this.needs) }));
    this.above().after(this.bar, this.said, this.output);
    if (!this.input) return;
    this.size = getComputedStyle(this.input.querySelector("pre")).fontSize;
    // An editor is made when its cell comes near: a chapter may have fifty.
    this.label = WORDS.code(number);
    new IntersectionObserver(
      (entries, observer) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        this.startEditing();
      },
      { rootMargin: "600px" },
    ).observe(this.input);
  }

  // What a run's result comes after: the code, or the fold that has the code and no result.
  above() {
    const fold = this.input?.closest("details.hide");
    if (fold && this.place.contains(fold) && !fold.contains(this.stored)) return fold;
    return this.input ?? this.place.lastElementChild;
  }

  get heavy() {
    return this.tags.includes("too-heavy");
  }

  startEditing() {
    const place = create("div", { className: "py-editor" });
    this.read = this.input.firstElementChild;
    this.read.hidden = true;
    place.style.setProperty("--py-size", this.size);
    this.input.append(place);
    this.editor = edit(place, this.source, {
      label: this.label,
      changed: () => this.changed(),
      run: () => this.page.run(this),
    });
  }

  set(source) {
    if (this.editor) this.editor.set(source);
    else {
      this.source = source;
      if (this.back) this.back.hidden = source === this.original;
      this.page.codeChanged();
    }
  }

  changed() {
    this.source = this.editor.text();
    this.back.hidden = this.source === this.original;
    this.said.hidden = true;
    if (["failed", "wrong"].includes(this.state)) this.setState("none");
    this.page.codeChanged();
    this.onchange?.();
  }

  setState(state, ...about) {
    this.state = state;
    if (this.status) {
      this.status.textContent = WORDS.states[state](...about);
      this.bar.dataset.state = state;
    }
  }

  // Show what the run gives, or again what is stored.
  show(stored) {
    if (!this.output) return;
    this.output.hidden = stored;
    if (this.stored) this.stored.hidden = !stored;
    this.swap.hidden = !this.stored || !this.output.childNodes.length;
    this.swap.textContent = stored ? WORDS.live : WORDS.stored;
  }

  begin() {
    this.setState("running");
    if (!this.place) return;
    this.output.replaceChildren();
    this.clearError();
  }

  add(node) {
    if (!this.output) return;
    if (node.matches("canvas") && this.alt) node.setAttribute("aria-label", this.alt);
    this.output.append(node);
    this.show(false);
  }

  stream(kind, text) {
    if (!this.output) return;
    let last = this.output.lastElementChild;
    if (last?.dataset.stream !== kind) {
      last = create("pre", { data: { stream: kind } });
      this.add(last);
    }
    // What follows a carriage return takes the place of the line, as of a progress bar.
    last.textContent = (last.textContent + text).replace(/[^\n]*\r(?!\n)/g, "");
  }

  end(error, seconds) {
    this.seconds = seconds < 0.1 ? WORDS.instant : seconds.toFixed(1);
    if (error) this.fail(error);
    else if (this.output && !this.output.childNodes.length && this.stored) {
      this.add(create("p", { textContent: WORDS.nothing }));
    }
    const caption = !error && this.stored?.querySelector("figcaption");
    if (caption)
      this.output.append(
        create("div", { className: "py-caption" }, ...caption.cloneNode(true).childNodes),
      );
  }

  fail({ kind, text, line, cell, within }) {
    this.setState(kind ? "failed" : "wrong");
    if (!this.said) return;
    line = cell === this.id ? line : null;
    const where = (line ? WORDS.line(line) : "") + WORDS.error(kind);
    // Of a check, the cause comes first: what was given and what came of it may be long.
    const [sentence, ...details] = text.split("\n");
    const cause = kind ? -1 : details.findIndex((one) => one.startsWith(WORDS.cause));
    const first = cause < 0 ? [text] : [sentence, ...details.splice(cause)];
    this.said.replaceChildren(where + first.join("\n") + (within && WORDS.within(within)));
    if (cause > 0) {
      const summary = create("summary", { textContent: WORDS.details });
      const body = create("pre", { textContent: details.join("\n") });
      this.said.append(create("details", {}, summary, body));
    }
    this.said.hidden = false;
    this.editor?.mark(line);
    const inner = this.input ?? this.place;
    for (let fold = inner.closest("details"); fold; fold = fold.parentElement.closest("details"))
      fold.open = true;
  }

  clearError() {
    this.said.hidden = true;
    this.editor?.mark(null);
  }

  reset() {
    this.setState("none");
    if (!this.place) return;
    this.set(this.original);
    this.output.replaceChildren();
    this.clearError();
    this.show(true);
  }
}

// --- The page ------------------------------------------------------------------------------------

export class Page {
  /** `site` has the addresses, `cells` the code of the page; `place` is where Python's bar goes. */
  constructor(site, cells, place) {
    this.site = site;
    this.cells = cells.map((cell, at) => new Cell(this, cell, at + 1));
    this.byId = new Map(this.cells.map((cell) => [cell.id, cell]));
    this.waiting = [];
    this.said = create("span", { className: "py-said" });
    this.said.setAttribute("role", "status");
    this.stopButton = button(WORDS.stop, () => this.stop());
    this.stopButton.title = WORDS.ends;
    this.allowStop(false);
    this.bar = create(
      "div",
      { className: "py-page" },
      button(WORDS.runAll, () => this.runAll()),
      this.stopButton,
      button(WORDS.reset, () => this.reset()),
      this.said,
    );
    this.bar.setAttribute("role", "region");
    this.bar.setAttribute("aria-label", WORDS.region);
    place.append(this.bar);
    this.bar.querySelector("button").focus();
    this.start();
  }

  say(text) {
    this.said.textContent = text;
  }

  start() {
    this.worker = new Worker(`${this.site.home}worker.mjs`, { type: "module" });
    this.worker.onmessage = ({ data }) => this[`on_${data.type}`]?.(data);
    this.worker.onerror = () => this.on_failed({ reached: false });
    this.worker.postMessage({ type: "start", site: this.site });
  }

  get host() {
    return new URL(this.site.python).host;
  }

  // --- What the worker tells ---

  on_progress({ step, name }) {
    this.say(name ? WORDS.loading(name) : WORDS.steps[step](this.host));
  }

  on_fetching({ path, done, size, failed }) {
    const name = path.split("/").at(-1);
    this.say(failed ? WORDS.lost(name) : WORDS.fetching(name, Math.round((100 * done) / size)));
  }

  on_ready({ version }) {
    this.ready = true;
    this.say(WORDS.ready(version));
    this.next();
  }

  on_failed({ reached }) {
    this.end();
    this.say(reached ? WORDS.crashed : WORDS.unreachable(this.host));
  }

  on_begin({ cell }) {
    this.byId.get(cell).begin();
    const at = this.cells.findIndex(({ id }) => id === cell) + 1;
    this.say(WORDS.running(at, this.cells.length, this.waiting.length));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(WORDS.slow), PATIENCE * 1000);
  }

  on_stream({ cell, kind, text }) {
    this.byId.get(cell).stream(kind, text);
  }

  on_display({ cell, data }) {
    this.byId.get(cell).add(shown(data));
  }

  on_end({ cell, error, seconds }) {
    this.byId.get(cell).end(error, seconds);
    this.failed = error && { ...error, ran: cell };
  }

  on_done({ states }) {
    clearTimeout(this.timer);
    const wanted = this.running;
    this.running = null;
    this.showStates(states);
    if (wanted.state === "waiting") wanted.setState("none"); // something that it needs has failed
    const done = Object.keys(states).length;
    this.say(WORDS.count(done, this.cells.length));
    this.settle?.(this.failed);
    this.next();
  }

  // --- What the reader asks for ---

  /** Run a cell and what it needs; the promise gives the error, if there was one. */
  run(cell) {
    if (!this.worker) this.start();
    const done = new Promise((resolve) => this.waiting.push({ cell, resolve }));
    cell.setState("waiting");
    this.next();
    return done;
  }

  /** The promise gives what keeps code from being Python, or null. */
  parse(source) {
    if (!this.worker) this.start();
    this.worker.postMessage({ type: "parse", source });
    return new Promise((resolve) => (this.on_parsed = ({ error }) => resolve(error)));
  }

  runAll() {
    for (const cell of this.cells.filter((one) => !one.heavy)) this.run(cell);
  }

  next() {
    this.allowStop(this.running || this.waiting.length);
    if (!this.ready || this.running || !this.waiting.length) return;
    const { cell, resolve } = this.waiting.shift();
    this.running = cell;
    this.settle = resolve;
    this.failed = null;
    this.allowStop(true);
    this.worker.postMessage({ type: "run", cells: this.code(cell), wanted: cell.id });
  }

  // What Python may run for a cell: no other cell needs one that is heavy (a test sees to it), though
  // from their code alone one might think so.
  code(wanted) {
    const known = ["fresh", "stale"];
    return this.cells
      .filter((cell) => !cell.heavy || cell === wanted || known.includes(cell.state))
      .map(({ id, source }) => ({ id, source }));
  }

  // The code of a cell is another: what has run with the old one is out of date.
  codeChanged() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      if (!this.ready || this.running) return;
      this.worker.postMessage({ type: "states", cells: this.code() });
    }, 300);
  }

  on_states({ states }) {
    if (!this.running) this.showStates(states);
  }

  showStates(states) {
    for (const cell of this.cells) {
      const wrong = cell.said && !cell.said.hidden; // what it says holds until its code is changed
      if (states[cell.id] && !wrong) cell.setState(states[cell.id], cell.seconds);
    }
  }

  // End the worker: a cell that runs cannot be told to stop in any other way.
  end() {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.running?.setState("stopped");
    this.worker = this.running = null;
    this.ready = false;
    this.allowStop(false);
    for (const { resolve } of this.waiting.splice(0)) resolve({ stopped: true });
    this.settle?.({ stopped: true });
    this.settle = null;
    for (const cell of this.cells)
      if (!["failed", "wrong", "stopped"].includes(cell.state)) cell.setState("none");
    for (const cell of this.cells) cell.show?.(!cell.output?.childNodes.length);
  }

  // A button that is disabled loses the focus.
  allowStop(allowed) {
    this.stopButton.setAttribute("aria-disabled", !allowed);
  }

  stop() {
    if (this.stopButton.getAttribute("aria-disabled") === "true") return;
    this.end();
    this.say(WORDS.stopped);
  }

  reset() {
    const changed = this.cells.filter((cell) => cell.source !== cell.original).length;
    if (changed && !confirm(WORDS.sure(changed))) return;
    this.end();
    for (const cell of this.cells) cell.reset();
    this.start();
  }
}
