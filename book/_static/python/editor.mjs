// An editor for a cell of Python, around CodeMirror, and colors for Python that is only read.
import {
  bracketMatching,
  Decoration,
  defaultKeymap,
  EditorState,
  EditorView,
  highlightCode,
  history,
  historyKeymap,
  indentOnInput,
  indentUnit,
  keymap,
  LanguageSupport,
  pythonLanguage,
  StateEffect,
  StateField,
  syntaxHighlighting,
  tagHighlighter,
  tags,
} from "./codemirror.mjs";

// The classes of `page.css`, by what a piece of code is.
const highlighter = tagHighlighter([
  { tag: tags.keyword, class: "py-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "py-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "py-number" },
  { tag: tags.comment, class: "py-comment" },
  { tag: tags.definition(tags.function(tags.variableName)), class: "py-definition" },
  { tag: tags.definition(tags.className), class: "py-definition" },
]);

const mark = StateEffect.define(); // the number of a line, or null
const marked = StateField.define({
  create: () => Decoration.none,
  update(shown, { docChanged, effects, state }) {
    for (const effect of effects) {
      if (!effect.is(mark)) continue;
      const there = effect.value >= 1 && effect.value <= state.doc.lines;
      if (!there) return Decoration.none;
      const line = Decoration.line({ class: "py-wrong" });
      return Decoration.set([line.range(state.doc.line(effect.value).from)]);
    }
    return docChanged ? Decoration.none : shown;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const LOOK = {
  "&": { color: "var(--py-text)", background: "var(--py-ground)", fontSize: "var(--py-size)" },
  "&.cm-focused": { outline: "3px solid var(--py-focus)" },
  ".cm-scroller": { fontFamily: "var(--py-font)", lineHeight: "var(--py-line)" },
  ".cm-content": { caretColor: "var(--py-text)", padding: "0.8em 0" },
  ".cm-line": { padding: "0 0.8em" },
  ".cm-cursor": { borderLeftColor: "var(--py-text)" },
  ".cm-matchingBracket": { outline: "1px solid currentColor", background: "none !important" },
  ".py-wrong": { background: "var(--py-wrong)", boxShadow: "inset 4px 0 var(--py-error)" },
  ".py-keyword": { color: "var(--py-keyword)" },
  ".py-string": { color: "var(--py-string)" },
  ".py-number": { color: "var(--py-number)" },
  ".py-comment": { color: "var(--py-comment)" },
  ".py-definition": { color: "var(--py-definition)" },
};

/**
 * Put an editor into `place`. The Tab key leaves it, so that nobody is caught; lines are indented
 * as one types, and by Ctrl+] (Cmd+]).
 */
export function edit(place, text, { label, changed, run }) {
  // In a shadow root the editor may bring its style as an object; a page of the book allows no
  // other style than that of its files.
  const root = place.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        history(),
        indentOnInput(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        bracketMatching(),
        marked,
        new LanguageSupport(pythonLanguage),
        syntaxHighlighting(highlighter),
        EditorView.theme(LOOK),
        EditorView.contentAttributes.of({
          "aria-label": label,
          spellcheck: "false",
          tabindex: "0",
        }),
        // Lines that begin out of sight cannot be read.
        EditorView.domEventHandlers({
          blur: (_, { scrollDOM }) => void (scrollDOM.scrollLeft = 0),
        }),
        EditorView.updateListener.of((update) => update.docChanged && changed()),
        keymap.of([
          { key: "Shift-Enter", run: () => (run(), true) },
          { key: "Mod-Enter", run: () => (run(), true) },
          ...defaultKeymap,
          ...historyKeymap,
        ]),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    set(code) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code } });
    },
    mark: (line) => view.dispatch({ effects: mark.of(line) }),
    focus: () => view.focus(),
  };
}

/** Return nodes with code in its colors. */
export function colored(code) {
  const nodes = [];
  const add = (text, name) => {
    const piece = document.createElement("span");
    piece.textContent = text;
    if (name) piece.className = name;
    nodes.push(piece);
  };
  highlightCode(code, pythonLanguage.parser.parse(code), highlighter, add, () => add("\n"));
  return nodes;
}
