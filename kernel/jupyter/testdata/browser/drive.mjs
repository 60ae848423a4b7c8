// Drives a JupyterLab in Chromium as a learner would, by menus and keys, and fails when the page does
// not show what a learner should see. Usage: node drive.mjs CONFIG.json; see the Go test that writes
// the config. Prints one line a step; the exit status is 1 at the first step that fails.
import { readFileSync } from "node:fs";
import { browser, cells, check, config, page, panel, shoot, step } from "./page.mjs";

async function menu(top, item) {
  await page.locator("#jp-MainMenu .lm-MenuBar-item", { hasText: new RegExp(`^${top}$`) }).click();
  await page.locator(".lm-Menu .lm-Menu-itemLabel", { hasText: item }).first().click();
}

async function idle() {
  await page.waitForFunction(() => {
    const nb = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden)");
    const prompts = [...nb.querySelectorAll(".jp-InputPrompt")].map((e) => e.textContent);
    const status = nb.querySelector(".jp-Notebook-ExecutionIndicator")?.getAttribute("data-status");
    return status === "idle" && !prompts.some((t) => t.includes("*"));
  });
}

// newCell opens an empty code cell at the end, enters code and returns the cell. All but the last key
// is inserted at once, so that the editor's automatic brackets and indents stay out of the way.
async function newCell(code) {
  const last = cells.last();
  await last.scrollIntoViewIfNeeded();
  await last.locator(".jp-InputPrompt, .jp-RenderedMarkdown").first().click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await page.keyboard.press("Enter");
  const cell = panel.locator(".jp-Cell.jp-mod-active");
  await page.keyboard.insertText(code.slice(0, -1));
  await page.keyboard.type(code.slice(-1));
  await page.waitForTimeout(300); // the completer enables itself once it has seen the cell
  return cell;
}

const run = async () => page.keyboard.press("Control+Enter");
const prompt = async (cell) => (await cell.locator(".jp-InputPrompt").first().textContent()).trim();
const output = async (cell) => cell.locator(".jp-OutputArea").innerText();

