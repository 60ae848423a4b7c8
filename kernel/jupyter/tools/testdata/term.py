"""Plays a term with nbgrader: term.py COURSE PLAN.

COURSE is a course's folder; PLAN is a JSON file with an assignment and what learners answer:
    {"assignment": "ps1", "cells": [{"source", "id", "kind", "points"}, ...], "learners": {name: {id: source}}}
A cell's kind is "" (plain), "answer" or "tests"; a learner's answers may be "solutions". Every step of the instructor and of each learner is a command of nbgrader's.
Prints the points of each learner as JSON: {name: {id: points}}; without "cells" the assignment is there already.
"""
import contextlib
import io
import json
import os
import sys

import nbformat
import nbgrader.utils as nbgrader_utils
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp
from traitlets.config import SingletonConfigurable

course, plan = os.path.abspath(sys.argv[1]), json.load(open(sys.argv[2]))
name = plan["assignment"]
exchange = os.path.join(os.path.dirname(course), "exchange")
os.makedirs(exchange, exist_ok=True)
os.chmod(exchange, 0o777)


def applications(cls=SingletonConfigurable):
    for sub in cls.__subclasses__():
        yield sub
        yield from applications(sub)


def nbgrader(*args, where=course, who="instructor"):
    """Runs a command of nbgrader in this process: its imports take seconds."""
    nbgrader_utils.get_osusername = lambda: who  # all are one user of this machine
    os.chdir(where)
    for app in set(applications()):
        app.clear_instance()
    log, status = io.StringIO(), 0
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        try:
            NbGraderApp.launch_instance([*args, f"--Exchange.root={exchange}", "--ExchangeCollect.check_owner=False"])
        except SystemExit as end:
            status = end.code
    if status:
        sys.exit(f"nbgrader {' '.join(args)}: exit status {status}\n{log.getvalue()}")


if "cells" in plan:
    nb = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "gilkernel", "language": "go", "display_name": "Go (GIL)"}})
    for i, cell in enumerate(plan["cells"]):
        c = nbformat.v4.new_code_cell(cell["source"], id=f"cell-{i}")
        if cell["kind"]:
            answer = cell["kind"] == "answer"
            c.metadata["nbgrader"] = {"schema_version": 3, "grade_id": cell["id"], "task": False, "solution": answer,
                                      "grade": not answer, "locked": not answer}
            if not answer:
                c.metadata["nbgrader"]["points"] = cell["points"]
        nb.cells.append(c)
    os.makedirs(os.path.join(course, "source", name))
    nbformat.write(nb, os.path.join(course, "source", name, name + ".ipynb"))

nbgrader("generate_assignment", name)
nbgrader("release_assignment", name)


def learn(learner):
    home = os.path.join(os.path.dirname(course), learner)
    os.makedirs(home)
    nbgrader("fetch_assignment", name, "--course=gilkernel", where=home, who=learner)
    answers = plan["learners"][learner]
    if answers == "solutions":
        source = nbformat.read(os.path.join(course, "source", name, name + ".ipynb"), 4)
        answers = {c.metadata.nbgrader.grade_id: c.source for c in source.cells
                   if c.metadata.get("nbgrader", {}).get("solution")}
    for folder, _, files in os.walk(os.path.join(home, name)):
        for file in (f for f in files if f.endswith(".ipynb")):
            nb = nbformat.read(os.path.join(folder, file), 4)
            for cell in nb.cells:
                grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
                if grade_id in answers:
                    cell.source = answers[grade_id]
            nbformat.write(nb, os.path.join(folder, file))
    nbgrader("submit", name, "--course=gilkernel", where=home, who=learner)


for learner in plan["learners"]:
    learn(learner)

nbgrader("collect", name)
nbgrader("autograde", name, "--create")

points = {}
with Gradebook("sqlite:///" + os.path.join(course, "gradebook.db")) as book:
    for submission in book.assignment_submissions(name):
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                points.setdefault(submission.student.id, {})[grade.name] = grade.score
json.dump(points, sys.stdout)
