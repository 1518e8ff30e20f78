// Predictions: choosing an answer uncovers the result. Without this script, answers and covers
// still open one by one, for both are `details`.
(() => {
  const WORDS = {
    chosen: "Your answer",
    guess: "Your number",
    compare: "Compare",
    compared: (guess, truth) => `You said ${guess}. It is ${truth}.`,
    open: "The result is shown below.",
    remember: "Remember my predictions on this device",
    remembered: "Predictions are kept in this browser, and sent nowhere.",
    forgotten: "All predictions are forgotten.",
    right: "Right.", // how the comment on the right answer begins
  };
  const COVER = "details.covered:not([open])";
  const KEY = "nnlib-predictions"; // is there only if the reader has allowed it
  const page = document.querySelector("[data-prediction]") && location.pathname.split("/").pop();
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // What was predicted, by page and prediction: { choice, right } or { guess, truth }.
  function stored() {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null; // somebody else's text
    }
  }
  function keep(id, answer) {
    const known = stored();
    if (known) localStorage.setItem(KEY, JSON.stringify({ ...known, [`${page}#${id}`]: answer }));
  }
  const now = {}; // what was predicted since the page was opened, to keep if that is allowed later

  function create(name, properties, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  function openCover(box) {
    const cover = box.nextElementSibling;
    if (cover?.matches("details.covered")) cover.open = true;
  }

  // The first answer that a reader opens is the prediction; the others are there to be read.
  function choose(box, answer, said) {
    if (box.dataset.chosen) return;
    box.dataset.chosen = "true";
    answer.classList.add("chosen");
    const mark = create("span", { className: "chosen-mark", textContent: ` (${WORDS.chosen})` });
    answer.querySelector("summary").append(mark);
    said.textContent = WORDS.open;
    openCover(box);
  }

  function withChoices(box, answers, said, done) {
    answers.forEach((answer, choice) => {
      answer.querySelector("summary").addEventListener("click", () => {
        if (box.dataset.chosen) return;
        choose(box, answer, said);
        done({ choice, right: answer.querySelector("strong").textContent === WORDS.right });
      });
    });
    return ({ choice }) => {
      if (!answers[choice]) return;
      answers[choice].open = true;
      choose(box, answers[choice], said);
    };
  }

  // A number is typed or slid, and compared with the bold one in the answer, which the build has
  // checked. `data-from` and `data-to` make it a slider.
  function withNumber(box, answer, said, done) {
    const { from, to, step = "any" } = answer.dataset;
    const truth = answer.querySelector("strong").textContent;
    const type = from === undefined ? "number" : "range";
    // A slider starts at an end, and not at the one that is the answer.
    const near = Number.parseFloat(truth.replaceAll(",", "")) - from < (to - from) / 2;
    const start = type === "number" ? "" : near ? to : from;
    const input = create("input", { type, step, min: from ?? "", max: to ?? "", value: start });
    if (type === "number") input.required = true;
    const shown = create("span", { textContent: start });
    shown.setAttribute("aria-hidden", "true"); // a slider tells its value by itself
    const button = create("button", { type: "submit", textContent: WORDS.compare });
    const label = create("label", {}, `${WORDS.guess} `, input);
    const form = create("form", { className: "guess" }, label, shown, button);
    input.addEventListener("input", () => {
      if (type === "range") shown.textContent = input.value;
    });
    function compare(guess) {
      box.dataset.chosen = "true";
      input.value = guess;
      answer.open = true;
      said.textContent = WORDS.compared(guess, truth);
      openCover(box);
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      compare(input.value);
      done({ guess: input.value, truth });
    });
    answer.before(form);
    return ({ guess }) => guess !== undefined && compare(guess);
  }

  for (const box of all("[data-prediction]")) {
    const id = box.dataset.prediction;
    const answers = all("details.answer", box);
    const said = create("p", { className: "predict-said" });
    said.setAttribute("role", "status");
    const done = (answer) => {
      now[`${page}#${id}`] = answer;
      keep(id, answer);
    };
    const number = answers.find((one) => one.classList.contains("number"));
    const restore = number
      ? withNumber(box, number, said, done)
      : withChoices(box, answers, said, done);
    box.append(said);
    const known = stored()?.[`${page}#${id}`];
    if (known) restore(known);
  }

  // One box to tick, under the first prediction of a page. Clearing it forgets all.
  const first = document.querySelector("[data-prediction]");
  if (first) {
    const tick = create("input", { type: "checkbox", checked: Boolean(stored()) });
    const note = create("span", {});
    note.setAttribute("role", "status");
    tick.addEventListener("change", () => {
      if (tick.checked) localStorage.setItem(KEY, JSON.stringify(now));
      else localStorage.removeItem(KEY);
      note.textContent = tick.checked ? WORDS.remembered : WORDS.forgotten;
    });
    const label = create("label", {}, tick, ` ${WORDS.remember}`);
    first.append(create("p", { className: "remember" }, label, document.createElement("br"), note));
  }

  const place = (hash) => document.getElementById(decodeURIComponent(hash.slice(1)));

  // In the page, a link to what a prediction covers leads to the prediction, if it has no answer.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const box = link && place(link.hash)?.closest(COVER)?.previousElementSibling;
    if (!box?.matches("[data-prediction]")) return;
    event.preventDefault();
    box.scrollIntoView();
  });

  // An address of a place inside a fold opens it.
  function reveal() {
    const target = place(location.hash);
    if (!target) return;
    let folded = target.closest("details:not([open])");
    if (!folded) return;
    for (; folded; folded = folded.parentElement.closest("details:not([open])")) folded.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();
})();
