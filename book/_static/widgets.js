// Widgets on a page without Python: each module of anywidget gets a model that lives here.
//
// The data on the page name what to load, by plain names of files that the build wrote beside this
// one. They hold no code and no addresses, so that nothing in a page can bring code along.
(() => {
  const own = document.currentScript;
  if (!(own instanceof HTMLScriptElement)) throw new Error("Something poses as this script.");
  const parse = (script) => JSON.parse(script.textContent);
  const inHead = (type) => // outputs are in the body: they cannot pose as these
    [...document.querySelectorAll(`head > script[type="application/vnd.${type}+json"]`)].map(parse);
  const states = Object.assign({}, ...inHead("jupyter.widget-state").map((data) => data.state));
  const files = Object.assign({}, ...inHead("nnlib.files"));
  const FILE = /^\w[\w.-]*$/;

  function address(folder, name) {
    if (!FILE.test(files[name])) throw new Error(`This page has no file for ${name}.`);
    return new URL(`${folder}/${files[name]}`, own.src);
  }

  // Run a script, which calls nnlibHere with its name and what it brings.
  const waiting = new Map();
  window.nnlibHere = (name, brought) => waiting.get(name)?.(brought);
  const run = (name, url) => new Promise((resolve, reject) => {
    waiting.set(name, resolve);
    const script = document.createElement("script");
    script.src = url;
    script.onload = script.onerror = reject; // loaded, it has resolved this before
    document.head.append(script);
  });

  // Load a file once; if that fails, the next who asks tries again.
  const loaded = new Map();
  function once(name, load) {
    if (!loaded.has(name)) {
      loaded.set(name, load().catch(() => {
        loaded.delete(name);
        throw new Error(`${files[name]} could not be loaded. Reload the page to try again.`);
      }));
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
      const answer = await fetch(url);
      if (!answer.ok) throw answer;
      return new Uint8Array(await answer.arrayBuffer());
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
  async function render(id, el) {
    const { state } = states[id];
    if (!models.has(id)) models.set(id, new Model(state));
    const kind = state._anywidget_id;
    const url = address("widgets", kind);
    const widget = await once(kind, () => run(kind, url));
    await widget.render({ model: models.get(id), el });
  }

  // A widget starts when it is nearly in view.
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      render(target.dataset.model, target).catch((error) => {
        target.textContent = `This part of the page does not work: ${error.message}`;
      });
    }
  }, { rootMargin: "300px" });

  const view = 'script[type="application/vnd.jupyter.widget-view+json"]';
  for (const script of document.querySelectorAll(view)) {
    const place = document.createElement("div");
    place.dataset.model = parse(script).model_id;
    const [wide, narrow] = states[place.dataset.model].state._room;
    place.style.minHeight = `${innerWidth < 700 ? narrow : wide}px`;
    script.replaceWith(place);
    seen.observe(place);
  }
})();
