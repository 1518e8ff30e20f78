"""What Lighthouse says of the built book on a phone: a table, one row a page.

    make book
    .venv/bin/python benchmarks/lighthouse.py [PAGE …]

Fetches Lighthouse with npx (node) the first time. CHROME_PATH says where Chromium is, if it is not
found. The pages come from this machine, compressed, as from any host of static pages.
"""

import functools
import gzip
import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path

SITE = Path(__file__).parent.parent / "_build" / "html"
LIGHTHOUSE = ["npx", "--yes", "lighthouse@12.8.2", "--quiet", "--output=json"]
CHROME = "--chrome-flags=--headless --no-sandbox"
SCORES = ("performance", "accessibility", "best-practices", "seo")
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
AUDITS = (*TIMES, "cumulative-layout-shift", "total-byte-weight")
TEXT = (".html", ".css", ".js", ".svg", ".json")


class Compressed(http.server.SimpleHTTPRequestHandler):
    """Serves text with gzip."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        if path.suffix in TEXT:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def judge(address):
    """Return the four scores of a page, and what they come from, as the cells of a row."""
    done = subprocess.run([*LIGHTHOUSE, CHROME, address], capture_output=True, check=True)
    report = json.loads(done.stdout)
    scores = [f"{100 * report['categories'][name]['score']:.0f}" for name in SCORES]
    found = [report["audits"][name] for name in AUDITS]
    return [*scores, *(audit["displayValue"].removeprefix("Total size was ") for audit in found)]


def main(names):
    """Print the table."""
    handler = functools.partial(Compressed, directory=SITE)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("| page |", " | ".join((*SCORES, *AUDITS)), "|")
    print("| --- " * (1 + len(SCORES) + len(AUDITS)) + "|")
    for name in names:
        cells = judge(f"http://127.0.0.1:{server.server_port}/book/{name}.html")
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    pages = sorted(path.stem for path in SITE.glob("book/*.html"))
    if not pages:
        sys.exit("The book is not built: run `make book` first.")
    main(sys.argv[1:] or pages)
