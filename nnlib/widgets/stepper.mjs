// Forward and backward through a small network, one number at a time.
import {
  button,
  decimals,
  element,
  liveRegion,
  mount,
  onChange,
  set,
  slider,
  svgElement,
} from "./ui.mjs";

const DIGITS = 3; // after the point, of every number

// The graph, in units of its own: where the middle of each node is, and its half width and height.
const [LEVEL_1, LEVEL_2, BETWEEN] = [110, 330, 220];
const NODES = {
  x1: [24, LEVEL_1],
  x2: [24, LEVEL_2],
  z1: [150, LEVEL_1],
  z2: [150, LEVEL_2],
  a1: [216, LEVEL_1],
  a2: [216, LEVEL_2],
  y: [284, BETWEEN],
  L: [336, BETWEEN],
};
const [HALF_WIDTH, HALF_HEIGHT] = [21, 17];
const HEADINGS = { x1: "input", z1: "sum", a1: "tanh", y: "sum", L: "(y−t)²" };
const WIRES = ["x1 z1", "x1 z2", "x2 z1", "x2 z2", "z1 a1", "z2 a2", "a1 y", "a2 y", "y L"];
// The middle of what is written on an edge.
const LABELS = {
  "W1[1,1]": [87, LEVEL_1],
  "W1[1,2]": [68, 166],
  "W1[2,1]": [68, 274],
  "W1[2,2]": [87, LEVEL_2],
  "W2[1]": [249, 165],
  "W2[2]": [249, 275],
  "b1[1]": [150, 48],
  "b1[2]": [150, 392],
  b2: [284, 318],
  t: [336, 318],
};

// A number as the figure shows it. Halves go away from zero, as on paper: a product of three such
// numbers has at most nine digits, so the tiny addend mends a half that binary made too small.
export function rounded(value) {
  const units = Math.round(Math.abs(value) * 10 ** DIGITS + 1e-7);
  return units === 0 ? 0 : (Math.sign(value) * units) / 10 ** DIGITS;
}

const number = (value) => (value < 0 ? `(${value.toFixed(DIGITS)})` : value.toFixed(DIGITS));

// What is known before the first step, by name.
export const given = ({ x, t, W1, b1, W2, b2 }) =>
  Object.fromEntries(
    [
      ...x.map((value, j) => [`x${j + 1}`, value]),
      ["t", t],
      ...W1.flatMap((row, j) => row.map((value, k) => [`W1[${j + 1},${k + 1}]`, value])),
      ...b1.map((value, k) => [`b1[${k + 1}]`, value]),
      ...W2.map((value, k) => [`W2[${k + 1}]`, value]),
      ["b2", b2],
    ].map(([name, value]) => [name, rounded(value)]),
  );

// Every number of one step, in the order in which it is computed: [name, formula, the formula with
// numbers, value]; no numbers where the formula is another number as it stands. Each is rounded
// before the next is computed from it, weights and inputs too, so that a reader who computes with
// what is shown gets what is shown.
export function computation({
  x: inputs,
  t: target,
  W1: hidden,
  b1: biases,
  W2: output,
  b2: bias,
}) {
  const [x, b1, W2] = [inputs, biases, output].map((values) => values.map(rounded));
  const [t, b2, W1] = [rounded(target), rounded(bias), hidden.map((row) => row.map(rounded))];
  const lines = [];
  const add = (name, formula, numbers, value) => {
    lines.push([name, formula, numbers, rounded(value)]);
    return rounded(value);
  };
  const z = [0, 1].map((k) =>
    add(
      `z${k + 1}`,
      `x1·W1[1,${k + 1}] + x2·W1[2,${k + 1}] + b1[${k + 1}]`,
      `${number(x[0])}·${number(W1[0][k])} + ${number(x[1])}·${number(W1[1][k])}` +
        ` + ${number(b1[k])}`,
      x[0] * W1[0][k] + x[1] * W1[1][k] + b1[k],
    ),
  );
  const a = z.map((value, k) =>
    add(`a${k + 1}`, `tanh(z${k + 1})`, `tanh(${value.toFixed(DIGITS)})`, Math.tanh(value)),
  );
  const y = add(
    "y",
    "a1·W2[1] + a2·W2[2] + b2",
    `${number(a[0])}·${number(W2[0])} + ${number(a[1])}·${number(W2[1])} + ${number(b2)}`,
    a[0] * W2[0] + a[1] * W2[1] + b2,
  );
  add("L", "(y − t)²", `(${number(y)} − ${number(t)})²`, (y - t) ** 2);
  const dy = add("∂L/∂y", "2·(y − t)", `2·(${number(y)} − ${number(t)})`, 2 * (y - t));
  a.forEach((value, k) =>
    add(`∂L/∂W2[${k + 1}]`, `a${k + 1}·∂L/∂y`, `${number(value)}·${number(dy)}`, value * dy),
  );
  add("∂L/∂b2", "∂L/∂y", "", dy);
  const da = W2.map((weight, k) =>
    add(`∂L/∂a${k + 1}`, `W2[${k + 1}]·∂L/∂y`, `${number(weight)}·${number(dy)}`, weight * dy),
  );
  const slopes = a.map((value, k) =>
    add(`∂a${k + 1}/∂z${k + 1}`, `1 − a${k + 1}²`, `1 − ${number(value)}²`, 1 - value ** 2),
  );
  const dz = da.map((value, k) =>
    add(
      `∂L/∂z${k + 1}`,
      `∂a${k + 1}/∂z${k + 1}·∂L/∂a${k + 1}`,
      `${number(slopes[k])}·${number(value)}`,
      slopes[k] * value,
    ),
  );
  x.forEach((value, j) =>
    dz.forEach((grad, k) =>
      add(
        `∂L/∂W1[${j + 1},${k + 1}]`,
        `x${j + 1}·∂L/∂z${k + 1}`,
        `${number(value)}·${number(grad)}`,
        value * grad,
      ),
    ),
  );
  dz.forEach((value, k) => add(`∂L/∂b1[${k + 1}]`, `∂L/∂z${k + 1}`, "", value));
  return lines;
}

