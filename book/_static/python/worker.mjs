// Python, in a worker of the page. The page's policy lets neither WebAssembly nor another site in;
// a worker has the policy of its own response, and this one asks the site and Python's address only.
//
// The page sends { type: "start", site } and { type: "run", cells, wanted }; the worker sends
// "progress", "ready" or "failed", and what `session.py` tells of a run.
const tell = (message) => postMessage(message);
const FILES = ["cells.py", "session.py"];
const QUIET = { messageCallback() {}, errorCallback() {} }; // of what Pyodide loads
let python, session;

async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url.split("/").at(-1)}: the server says ${answer.status}`);
  return answer;
}

// A file of the book's data: there by name and size, fetched when it is read for the first time.
// Python waits for a file as it would for a disk, so the request must be one that waits, too.
function addFile(home, path, size) {
  const { FS } = python;
  const file = `/data/${path}`;
  FS.mkdirTree(file.slice(0, file.lastIndexOf("/")));
  FS.writeFile(file, new Uint8Array());
  const { node } = FS.lookupPath(file);
  const own = node.stream_ops;
  let there = false;
  node.usedBytes = size;
  node.stream_ops = {
    ...own,
    open(stream) {
      if (!there) node.contents = fetchNow(home + path, path, size);
      node.usedBytes = size;
      there = true;
      own.open?.(stream);
    },
  };
}

const PIECE = 2 ** 20; // bytes: after each, the page hears how far it is

function fetchNow(url, path, size) {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size;) {
    tell({ type: "fetching", path, done, size });
    const request = new XMLHttpRequest();
    request.open("GET", url, false);
    request.responseType = "arraybuffer";
    if (size > PIECE) request.setRequestHeader("Range", `bytes=${done}-${done + PIECE - 1}`);
    try {
      request.send();
    } catch {
      request.abort();
    }
    const piece = new Uint8Array(request.response ?? []);
    const whole = request.status === 200 && piece.length === size;
    if (!whole && (request.status !== 206 || !piece.length || piece.length > size - done)) {
      tell({ type: "fetching", path, done, size, failed: true });
      throw new python.FS.ErrnoError(29); // EIO: an OSError in Python
    }
    bytes.set(piece, whole ? 0 : done);
    done = whole ? size : done + piece.length;
  }
  tell({ type: "fetching", path, done: size, size });
  return bytes;
}

// Fetch what a cell imports and Python does not bring; return whether it could be had.
async function load(name) {
  tell({ type: "progress", step: "loading", name });
  await python.loadPackagesFromImports(`import ${name}`, QUIET);
  return python.runPython(`import importlib.util; importlib.util.find_spec("${name}") is not None`);
}

async function start(site) {
  tell({ type: "progress", step: "python" });
  const files = FILES.map((name) => get(`${site.home}${name}`));
  const wheels = site.wheels.map((url) => get(url));
  for (const one of [...files, ...wheels]) one.catch(() => {}); // told below, when they are awaited
  const { loadPyodide } = await import(`${site.python}pyodide.mjs`);
  python = await loadPyodide({ indexURL: site.python, env: { HOME: "/home", ...site.env } });
  tell({ type: "progress", step: "packages" });
  await python.loadPackage(site.packages, QUIET);
  for (const answer of await Promise.all(wheels)) {
    python.unpackArchive(await (await answer).arrayBuffer(), "wheel");
  }
  for (const [at, answer] of (await Promise.all(files)).entries()) {
    python.FS.writeFile(`/home/${FILES[at]}`, await answer.text());
  }
  for (const [path, size] of site.data.files) addFile(site.data.home, path, size);
  python.globals.set("tell", (text) => tell(JSON.parse(text)));
  python.globals.set("load", load);
  session = python.runPython(`
import json, sys
sys.path.insert(0, "/home")
from session import Session
session = Session(lambda message: tell(json.dumps(message)), load)
session`);
}

const MESSAGES = {
  async start({ site }) {
    try {
      await start(site);
      tell({ type: "ready", version: python.runPython("sys.version.split()[0]") });
    } catch (error) {
      tell({ type: "failed", reached: Boolean(python), error: String(error) });
    }
  },
  async run({ cells, wanted }) {
    const given = python.toPy(cells);
    try {
      await session.run(given, wanted);
    } catch (error) {
      tell({ type: "failed", reached: true, error: String(error) });
    } finally {
      given.destroy();
    }
  },
  parse({ source }) {
    session.parse(source);
  },
  states({ cells }) {
    const given = python.toPy(cells);
    session.tell_states(given);
    given.destroy();
  },
};

// One at a time, in the order in which they were asked for.
let before = Promise.resolve();
onmessage = ({ data }) => {
  before = before.then(() => MESSAGES[data.type](data));
};
