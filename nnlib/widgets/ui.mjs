// What the widgets draw with: native controls, pictures of digits, and text that is read out.
import { SIDE } from "./net.mjs";

// An element with attributes and children; a function as attribute is an event's listener.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  // JupyterLab would take the arrow keys for itself.
  if (["input", "select", "canvas"].includes(tag)) element.dataset.lmSuppressShortcuts = "true";
  element.append(...children);
  return element;
}

// Call `draw` when one of these traits changes, at most once a frame, and now.
export function drawn(model, traits, draw) {
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
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

// A labelled slider that shows and changes a trait; `show` makes its number a text.
export function slider(model, trait, label, { min, max, step = 1, show = String }) {
  const value = make("span"); // an <output> would take the label for itself
  const input = make("input", {
    type: "range", min, max, step,
    input: () => set(model, { [trait]: Number(input.value) }),
  });
  const update = () => {
    input.value = model.get(trait);
    value.textContent = show(model.get(trait));
    input.setAttribute("aria-valuetext", value.textContent);
  };
  model.on(`change:${trait}`, update);
  update();
  return make("label", { class: "nn-control" }, make("span", {}, `${label} `, value), input);
}

// A labelled list of choices, [value, text] or [group, [[value, text], …]], for a trait.
export function choice(model, trait, label, choices) {
  const option = ([value, text]) => make("option", { value }, text);
  const input = make("select", {
    change: () => set(model, { [trait]: values.get(input.value) }),
  });
  const values = new Map();
  for (const entry of choices) {
    const inGroup = Array.isArray(entry[1]) ? entry[1] : [entry];
    for (const [value] of inGroup) values.set(String(value), value);
    if (inGroup === entry[1]) {
      input.append(make("optgroup", { label: entry[0] }, ...inGroup.map(option)));
    } else input.append(option(entry));
  }
  const update = () => {
    input.value = String(model.get(trait));
  };
  model.on(`change:${trait}`, update);
  update();
  return make("label", { class: "nn-control" }, make("span", {}, label), input);
}

// A button.
export function button(text, click) {
  return make("button", { type: "button", class: "nn-button", click }, text);
}

// A picture of 28 by 28 pixels with its caption below.
export function picture(name, attributes = {}) {
  const canvas = make("canvas", {
    width: SIDE, height: SIDE, class: "nn-digit", role: "img", "aria-label": name, ...attributes,
  });
  const caption = make("figcaption", {}, name);
  return { canvas, caption, figure: make("figure", {}, canvas, caption) };
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
    return pixels[i] > 0 ? [213 + (42 * pale) / 255, pale, pale] : [pale, pale, 178 + (77 * pale) / 255];
  });
}

function paint(canvas, color) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) image.data.set([...color(i), 255], 4 * i);
  context.putImageData(image, 0, 0);
}

// Call `move` with the place in a canvas, from 0 to 1 each way, while it is clicked or dragged.
export function dragged(canvas, move) {
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const share = (value) => Math.min(1, Math.max(0, value));
    move(share((event.clientX - box.left) / box.width),
         share((event.clientY - box.top) / box.height), event);
  };
  canvas.style.touchAction = "none"; // a finger on it draws and does not scroll
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    at(event);
  });
  canvas.addEventListener("pointermove", (event) => event.buttons && at(event));
}

// Call `move` with -1, 0 or 1 each way when an arrow key is pressed on an element.
export function steered(element, move) {
  const ways = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  };
  element.addEventListener("keydown", (event) => {
    if (!ways[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    move(...ways[event.key], event.shiftKey);
  });
}

// Ink where a pen of about two pixels touches: the darker of old and new.
export function touched(image, x, y) {
  return image.map((value, i) => {
    const distance = Math.hypot((i % SIDE) + 0.5 - x, Math.floor(i / SIDE) + 0.5 - y);
    return Math.max(value, Math.min(1, Math.max(0, 1.9 - distance)));
  });
}

// Make a canvas a page to draw on: with mouse or finger, or by keyboard with Shift and the arrows.
export function pad(canvas, image, keep, say) {
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "A page to draw on, with mouse or finger. By keyboard: the arrow keys move the pen, with Shift they draw.");
  const pen = { x: SIDE / 2, y: SIDE / 2 };
  dragged(canvas, (x, y) => keep(touched(image(), x * SIDE, y * SIDE)));
  steered(canvas, (right, down, drawing) => {
    pen.x = Math.min(SIDE, Math.max(0, pen.x + right));
    pen.y = Math.min(SIDE, Math.max(0, pen.y + down));
    if (drawing) keep(touched(image(), pen.x, pen.y));
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
export function spoken() {
  const line = make("p", { class: "nn-line" });
  const heard = make("p", { class: "nn-heard", role: "status" });
  let timer;
  const say = (text) => {
    line.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => (heard.textContent = text), 500);
  };
  return { say, element: make("div", {}, line, heard) };
}

const cached = new WeakMap();

// Ask for an asset by name, once; resolves to its bytes.
export function asset(model, name) {
  if (!cached.has(model)) cached.set(model, new Map());
  const known = cached.get(model);
  if (!known.has(name)) {
    known.set(name, new Promise((resolve, reject) => {
      const answer = (content, buffers) => {
        if (content.asset !== name) return;
        model.off("msg:custom", answer);
        if (content.error) {
          known.delete(name);
          reject(new Error(content.error));
        } else {
          const { buffer, byteOffset, byteLength } = buffers[0];
          resolve(new Uint8Array(buffer ?? buffers[0], byteOffset, byteLength));
        }
      };
      model.on("msg:custom", answer);
      model.send({ asset: name });
    }));
  }
  return known.get(name);
}

// Show a widget once `draw` has made it; until then say that it is loading, or why it failed.
export async function show(el, draw) {
  el.classList.add("nn-widget");
  el.replaceChildren(make("p", { role: "status" }, "Loading …"));
  try {
    el.replaceChildren(...(await draw()));
  } catch (error) {
    el.replaceChildren(make("p", { role: "alert" }, `This part of the page does not work: ${error.message}`));
  }
}