// The computational graph, and a function that writes numbers into it, by their names.
function graph() {
  const places = new Map();
  const write = (x, y, text, look) => svgElement("text", { x, y, class: look }, text);
  const place = (name, x, y, look = "") => {
    const text = write(x, y, "", look);
    places.set(text, name);
    return text;
  };
  const line = (x1, y1, x2, y2) => svgElement("line", { x1, y1, x2, y2 });
  const wires = WIRES.map((wire) => {
    const [[x1, y1], [x2, y2]] = wire.split(" ").map((name) => NODES[name]);
    return line(x1 + HALF_WIDTH, y1, x2 - HALF_WIDTH, y2);
  });
  const stems = [
    line(150, 70, 150, 76),
    line(150, 364, 150, 370),
    line(284, 254, 284, 295),
    line(336, 237, 336, 295),
  ];
  const nodes = Object.entries(NODES).flatMap(([name, [x, y]]) => {
    const hasSlope = name[0] === "a";
    const [width, height] = [2 * HALF_WIDTH, 2 * HALF_HEIGHT];
    return [
      svgElement("rect", { x: x - HALF_WIDTH, y: y - HALF_HEIGHT, width, height, rx: 6 }),
      write(x, y + (hasSlope ? -3 : 4), name, "nn-name"),
      ...(hasSlope ? [place(`∂${name}/∂z${name[1]}`, x, y + 12)] : []),
      place(name, x, y - 22),
      place(`∂L/∂${name}`, x, y + 30, "nn-gradient"),
    ];
  });
  const labels = Object.entries(LABELS).flatMap(([name, [x, y]]) => [
    write(x, y - 9, name, "nn-name"),
    place(name, x, y + 5),
    place(`∂L/∂${name}`, x, y + 19, "nn-gradient"),
  ]);
  const headings = Object.entries(HEADINGS).map(([name, text]) =>
    write(NODES[name][0], 14, text, "nn-name"),
  );
  const svg = svgElement(
    "svg",
    {
      viewBox: "0 0 360 420",
      class: "nn-graph",
      role: "img",
      "aria-label": "The computational graph of the network. Its numbers are listed next.",
    },
    ...wires,
    ...stems,
    ...nodes,
    ...labels,
    ...headings,
  );
  const fill = (numbers, latest) => {
    for (const [text, name] of places) {
      text.textContent = numbers[name]?.toFixed(DIGITS) ?? "";
      text.classList.toggle("nn-latest", name === latest);
    }
  };
  return { svg, fill };
}

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const list = element("ol", {
      class: "nn-steps",
      tabindex: 0,
      "aria-label": "The numbers computed so far",
    });
    const text = liveRegion();
    const { svg, fill } = graph();
    const values = () => ({ x: [get("x1"), get("x2")], t: get("target"), ...get("weights") });
    const lines = () => computation(values());
    const go = (steps) => set(model, { done: Math.min(lines().length, Math.max(0, steps)) });
    onChange(model, ["x1", "x2", "target", "done"], () => {
      const all = lines();
      const done = all.slice(0, get("done"));
      list.replaceChildren(
        ...done.map(([name, formula, numbers, value]) =>
          element(
            "li",
            {},
            element("strong", {}, name),
            ` = ${[formula, numbers].filter(Boolean).join(" = ")} = `,
            element("strong", {}, value.toFixed(DIGITS)),
          ),
        ),
      );
      list.scrollTop = list.scrollHeight;
      const last = done.at(-1);
      const computed = Object.fromEntries(done.map(([name, , , value]) => [name, value]));
      fill({ ...given(values()), ...computed }, last?.[0]);
      text.say(
        last
          ? `Number ${done.length} of ${all.length}: ${last[0]} is ${last[3].toFixed(DIGITS)}.`
          : `${all.length} numbers are to be computed, each rounded to ${DIGITS} decimals. ` +
              "The first is z1.",
      );
    });
    const range = { min: -2, max: 2, step: 0.1, format: (value) => decimals(1)(rounded(value)) };
    return [
      element(
        "div",
        { class: "nn-row" },
        slider(model, "x1", "input x1", range),
        slider(model, "x2", "input x2", range),
        slider(model, "target", "target t", range),
      ),
      element(
        "div",
        { class: "nn-row" },
        button("Next number", () => go(get("done") + 1)),
        button("Back", () => go(get("done") - 1)),
        button("All", () => go(Infinity)),
        button("None", () => go(0)),
      ),
      text.element,
      element("div", { class: "nn-columns" }, svg, list),
    ];
  }),
};
