// All verdicts under choices of the reader, beside those of the book.
import { judge, readClaims } from "./judge.mjs";
import {
  agree,
  asset,
  button,
  choice,
  element,
  liveRegion,
  mount,
  onChange,
  plural,
  set,
  slider,
} from "./ui.mjs";

const percent = (ratio) => `${Math.round(100 * (ratio - 1))}%`;
const times = (factor) => `${Number(factor.toFixed(1))} times`;
const SLIDERS = {
  matters: ["a difference matters from", percent],
  slight: ["slight up to, great from", percent],
  well: ["“well” and “halved” mean smaller", times],
  seeds: ["seeds, at most", String],
};
const LISTS = {
  clipped: [
    "noise",
    [
      [true, "clipped to 0 and 1"],
      [false, "not clipped"],
    ],
  ],
  half: [
    "which seeds",
    [
      ["both", "all"],
      ["even", "even ones"],
      ["odd", "odd ones"],
    ],
  ],
  correction: [
    "correction",
    [
      ["holm", "Holm’s"],
      ["bonferroni", "Bonferroni’s"],
      ["none", "none"],
    ],
  ],
  drop_unlearned: [
    "networks that have not learned",
    [
      [false, "are kept"],
      [true, "are left out"],
    ],
  ],
};
const NOTE =
  "Masked pixels are judged by their MSE over all digits, whatever the metric, because nothing " +
  "else was measured. Under noise that is not clipped, claims about noise are judged only where " +
  "the report looked. Some networks have five seeds, not ten.";

// The names of a claim's statements, as in the tables: R4a and R4b, or R1 alone.
const namesOf = ({ id, says }) =>
  says.map((_, at) => (says.length > 1 ? id + String.fromCharCode(97 + at) : id));

// How many claims have each verdict, in words.
export const inWords = ({ holds, fails, undecided, depends }) =>
  [
    plural(holds, "claim holds", "claims hold"),
    plural(fails, "fails", "fail"),
    plural(undecided, "is undecided", "are undecided"),
    ...(depends ? [`${plural(depends, "depends", "depend")} on the configuration`] : []),
  ].join(", ");

export default {
  render: mount(async (model) => {
    const claims = readClaims(await asset(model, "claims"));
    const [book, limits] = [model.get("_book"), model.get("_limits")];
    const traits = Object.keys(book);
    const columns = model.get("_columns").flatMap(([, group]) => group.map(([name]) => name));
    const verdicts = (choices) =>
      judge(claims, { ...choices, column: columns.indexOf(choices.column) });
    const ofBook = verdicts(book);

    const rows = claims.map((claim) => {
      const parts = namesOf(claim).map(() => element("li"));
      const verdict = element("td");
      const row = element(
        "tr",
        {},
        element("th", { scope: "row" }, claim.id),
        element(
          "td",
          {},
          claim.text,
          element(
            "details",
            {},
            element("summary", {}, plural(parts.length, "statement")),
            element("ul", {}, ...parts),
          ),
        ),
        verdict,
      );
      return { row, verdict, parts };
    });
    const text = liveRegion();

    onChange(model, traits, () => {
      const found = verdicts(Object.fromEntries(traits.map((name) => [name, model.get(name)])));
      const changed = { claims: [], statements: [] };
      const counts = { holds: 0, fails: 0, undecided: 0, depends: 0 };
      found.forEach(({ verdict, statements }, at) => {
        const [{ row, verdict: cell, parts }, before] = [rows[at], ofBook[at]];
        const differs = verdict !== before.verdict;
        counts[verdict.split(" ")[0]]++;
        if (differs) changed.claims.push(claims[at].id);
        row.setAttribute("class", differs ? "nn-changed" : "");
        cell.replaceChildren(
          element("strong", {}, verdict),
          ...(differs ? [element("div", {}, `book: ${before.verdict}`)] : []),
        );
        const names = namesOf(claims[at]);
        statements.forEach(({ verdict: one, ratio, low, high, seeds }, part) => {
          const was = before.statements[part].verdict;
          if (one !== was) changed.statements.push(names[part]);
          parts[part].textContent =
            `${names[part]}: ${claims[at].says[part][0]}: ${one}` +
            `${one === was ? "" : ` (book: ${was})`}; ratio ${ratio.toFixed(2)} ` +
            (seeds > 1 ? `(${low.toFixed(2)} to ${high.toFixed(2)})` : "(no interval)") +
            `, ${plural(seeds, "seed", "seeds")}.`;
        });
      });
      const told = inWords(counts);
      const listed = (names) => (names.length ? ` (${names.join(", ")})` : "");
      text.say(
        traits.every((name) => model.get(name) === book[name])
          ? `These are the book’s choices: ${told}.`
          : `${told}. ${changed.claims.length} of ${claims.length} verdicts ` +
              `${agree(changed.claims.length, "differs", "differ")} from the ` +
              `book’s${listed(changed.claims)}, and ${changed.statements.length} of ` +
              `${ofBook.flatMap((one) => one.statements).length} statements` +
              `${listed(changed.statements)}.`,
      );
    });

    const marked = (name, format) => (value) =>
      format(value) + (value === book[name] ? ", as in the book" : "");
    const of = (name, entries) =>
      entries.map(([value, label]) => [value, marked(name, () => label)(value)]);
    const metric = choice(
      model,
      "column",
      "metric",
      model.get("_columns").map(([group, entries]) => [group, of("column", entries)]),
    );
    const [noise, ...others] = Object.entries(LISTS).map(([name, [label, entries]]) =>
      choice(model, name, label, of(name, entries)),
    );
    return [
      element(
        "div",
        { class: "nn-row" },
        ...Object.entries(SLIDERS).map(([name, [label, format]]) => {
          const [min, max, step] = limits[name];
          return slider(model, name, label, { min, max, step, format: marked(name, format) });
        }),
      ),
      element("div", { class: "nn-row" }, metric, noise),
      element("div", { class: "nn-row" }, ...others),
      element(
        "div",
        { class: "nn-row" },
        button("The book’s choices", () => set(model, book)),
      ),
      text.element,
      element(
        "table",
        { class: "nn-table" },
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            ...["claim", "what it says", "verdict"].map((name) =>
              element("th", { scope: "col" }, name),
            ),
          ),
        ),
        element("tbody", {}, ...rows.map(({ row }) => row)),
      ),
      element("p", { class: "nn-note" }, NOTE),
    ];
  }),
};