// Unsaved notebooks have a dot in their tab.
const unsaved = async () => (await page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty").count()) > 0;

// The kernel of the notebook in front is there and idle; the indicator in the notebook says idle before a kernel is there, the status bar knows better.
const ready = async () => {
  await page.locator("#jp-main-statusbar").getByText(/\| Idle/).waitFor();
  await idle();
};

// scroll goes through the notebook from its top to its end, because a cell that was never on the page was never rendered. It calls look at each
// place, once what is there is drawn.
async function scroll(look) {
  const to = (f) => page.evaluate(async (part) => {
    const e = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer");
    const before = e.scrollTop;
    e.scrollTop = part === 0 ? 0 : before + part * e.clientHeight;
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
    return e.scrollTop > before;
  }, f);
  await to(0);
  do {
    await drawn();
    await look?.();
  } while (await to(0.8));
}

// drawn waits until the charts and graphs of all cells that are on the page are drawn.
const drawn = () => page.waitForFunction(() => [...document.querySelectorAll(
  ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-RenderedVegaCommon5, .jp-NotebookPanel:not(.lm-mod-hidden) .jp-RenderedMermaid")]
  .every((e) => e.querySelector("canvas, svg, img")));

// Saving asks nothing if the file is as JupyterLab has read it; the server's answer says that it is done.
async function save(name) {
  const done = page.waitForResponse((r) => r.request().method() === "PUT" && r.url().includes(`/api/contents/${name}`));
  await menu("File", "Save Notebook");
  check((await done).ok(), "the server refused to save");
}

// The last of them, 00-start, stays open for the steps below.
for (const lesson of config.lessons) {
  await step(`${lesson.file}: open, look at all of it, save`, async () => {
    // JupyterLab would bring the lessons before this one back first, and with a slow start one of them would be looked at in its place.
    await page.goto(config.url.replace("00-start.ipynb", lesson.file) + "&reset");
    await page.locator(".lm-TabBar-tab.jp-mod-current", { hasText: lesson.file }).waitFor();
    await panel.waitFor();
    await cells.first().waitFor();
    await ready();
    await scroll();
    await shoot(lesson.file);
    check(!(await unsaved()), "the lesson is marked as unsaved");
    await save(lesson.file);
    const now = readFileSync(`${config.folder}/${lesson.file}`);
    const before = readFileSync(`${config.shipped}/${lesson.file}`);
    if (!now.equals(before)) {
      let at = 0;
      while (now[at] === before[at]) at++;
      const near = (b) => JSON.stringify(b.subarray(Math.max(0, at - 200), at + 100).toString());
      throw new Error(`saving it changed the file:\nfrom ${near(before)}\nto   ${near(now)}`);
    }
  });
  await step(`${lesson.file}: run all`, async () => {
    await page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").click({ position: { x: 5, y: 200 } });
    await menu("Kernel", "Restart Kernel and Run All Cells…");
    await page.locator(".jp-Dialog .jp-mod-accept").click();
    await page.locator(".lm-TabBar-tab.jp-mod-dirty").waitFor(); // or else "unsaved" above would prove nothing
    await page.waitForFunction((n) => {
      const nb = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden)");
      const prompts = [...nb.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map((e) => e.textContent);
      return prompts.filter((t) => /\[\d+\]/.test(t)).length >= n && !prompts.some((t) => t.includes("*"));
    }, lesson.cells);
    await ready();
    await shoot(`${lesson.file}-run`);
    await save(lesson.file);
    // What the page has is what it saves.
    const failed = JSON.parse(readFileSync(`${config.folder}/${lesson.file}`)).cells.flatMap((c, i) =>
      (c.outputs ?? []).filter((o) => o.output_type === "error").map((o) => [i, `${o.ename}: ${o.evalue}`]));
    const surprises = failed.filter(([i]) => !lesson.raises.includes(i));
    check(surprises.length === 0, JSON.stringify(surprises));
  });
}

await step("the page shows what the lesson promises", async () => {
  const seen = new Map(config.expect.map((e) => [e, false]));
  let pictures = 0;
  await scroll(async () => {
    const text = await panel.innerText();
    for (const e of seen.keys()) if (text.includes(e)) seen.set(e, true);
    pictures = Math.max(pictures, await panel.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg, .vega-embed canvas").count());
  });
  const missing = [...seen].filter(([, s]) => !s).map(([e]) => e);
  check(missing.length === 0, `not on the page: ${JSON.stringify(missing)}`);
  check(pictures >= config.pictures, `${pictures} pictures are on the page, ${config.pictures} expected`);
});

await step("complete with Tab", async () => {
  await newCell(config.complete.code);
  await page.keyboard.press("Tab");
  const box = page.locator(".jp-Completer:visible");
  await Promise.race([
    box.waitFor(),
    page.waitForFunction((w) => document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active .cm-content")?.textContent.includes(w), config.complete.becomes),
  ]);
  if (await box.count()) {
    const text = await box.innerText();
    check(text.includes(config.complete.want), `the completer shows ${JSON.stringify(text)}`);
    await shoot("complete");
    await page.keyboard.press("Escape");
  }
});

await step("inspect with Shift-Tab", async () => {
  await newCell(config.inspect.code);
  await page.keyboard.press("Shift+Tab");
  const tip = page.locator(".jp-Tooltip");
  await tip.waitFor();
  const text = await tip.innerText();
  check(text.includes(config.inspect.want), `the tooltip shows ${JSON.stringify(text)}`);
  await shoot("inspect");
  await page.keyboard.press("Escape");
});

for (const c of config.drawn) {
  await step(c.name, async () => {
    const cell = await newCell(c.code);
    await run();
    await cell.locator(c.picture).first().waitFor();
    await idle();
    const text = await output(cell);
    for (const e of c.expect) check(text.includes(e), `the cell shows ${JSON.stringify(text)}, without ${JSON.stringify(e)}`);
    await cell.locator(c.picture).first().scrollIntoViewIfNeeded();
    await page.waitForTimeout(500); // what is drawn late
    await shoot(c.name.replaceAll(" ", "-"));
  });
}

await step("interrupt an endless loop", async () => {
  const cell = await newCell(config.spin);
  await run();
  await page.waitForFunction(() => document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active .jp-InputPrompt")?.textContent.includes("*"));
  await page.waitForTimeout(700); // let it spin
  const start = Date.now();
  await menu("Kernel", "Interrupt Kernel");
  await page.waitForFunction(() => !document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active .jp-InputPrompt")?.textContent.includes("*"));
  const text = await output(cell);
  check(text.includes(config.interrupted), `after the interrupt the cell shows ${JSON.stringify(text)}`);
  console.log(`     ended ${Date.now() - start} ms after the menu was opened`);
  await shoot("interrupt");
});

await step("variables are kept after an interrupt", async () => {
  await newCell(config.kept.code);
  await run();
  await page.waitForFunction((w) => document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active .jp-OutputArea")?.innerText.includes(w), config.kept.want);
});

await step("restart, and the next cell is number 1", async () => {
  await menu("Kernel", "Restart Kernel…");
  await page.locator(".jp-Dialog .jp-mod-accept").click();
  await page.waitForTimeout(300);
  await idle();
  const cell = await newCell(config.after.code);
  await run();
  await page.waitForFunction((w) => document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active .jp-OutputArea")?.innerText.includes(w), config.after.want);
  await idle();
  const p = await prompt(cell);
  check(p === "[1]:", `the cell's prompt is ${p}`);
  await shoot("restart");
});

await browser.close();
