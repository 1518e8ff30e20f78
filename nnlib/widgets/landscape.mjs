// All networks as points, parameters against error; the chosen one reconstructs ten digits.
import { across, drawAxes, drawLegend, INK, up } from "./axes.mjs";
import { mse, SIDE } from "./net.mjs";
import {
  agree,
  asset,
  button,
  chart,
  choice,
  drawDigit,
  element,
  liveRegion,
  mount,
  onArrowKeys,
  onChange,
  onDrag,
  picture,
  pixels,
  set,
  trouble,
} from "./ui.mjs";

const [MSE, BCE, OTHERS] = ["#0072b2", "#a04000", "#bbb"];
const [SIZES, ERRORS] = [
  [200_000, 500_000, 1_000_000],
  [0.01, 0.02, 0.04],
]; // numbers on the axes

// What distinguishes the networks: the trait that filters by it, and its name.
const HYPERPARAMETERS = [
  ["loss", "loss"],
  ["epochs", "epochs"],
  ["layers", "layers"],
  ["latent_dim", "latent dimension"],
  ["batch_size", "batch size"],
];
const told = (value) => String(value).toUpperCase();

// A row of nnlib.widgets.landscape.points as an object.
export const readPoint = ([name, loss, epochs, layers, latent_dim, batch_size, size, error]) => ({
  name,
  loss,
  epochs,
  layers,
  latent_dim,
  batch_size,
  size,
  error,
});

const inWords = ({ loss, epochs, layers, latent_dim, batch_size }) =>
  `${told(loss)}, ${epochs} epochs, ${layers} layers, latent ${latent_dim}, batch ${batch_size}`;

