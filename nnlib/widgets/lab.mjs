// Noise and a hole in a digit, two networks side by side, and how far off each is.
import { SIDE, forward, mse, random, readNetwork } from "./net.mjs";
import { asTrait, asset, button, choice, dragged, drawDifference, drawDigit, drawn, make, pad, picture, pixels, set, show, slider, spoken, steered } from "./ui.mjs";

const LINKED = ["digit", "noise", "noise_seed", "mask_size", "mask_row", "mask_column", "left", "right"];

// An image with noise, uniform within ±amplitude, cut off at 0 and 1, and a square of paper.
export function spoil(image, { noise, seed, size, row, column }) {
  const draw = random(seed);
  return Float32Array.from(image, (value, i) => {
    const noisy = value + noise * (2 * draw() - 1);
    const [y, x] = [Math.floor(i / SIDE), i % SIDE];
    const inside = y >= row && y < row + size && x >= column && x < column + size;
    return inside ? 0 : Math.min(1, Math.max(0, noisy));
  });
}

// A corner moved so that a square of this size lies within the image.
export const fitted = (corner, size) => Math.min(SIDE - size, Math.max(0, Math.round(corner)));

// The state that a link holds, as traits; what it does not know or may not be is left out.
export function fromLink(fragment, allowed) {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const state = {};
  for (const [name, may] of Object.entries(allowed)) {
    if (!given.has(name)) continue;
    const text = given.get(name);
    const value = may.numbers ? Number(text) : text;
    if (may.numbers ? value >= may.numbers[0] && value <= may.numbers[1] : may.names.includes(text)) {
      state[name] = may.whole ? Math.round(value) : value;
    }
  }
  return state;
}

export default {
  render: ({ model, el }) => show(el, async () => {
    const get = (name) => model.get(name);
    const names = get("_networks").flatMap(([, group]) => group.map(([name]) => name));
    const texts = Object.fromEntries(get("_networks").flatMap(([, group]) => group));
    const whole = (most) => ({ numbers: [0, most], whole: true });
    const allowed = {
      digit: whole(get("_digits").length * get("_digits")[0][1].length - 1),
      noise: { numbers: [0, 1] }, noise_seed: whole(2 ** 32 - 1), mask_size: whole(20),
      mask_row: whole(SIDE), mask_column: whole(SIDE), left: { names }, right: { names },
    };
    if (get("_static")) set(model, fromLink(location.hash, allowed));
    const digits = await asset(model, "digits");

    const networks = {};
    let problem = "";
    async function fetchNetwork(side) {
      const name = get(side);
      try {
        networks[side] = { name, layers: readNetwork(await asset(model, `networks/${name}`)) };
        problem = "";
      } catch (error) {
        problem = error.message;
      }
      if (name === get(side)) later();
    }

    const original = picture("original");
    const spoilt = picture("spoilt", { tabindex: 0, role: "application" });
    spoilt.canvas.setAttribute("aria-label", "The spoilt image. Drag the hole, or move it with the arrow keys.");
    const sides = ["left", "right"].map((side) => ({
      side, output: picture(`output, ${side}`), difference: picture("red: too much ink; blue: too little"),
    }));
    const hole = make("div", { class: "nn-hole" });
    spoilt.canvas.after(hole);
    const text = spoken();
    const link = make("a", { href: "#" }, "Link to what you see");

    const image = () => pixels(get("drawing"))
      ?? pixels(digits.subarray(SIDE * SIDE * get("digit"), SIDE * SIDE * (get("digit") + 1)));
    const keep = (drawing) => set(model, { drawing: asTrait(drawing) });

    function draw() {
      const size = get("mask_size");
      const [row, column] = [fitted(get("mask_row"), size), fitted(get("mask_column"), size)];
      const clean = image();
      const input = spoil(clean, { noise: get("noise"), seed: get("noise_seed"), size, row, column });
      drawDigit(original.canvas, clean);
      drawDigit(spoilt.canvas, input);
      const share = (pixels) => `${(100 * pixels) / SIDE}cqw`;
      Object.assign(hole.style, { left: share(column), top: share(row), width: share(size), height: share(size) });
      const told = (figure, name, error) => {
        const L = `L ${error.toFixed(4)}`;
        figure.caption.textContent = `${name}: ${L}`;
        return `${name} ${L}`;
      };
      const lines = [told(spoilt, "spoilt", mse(input, clean))];
      for (const { side, output, difference } of sides) {
        const network = networks[side];
        if (network?.name !== get(side)) {
          output.caption.textContent = problem || "loading …";
          continue;
        }
        const answer = forward(network.layers, input);
        drawDigit(output.canvas, answer);
        drawDifference(difference.canvas, answer.map((value, i) => value - clean[i]));
        lines.push(told(output, side, mse(answer, clean)));
        output.canvas.setAttribute("aria-label", `What the network on the ${side} makes of it: ${texts[network.name]}`);
      }
      text.say(problem || `Mean squared error per pixel: ${lines.join("; ")}.`);
      link.href = `#${new URLSearchParams(LINKED.map((name) => [name, get(name)]))}`;
    }

    pad(original.canvas, image, keep, text.say);
    const moveHole = (row, column) => set(model, {
      mask_row: fitted(row, get("mask_size")), mask_column: fitted(column, get("mask_size")),
    });
    dragged(spoilt.canvas, (x, y) => moveHole(y * SIDE - get("mask_size") / 2, x * SIDE - get("mask_size") / 2));
    steered(spoilt.canvas, (right, down) => moveHole(get("mask_row") + down, get("mask_column") + right));

    const later = drawn(model, ["drawing", "noise", "noise_seed", "mask_size", "mask_row", "mask_column"], draw);
    model.on("change:digit", () => keep([]));
    model.on("change:digit", later);
    for (const side of ["left", "right"]) {
      model.on(`change:${side}`, () => fetchNetwork(side));
      model.on(`change:${side}`, later);
      fetchNetwork(side);
    }
    return [
      make("div", { class: "nn-row" },
        choice(model, "digit", "digit", get("_digits")),
        slider(model, "noise", "noise, ±", { min: 0, max: 1, step: 0.05, show: (value) => value.toFixed(2) }),
        slider(model, "mask_size", "hole, pixels a side", { min: 0, max: 20 })),
      make("div", { class: "nn-row" },
        button("New noise", () => set(model, { noise_seed: get("noise_seed") + 1 })),
        button("Blank page to draw on", () => keep(new Float32Array(SIDE * SIDE))),
        ...(get("_static") ? [link] : [])),
      make("div", { class: "nn-columns" },
        make("div", { class: "nn-pair" }, original.figure, spoilt.figure)),
      make("div", { class: "nn-columns" }, ...sides.map(({ side, output, difference }) =>
        make("div", {}, choice(model, side, `network on the ${side}`, get("_networks")),
          make("div", { class: "nn-pair" }, output.figure, difference.figure)))),
      text.element,
    ];
  }),
};
