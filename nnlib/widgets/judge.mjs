// The verdicts on all claims under other choices: what nnlib.experiments.multiverse does in Python.

// The level of significance (statistics.ALPHA).
export const ALPHA = 0.05;

// The claims as nnlib.widgets.assets.claims packs them, with the ratios of each statement: in each
// configuration, where the report looked first, by column, and by seed.
export function readClaims(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const claims = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let place = 4 + length;
  const take = (count) =>
    Array.from({ length: count }, () => {
      place += 4;
      return view.getFloat32(place - 4, true);
    });
  const withRatios = ([values, statements]) => ({
    values,
    statements: statements.map(([columns, seeds, learned]) => ({
      columns: Array.from({ length: columns }, () => take(seeds)),
      learned: learned ?? "a".repeat(seeds), // of each seed: all networks, some, or none
    })),
  });
  for (const claim of claims) {
    claim.clipped = claim.clipped.map(withRatios);
    claim.unclipped = claim.unclipped?.map(withRatios) ?? claim.clipped;
  }
  return claims;
}

// The probability that Student's t lies within ±t, less 0 for negative t: a finite sum for whole
// degrees of freedom (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
export function within(t, freedom) {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = freedom % 2;
  let [sum, term] = [0, odd ? cosine : 1];
  for (let i = odd; i < freedom - 1; i += 2) {
    sum += term;
    term *= (cosine ** 2 * (i + 1)) / (i + 2);
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

// How far an interval reaches, in standard errors: `within` of it is 1 - ALPHA.
export function quantile(freedom) {
  let [low, high] = [0, 100];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < 1 - ALPHA) low = middle;
    else high = middle;
  }
  return low;
}

// What the ratios say of the claim that they lie between `least` and `most` (statistics.estimate).
export function estimate(ratios, [least, most], learned) {
  const logs = ratios.map(Math.log);
  const [count, sum] = [logs.length, logs.reduce((a, b) => a + b, 0)];
  if (count < 2) {
    return { ratio: ratios[0] ?? NaN, low: 0, high: Infinity, seeds: count, holds: 1, fails: 1 };
  }
  const mean = sum / count;
  const squares = logs.reduce((all, log) => all + (log - mean) ** 2, 0);
  const error = Math.max(Math.sqrt(squares / (count - 1) / count), 1e-12);
  const nearerEnd = Math.min((mean - Math.log(least)) / error, (Math.log(most) - mean) / error);
  const inside = within(nearerEnd, count - 1);
  const reach = quantile(count - 1) * error;
  const [holds, fails] = learned ? [1 - inside, 1 + inside] : [1, 1];
  return {
    ratio: Math.exp(mean),
    low: Math.exp(mean - reach),
    high: Math.exp(mean + reach),
    seeds: count,
    holds: Math.min(1, holds),
    fails: Math.min(1, fails),
  };
}

// By what the p-value with so many smaller ones is multiplied (multiverse.CORRECTIONS).
const FACTORS = { holm: (all, rank) => all - rank, bonferroni: (all) => all, none: () => 1 };

// A verdict on each of a family of estimates, with a correction.
export function decide(estimates, correction) {
  const p = estimates.map(({ holds, fails }) => Math.min(holds, fails));
  const order = [...p.keys()].sort((a, b) => p[a] - p[b]);
  const verdicts = [];
  let largest = 0;
  order.forEach((at, rank) => {
    largest = Math.max(largest, p[at] * FACTORS[correction](p.length, rank));
    const { holds, fails } = estimates[at];
    verdicts[at] = largest >= ALPHA ? "undecided" : holds < fails ? "holds" : "fails";
  });
  return verdicts;
}

// The verdict on statements that must all hold.
export function combineStatements(verdicts) {
  if (verdicts.includes("fails")) return "fails";
  return verdicts.every((verdict) => verdict === "holds") ? "holds" : "undecided";
}

// All choices of `count` of the numbers below `all`, in order.
function combinations(all, count) {
  if (count === 0) return [[]];
  return Array.from({ length: all }, (_, last) => last).flatMap((last) =>
    combinations(last, count - 1).map((before) => [...before, last]),
  );
}

// The verdict of the first configuration, or on which fields it depends if others contradict it.
export function combineConfigs(configs, fields) {
  const decided = configs.filter(({ verdict }) => verdict !== "undecided");
  const here = configs[0].verdict;
  if (here === "undecided" || decided.every(({ verdict }) => verdict === here)) return here;
  for (let count = 1; ; count++) {
    for (const chosen of combinations(fields.length, count).sort()) {
      const told = new Map();
      const agrees = ({ values, verdict }) => {
        const key = chosen.map((field) => values[field]).join();
        if (!told.has(key)) told.set(key, verdict);
        return told.get(key) === verdict;
      };
      if (decided.every(agrees)) {
        return `depends on ${chosen.map((field) => fields[field]).join(" and ")}`;
      }
    }
  }
}

// The verdicts on all claims: `column` is a number, the others are as in `multiverse.Choices`.
export function judge(claims, choices) {
  const { matters, slight, well, column, seeds, clipped, half, correction } = choices;
  const edges = { matters, "1/matters": 1 / matters, slight, well, none: 0, any: Infinity };
  const estimates = ({ says }, { statements }) =>
    statements.map(({ columns, learned }, at) => {
      const counts = (_, seed) =>
        seed < seeds &&
        (half === "both" || (half === "odd") === (seed % 2 === 1)) &&
        !(choices.drop_unlearned && learned[seed] !== "a");
      return estimate(
        (columns[column] ?? columns[0]).filter(counts),
        says[at][1].map((edge) => edges[edge]),
        [...learned].filter(counts).some((one) => one !== "n"),
      );
    });
  const configsOf = (claim) => (clipped ? claim.clipped : claim.unclipped);
  const here = claims.map((claim) => estimates(claim, configsOf(claim)[0]));
  const decided = decide(here.flat(), correction); // one family
  return claims.map((claim, at) => {
    const mine = decided.splice(0, here[at].length);
    const [first, ...others] = configsOf(claim);
    const elsewhere = others.map((config) => estimates(claim, config));
    const there = decide(elsewhere.flat(), correction); // another, for each claim
    const configs = [
      { values: first.values, verdict: combineStatements(mine) },
      ...others.map(({ values, statements }) => ({
        values,
        verdict: combineStatements(there.splice(0, statements.length)),
      })),
    ];
    return {
      verdict: claim.universal
        ? combineStatements(configs.map(({ verdict }) => verdict))
        : combineConfigs(configs, claim.fields),
      statements: mine.map((verdict, one) => ({ ...here[at][one], verdict })),
    };
  });
}
