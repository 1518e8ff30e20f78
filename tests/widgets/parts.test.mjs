// What the widgets compute, without a page.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { meaning, score } from "../../nnlib/widgets/calibration.mjs";
import { inWords } from "../../nnlib/widgets/multiverse.mjs";
import { meanError, meanImage } from "../../nnlib/widgets/live_autoencoder.mjs";
import { across, ticks } from "../../nnlib/widgets/axes.mjs";
import { centered, loss } from "../../nnlib/widgets/digit_reader.mjs";
import { lossAt, minimum, path } from "../../nnlib/widgets/descent.mjs";
import { labelsNear, nearest, readCodes } from "../../nnlib/widgets/code_explorer.mjs";
import { clampCorner, corrupt, fromLink } from "../../nnlib/widgets/lab.mjs";
import { difference, readPoint } from "../../nnlib/widgets/landscape.mjs";
import { countCorrect, epoch, points, unitLines } from "../../nnlib/widgets/playground.mjs";
import { newNetwork } from "../../nnlib/widgets/train.mjs";
import { random, runLayer } from "../../nnlib/widgets/net.mjs";
import { aDigit, agree, decimals, plural, stroke } from "../../nnlib/widgets/ui.mjs";

const blank = () => new Float32Array(784);

test("noise is uniform, clipped at 0 and 1, and grows with its level", () => {
  const none = { noise: 0, seed: 1, size: 0, row: 0, column: 0 };
  const gray = blank().fill(0.5);
  assert.deepEqual(corrupt(gray, none), gray);
  const noisy = corrupt(gray, { ...none, noise: 0.4 });
  assert.ok(Math.max(...noisy) < 0.9001 && Math.min(...noisy) > 0.0999);
  const square = noisy.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / 784;
  assert.ok(Math.abs(square - 0.4 ** 2 / 3) < 0.01);
  const paper = corrupt(blank(), { ...none, noise: 1 });
  assert.ok(Math.min(...paper) === 0 && Math.max(...paper) <= 1);
  assert.deepEqual(corrupt(gray, { ...none, noise: 0.4 }), noisy);
  assert.notDeepEqual(corrupt(gray, { ...none, noise: 0.4, seed: 2 }), noisy);
});

test("a mask is zeros, of its size and at its place", () => {
  const ink = blank().fill(1);
  const cut = corrupt(ink, { noise: 0, seed: 1, size: 3, row: 2, column: 5 });
  assert.equal(cut.filter((value) => value === 0).length, 9);
  assert.equal(cut[2 * 28 + 5], 0);
  assert.equal(cut[4 * 28 + 7], 0);
  assert.equal(cut[5 * 28 + 5], 1);
});

test("a mask stays within the image", () => {
  assert.deepEqual([clampCorner(-3, 6), clampCorner(25, 6), clampCorner(10.4, 6)], [0, 22, 10]);
});

test("a link is read as far as it makes sense", () => {
  const allowed = {
    noise: { numbers: [0, 1] },
    size: { numbers: [0, 20], whole: true },
    left: { names: ["a"] },
  };
  assert.deepEqual(fromLink("#noise=0.3&size=7.6&left=a", allowed), {
    noise: 0.3,
    size: 8,
    left: "a",
  });
  assert.deepEqual(fromLink("#noise=7&size=x&left=<b>&other=1", allowed), {});
  assert.deepEqual(fromLink("#a-heading", allowed), {});
  for (const none of ["", " ", "0x1", "1e-3", "-0", "+1", "Infinity", "NaN", ".5", "1,5", "٣"]) {
    assert.deepEqual(
      fromLink(`#noise=${encodeURIComponent(none)}&size=${encodeURIComponent(none)}`, allowed),
      {},
      none,
    );
  }
  assert.deepEqual(fromLink("#__proto__=1&constructor=1&left=toString&%", allowed), {});
});

