// What the widgets draw with: native controls, pictures of digits, and text that is read out.
import { SIDE } from "./net.mjs";

// An element with attributes and children; a function as attribute is an event's listener.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  // JupyterLab would take the arrow keys for itself.
  if (["input", "select", "canvas"].includes(tag)) made.dataset.lmSuppressShortcuts = "true";
  made.append(...children);
  return made;
}

// Call `draw` when one of these traits changes, at most once a frame, and now.
export function onChange(model, traits, draw) {
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (!model.signal.aborted) draw();
    });
  };
  for (const trait of traits) model.on(`change:${trait}`, later);
  draw();
  return later;
}

// Set traits and tell Python, if there is one.
export function set(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

// A number as text: with `least` digits after the point, or as many as it has itself, up to six.
export const decimals = (least) => (value) => {
  const own = String(Number(value.toFixed(6))).split(".")[1]?.length ?? 0;
  return value.toFixed(Math.max(least, own));
};

// The verb of so many: "1 of 84 is", "2 of 84 are".
export const agree = (count, one, many) => (count === 1 ? one : many);

// "1 statement", "2 statements".
export const plural = (count, one, many = `${one}s`) => `${count} ${agree(count, one, many)}`;

// "a 7", "an 8".
export const aDigit = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

// A labeled slider that shows and changes a trait; `format` makes its number a text.
export function slider(model, trait, label, { min, max, step = 1, format = String }) {
  const value = element("span"); // an <output> would take the label for itself
  const input = element("input", {
    type: "range",
    min,
    max,
    step,
    input: () => set(model, { [trait]: Number(input.value) }),
  });
  const update = () => {
    input.value = model.get(trait);
    value.textContent = format(model.get(trait));
    input.setAttribute("aria-valuetext", value.textContent);
  };
  model.on(`change:${trait}`, update);
  update();
  return element("label", { class: "nn-control" }, element("span", {}, `${label} `, value), input);
}

// A labeled list of choices, [value, text] or [group, [[value, text], …]], for a trait.
export function choice(model, trait, label, choices) {
  const option = ([value, text]) => element("option", { value }, text);
  const input = element("select", {
    change: () => set(model, { [trait]: values.get(input.value) }),
  });
  const values = new Map();
  for (const entry of choices) {
    const inGroup = Array.isArray(entry[1]) ? entry[1] : [entry];
    for (const [value] of inGroup) values.set(String(value), value);
    if (inGroup === entry[1]) {
      input.append(element("optgroup", { label: entry[0] }, ...inGroup.map(option)));
    } else input.append(option(entry));
  }
  const update = () => {
    input.value = String(model.get(trait));
  };
  model.on(`change:${trait}`, update);
  update();
  return element("label", { class: "nn-control" }, element("span", {}, label), input);
}

// A button.
export function button(text, click) {
  return element("button", { type: "button", class: "nn-button", click }, text);
}

// A canvas for `draw(context, width, height)`, which counts in the pixels of the page, so that
// letters are as large as they say; its own pixels are those of the screen. It is drawn anew when
// its size changes.
export function chart(model, attributes, draw) {
  const canvas = element("canvas", { class: "nn-map", ...attributes });
  const redraw = () => {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return; // not on the page yet
    const [fine, finer] = [width, height].map((size) => Math.round(size * devicePixelRatio));
    if (canvas.width !== fine) canvas.width = fine;
    if (canvas.height !== finer) canvas.height = finer;
    const context = canvas.getContext("2d");
    context.setTransform(fine / width, 0, 0, finer / height, 0, 0);
    draw(context, width, height);
  };
  const watching = new ResizeObserver(redraw);
  watching.observe(canvas);
  model.signal.addEventListener("abort", () => watching.disconnect());
  return { canvas, redraw };
}

// A picture of 28 by 28 pixels with its caption below.
export function picture(name, attributes = {}) {
  const canvas = element("canvas", {
    width: SIDE,
    height: SIDE,
    class: "nn-digit",
    role: "img",
    "aria-label": name,
    ...attributes,
  });
  const caption = element("figcaption", {}, name);
  return { canvas, caption, figure: element("figure", {}, canvas, caption) };
}

// Draw 784 numbers: 0 is paper and 1 is ink; below 0 is blue, above 1 is red.
export function drawDigit(canvas, pixels) {
  paint(canvas, (i) => {
    const paper = 255 * (1 - Math.min(1, Math.max(0, pixels[i])));
    return [paper, paper, paper];
  });
}

// Draw what is too much (red) and too little (blue), for numbers from -1 to 1.
export function drawDifference(canvas, pixels) {
  paint(canvas, (i) => {
    const pale = 255 * (1 - Math.min(1, Math.abs(pixels[i])));
    return pixels[i] > 0
      ? [213 + (42 * pale) / 255, pale, pale]
      : [pale, 114 + (141 * pale) / 255, 178 + (77 * pale) / 255];
  });
}

function paint(canvas, color) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) image.data.set([...color(i), 255], 4 * i);
  context.putImageData(image, 0, 0);
}

