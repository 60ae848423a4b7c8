"""Drives %%schedule by jupyter_client, as pages, consoles and nbclient do. The exit status is 1 if something is wrong."""
import sys
import uuid

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

CELL = """%%schedule python=3.9 goal=lost-update
import "gilkernel/runtime/threading"
counter := 0
work := func() { counter++ }
a, b := threading.NewThread(work), threading.NewThread(work)
a.Start(); b.Start()
a.Join(); b.Join()
counter"""
PATIENCE = 120


def send(kc, msg_type, content):
    msg = kc.session.msg(msg_type, content)
    kc.shell_channel.send(msg)
    return msg["header"]["msg_id"]


def replies(kc, msg_id, until=lambda m: False):
    """Returns the iopub messages of a request, up to its idle or the one that is waited for."""
    out = []
    while True:
        m = kc.get_iopub_msg(timeout=PATIENCE)
        if m["parent_header"].get("msg_id") != msg_id:
            continue
        out.append(m)
        if until(m) or m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
            return out


def check(ok, text):
    if not ok:
        sys.exit(f"wrong: {text}")


def act(kc, model, action):
    msg_id = send(kc, "comm_msg", {"comm_id": model, "data": {"method": "custom", "content": action}})
    while True:
        m = kc.get_iopub_msg(timeout=PATIENCE)
        if m["parent_header"].get("msg_id") == msg_id and m["msg_type"] == "comm_msg":
            data = m["content"]["data"]
            check(data["method"] == "update" and data["buffer_paths"] == [], data)
            return data["state"]["state"]


def states(kc):
    control = uuid.uuid4().hex
    replies(kc, send(kc, "comm_open", {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}}))
    msg_id = send(kc, "comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
    answer = replies(kc, msg_id, lambda m: m["msg_type"] == "comm_msg")[-1]
    check(answer["content"]["data"]["method"] == "update_states", answer["content"])
    send(kc, "comm_close", {"comm_id": control, "data": {}})
    return answer["content"]["data"]["states"]


def can(state):
    return [i for i, n in enumerate(state["view"].get("now") or []) if n["can"]]


def runs(state):
    """Returns who goes next in the plain run: who runs, or else the first that can."""
    for i, n in enumerate(state["view"]["now"]):
        if n["can"] and n.get("runs"):
            return i
    return can(state)[0]


def widget(kc):
    check(states(kc) == {}, "there are models before any")
    out = replies(kc, kc.execute(CELL))
    opened = [m for m in out if m["msg_type"] == "comm_open"]
    shown = [m for m in out if m["msg_type"] == "display_data"]
    check(len(opened) == 1 and len(shown) == 1, [m["msg_type"] for m in out])
    model = opened[0]["content"]["comm_id"]
    check(opened[0]["metadata"]["version"].startswith("2."), opened[0]["metadata"])
    data = shown[0]["content"]["data"]
    check(data["application/vnd.jupyter.widget-view+json"]["model_id"] == model, data.keys())
    check({"text/html", "image/svg+xml", "text/plain"} <= data.keys(), data.keys())
    state = opened[0]["content"]["data"]["state"]["state"]
    check("needs 1 preemption" in state["goal"]["answer"], state["goal"])
    # To the end without a preemption, and back.
    path = [state]
    while can(path[-1]):
        path.append(act(kc, model, {"action": "choose", "thread": runs(path[-1])}))
        check(len(path) < 200, "the run doesn't end")
    check(path[-1]["view"]["outcome"] == {"kind": "value", "text": "2"}, path[-1]["view"]["outcome"])
    check(path[-1]["used"] == 0 and not path[-1]["goal"]["reached"], path[-1]["goal"])
    for before in reversed(path[:-1]):
        now = act(kc, model, {"action": "undo"})
        check(now["view"] == before["view"] and now["choices"] == before["choices"], "undo leads elsewhere")
    # What can't be chosen.
    for thread in (-1, 99):
        check("no thread" in act(kc, model, {"action": "choose", "thread": thread})["said"], thread)
    again = states(kc)
    check(list(again) == [model] and again[model]["model_name"] == "AnyModel", again.keys())
    check(again[model]["state"]["state"]["choices"] == [], "the reloaded page is elsewhere")
    replies(kc, send(kc, "comm_close", {"comm_id": model, "data": {}}))
    check(states(kc) == {}, "the closed model is there")


def text(kc):
    """Answers by what the questions offer: the second thread whenever that is possible."""
    asked = []

    def answer(msg):
        prompt = msg["content"]["prompt"]
        asked.append(prompt)
        words = ["nonsense", "77", "u"]
        if len(asked) <= len(words):
            return kc.input(words[len(asked) - 1])
        choices = [p.split()[0] for p in prompt.split("; u, r, q")[0].split(" / ") if p[:1].isdigit()]
        kc.input(choices[-1] if choices and len(asked) < 300 else "q")

    printed = []
    reply = kc.execute_interactive(
        CELL.replace("%%schedule", "%%schedule text"), allow_stdin=True, stdin_hook=answer, timeout=PATIENCE,
        output_hook=lambda m: printed.append(m["content"].get("text", "")))
    check(reply["content"]["status"] == "ok", reply["content"])
    out = "".join(printed)
    for part in ('"nonsense" is no choice', "There is no thread 77", "Nothing was chosen yet", "The run has ended with 2"):
        check(part in out, f"no {part!r} in {out}")


def goals(kc):
    """What the best answers of real cells need."""
    for words, code, want in [
        ("goal=critical python=3.12", "enter := func() { section.With(func() {}) }", "the best answer needs 1 preemption"),
        ("goal=critical python=3.12", "enter := func() { lock.With(func() { section.With(nil) }) }", "no schedule reaches it"),
        ("goal=critical python=3.13t", "enter := func() { section.With(nil) }", "the best answer needs 1 preemption"),
        ("goal=lost-update python=3.12", "enter := func() { n++ }", "no schedule reaches it"),
        ("goal=lost-update python=3.13t", "enter := func() { n++ }", "the best answer needs"),
    ]:
        cell = f"""%%schedule page {words}
import ("gilkernel/runtime/explore"; "gilkernel/runtime/threading")
var section explore.CriticalSection
var lock threading.Lock
n := 0
{code}
a, b := threading.NewThread(enter), threading.NewThread(enter)
a.Start(); b.Start()
a.Join(); b.Join()
_, _ = &section, &lock
n"""
        out = replies(kc, kc.execute(cell))
        shown = [m["content"]["data"]["text/plain"] for m in out if m["msg_type"] == "display_data"]
        check(shown and want in shown[0], f"{words} {code}: {shown or [m['content'] for m in out]}")


def page():
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(nb, kernel_name="gilkernel", timeout=PATIENCE).execute()
    nbformat.validate(nb)
    data = nb.cells[0].outputs[0].data
    check("application/vnd.jupyter.widget-view+json" not in data, data.keys())
    check("page(document.getElementById(" in data["text/html"], "no script")
    check("Goal reached with 1 preemption" in data["text/plain"], data["text/plain"])


km, kc = start_new_kernel(kernel_name="gilkernel")
try:
    text(kc)
    goals(kc)
    widget(kc)
finally:
    kc.stop_channels()
    km.shutdown_kernel(now=True)
page()
print("ok")