test("the pen leaves ink where it touches, and takes none away", () => {
  const drawn = stroke(blank(), [14, 14], [14, 14]);
  assert.equal(drawn[14 * 28 + 14], 1);
  assert.equal(drawn[0], 0);
  assert.deepEqual(stroke(blank().fill(1), [3, 3], [9, 4]), blank().fill(1));
});

test("a stroke is a line, however far apart its ends are", () => {
  const drawn = stroke(blank(), [2, 14], [26, 14]);
  const row = [...drawn.subarray(14 * 28, 15 * 28)];
  assert.equal(row.filter((ink) => ink === 1).length, 26);
  assert.equal(drawn[20 * 28 + 14], 0);
});

test("a drawing is moved to the middle", () => {
  const corner = blank();
  corner[0] = 1;
  assert.equal(centered(corner)[14 * 28 + 14], 1);
  assert.deepEqual(centered(blank()), blank());
});

test("the loss is that of the true digit", () => assert.equal(loss([1, 0.5], 1), Math.log(2)));

test("codes and their neighbors", () => {
  const codes = readCodes(new Uint8Array(new Float32Array([7, 0, 0, 3, 5, 5, 7, 0, 1]).buffer));
  assert.deepEqual(codes[1], { label: 3, x: 5, y: 5 });
  assert.deepEqual(labelsNear(codes, 0, 0)[0], [7, 2]);
  assert.deepEqual(nearest(codes, 5, 4), { at: 1, distance: 1 });
});

test("descent follows the gradient: one step by hand, and to the lowest place", () => {
  const means = { xx: 1, x: 0, xt: 2, t: 3, tt: 20 };
  assert.deepEqual(path(means, [0, 0], 0.25, 1)[1], [1, 1.5]);
  const [w, b] = path(means, [0, 0], 0.25, 60).at(-1);
  assert.ok(Math.abs(w - 2) < 1e-9 && Math.abs(b - 3) < 1e-9);
  assert.ok(Math.abs(lossAt(means, w, b) - 7) < 1e-9);
  assert.deepEqual(minimum(means), [2, 3]);
});

test("with inputs that are all the same, one of the lowest places is found", () => {
  const means = { xx: 4, x: 2, xt: 6, t: 3, tt: 10 };
  assert.deepEqual(minimum(means), [0, 3]);
});

test("an axis has a few round numbers, all of them within its range", () => {
  assert.deepEqual(ticks([-0.6, 1.4]), [-0.5, 0, 0.5, 1]);
  assert.deepEqual(ticks([0, 200]), [0, 50, 100, 150, 200]);
  const place = across([-1, 3], 400);
  assert.ok(place(-1) < place(3) && Math.abs(place.back(place(2.5)) - 2.5) < 1e-12);
  assert.deepEqual([place.back(-99), place.back(999)], [-1, 3]);
});

test("a hidden layer learns XOR; no hidden layer does not", () => {
  const data = points("xor", 1);
  const learn = (widths) => {
    const network = newNetwork(widths, "tanh", random(3));
    const draw = random(4);
    for (let i = 0; i < 200; i++) epoch(network, data, 0.5, draw);
    return countCorrect(network, data);
  };
  assert.equal(learn([2, 4, 1]), 200);
  assert.ok(learn([2, 1]) < 160);
});

test("the mean image is the best single answer", () => {
  const images = [
    [0, 1],
    [1, 1],
  ].map((image) => Float64Array.from(image));
  const mean = meanImage(images);
  assert.deepEqual([...mean], [0.5, 1]);
  assert.equal(
    meanError(images, () => mean),
    0.125,
  );
});

