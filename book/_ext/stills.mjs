// Still pictures of the widgets, without a browser: the widgets' own code draws upon a page that
// only notes what is done to it. Reads [{script, state, assets}] as JSON; writes for each its HTML,
// with a mark {{n}} for its n-th canvas, and what was drawn upon each canvas.
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const CHART = { "nn-plot": [640, 360] }; // sizes of canvases that ask how large they are,
const OTHER = [420, 420]; // … and of those not named here
const LEFT_OUT = ["label", "button", "a"]; // what only works with a script

class Element {
  constructor(tag, vector = false) {
    Object.assign(this, {
      tag,
      vector,
      attributes: {},
      children: [],
      style: {},
      dataset: {},
      innerHTML: "",
    });
    this.classList = { add: () => {}, contains: () => false, toggle: () => {} };
  }
  setAttribute(name, value) {
    this.attributes[name] = String(value);
  }
  append(...children) {
    this.children.push(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  set textContent(text) {
    this.children = [text];
  }
  get [Symbol.toStringTag]() {
    return this.tag;
  }
  addEventListener() {}
  get clientWidth() {
    return (CHART[this.attributes.class?.split(" ").at(-1)] ?? OTHER)[0];
  }
  get clientHeight() {
    return (CHART[this.attributes.class?.split(" ").at(-1)] ?? OTHER)[1];
  }
  getContext() {
    this.drawn ??= [];
    return new Proxy(
      {},
      {
        set: (_, name, value) => this.drawn.push(["set", name, value]),
        get:
          (_, name) =>
          (...values) => {
            if (name === "createImageData")
              return {
                width: values[0],
                height: values[1],
                data: new Uint8ClampedArray(4 * values[0] * values[1]),
              };
            if (name === "putImageData") values = [Buffer.from(values[0].data).toString("base64")];
            this.drawn.push([name, ...values]);
          },
      },
    );
  }
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);

function html(node, canvases) {
  if (!(node instanceof Element)) return escaped(node);
  const { tag, attributes, children } = node;
  if (LEFT_OUT.includes(tag) || attributes.class === "nn-heard") return "";
  if (tag === "canvas") {
    const {
      width = node.width,
      height = node.height,
      class: name,
      "aria-label": label,
    } = attributes;
    canvases.push({
      width: Number(width),
      height: Number(height),
      drawn: node.drawn ?? [],
      name,
      label,
    });
    return `{{${canvases.length - 1}}}`;
  }
  const inside = node.innerHTML || children.map((child) => html(child, canvases)).join("");
  if (!inside && tag === "div") return "";
  const kept = node.vector ? Object.keys(attributes) : attributes.class ? ["class"] : [];
  const told = kept.map((name) => ` ${name}="${escaped(attributes[name])}"`).join("");
  return `<${tag}${told}>${inside}</${tag}>`;
}

Object.assign(globalThis, {
  devicePixelRatio: 2,
  location: { hash: "" },
  document: {
    createElement: (tag) => new Element(tag),
    createElementNS: (_, tag) => new Element(tag, true),
  },
  matchMedia: () => ({ matches: false }),
  requestAnimationFrame: setImmediate,
  addEventListener: () => {},
  ResizeObserver: class {
    observe() {}
  },
});

async function still({ script, state, assets }) {
  let widget;
  globalThis.nnlibRegister = (_, brought) => (widget = brought);
  runInThisContext(readFileSync(script, "utf8"));
  let answer;
  const model = {
    get: (name) => ({ _static: true, ...state })[name],
    set: () => {},
    save_changes: () => {},
    on: (event, listener) => event === "msg:custom" && (answer = listener),
    off: () => {},
    send: ({ asset }) => answer({ asset }, [new Uint8Array(readFileSync(assets[asset]))]),
  };
  const el = new Element("div");
  widget.render({ model, el });
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate); // promises are kept
  const canvases = [];
  return { html: el.children.map((child) => html(child, canvases)).join(""), canvases };
}

const tasks = JSON.parse(readFileSync(0, "utf8"));
const stills = [];
for (const task of tasks) stills.push(await still(task));
process.stdout.write(JSON.stringify(stills), () => process.exit());
