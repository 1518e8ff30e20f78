// Noise and a mask on an image, two networks side by side, and the error of each.
import { forward, mse, random, readNetwork, SIDE } from "./net.mjs";
import {
  asset,
  asTrait,
  button,
  choice,
  decimals,
  drawDifference,
  drawDigit,
  drawingPad,
  element,
  liveRegion,
  mount,
  onArrowKeys,
  onChange,
  onDrag,
  picture,
  pixels,
  set,
  slider,
  svgElement,
  trouble,
} from "./ui.mjs";

const DIFFERENCE = "red: too high; blue: too low";
const LINKED = [
  "digit",
  "noise",
  "noise_seed",
  "mask_size",
  "mask_row",
  "mask_column",
  "left",
  "right",
];

// An image with noise, uniform within ±amplitude, clipped at 0 and 1, and a masked square (zeros).
export function corrupt(image, { noise, seed, size, row, column }) {
  const draw = random(seed);
  return Float32Array.from(image, (value, i) => {
    const noisy = value + noise * (2 * draw() - 1);
    const [y, x] = [Math.floor(i / SIDE), i % SIDE];
    const inside = y >= row && y < row + size && x >= column && x < column + size;
    return inside ? 0 : Math.min(1, Math.max(0, noisy));
  });
}

// A corner moved so that a square of this size lies within the image.
export const clampCorner = (corner, size) => Math.min(SIDE - size, Math.max(0, Math.round(corner)));