test("answers are scored: hits, certainty, Brier, and a gap that chance does not explain", () => {
  const found = score(
    [
      ["holds", 100],
      ["fails", 60],
    ],
    ["holds", "holds", "fails"],
  );
  assert.equal(found.hits, 1);
  assert.ok(Math.abs(found.certainty - 0.8) < 1e-12);
  assert.ok(Math.abs(found.brier - 0.36 / 2) < 1e-12);
  assert.ok(Math.abs(found.gap - 0.3) < 1e-12);
  assert.equal(found.clear, false); // two answers tell little
  assert.deepEqual(
    found.groups.map(({ count, hits }) => [count, hits]),
    [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
  );
  const fifteen = (certainty, hits) =>
    score(Array(15).fill(["holds", certainty]), [
      ...Array(hits).fill("holds"),
      ...Array(15 - hits).fill("fails"),
    ]);
  assert.match(meaning(fifteen(90, 8)), /overconfident/);
  assert.match(meaning(fifteen(40, 13)), /underconfident/);
  assert.match(meaning(fifteen(60, 9)), /fits/);
});

test("on the line of a unit, its input is zero", () => {
  const network = newNetwork([2, 5, 1], "relu", random(2));
  network[0].bias.set([0.3, -0.2, 0, 50, 0.1]); // the fourth has its line far outside
  const units = [0, 1, 2, 4];
  const lines = unitLines(network);
  assert.equal(lines.length, units.length);
  lines.forEach((ends, i) => {
    for (const end of ends) {
      const z = runLayer({ ...network[0], activation: "none" }, end)[units[i]];
      assert.ok(Math.abs(z) < 1e-9);
    }
  });
  assert.deepEqual(unitLines(newNetwork([2, 1], "tanh", random(2))), []);
});

test("a scale can be logarithmic", () => {
  const [low, middle, high] = [1, 10, 100].map(across([1, 100], 400, Math.log));
  assert.ok(Math.abs(middle - (low + high) / 2) < 1e-9);
});

test("two networks are told apart by what they do not share", () => {
  const a = readPoint(["a", "mse", 20, 8, 16, 32, 1000, 0.02]);
  const b = readPoint(["b", "bce", 20, 8, 16, 32, 1000, 0.05]);
  assert.equal(
    difference(a, b),
    "A: MSE, 20 epochs, 8 layers, latent 16, batch 32. B differs only in loss (BCE). " +
      "Both have 1,000 parameters. " +
      "Test MSE of A 0.0200, of B 0.0500: 2.50 times as large.",
  );
  const told = difference(a, { ...b, layers: 16, size: 2500 });
  assert.ok(told.includes("B differs in loss (BCE), layers (16). A has 1,000 parameters, and B"));
});

test("a slider shows all digits of its number, and not those that binary adds", () => {
  const shown = [0.4, 0.405, 2, 0.1 + 0.2, -0.25].map(decimals(2));
  assert.deepEqual(shown, ["0.40", "0.405", "2.00", "0.30", "-0.25"]);
});

test("a number agrees with its noun and its verb", () => {
  assert.deepEqual([plural(1, "step"), plural(0, "step")], ["1 step", "0 steps"]);
  assert.equal(`1 of 84 ${agree(1, "is", "are")} shown`, "1 of 84 is shown");
  assert.deepEqual([7, 8].map(aDigit), ["a 7", "an 8"]);
  assert.equal(
    inWords({ holds: 1, fails: 2, undecided: 1, depends: 1 }),
    "1 claim holds, 2 fail, 1 is undecided, 1 depends on the configuration",
  );
});

// These numbers are never 1: constants, those of the 84 networks, three seeds or more, the
// commonest of 15 labels, and the lengths of lists that the book gives.
const NEVER_ONE = new RegExp(
  String.raw`\{(epochs|layers|seeds|size\w|most|[A-Z_]+|PATIENCE / 1000|.*toFixed.*|.*en"\)|` +
    String.raw`(points|codes|claims|all)\.length|.*statements\).length)\}`,
);

test("no figure writes a plural after a number that may be 1", () => {
  const folder = new URL("../../nnlib/widgets/", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".mjs"))) {
    const code = readFileSync(new URL(file, folder), "utf8");
    const found =
      code.match(/\$\{[^{}]*\}(?= (?:(?!predicts)[a-z]{2,}s|are|differ|fail|hold)\b)/g) ?? [];
    const wrong = found.filter((number) => !NEVER_ONE.test(number));
    assert.deepEqual(wrong, [], file);
    assert.doesNotMatch(code, /\ba \$\{/, file);
  }
});
