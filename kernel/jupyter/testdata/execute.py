"""Executes a notebook with nbclient, unchanged on disk, and checks that its stored outputs are of the same kind.

What a lesson prints may differ between runs (times, orders); which kinds of output each cell has may not, or the
outputs stored in the repository tell a learner something that a run doesn't show.
"""
import os
import sys

import nbformat
from nbclient import NotebookClient


def kinds(cell):
    """the set of output kinds of a cell, streams by name and data by MIME type"""
    found = set()
    for out in cell.get("outputs", ()):
        if out.output_type == "stream":
            found.add("stream " + out.name)
        elif out.output_type == "error":
            found.add("error " + out.ename)
        else:
            found.add(out.output_type + " " + ",".join(sorted(out.data)))
    return found


def main(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    stored = [kinds(c) for c in notebook.cells]
    client = NotebookClient(notebook, timeout=120, iopub_timeout=4, resources={"metadata": {"path": os.path.dirname(path)}})
    client.execute()
    wrong = 0
    for number, (cell, before) in enumerate(zip(notebook.cells, stored)):
        if "skip-execution" in cell.metadata.get("tags", ()):
            continue
        if kinds(cell) != before:
            wrong += 1
            print("cell %d stores %s but a run gives %s\n%s" % (number, sorted(before), sorted(kinds(cell)), cell.source))
    print("%d cells, %d outputs differ in kind" % (len(notebook.cells), wrong))
    return 1 if wrong else 0


sys.exit(main(sys.argv[1]))
