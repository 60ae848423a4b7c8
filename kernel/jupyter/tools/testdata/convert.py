"""Takes notebooks through the tools that convert them: convert.py OUT NOTEBOOK…; exits with what was lost.

jupytext: notebook → Go text → notebook keeps every cell. nbconvert: the page and the slides show every picture.
"""
import base64
import os
import re
import sys

import jupytext
import nbformat
from nbconvert import HTMLExporter, SlidesExporter

out, lost = sys.argv[1], []


def pictures(nb, kinds):
    """The pictures in the outputs of cells of these slide types, as pages have them."""
    found = []
    for cell in nb.cells:
        if cell.metadata.get("slideshow", {}).get("slide_type", "-") not in kinds:
            continue
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/svg+xml" not in data and "image/png" in data and "text/html" not in data:
                found.append(base64.b64decode("".join(data["image/png"])))
    return found


for path in sys.argv[2:]:
    name = os.path.basename(path)
    nb = nbformat.read(path, 4)
    text = jupytext.writes(nb, fmt="go:percent")
    back = jupytext.reads(text, fmt="go:percent")
    before = [(c.cell_type, c.source) for c in nb.cells]
    after = [(c.cell_type, c.source) for c in back.cells]
    if before != after:
        first = next((i for i, (a, b) in enumerate(zip(before, after)) if a != b), min(len(before), len(after)))
        lost.append(f"{name}: jupytext changes cell {first}: {before[first:first + 1]} becomes {after[first:first + 1]}")
    for exporter, skipped in ((HTMLExporter(), ()), (SlidesExporter(), ("skip", "notes"))):
        page, _ = exporter.from_notebook_node(nb)
        with open(os.path.join(out, name + exporter.file_extension), "w") as f:
            f.write(page)
        shown = {base64.b64decode(m) for m in re.findall(r'data:image/png;base64,([A-Za-z0-9+/=\s]+)"', page)}
        kinds = {"slide", "subslide", "fragment", "-", "skip", "notes"} - set(skipped)
        missing = [p for p in pictures(nb, kinds) if p not in shown]
        if missing:
            lost.append(f"{name}: {type(exporter).__name__} lacks {len(missing)} pictures")

print(*lost, sep="\n")
sys.exit(bool(lost))
