// Widgets on a page without Python: each module of anywidget gets a model that lives here.
//
// The data on the page name what to load, by plain names of files that the build wrote beside this
// one. They hold no code and no addresses, so that nothing in a page can bring code along.
(() => {
  const own = document.currentScript;
  if (!(own instanceof HTMLScriptElement)) throw new Error("Something poses as this script.");
  const parse = (script) => JSON.parse(script.textContent);
  const inHead = (type) =>
    // outputs are in the body: they cannot pose as these
    [...document.querySelectorAll(`head > script[type="application/vnd.${type}+json"]`)].map(parse);
  const states = Object.assign({}, ...inHead("jupyter.widget-state").map((data) => data.state));
  const files = Object.assign({}, ...inHead("nnlib.files"));
  const FILE = /^\w[\w.-]*$/;
  const PATIENCE = 25_000; // milliseconds

  function address(folder, name) {
    const [file] = files[name] ?? [];
    if (!FILE.test(file)) throw new Error(`This page has no file for ${name}.`);
    return new URL(`${folder}/${file}`, own.src);
  }

  // Run a script, which calls nnlibRegister with its name and what it brings.
  const waiting = new Map();
  window.nnlibRegister = (name, brought) => waiting.get(name)?.(brought);
  const run = (name, url) =>
    new Promise((resolve, reject) => {
      waiting.set(name, resolve);
      const script = document.createElement("script");
      script.src = url;
      script.onerror = () => reject(new Error("there was no answer"));
      script.onload = () => reject(new Error("something else came")); // it has resolved this before
      document.head.append(script);
    });

  // Load a file once; if that fails, the next who asks tries again.
  const loaded = new Map();
  function once(name, load) {
    if (!loaded.has(name)) {
      loaded.set(
        name,
        load().catch((error) => {
          loaded.delete(name);
          throw new Error(`${files[name][0]} could not be loaded (${error.message}).`);
        }),
      );
    }
    return loaded.get(name);
  }

  // A page that was opened from a file may not fetch one, but may run it as a script: each asset is
  // there as a script, too, which brings it in base64.
  async function fetchAsset(name) {
    const url = address("assets", name);
    return once(name, async () => {
      if (url.protocol === "file:") {
        return Uint8Array.from(atob(await run(name, `${url}.js`)), (one) => one.charCodeAt(0));
      }
      const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.ok) throw new Error(`the server says ${answer.status}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (bytes.length !== files[name][1]) throw new Error("something else came");
      return bytes;
    });
  }

  // What a module of anywidget may ask of its model.
  class Model {
    constructor(state) {
      this.state = { ...state, _static: true };
      this.listeners = new Map();
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      if (Object.is(this.state[name], value)) return;
      this.state[name] = value;
      this.emit(`change:${name}`);
    }
    save_changes() {}
    on(event, listener) {
      this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    }
    off(event, listener) {
      const kept = (this.listeners.get(event) ?? []).filter((one) => one !== listener);
      this.listeners.set(event, kept);
    }
    emit(event, ...values) {
      for (const listener of this.listeners.get(event) ?? []) listener(...values);
    }
    send({ asset }) {
      fetchAsset(asset).then(
        (bytes) => this.emit("msg:custom", { asset }, [bytes]),
        (error) => this.emit("msg:custom", { asset, error: error.message }, []),
      );
    }
  }

  const models = new Map();
  async function render(place, { state }) {
    const kind = state._anywidget_id;
    const widget = await once(kind, () => run(kind, address("widgets", kind)));
    if (!models.has(state)) models.set(state, new Model(state));
    await widget.render({ model: models.get(state), el: place });
  }

  // Start a widget, above the sentence that stands there for pages without scripts.
  function start(place) {
    const note = place.querySelector(".nn-note");
    note.setAttribute("role", "status");
    note.textContent = "Loading …";
    render(place, states[place.dataset.model]).catch((error) => {
      const again = document.createElement("button");
      again.type = "button";
      again.className = "nn-button";
      again.textContent = "Try again";
      again.addEventListener("click", () => start(place));
      note.setAttribute("role", "alert");
      note.replaceChildren(`This figure does not move: ${error.message} `, again);
    });
  }

  // One that Python in the page has made (`python/page.mjs`), of a kind that the page knows.
  window.nnlibWidget = (place, state) => render(place, { state });

  // It starts when it is nearly in view.
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        start(target);
      }
    },
    { rootMargin: "300px" },
  );

  for (const place of document.querySelectorAll("[data-model]")) {
    if (!states[place.dataset.model]) continue;
    const [wide, narrow] = states[place.dataset.model].state._min_heights;
    place.style.minHeight = `${innerWidth < 700 ? narrow : wide}px`;
    place.querySelector(".nn-note").textContent = "";
    seen.observe(place);
  }
})();
