// Axes with numbers and names, for the charts that are drawn upon a canvas.

export const FRAME = { left: 48, right: 14, top: 26, bottom: 44 }; // pixels around a plot
export const INK = "#222";

// Places of values within the frame of a chart, and back: `range` is [lowest, highest], and `map`
// makes both axes linear (as it is) or logarithmic (Math.log).
export function across(range, width, map = Number) {
  return between(range, FRAME.left, width - FRAME.right, map);
}
export function up(range, height, map = Number) {
  return between(range, height - FRAME.bottom, FRAME.top, map);
}
function between(range, from, to, map) {
  const [low, high] = range.map(map);
  const place = (value) => from + ((map(value) - low) / (high - low)) * (to - from);
  place.back = (at) => {
    const share = Math.min(1, Math.max(0, (at - from) / (to - from)));
    return range[0] + share * (range[1] - range[0]); // of a linear axis
  };
  return place;
}

// Numbers at round distances within a range, some four of them.
export function ticks([low, high]) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.99);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

// Draw the axes, [name, place, numbers] of each, over whatever left the frame of the plot.
export function drawAxes(context, width, height, [nameX, toX, numbersX], [nameY, toY, numbersY]) {
  const { left, right, top, bottom } = FRAME;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, top);
  context.fillRect(0, 0, left, height);
  context.fillRect(width - right, 0, right, height);
  context.fillRect(0, height - bottom, width, bottom);
  context.fillStyle = INK;
  context.font = `${width < 500 ? 12 : 14}px sans-serif`;
  context.fillRect(left, height - bottom, width - left - right, 1);
  context.fillRect(left, top, 1, height - top - bottom);
  context.textAlign = "center";
  for (const value of numbersX) {
    context.fillRect(toX(value), height - bottom, 1, 5);
    context.fillText(value.toLocaleString("en"), toX(value), height - bottom + 18);
  }
  context.fillText(nameX, (left + width - right) / 2, height - 8);
  context.textAlign = "left";
  for (const value of numbersY) {
    context.fillRect(left - 5, toY(value), 5, 1);
    context.fillText(value.toLocaleString("en"), 6, toY(value) + 4);
  }
  context.fillText(nameY, 6, 17);
}

// Draw a legend at the upper right: [text, color] each.
export function drawLegend(context, width, entries) {
  context.textAlign = "left";
  const wide = width < 500 ? 8 : 9; // pixels of a letter, roughly
  let x = width - FRAME.right - entries.reduce((sum, [text]) => sum + wide * (text.length + 1), 0);
  for (const [text, color] of entries) {
    context.fillStyle = color;
    context.fillText(text, x, 17);
    x += wide * (text.length + 1);
  }
}
