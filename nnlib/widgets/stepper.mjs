// Forward and backward through a small network, one number at a time.
import { button, decimals, element, liveRegion, mount, onChange, set, slider } from "./ui.mjs";

const DIGITS = 3; // after the point, of every number

// A number as the figure shows it. Halves go away from zero, as on paper: a product of three such
// numbers has at most nine digits, so the tiny addend mends a half that binary made too small.
export function rounded(value) {
  const units = Math.round(Math.abs(value) * 10 ** DIGITS + 1e-7);
  return units === 0 ? 0 : (Math.sign(value) * units) / 10 ** DIGITS;
}

const number = (value) => (value < 0 ? `(${value.toFixed(DIGITS)})` : value.toFixed(DIGITS));

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
  const dz = da.map((value, k) =>
    add(
      `∂L/∂z${k + 1}`,
      `(1 − a${k + 1}²)·∂L/∂a${k + 1}`,
      `(1 − ${number(a[k])}²)·${number(value)}`,
      (1 - a[k] ** 2) * value,
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

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const list = element("ol", {
      class: "nn-steps",
      tabindex: 0,
      "aria-label": "The numbers computed so far",
    });
    const text = liveRegion();
    const lines = () =>
      computation({ x: [get("x1"), get("x2")], t: get("target"), ...get("weights") });
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
      list,
    ];
  }),
};