const TAP = 8; // pixels that a finger may move and still have tapped

// Call `move` with the place in a canvas, from 0 to 1 each way, while it is clicked or dragged, and
// whether that is the first place. A finger that moves up or down scrolls the page, as anywhere,
// unless the canvas is one to draw on.
export function onDrag(canvas, move, { draws = false } = {}) {
  let held, touchedAt;
  const at = (event, first) => {
    const box = canvas.getBoundingClientRect();
    const share = (value) => Math.min(1, Math.max(0, value));
    move(
      share((event.clientX - box.left) / box.width),
      share((event.clientY - box.top) / box.height),
      first,
    );
  };
  const away = (event) =>
    [event.clientX - touchedAt[0], event.clientY - touchedAt[1]].map(Math.abs);
  const ours = (listener) => (event) => event.pointerId === held && listener(event);
  canvas.style.touchAction = draws ? "none" : "pan-y pinch-zoom";
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || held !== undefined) return;
    held = event.pointerId;
    canvas.setPointerCapture(held);
    touchedAt =
      !draws && event.pointerType === "touch" ? [event.clientX, event.clientY] : undefined;
    if (!touchedAt) at(event, true);
  });
  canvas.addEventListener(
    "pointermove",
    ours((event) => {
      if (touchedAt) {
        const [across, down] = away(event);
        if (across < TAP || across < down) return;
        touchedAt = undefined;
      }
      at(event, false);
    }),
  );
  canvas.addEventListener(
    "pointerup",
    ours((event) => {
      if (touchedAt && Math.max(...away(event)) < TAP) at(event, true);
      held = undefined;
    }),
  );
  for (const end of ["pointercancel", "lostpointercapture"]) {
    canvas.addEventListener(
      end,
      ours(() => (held = undefined)),
    );
  }
}

