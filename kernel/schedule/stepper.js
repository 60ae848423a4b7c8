// The stepper of %%schedule: threads side by side, and the person chooses who goes next. It is a module for anywidget
// (the default export), which asks the kernel, and for a page (page), which has all states in a recording.

const css = `
.gk-steps { --ink: var(--jp-ui-font-color1, var(--vscode-editor-foreground, #1a1a1a));
  --paper: var(--jp-layout-color1, var(--vscode-editor-background, #fff));
  --soft: var(--jp-layout-color2, var(--vscode-editorWidget-background, #f2f3f5));
  --line: var(--jp-border-color1, var(--vscode-panel-border, #c4c8ce));
  --dim: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #5d6570));
  --mark: var(--jp-brand-color1, var(--vscode-focusBorder, #0b57d0));
  --bad: var(--jp-error-color1, var(--vscode-errorForeground, #b3261e));
  --good: var(--jp-success-color1, var(--vscode-testing-iconPassed, #1b7f3b));
  color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 4px; padding: 10px 12px;
  font: 14px/1.45 var(--jp-ui-font-family, system-ui, sans-serif); max-width: 100%; box-sizing: border-box; }
@media (prefers-color-scheme: dark) { .gk-steps.gk-page { --ink: #e4e6ea; --paper: #16181c; --soft: #22262d; --line: #4a515b;
  --dim: #a4adb8; --mark: #8ab4f8; --bad: #f2938c; --good: #7fd398; } }
.gk-steps:focus { outline: 2px solid var(--mark); outline-offset: 1px; }
.gk-steps * { box-sizing: border-box; }
.gk-steps code, .gk-steps pre, .gk-steps td { font: 13px/1.5 var(--jp-code-font-family, ui-monospace, "DejaVu Sans Mono", monospace);
  color: inherit; background: none; }
.gk-steps .gk-goal { margin: 0 0 8px; }
.gk-steps .gk-reached { color: var(--good); font-weight: 600; }
.gk-steps .gk-said { min-height: 1.45em; margin: 8px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.gk-steps .gk-threads { display: flex; gap: 10px; overflow-x: auto; padding: 2px; align-items: stretch; }
.gk-steps .gk-thread { flex: 1 1 16em; min-width: 15em; max-width: 34em; border: 1px solid var(--line); border-radius: 4px;
  background: var(--soft); display: flex; flex-direction: column; }
.gk-steps .gk-thread.gk-cannot { color: var(--dim); border-style: dashed; }
.gk-steps .gk-thread.gk-runs { border-color: var(--mark); }
.gk-steps .gk-source { margin: 0; padding: 4px 0; overflow-x: auto; flex: 1; max-height: 22em; overflow-y: auto;
  border: 0; background: var(--paper); color: inherit; }
.gk-steps .gk-source div { padding: 0 8px; white-space: pre; border-left: 3px solid transparent; }
.gk-steps .gk-source .gk-next { border-left-color: var(--mark);
  background: color-mix(in srgb, var(--mark) 16%, transparent); }
.gk-steps .gk-source .gk-here { text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 3px;
  font-weight: 700; }
.gk-steps .gk-number { color: var(--dim); user-select: none; display: inline-block; width: 2em; text-align: right;
  margin-right: .8em; }
.gk-steps .gk-name { font-weight: 600; padding: 6px 8px 2px; }
.gk-steps .gk-state { padding: 0 8px 6px; font-size: 13px; min-height: 2.9em; overflow-wrap: anywhere; }
.gk-steps button { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--line);
  border-radius: 4px; padding: 5px 10px; cursor: pointer; text-align: left; }
.gk-steps button:hover { border-color: var(--mark); }
.gk-steps button:focus-visible { outline: 2px solid var(--mark); outline-offset: 1px; }
.gk-steps button[aria-disabled=true] { color: var(--dim); cursor: not-allowed; border-style: dashed; background: none; }
.gk-steps .gk-thread button { margin: 6px 8px 8px; }
.gk-steps kbd { font: 12px/1 var(--jp-code-font-family, ui-monospace, monospace); border: 1px solid var(--line);
  border-radius: 3px; padding: 1px 5px; background: var(--soft); color: inherit; }
.gk-steps .gk-facts { display: flex; flex-wrap: wrap; gap: 6px 24px; margin: 8px 0; }
.gk-steps table.gk-table { border-collapse: collapse; margin: 0; border: 0; }
.gk-steps .gk-table caption { text-align: left; color: var(--dim); font-size: 12px; padding: 0; }
.gk-steps .gk-table td, .gk-steps .gk-table th { border: 1px solid var(--line); padding: 2px 8px; text-align: left;
  font-weight: 400; background: none; max-width: 40em; overflow-wrap: anywhere; white-space: normal; }
.gk-steps .gk-table td.gk-new { font-weight: 700; color: var(--mark); }
.gk-steps .gk-strip { display: flex; flex-wrap: wrap; gap: 2px; margin: 6px 0; padding: 0; list-style: none; max-height: 9em;
  overflow-y: auto; }
.gk-steps .gk-strip li { margin: 0; border: 1px solid var(--line); border-radius: 3px; padding: 0 5px; font-size: 12px;
  line-height: 1.6; max-width: 22em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.gk-steps .gk-strip li.gk-preempts { border-left: 3px solid var(--bad); }
.gk-steps .gk-strip li.gk-lane1, .gk-steps .gk-thread.gk-lane1 .gk-name { background: color-mix(in srgb, #3b82f6 18%, transparent); }
.gk-steps .gk-strip li.gk-lane2, .gk-steps .gk-thread.gk-lane2 .gk-name { background: color-mix(in srgb, #f59e0b 22%, transparent); }
.gk-steps .gk-strip li.gk-lane3, .gk-steps .gk-thread.gk-lane3 .gk-name { background: color-mix(in srgb, #10b981 20%, transparent); }
.gk-steps .gk-strip li.gk-lane4, .gk-steps .gk-thread.gk-lane4 .gk-name { background: color-mix(in srgb, #a855f7 20%, transparent); }
.gk-steps .gk-buttons { display: flex; gap: 8px; align-items: center; flex-wrap: wrap; }
.gk-steps .gk-note { color: var(--dim); font-size: 12px; }
.gk-steps .gk-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

const lanes = 4;

// make returns an element with attributes and children; text becomes text, never HTML.
function make(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== undefined && value !== null && value !== false) e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.filter((c) => c !== undefined && c !== null && c !== ""));
  return e;
}

const laneOf = (thread) => `gk-lane${thread === 0 ? 0 : ((thread - 1) % lanes) + 1}`;
const sameStep = (a, b) => a.thread === b.thread && a.text === b.text && a.line === b.line && a.switch === b.switch;

// A Stepper draws a state, and calls act with what the person does: {action: "choose", thread}, {action: "undo"} or
// {action: "reset"}.
class Stepper {
  constructor(el, act, page) {
    this.act = act;
    this.cards = [];
    this.strip = [];
    this.variables = new Map();
    this.root = make("div", {
      class: page ? "gk-steps gk-page" : "gk-steps", tabindex: "0", role: "group",
      "aria-label": "Schedule: press the number of the thread that goes next, u to undo, r to begin again",
    });
    this.goal = make("p", { class: "gk-goal" });
    this.said = make("p", { class: "gk-said", role: "status", "aria-live": "polite", "aria-atomic": "true" });
    this.threads = make("div", { class: "gk-threads" });
    this.facts = make("div", { class: "gk-facts" });
    this.path = make("ol", { class: "gk-strip", "aria-label": "The path so far" });
    this.undo = make("button", { type: "button", class: "gk-undo" }, make("kbd", {}, "u"), " Undo");
    this.reset = make("button", { type: "button", class: "gk-reset" }, make("kbd", {}, "r"), " Begin again");
    this.note = make("span", { class: "gk-note" });
    this.undo.addEventListener("click", () => this.act({ action: "undo" }));
    this.reset.addEventListener("click", () => this.act({ action: "reset" }));
    // JupyterLab takes keys at the document, before an output gets them. The window is before that.
    this.listen = (e) => this.key(e);
    window.addEventListener("keydown", this.listen, true);
    this.root.append(make("style", {}, css), this.goal, this.threads, this.said, this.facts, this.path,
      make("div", { class: "gk-buttons" }, this.undo, this.reset, this.note));
    el.replaceChildren(this.root);
  }

  // dispose ends what the stepper listens to.
  dispose() { window.removeEventListener("keydown", this.listen, true); }

  // key takes the keys that are meant here. Others without Ctrl and the like do what they do in any page, and nothing to
  // the notebook around it: Enter presses a button, "dd" deletes no cell.
  key(e) {
    if (!this.root.contains(e.target) || e.ctrlKey || e.metaKey || e.altKey || e.key === "Tab") return;
    if (e.shiftKey && e.key === "Enter") return;
    e.stopImmediatePropagation();
    if (/^[0-9]$/.test(e.key)) this.choose(Number(e.key));
    else if (e.key === "u" || e.key === "r") this.act({ action: e.key === "u" ? "undo" : "reset" });
    else if (e.key === "ArrowRight" || e.key === "ArrowLeft") this.move(e.key === "ArrowRight" ? 1 : -1);
    else return;
    e.preventDefault();
  }

  // move puts the focus on the next button of a thread: with more than nine, keys are not enough.
  move(by) {
    const buttons = this.cards.map((c) => c.button);
    const at = buttons.indexOf(document.activeElement);
    buttons[at < 0 ? (by > 0 ? 0 : buttons.length - 1) : (at + by + buttons.length) % buttons.length]?.focus();
  }

  choose(thread) { this.act({ action: "choose", thread }); }

  // say shows, and lets a screen reader read, a sentence.
  say(text) { if (this.said.textContent !== text) this.said.textContent = text; }

  tell(note) { this.note.textContent = note; }

  // show draws a state; answer is the number of the action that it answers.
  show(state, answer) {
    const view = state.view;
    this.drawGoal(state);
    while (this.cards.length > view.threads.length) this.cards.pop().card.remove();
    view.threads.forEach((thread, i) => this.drawThread(view, thread, i));
    this.drawFacts(view);
    this.drawStrip(view);
    this.undo.setAttribute("aria-disabled", String(state.choices.length === 0));
    this.say(state.said);
    this.root.setAttribute("data-seq", String(answer));
  }

  drawGoal(state) {
    const used = state.used === 1 ? "1 preemption" : `${state.used === 0 ? "no" : state.used} preemptions`;
    const goal = state.goal;
    const parts = [`Python ${state.view.python}. `];
    if (goal) {
      parts.push(make("strong", {}, "Goal: "), `${goal.about}. `);
      if (goal.reached) parts.push(make("span", { class: "gk-reached" }, `Reached with ${used}: ${goal.why}. `));
      else parts.push(`${used[0].toUpperCase()}${used.slice(1)} so far. `);
      if (goal.answer) parts.push(make("span", { class: "gk-answer" }, `${goal.answer[0].toUpperCase()}${goal.answer.slice(1)}.`));
    } else {
      parts.push(`${used[0].toUpperCase()}${used.slice(1)} so far.`);
    }
    this.goal.replaceChildren(...parts);
  }

  drawThread(view, thread, i) {
    let c = this.cards[i];
    if (!c) {
      const name = make("div", { class: "gk-name" });
      const source = make("pre", { class: "gk-source" });
      const state = make("div", { class: "gk-state" });
      const button = make("button", { type: "button" });
      button.addEventListener("click", () => this.choose(i));
      const card = make("section", {}, name, state, source, button);
      c = this.cards[i] = { card, name, source, state, button };
      this.threads.append(card);
    }
    const next = view.now?.[i];
    const can = next?.can ?? false;
    const why = next ? next.why || "is blocked" : "the run has ended";
    c.card.className = `gk-thread ${laneOf(i)}${can ? "" : " gk-cannot"}${next?.runs ? " gk-runs" : ""}`;
    c.card.setAttribute("aria-label", thread.name);
    c.name.textContent = thread.name;
    c.state.textContent = can ? `${next.runs ? "runs: " : "ready: "}${next.text || "goes on"}` : why;
    const label = can ? next.text || "goes on" : "can't go on";
    c.button.replaceChildren(...(i < 10 ? [make("kbd", {}, String(i)), " "] : [`${i} `]), `${thread.name} ${label}`);
    c.button.setAttribute("aria-disabled", String(!can));
    c.button.title = can ? "" : why;
    this.drawSource(view, c.source, next);
  }

  // drawSource shows the cell in which the thread is, with the next line marked.
  drawSource(view, pre, next) {
    const at = next && next.source >= 0 && next.line > 0 ? next : null;
    const lines = at ? view.sources[at.source]?.lines ?? [] : view.sources.at(-1)?.lines ?? [];
    const sign = at ? `${at.source}:${at.line}:${at.column}:${at.width}` : "-";
    const key = `${sign}:${lines.length}`;
    if (pre.getAttribute("data-at") === key) return;
    pre.setAttribute("data-at", key);
    let marked = null;
    pre.replaceChildren(...lines.map((text, n) => {
      const here = at && at.line === n + 1;
      const row = make("div", here ? { class: "gk-next", "aria-current": "step" } : {},
        make("span", { class: "gk-number", "aria-hidden": "true" }, String(n + 1)));
      if (here && at.column > 0 && at.width > 0) {
        const chars = [...text];
        const from = at.column - 1;
        row.append(chars.slice(0, from).join(""), make("span", { class: "gk-here" }, chars.slice(from, from + at.width).join("")),
          chars.slice(from + at.width).join(""));
      } else {
        row.append(text || " ");
      }
      if (here) marked = row;
      return row;
    }));
    // scrollIntoView would move the page too
    if (marked) pre.scrollTop = Math.max(0, marked.offsetTop - pre.offsetTop - pre.clientHeight / 2);
  }

  drawFacts(view) {
    const name = (i) => view.threads[i]?.name ?? "?";
    const parts = [];
    if (view.variables?.length) {
      parts.push(make("table", { class: "gk-table" }, make("caption", {}, "Variables"),
        make("tbody", {}, ...view.variables.map((v) => {
          const changed = this.variables.has(v.name) && this.variables.get(v.name) !== v.value;
          return make("tr", {}, make("th", { scope: "row" }, make("code", {}, v.name)), make("td", changed ? { class: "gk-new" } : {}, v.value));
        }))));
    }
    if (view.locks?.length) {
      parts.push(make("table", { class: "gk-table" }, make("caption", {}, "Locks"), make("tbody", {}, ...view.locks.map((l) =>
        make("tr", {}, make("th", { scope: "row" }, make("code", {}, l.name)),
          make("td", {}, l.holders?.length ? `held by ${l.holders.map(name).join(", ")}` : "free"),
          make("td", {}, l.waiters?.length ? `waited for by ${l.waiters.map(name).join(", ")}` : ""))))));
    }
    this.facts.replaceChildren(...parts);
    this.variables = new Map((view.variables ?? []).map((v) => [v.name, v.value]));
  }

  drawStrip(view) {
    const steps = view.steps.filter((s) => !s.quiet);
    let keep = 0;
    while (keep < this.strip.length && keep < steps.length && sameStep(this.strip[keep], steps[keep])) keep++;
    while (this.path.childElementCount > keep) this.path.lastElementChild.remove();
    for (const step of steps.slice(keep)) {
      const name = view.threads[step.thread]?.name ?? "?";
      const text = `${step.thread} ${step.text}`;
      const place = step.line > 0 && view.sources[step.source] ? `, ${view.sources[step.source].label} line ${step.line}` : "";
      this.path.append(make("li", {
        class: `${laneOf(step.thread)}${step.switch === "preempts" ? " gk-preempts" : ""}`,
        title: `${name} ${step.text}${place}${step.switch === "preempts" ? " (another thread was preempted)" : ""}`,
      }, text));
    }
    this.strip = steps;
    this.path.scrollTop = this.path.scrollHeight;
  }
}

// Widget: the kernel has the states. What was shown before is shown at once again when it is undone; the kernel's answer
// follows. An answer to an earlier question than the last one is of no interest any more.
function render({ model, el }) {
  const patience = 15000;
  const self = Math.random().toString(36).slice(2);
  let wait = null;
  let asked = 0;
  let shown = null;
  const history = []; // states by the number of their choices
  const show = (state, answer) => {
    history.length = state.choices.length;
    history.push(state);
    shown = state;
    stepper.show(state, answer);
  };
  const stepper = new Stepper(el, (action) => {
    asked++;
    model.send({ ...action, page: self, id: asked });
    if (wait === null) {
      wait = setTimeout(() => stepper.say("The kernel doesn't answer: it is busy, or was restarted. Run the cell again if it stays silent."), patience);
    }
    const before = shown && history[shown.choices.length - 1];
    if (action.action === "undo" && before) show({ ...before, said: before.undone ?? before.said }, asked);
  }, false);
  const update = () => {
    const state = model.get("state");
    if (!state?.view) return;
    const mine = state.by?.page === self;
    if (mine && state.by.id < asked) return;
    clearTimeout(wait);
    wait = null;
    show(state, mine ? state.by.id : asked);
  };
  const gone = () => {
    clearTimeout(wait);
    stepper.say("This schedule belongs to a kernel that is gone: run the cell again.");
  };
  model.on("change:state", update);
  model.on("comm:close", gone);
  model.on("comm_live_update", gone);
  update();
  return () => {
    stepper.dispose();
    clearTimeout(wait);
    model.off("change:state", update);
    model.off("comm:close", gone);
    model.off("comm_live_update", gone);
  };
}

export default { render };

// unpack returns the recording in a text: base64 of gzip of JSON.
async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// page shows a recording in an element.
export async function page(el, text) {
  const record = await unpack(text);
  const children = record.nodes.map(() => new Map());
  record.nodes.forEach((n, i) => { if (n.parent >= 0) children[n.parent].set(n.choice, i); });
  let at = 0;
  let answers = 0;
  const chain = (i) => i < 0 ? [] : [...chain(record.nodes[i].parent), record.nodes[i]];
  const state = (said) => {
    const nodes = chain(at);
    const node = nodes.at(-1);
    const steps = nodes.reduce((all, n) => [...all.slice(0, n.keep), ...(n.steps ?? [])], []);
    const threads = nodes.reduce((all, n) => n.threads ?? all, []);
    return {
      choices: nodes.slice(1).map((n) => n.choice), used: node.used, said: said ?? node.said,
      view: { python: record.python, sources: record.sources ?? [], threads, steps, now: node.now, variables: node.variables, locks: node.locks },
      goal: record.goal ? { name: record.goal, about: record.about, reached: Boolean(node.why), why: node.why, answer: record.answer } : undefined,
    };
  };
  const show = (s) => stepper.show(s, answers++);
  const stepper = new Stepper(el, ({ action, thread }) => {
    const node = record.nodes[at];
    if (action === "undo" && node.parent < 0) return show(state("Nothing was chosen yet."));
    if (action === "undo") { at = node.parent; return show(state("Undone.")); }
    if (action === "reset") { at = 0; return show(state("From the beginning.")); }
    const next = children[at].get(thread);
    if (next !== undefined) { at = next; return show(state()); }
    const threads = state().view.threads;
    if (!node.now) return show(state("The run has ended: undo with u, or begin again with r."));
    if (!node.now[thread]) return show(state(`There is no thread ${thread}.`));
    if (!node.now[thread].can) return show(state(`${threads[thread].name} can't go on, it ${node.now[thread].why || "is blocked"}.`));
    return show(state("This page has no recording of that: run the cell in a kernel to go there."));
  }, true);
  if (!record.whole) stepper.tell(`${record.nodes.length} states were recorded; a kernel has them all.`);
  show(state());
}
