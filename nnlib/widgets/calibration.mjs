// The reader foretells verdicts and says how sure they are: how often do they know?
import { button, element, liveRegion, mount, onChange, plural, set, slider } from "./ui.mjs";

const COVERED = "covered";
const GROUPS = [
  [35, 50],
  [55, 70],
  [75, 100],
];
const BY_LOT = (1 / 3) * (1 - 1 / 3); // what that scores
const PRIVATE = "Your answers stay in this page. They are not stored, and gone when you close it.";

// How often answers, [verdict, certainty in percent], are correct, and how sure they are. The gap
// is `clear` if it is more than two standard errors of the hits of somebody who is calibrated.
export function score(answers, verdicts) {
  const all = answers.map(([verdict, certainty], at) => ({
    certainty,
    p: certainty / 100,
    hit: Number(verdict === verdicts[at]),
  }));
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const gap = mean(all.map(({ p, hit }) => p - hit));
  const error = Math.sqrt(mean(all.map(({ p }) => p * (1 - p))) / all.length);
  return {
    hits: all.filter(({ hit }) => hit).length,
    certainty: mean(all.map(({ p }) => p)),
    brier: mean(all.map(({ p, hit }) => (p - hit) ** 2)),
    gap,
    clear: Math.abs(gap) > 2 * error,
    groups: GROUPS.map(([least, most]) => {
      const group = all.filter(({ certainty: c }) => least <= c && c <= most);
      return { least, most, count: group.length, hits: group.filter(({ hit }) => hit).length };
    }),
  };
}

// What it means, in one sentence.
export function meaning({ gap, clear }) {
  if (!clear) {
    return "Your certainty fits your answers as well as so few answers can tell.";
  }
  return gap > 0
    ? "You were overconfident: less often correct than you said, by more than chance explains."
    : "You were underconfident: more often correct than you said, by more than chance explains.";
}

const percent = (share) => `${Math.round(100 * share)}%`;

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const claims = get("_claims").map(([id, text, where, verdict]) => ({
      id,
      text,
      where,
      verdict,
    }));
    const rows = claims.map(({ id, text }) => {
      const [said, verdict] = [element("td"), element("td")];
      const row = element(
        "tr",
        {},
        element("th", { scope: "row" }, id),
        element("td", {}, text),
        said,
        verdict,
      );
      return { row, said, verdict };
    });
    const text = liveRegion();
    const results = element("div");
    const answering = get("_verdicts").map((verdict) =>
      button(`It ${verdict === "undecided" ? "is " : ""}${verdict}`, () => {
        set(model, { answers: [...get("answers"), [verdict, get("certainty")]] });
        if (get("answers").length === claims.length) show.focus();
      }),
    );
    const back = button("Back", () => {
      set(model, { answers: get("answers").slice(0, -1) });
      if (!get("answers").length) answering[0].focus();
    });
    const show = button("Show the verdicts", () => {
      set(model, { shown: true });
      again.focus();
    });
    const again = button("Start again", () => {
      set(model, { answers: [], shown: false });
      answering[0].focus();
    });

    onChange(model, ["answers", "shown"], () => {
      const answers = get("answers");
      const ended = answers.length === claims.length;
      const next = claims[answers.length];
      const told = get("shown") && answers.length > 0;
      rows.forEach(({ row, said, verdict }, at) => {
        const [given, certainty] = answers[at] ?? [];
        row.setAttribute("class", !told && at === answers.length ? "nn-changed" : "");
        said.textContent = given ? `${given}, ${certainty}%` : "";
        verdict.replaceChildren(
          ...(told ? [element("strong", {}, claims[at].verdict)] : [COVERED]),
          ...(told && given
            ? [element("div", {}, given === claims[at].verdict ? "correct" : "not correct")]
            : []),
        );
      });
      for (const one of answering) one.disabled = told || ended;
      back.disabled = told || !answers.length;
      show.disabled = told || !answers.length;
      results.replaceChildren();
      if (!told) {
        text.say(
          ended
            ? "You have answered all. Uncover the verdicts when you are ready."
            : `Claim ${answers.length + 1} of ${claims.length}. ${next.id}: ${next.text} ` +
                `(Where: ${next.where}.) Does it hold?`,
        );
        return;
      }
      const found = score(
        answers,
        claims.map(({ verdict }) => verdict),
      );
      text.say(
        `You were correct in ${found.hits} of ${plural(answers.length, "answer")} ` +
          `(${percent(found.hits / answers.length)}), and ${percent(found.certainty)} sure on ` +
          `average. ${meaning(found)}`,
      );
      results.append(
        element(
          "ul",
          {},
          ...found.groups
            .filter(({ count }) => count)
            .map(({ least, most, count, hits }) =>
              element("li", {}, `${least}% to ${most}% sure: ${hits} of ${count} correct.`),
            ),
          element(
            "li",
            {},
            `Brier score: ${found.brier.toFixed(2)}, the mean of (certainty − outcome)²: ` +
              "0 is the best. Guessing by lot, one third sure, gets " +
              `${BY_LOT.toFixed(2)} on average.`,
          ),
        ),
      );
    });
    const [min, max, step] = get("_certainties");
    const format = (value) => `${value}%`;
    return [
      text.element,
      element(
        "div",
        { class: "nn-row" },
        slider(model, "certainty", "how sure are you?", { min, max, step, format }),
        ...answering,
      ),
      element("div", { class: "nn-row" }, back, show, again),
      results,
      element(
        "table",
        { class: "nn-table" },
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            ...["claim", "what it says", "your answer", "verdict"].map((name) =>
              element("th", { scope: "col" }, name),
            ),
          ),
        ),
        element("tbody", {}, ...rows.map(({ row }) => row)),
      ),
      element("p", { class: "nn-note" }, PRIVATE),
    ];
  }),
};