// Call `move` with -1, 0 or 1 each way when an arrow key is pressed on an element.
export function onArrowKeys(target, move) {
  const ways = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  target.addEventListener("keydown", (event) => {
    if (!ways[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    move(...ways[event.key], event.shiftKey);
  });
}

// Ink where a pen of about two pixels goes in a straight line: the larger of old and new.
export function stroke(image, [x, y], [toX, toY]) {
  const [right, down] = [toX - x, toY - y];
  const length = right ** 2 + down ** 2 || 1;
  return image.map((value, i) => {
    const [column, row] = [(i % SIDE) + 0.5 - x, Math.floor(i / SIDE) + 0.5 - y];
    const along = Math.min(1, Math.max(0, (column * right + row * down) / length));
    const distance = Math.hypot(column - along * right, row - along * down);
    return Math.max(value, Math.min(1, Math.max(0, 1.9 - distance)));
  });
}

// Make a canvas a page to draw on: with mouse or finger, or by keyboard with Shift and the arrows.
// `keep` gets the new image, and whether a stroke begins with it.
export function drawingPad(canvas, image, keep, say) {
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "A page to draw on");
  canvas.setAttribute(
    "aria-description",
    "With mouse or finger. By keyboard: the arrow keys move the pen, with Shift they draw.",
  );
  const pen = { x: SIDE / 2, y: SIDE / 2 };
  let last;
  onDrag(
    canvas,
    (x, y, first) => {
      const place = [x * SIDE, y * SIDE];
      keep(stroke(image(), first ? place : last, place), first);
      last = place;
    },
    { draws: true },
  );
  onArrowKeys(canvas, (right, down, drawing) => {
    const before = [pen.x, pen.y];
    pen.x = Math.min(SIDE, Math.max(0, pen.x + right));
    pen.y = Math.min(SIDE, Math.max(0, pen.y + down));
    if (drawing) keep(stroke(image(), before, [pen.x, pen.y]), true);
    else say(`Pen at column ${pen.x}, row ${pen.y}.`);
  });
}

// A trait of 784 bytes as numbers from 0 to 1, or nothing if it is empty.
export function pixels(trait) {
  if (!trait?.byteLength) return undefined;
  const bytes = new Uint8Array(trait.buffer ?? trait, trait.byteOffset ?? 0, trait.byteLength);
  return Float32Array.from(bytes, (value) => value / 255);
}

// Numbers from 0 to 1 as such a trait.
export const asTrait = (image) =>
  new DataView(Uint8Array.from(image, (ink) => Math.round(255 * ink)).buffer);

// A line of text that a screen reader reads out once it has come to rest.
export function liveRegion() {
  const line = element("p", { class: "nn-line" });
  const heard = element("p", { class: "nn-heard", role: "status" });
  let timer;
  const say = (text) => {
    line.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => (heard.textContent = text), 500);
  };
  return { say, element: element("div", {}, line, heard) };
}

const cached = new WeakMap();
const PATIENCE = 30_000; // milliseconds

// Ask for an asset by name, once; resolves to its bytes. After a failure, ask again.
export function asset({ shared: model }, name) {
  if (!cached.has(model)) cached.set(model, new Map());
  const known = cached.get(model);
  if (!known.has(name)) {
    const asked = new Promise((resolve, reject) => {
      const answer = (content, buffers) => {
        if (content.asset !== name) return;
        clearTimeout(timer);
        model.off("msg:custom", answer);
        if (content.error) {
          known.delete(name);
          reject(new Error(content.error));
        } else {
          const { buffer, byteOffset, byteLength } = buffers[0];
          resolve(new Uint8Array(buffer ?? buffers[0], byteOffset, byteLength));
        }
      };
      const late = {
        asset: name,
        error: `${name} did not come within ${PATIENCE / 1000} seconds.`,
      };
      const timer = setTimeout(answer, PATIENCE, late);
      model.on("msg:custom", answer);
      model.send({ asset: name });
    });
    known.set(name, asked);
  }
  return known.get(name);
}

// What went wrong, and a way to try it again.
export const trouble = (message, again) =>
  element("p", { class: "nn-trouble", role: "alert" }, `${message} `, button("Try again", again));

// A model for one view: it stops listening when the view ends.
function ofView(shared, signal) {
  return {
    shared,
    signal,
    get: (name) => shared.get(name),
    set: (name, value) => shared.set(name, value),
    save_changes: () => shared.save_changes(),
    on: (event, listener) => {
      shared.on(event, listener);
      signal.addEventListener("abort", () => shared.off(event, listener));
    },
  };
}

// The `render` of a widget: shows it once `draw` has made its parts; until then says that it is
// loading, or why it failed, below the still picture that the published page has. It returns what
// ends the view, as anywidget asks.
export function mount(draw) {
  return ({ model, el }) => {
    el.classList.add("nn-widget");
    const still = [...el.children].filter((child) => child.classList.contains("nn-still"));
    let ended;
    async function start() {
      ended?.abort();
      ended = new AbortController();
      const { signal } = ended;
      el.replaceChildren(...still, element("p", { class: "nn-line", role: "status" }, "Loading …"));
      const parts = await draw(ofView(model, signal)).catch((error) => [
        ...still,
        trouble(`This figure could not be loaded: ${error.message}`, start),
      ]);
      if (!signal.aborted) el.replaceChildren(...parts);
    }
    start();
    return () => {
      ended.abort();
      el.replaceChildren();
    };
  };
}

/** Return an element of SVG, which also takes part in forced colors. */
export function svgElement(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