// The state that a link holds, as traits; what it does not know or may not be is left out.
export function fromLink(fragment, allowed) {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const state = {};
  for (const [name, may] of Object.entries(allowed)) {
    if (!given.has(name)) continue;
    const text = given.get(name);
    const value = may.numbers ? (/^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN) : text;
    if (
      may.numbers ? value >= may.numbers[0] && value <= may.numbers[1] : may.names.includes(text)
    ) {
      state[name] = may.whole ? Math.round(value) : value;
    }
  }
  return state;
}

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const names = get("_networks").flatMap(([, group]) => group.map(([name]) => name));
    const texts = Object.fromEntries(get("_networks").flatMap(([, group]) => group));
    const whole = (most) => ({ numbers: [0, most], whole: true });
    const allowed = {
      digit: whole(get("_digits").flatMap(([, group]) => group).length - 1),
      noise: { numbers: [0, 1] },
      noise_seed: whole(2 ** 32 - 1),
      mask_size: whole(20),
      mask_row: whole(SIDE),
      mask_column: whole(SIDE),
      left: { names },
      right: { names },
    };
    const state = () => Object.fromEntries(LINKED.map((name) => [name, get(name)]));
    if (get("_static")) followLinks();
    const parts = await Promise.all(["digits", "clothes"].map((name) => asset(model, name)));
    const images = Uint8Array.from(parts.flatMap((part) => [...part]));

    // Links lead to a state when the page is opened, when one is pasted, and by Back.
    function followLinks() {
      const first = state();
      set(model, fromLink(location.hash, allowed));
      addEventListener(
        "hashchange",
        ({ oldURL }) => {
          const linked = fromLink(location.hash, allowed);
          const left =
            !location.hash && Object.keys(fromLink(new URL(oldURL).hash, allowed)).length;
          if (!left && !Object.keys(linked).length) return; // a heading of the page
          const wanted = { ...first, ...linked };
          if (LINKED.some((name) => wanted[name] !== get(name)))
            set(model, { ...wanted, drawing: asTrait([]) });
        },
        { signal: model.signal },
      );
    }

    const networks = {};
    async function fetchNetwork(side) {
      const network = (networks[side] = { name: get(side) });
      tell(side);
      try {
        network.layers = readNetwork(await asset(model, `networks/${network.name}`));
      } catch (error) {
        network.problem = `The network on the ${side} could not be loaded: ${error.message}`;
      }
      if (network === networks[side] && !model.signal.aborted) tell(side);
    }
    // The output of a network is only seen while it is the one that was chosen.
    function tell(side) {
      const { layers, problem } = networks[side];
      const { pair, status } = sides.find((one) => one.side === side);
      pair.style.visibility = layers ? "" : "hidden";
      status.replaceChildren(
        ...(problem ? [trouble(problem, () => fetchNetwork(side))] : layers ? [] : ["Loading …"]),
      );
      later();
    }

    const original = picture("original");
    const corrupted = picture("corrupted", { tabindex: 0, role: "application" });
    corrupted.canvas.setAttribute("aria-label", "The corrupted image");
    corrupted.canvas.setAttribute(
      "aria-description",
      "Drag the mask, or move it with the arrow keys.",
    );
    const sides = ["left", "right"].map((side) => {
      const [output, difference] = [picture(`output, ${side}`), picture(DIFFERENCE)];
      const pair = element("div", { class: "nn-pair" }, output.figure, difference.figure);
      return { side, output, difference, pair, status: element("div") };
    });
    const mask = element("div", { class: "nn-hole" });
    corrupted.figure.append(mask);
    const text = liveRegion();
    const link = element("a", { href: "#" }, "Link to what you see");

    const image = () =>
      pixels(get("drawing")) ??
      pixels(images.subarray(SIDE * SIDE * get("digit"), SIDE * SIDE * (get("digit") + 1)));
    const keep = (drawing) => set(model, { drawing: asTrait(drawing) });

    function draw() {
      const size = Number(get("mask_size"));
      const [row, column] = [
        clampCorner(get("mask_row"), size),
        clampCorner(get("mask_column"), size),
      ];
      const clean = image();
      const input = corrupt(clean, {
        noise: get("noise"),
        seed: get("noise_seed"),
        size,
        row,
        column,
      });
      drawDigit(original.canvas, clean);
      drawDigit(corrupted.canvas, input);
      const square = svgElement("rect", { x: column, y: row, width: size, height: size });
      const frame = svgElement(
        "svg",
        { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": true },
        square,
      );
      mask.replaceChildren(...(size ? [frame] : []));
      const told = (figure, name, error) => {
        figure.caption.textContent = `${name}: MSE ${error.toFixed(4)}`;
        return `${name} ${error.toFixed(4)}`;
      };
      const lines = [told(corrupted, "corrupted", mse(input, clean))];
      for (const { side, output, difference } of sides) {
        const network = networks[side];
        if (!network.layers) {
          if (network.problem) lines.push(network.problem);
          continue;
        }
        const answer = forward(network.layers, input);
        drawDigit(output.canvas, answer);
        drawDifference(
          difference.canvas,
          answer.map((value, i) => value - clean[i]),
        );
        lines.push(told(output, side, mse(answer, clean)));
        output.canvas.setAttribute(
          "aria-label",
          `Output of the network on the ${side}: ${texts[network.name]}`,
        );
      }
      text.say(`MSE per pixel: ${lines.join("; ")}.`);
      link.href = `#${new URLSearchParams(state())}`;
    }

    drawingPad(original.canvas, image, keep, text.say);
    const moveMask = (row, column) =>
      set(model, {
        mask_row: clampCorner(row, get("mask_size")),
        mask_column: clampCorner(column, get("mask_size")),
      });
    onDrag(corrupted.canvas, (x, y) =>
      moveMask(y * SIDE - get("mask_size") / 2, x * SIDE - get("mask_size") / 2),
    );
    onArrowKeys(corrupted.canvas, (right, down) =>
      moveMask(get("mask_row") + down, get("mask_column") + right),
    );

    for (const { side } of sides) networks[side] = { name: get(side) };
    const later = onChange(
      model,
      ["drawing", "noise", "noise_seed", "mask_size", "mask_row", "mask_column"],
      draw,
    );
    model.on("change:digit", () => keep([]));
    model.on("change:digit", later);
    for (const { side } of sides) {
      model.on(`change:${side}`, () => fetchNetwork(side));
      fetchNetwork(side);
    }
    return [
      element(
        "div",
        { class: "nn-row" },
        choice(model, "digit", "image", get("_digits")),
        slider(model, "noise", "noise, ±", { min: 0, max: 1, step: 0.05, format: decimals(2) }),
        slider(model, "mask_size", "mask, pixels a side", { min: 0, max: 20 }),
      ),
      element(
        "div",
        { class: "nn-row" },
        button("New noise", () => set(model, { noise_seed: (get("noise_seed") + 1) % 2 ** 32 })),
        button("Blank page to draw on", () => keep(new Float32Array(SIDE * SIDE))),
        ...(get("_static") ? [link] : []),
      ),
      element(
        "div",
        { class: "nn-columns" },
        element("div", { class: "nn-pair" }, original.figure, corrupted.figure),
      ),
      element(
        "div",
        { class: "nn-columns" },
        ...sides.map(({ side, pair, status }) =>
          element(
            "div",
            {},
            choice(model, side, `network on the ${side}`, get("_networks")),
            status,
            pair,
          ),
        ),
      ),
      text.element,
    ];
  }),
};