// How network B differs from A, in sentences.
export function difference(a, b) {
  const differing = HYPERPARAMETERS.filter(([trait]) => a[trait] !== b[trait]).map(
    ([trait, name]) => `${name} (${told(b[trait])})`,
  );
  const only = differing.length === 1 ? "only " : "";
  const [sizeA, sizeB] = [a.size, b.size].map((size) => size.toLocaleString("en"));
  const sizes =
    a.size === b.size
      ? `Both have ${sizeA} parameters`
      : `A has ${sizeA} parameters, and B ${sizeB}`;
  return (
    `A: ${inWords(a)}. B differs ${only}in ${differing.join(", ")}. ${sizes}. ` +
    `Test MSE of A ${a.error.toFixed(4)}, of B ${b.error.toFixed(4)}: ` +
    `${(b.error / a.error).toFixed(2)} times as large.`
  );
}

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const points = get("_points").map(readPoint);
    const named = (trait) => points.find(({ name }) => name === get(trait));
    const isShown = (point) =>
      HYPERPARAMETERS.every(([trait]) => (get(trait) ?? point[trait]) === point[trait]);
    const originals = await asset(model, "ten");
    const image = (bytes, digit) =>
      pixels(bytes.subarray(SIDE * SIDE * digit, SIDE * SIDE * (digit + 1)));
    let places = [];
    // What is written beside a point, "" for one that is not compared, nothing for all others.
    const letterOf = ({ name }) => {
      const letter = name === get("chosen") ? "B" : name === get("compared") ? "A" : undefined;
      return get("compared") ? letter : letter && "";
    };
    const { canvas, redraw } = chart(
      model,
      {
        class: "nn-map nn-plot",
        tabindex: 0,
        role: "application",
        "aria-label": "84 networks as points: parameters to the right, error upwards",
        "aria-description": "The arrow keys go to the next point.",
      },
      (context, width, height) => {
        const around = (values) => [0.9 * Math.min(...values), 1.1 * Math.max(...values)];
        const toX = across(around(points.map(({ size }) => size)), width, Math.log);
        const toY = up(around(points.map(({ error }) => error)), height, Math.log);
        places = points.map((point) => ({ ...point, x: toX(point.size), y: toY(point.error) }));
        context.fillStyle = "#fff";
        context.fillRect(0, 0, width, height);
        drawAxes(
          context,
          width,
          height,
          ["parameters, on a logarithmic scale", toX, SIZES],
          ["test MSE per pixel", toY, ERRORS],
        );
        drawLegend(context, width, [
          ["● MSE", MSE],
          ["■ BCE", BCE],
        ]);
        // Those that are left out lie below the others, and the two of the reader on top.
        const level = (point) => letterOf(point) !== undefined || (isShown(point) ? 0.5 : 0);
        for (const point of [...places].sort((a, b) => level(a) - level(b))) {
          const { loss, x, y } = point;
          const letter = letterOf(point);
          const marked = letter !== undefined;
          const color = loss === "mse" ? MSE : BCE;
          context.fillStyle = marked || isShown(point) ? color : OTHERS;
          context.beginPath();
          const size = marked ? 8 : 4;
          if (loss === "mse") context.arc(x, y, size + 1, 0, 2 * Math.PI);
          else context.rect(x - size, y - size, 2 * size, 2 * size);
          context.fill();
          if (!marked) continue;
          context.lineWidth = 3;
          context.strokeStyle = "#000";
          context.stroke();
          context.fillStyle = INK;
          context.fillText(letter, x + 12, y - 8);
        }
      },
    );
    const choose = (point) => point && set(model, { chosen: point.name });
    onDrag(canvas, (x, y) => {
      const away = (point) =>
        Math.hypot(point.x - x * canvas.clientWidth, point.y - y * canvas.clientHeight);
      choose(places.filter(isShown).sort((a, b) => away(a) - away(b))[0]);
    });
    onArrowKeys(canvas, (right, down) => {
      const now = places.find(({ name }) => name === get("chosen"));
      const ahead = (point) => (point.x - now.x) * right + (point.y - now.y) * down;
      const cost = (point) =>
        Math.hypot(point.x - now.x, point.y - now.y) +
        2 * Math.abs((point.x - now.x) * down - (point.y - now.y) * right);
      const before = places.filter((point) => isShown(point) && ahead(point) > 0);
      choose(before.sort((a, b) => cost(a) - cost(b))[0]);
    });
    const text = liveRegion();
    const pictures = Array.from({ length: 10 }, (_, digit) => [
      picture(`${digit}`),
      picture(`reconstruction of the ${digit}`),
    ]);
    pictures.forEach(([original], digit) => drawDigit(original.canvas, image(originals, digit)));

    const status = element("div");
    const ten = element(
      "div",
      { class: "nn-ten" },
      ...pictures.map(([original, output]) => element("div", {}, original.figure, output.figure)),
    );
    const describe = (point) =>
      `${inWords(point)}: ${point.size.toLocaleString("en")} parameters, ` +
      `test MSE ${point.error.toFixed(4)} on average over the seeds.`;
    async function reconstruct() {
      const [{ name }, other] = [named("chosen"), named("compared")];
      const count = points.filter(isShown).length;
      const filtered =
        count < points.length
          ? `${count} of ${points.length} ${agree(count, "is", "are")} shown. `
          : "";
      const isSame = name === other?.name;
      text.say(
        filtered +
          (other && !isSame ? difference(other, named("chosen")) : describe(named("chosen"))) +
          (isSame ? " Choose another one to compare it with." : ""),
      );
      const outputs = await asset(model, `copies/${name}`).catch((problem) => problem);
      if (name !== get("chosen")) return;
      const failed = outputs instanceof Error;
      status.replaceChildren(
        ...(failed
          ? [trouble(`Its outputs could not be loaded: ${outputs.message}`, reconstruct)]
          : []),
      );
      pictures.forEach(([, output], digit) => {
        output.figure.hidden = failed; // the outputs of another network
        if (failed) return;
        const [from, to] = [image(originals, digit), image(outputs, digit)];
        drawDigit(output.canvas, to);
        output.caption.textContent = `MSE ${mse(from, to).toFixed(3)}`;
      });
    }
    onChange(model, ["chosen", "compared", ...HYPERPARAMETERS.map(([trait]) => trait)], () => {
      redraw();
      reconstruct();
    });
    const distinct = (trait) => [...new Set(points.map((point) => point[trait]))];
    return [
      element(
        "div",
        { class: "nn-row nn-filters" },
        ...HYPERPARAMETERS.map(([trait, name]) =>
          choice(model, trait, name, [
            [null, "all"],
            ...distinct(trait).map((value) => [value, told(value)]),
          ]),
        ),
      ),
      choice(
        model,
        "chosen",
        "network",
        points.map((point) => [point.name, inWords(point)]),
      ),
      element(
        "div",
        { class: "nn-row" },
        button("Compare with another", () => set(model, { compared: get("chosen") })),
        button("No comparison", () => set(model, { compared: "" })),
      ),
      element("figure", {}, canvas),
      text.element,
      status,
      ten,
    ];
  }),
};
