// Forward and backward through a small network, one number at a time.
import { button, drawn, make, set, show, slider, spoken } from "./ui.mjs";

const number = (value) => (value < 0 ? `(${value.toFixed(2)})` : value.toFixed(2));

// Every number of one step, in the order in which it is computed: [name, how, value].
export function computation({ x, t, W1, b1, W2, b2 }) {
  const lines = [];
  const add = (name, how, value) => {
    lines.push([name, how, value]);
    return value;
  };
  const z = [0, 1].map((k) => add(`z${k + 1}`,
    `x1·W1[1,${k + 1}] + x2·W1[2,${k + 1}] + b1[${k + 1}] = ${number(x[0])}·${number(W1[0][k])} + ${number(x[1])}·${number(W1[1][k])} + ${number(b1[k])}`,
    x[0] * W1[0][k] + x[1] * W1[1][k] + b1[k]));
  const h = z.map((value, k) => add(`h${k + 1}`, `tanh(z${k + 1}) = tanh(${number(value)})`, Math.tanh(value)));
  const y = add("y", `h1·W2[1] + h2·W2[2] + b2 = ${number(h[0])}·${number(W2[0])} + ${number(h[1])}·${number(W2[1])} + ${number(b2)}`,
    h[0] * W2[0] + h[1] * W2[1] + b2);
  add("L", `(y − t)² = (${number(y)} − ${number(t)})²`, (y - t) ** 2);
  const g = add("∂L/∂y", `2·(y − t) = 2·(${number(y)} − ${number(t)})`, 2 * (y - t));
  h.forEach((value, k) => add(`∂L/∂W2[${k + 1}]`, `h${k + 1}·∂L/∂y = ${number(value)}·${number(g)}`, value * g));
  add("∂L/∂b2", "∂L/∂y", g);
  const gh = W2.map((weight, k) => add(`∂L/∂h${k + 1}`, `W2[${k + 1}]·∂L/∂y = ${number(weight)}·${number(g)}`, weight * g));
  const gz = gh.map((value, k) => add(`∂L/∂z${k + 1}`,
    `(1 − h${k + 1}²)·∂L/∂h${k + 1} = (1 − ${number(h[k])}²)·${number(value)}`, (1 - h[k] ** 2) * value));
  x.forEach((value, j) => gz.forEach((grad, k) => add(`∂L/∂W1[${j + 1},${k + 1}]`,
    `x${j + 1}·∂L/∂z${k + 1} = ${number(value)}·${number(grad)}`, value * grad)));
  gz.forEach((value, k) => add(`∂L/∂b1[${k + 1}]`, `∂L/∂z${k + 1}`, value));
  return lines;
}

export default {
  render: ({ model, el }) => show(el, async () => {
    const get = (name) => model.get(name);
    const list = make("ol", { class: "nn-steps", tabindex: 0, "aria-label": "The numbers computed so far" });
    const text = spoken();
    const lines = () => computation({ x: [get("x1"), get("x2")], t: get("target"), ...get("weights") });
    const go = (steps) => set(model, { done: Math.min(lines().length, Math.max(0, steps)) });
    drawn(model, ["x1", "x2", "target", "done"], () => {
      const all = lines();
      const done = all.slice(0, get("done"));
      list.replaceChildren(...done.map(([name, how, value]) =>
        make("li", {}, make("strong", {}, name), ` = ${how} = `, make("strong", {}, value.toFixed(3)))));
      list.scrollTop = list.scrollHeight;
      const last = done.at(-1);
      text.say(last ? `Number ${done.length} of ${all.length}: ${last[0]} is ${last[2].toFixed(3)}.` : `${all.length} numbers are to be computed. The first is z1.`);
    });
    const range = { min: -2, max: 2, step: 0.1, show: (value) => value.toFixed(1) };
    return [
      make("div", { class: "nn-row" },
        slider(model, "x1", "input x1", range), slider(model, "x2", "input x2", range), slider(model, "target", "target t", range)),
      make("div", { class: "nn-row" },
        button("Next number", () => go(get("done") + 1)), button("Back", () => go(get("done") - 1)),
        button("All", () => go(Infinity)), button("None", () => go(0))),
      text.element, list,
    ];
  }),
};
