// Draw a digit; a network gives the probabilities of the ten classes.
import { forward, readNetwork, SIDE } from "./net.mjs";
import {
  asset,
  asTrait,
  button,
  choice,
  drawDigit,
  drawingPad,
  element,
  liveRegion,
  mount,
  onChange,
  picture,
  pixels,
  set,
  svgElement,
} from "./ui.mjs";

const UNTOLD = -1; // in the place of a true label

// The cross-entropy of the true class.
export const loss = (chances, label) => -Math.log(chances[label]);

// The image moved by whole pixels until its center of mass is in the middle, as MNIST's are.
export function centered(image) {
  let [mass, x, y] = [0, 0, 0];
  image.forEach((ink, i) => {
    mass += ink;
    x += ink * (i % SIDE);
    y += ink * Math.floor(i / SIDE);
  });
  if (mass === 0) return image;
  const [right, down] = [x, y].map((sum) => Math.round(SIDE / 2 - sum / mass));
  return image.map((_, i) => {
    const [column, row] = [(i % SIDE) - right, Math.floor(i / SIDE) - down];
    const inside = column >= 0 && column < SIDE && row >= 0 && row < SIDE;
    return inside ? image[row * SIDE + column] : 0;
  });
}

// The probabilities that the scores of a network stand for.
export function probabilities(network, image) {
  const last = { ...network.at(-1), activation: "softmax" };
  return forward([...network.slice(0, -1), last], image);
}

export default {
  render: mount(async (model) => {
    const network = readNetwork(await asset(model, "networks/lesson-digits"));
    const ten = await asset(model, "ten");
    const page = picture("your drawing");
    const seen = picture("what the network sees: centered");
    const bars = element("div", { class: "nn-bars" });
    const text = liveRegion();
    const image = () => pixels(model.get("drawing")) ?? new Float32Array(SIDE * SIDE);
    const before = []; // the drawings before each stroke, with their labels
    const keep = (drawing, first, label = model.get("label")) => {
      if (first) before.push({ drawing: model.get("drawing"), label: model.get("label") });
      undo.disabled = !before.length;
      set(model, { drawing: asTrait(drawing), label });
    };
    const undo = button("Undo", () => {
      set(model, before.pop());
      if (before.length) return;
      page.canvas.focus(); // a button that is disabled loses the focus
      undo.disabled = true;
    });
    undo.disabled = true;
    drawingPad(page.canvas, image, keep, text.say);

    let example = 0;
    onChange(model, ["drawing", "label"], () => {
      const label = model.get("label");
      const moved = centered(image());
      drawDigit(page.canvas, image());
      drawDigit(seen.canvas, moved);
      const chances = probabilities(network, moved);
      bars.replaceChildren(
        ...[...chances].flatMap((chance, digit) => {
          const bar = element("span");
          // It is drawn, since backgrounds are neither printed nor of forced colors.
          const all = svgElement("rect", { width: "100%", height: "100%" });
          bar.replaceChildren(
            svgElement(
              "svg",
              { class: "nn-bar", width: `${100 * chance}%`, "aria-hidden": true },
              all,
            ),
          );
          return [
            element(digit === label ? "strong" : "span", {}, digit),
            bar,
            element("span", {}, `${(100 * chance).toFixed(1)}%`),
          ];
        }),
      );
      const order = [...chances.keys()].sort((a, b) => chances[b] - chances[a]);
      const told = order
        .slice(0, 2)
        .map((digit) => `${digit} with ${(100 * chances[digit]).toFixed(1)}%`);
      const drawn = moved.some((ink) => ink > 0) ? "The" : "Nothing is drawn, and the";
      const still = drawn === "The" ? "" : " still";
      const truth =
        label >= 0
          ? ` The true digit, ${label}, gets ${(100 * chances[label]).toFixed(1)}%, which makes ` +
            `the loss −log(${chances[label].toPrecision(2)}) = ${loss(chances, label).toFixed(2)}.`
          : "";
      text.say(`${drawn} network${still} predicts ${told.join(", then ")}.${truth}`);
    });
    return [
      element(
        "div",
        { class: "nn-row" },
        button("Blank page", () => keep(new Float32Array(SIDE * SIDE), true, UNTOLD)),
        button("A test digit", () => {
          const digit = ten.subarray(SIDE * SIDE * example, SIDE * SIDE * (example + 1));
          keep(pixels(digit), true, example);
          example = (example + 1) % 10;
        }),
        undo,
        choice(model, "label", "the true digit", [
          [UNTOLD, "not told"],
          ...Array.from({ length: 10 }, (_, digit) => [digit, String(digit)]),
        ]),
      ),
      element(
        "div",
        { class: "nn-columns" },
        element("div", { class: "nn-pair" }, page.figure, seen.figure),
        bars,
      ),
      text.element,
    ];
  }),
};
