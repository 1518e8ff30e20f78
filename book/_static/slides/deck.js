// Slides: one at a time, by keyboard, touch and buttons, and a second window for the presenter. The
// two windows tell each other where they are, as messages, which works for files, too.
(() => {
  const WORDS = {
    back: "Back",
    on: "Next",
    all: "All slides",
    presenter: "Presenter",
    full: "Full screen",
    dark: "Dark",
    light: "Light",
    close: "Close",
    again: "Start the clock again",
    at: (at, count) => `${at} of ${count}`,
    clock: (now, minutes) => `${now}, after ${minutes} min`,
    following: "Next slide",
  };
  const page = document.documentElement;
  const presents = new URLSearchParams(location.search).has("presenter");
  const SIZE = [1280, 720];
  const LEAST = [0.55, 0.35]; // the smallest scale of what a slide shows, and, of a still, on paper

  // The look that the reader has chosen in the book, at once, or the page flashes.
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  if (!["light", "dark"].includes(page.dataset.theme)) {
    page.dataset.theme = prefersDark.matches ? "dark" : "light";
  }

  function create(name, properties, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  function start() {
    const { body } = document;
    const slides = [...document.querySelectorAll(".slide")];
    const title = (slide) => slide.querySelector("h2");
    const steps = (slide) => [...slide.querySelectorAll("details.step")];
    let [at, shown, other] = [0, 0, presents ? window.opener : null];

    // What does not fit is drawn smaller, with all of its answers open.
    function fit(slide) {
      const show = slide.querySelector(".show");
      const closed = steps(slide).filter((one) => !one.open);
      const { hidden } = slide;
      slide.hidden = false;
      for (const one of closed) one.open = true;
      // A figure that moves can be scrolled if it is too tall; its still picture cannot.
      const paper = !show.style.getPropertyValue("--fit");
      let scale = 1;
      const over = () =>
        [slide, show, ...show.querySelectorAll("pre, .picture")].some(
          (one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1,
        );
      do {
        show.style.setProperty("--fit", scale);
        scale -= 0.05;
      } while (scale > LEAST[Number(paper)] && over());
      if (paper) show.style.setProperty("--paper", show.style.getPropertyValue("--fit"));
      for (const one of closed) one.open = false;
      slide.hidden = hidden;
    }

    // Show a slide and as many of its steps; tell the other window, unless it has told this one.
    function go(slide, step = 0, tell = true) {
      at = Math.max(0, Math.min(slides.length - 1, slide));
      const folds = steps(slides[at]);
      shown = Math.max(0, Math.min(folds.length, step));
      slides.forEach((one, place) => {
        one.hidden = place !== at && !(presents && place === at + 1);
        one.classList.toggle("following", place === at + 1);
      });
      folds.forEach((one, place) => (one.open = place < shown));
      place.textContent = WORDS.at(at + 1, slides.length);
      history.replaceState(null, "", `#${slides[at].id}`);
      const focused = shown ? folds[shown - 1].querySelector(".text") : title(slides[at]);
      focused.focus({ preventScroll: true });
      scrollTo(0, 0);
      if (presents) {
        notes.replaceChildren(...slides[at].querySelector(".notes").cloneNode(true).childNodes);
        notes.scrollTop = 0;
      }
      if (tell) other?.postMessage({ deck: location.pathname, at, shown }, "*");
    }
    const on = () =>
      shown < steps(slides[at]).length ? go(at, shown + 1) : at < slides.length - 1 && go(at + 1);
    const back = () => (shown ? go(at, shown - 1) : at && go(at - 1, Infinity));

    // --- Buttons, the list of slides, and the presenter's half of the window

    const button = (text, act) => {
      const made = create("button", { type: "button", textContent: text });
      made.addEventListener("click", act);
      return made;
    };
    const place = create("p", {});
    place.setAttribute("role", "status");
    const list = create("ol", {});
    const dialog = create(
      "dialog",
      {},
      list,
      button(WORDS.close, () => dialog.close()),
    );
    dialog.setAttribute("aria-label", WORDS.all);
    slides.forEach((slide, number) => {
      const link = create("a", { href: `#${slide.id}`, textContent: title(slide).textContent });
      link.addEventListener("click", (event) => {
        event.preventDefault();
        dialog.close();
        go(number);
      });
      list.append(create("li", {}, link));
    });
    function listAll() {
      for (const link of list.querySelectorAll("a")) link.removeAttribute("aria-current");
      const current = list.children[at].firstChild;
      current.setAttribute("aria-current", "true");
      dialog.showModal();
      current.focus();
    }
    const otherTheme = () => (page.dataset.theme === "dark" ? "light" : "dark");
    const theme = button(WORDS[otherTheme()], () => {
      page.dataset.theme = otherTheme();
      theme.textContent = WORDS[otherTheme()];
    });
    const forWide = presents
      ? []
      : [
          button(WORDS.presenter, () => {
            const address = `${location.pathname}?presenter#${slides[at].id}`;
            other = window.open(address, "presenter", "popup,width=1200,height=800");
          }),
          button(WORDS.full, () =>
            document.fullscreenElement ? document.exitFullscreen() : page.requestFullscreen(),
          ),
        ];
    const bar = document.querySelector(".bar");
    bar.append(button(WORDS.back, back), place, button(WORDS.on, on), button(WORDS.all, listAll));
    for (const one of forWide) one.className = "wide";
    bar.append(...forWide, theme);
    body.append(dialog);

    const notes = create("div", { className: "notes-shown", tabIndex: 0 });
    notes.setAttribute("role", "region");
    notes.setAttribute("aria-label", document.querySelector(".notes").getAttribute("aria-label"));
    if (presents) {
      let began = Date.now();
      const time = create("p", {});
      const tick = () => {
        const now = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        time.textContent = WORDS.clock(now, Math.floor((Date.now() - began) / 60_000));
      };
      const again = button(WORDS.again, () => {
        began = Date.now();
        tick();
      });
      tick();
      setInterval(tick, 5_000);
      const clock = create("div", { className: "clock" }, time, again);
      body.append(create("div", { className: "desk" }, clock, notes));
      body.classList.add("presents");
    }

    // --- What moves it

    const KEYS = {
      ArrowRight: on,
      PageDown: on,
      " ": on,
      ArrowLeft: back,
      PageUp: back,
      Home: () => go(0),
      End: () => go(slides.length - 1),
      Escape: listAll,
    };
    addEventListener("keydown", (event) => {
      const act = KEYS[event.key];
      if (!act || dialog.open || event.ctrlKey || event.altKey || event.metaKey) return;
      const { target } = event;
      const using = target.closest("[data-model], input, select, .notes-shown");
      if (using && event.key === "Escape") title(slides[at]).focus(); // … leaves it first
      if (using || (event.key === " " && target.closest("button, a, summary"))) return;
      event.preventDefault();
      if (event.key === " " && event.shiftKey) back();
      else act();
    });

    let from;
    addEventListener("touchstart", ({ touches, target }) => {
      const moves = target.closest("[data-model], .notes-shown, dialog, pre, .formula");
      from = touches.length === 1 && !moves ? [touches[0].clientX, touches[0].clientY] : undefined;
    });
    addEventListener("touchend", ({ changedTouches: [touch] }) => {
      if (!from) return;
      const [right, down] = [touch.clientX - from[0], touch.clientY - from[1]];
      if (Math.abs(right) > 50 && Math.abs(right) > 2 * Math.abs(down)) (right < 0 ? on : back)();
    });

    // A fold that is opened by hand is a step as well.
    for (const fold of document.querySelectorAll("details.step > summary")) {
      fold.addEventListener("click", (event) => {
        const step = steps(slides[at]).indexOf(fold.parentElement);
        event.preventDefault();
        go(at, fold.parentElement.open ? step : step + 1);
      });
    }

    addEventListener("message", ({ data, source }) => {
      if (data?.deck !== location.pathname) return;
      other = source; // also after one of them was loaded again
      if (data.asks) go(at, shown);
      else go(data.at, data.shown, false);
    });

    const named = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      return Math.max(0, slides.indexOf(target?.closest(".slide")));
    };
    addEventListener("hashchange", () => go(named()));

    const resize = () =>
      page.style.setProperty("--scale", Math.min(innerWidth / SIZE[0], innerHeight / SIZE[1]));
    addEventListener("resize", resize);
    resize();

    body.classList.add("live");
    slides.forEach(fit);
    document.fonts.ready.then(() => slides.forEach(fit));
    // A figure that moves has its size once it is drawn.
    const grown = new ResizeObserver((entries) => {
      for (const { target } of entries)
        if (!target.closest("[hidden]")) fit(target.closest(".slide"));
    });
    for (const figure of document.querySelectorAll("[data-model]")) grown.observe(figure);
    go(named(), 0, false);
    if (presents) other?.postMessage({ deck: location.pathname, asks: true }, "*");
  }
  addEventListener("DOMContentLoaded", () => document.querySelector(".slide") && start());
})();
