// Drives a JupyterLab in Chromium as a learner would, by menus and keys, and fails when the page does
// not show what a learner should see. Usage: node drive.mjs CONFIG.json; see the Go test that writes
// the config. Prints one line a step; the exit status is 1 at the first step that fails.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const browser = await chromium.launch({
  executablePath: config.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
page.setDefaultTimeout(config.timeout ?? 60000);
let shots = 0;
const shoot = async (name) => page.screenshot({ path: `${config.shots}/${String(++shots).padStart(2, "0")}-${name}.png` });

async function step(name, f) {
  const start = Date.now();
  try {
    await f();
    console.log(`ok   ${name} (${Date.now() - start} ms)`);
  } catch (e) {
    await shoot("failed").catch(() => {});
    console.log(`FAIL ${name}: ${e.message}`);
    await browser.close();
    process.exit(1);
  }
}

const check = (ok, text) => { if (!ok) throw new Error(text); };
const panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
const cells = panel.locator(".jp-Cell");

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

await step("open the lesson", async () => {
  await page.goto(config.url);
  await panel.waitFor();
  await cells.first().waitFor();
  // The indicator in the notebook says idle before a kernel is there; the status bar knows better.
  await page.locator("#jp-main-statusbar").getByText(/\| Idle/).waitFor();
  await idle();
  await shoot("opened");
});

// Unsaved notebooks have a dot in their tab.
const unsaved = async () => (await page.locator(".lm-TabBar-tab.jp-mod-dirty").count()) > 0;

await step("opening a lesson doesn't change it", async () => {
  await page.waitForTimeout(1000); // the model is written to after the kernel has said who it is
  check(!(await unsaved()), "the lesson is marked as unsaved");
});

await step("run all cells", async () => {
  await menu("Run", "Run All Cells");
  await page.locator(".lm-TabBar-tab.jp-mod-dirty").waitFor(); // or else the step above would prove nothing
  // The last code cell has a number when all have run.
  await page.waitForFunction(() => {
    const prompts = [...document.querySelectorAll(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .jp-InputPrompt")];
    return /\[\d+\]/.test(prompts.at(-1)?.textContent ?? "");
  });
  await idle();
  await shoot("run-all");
});

await step("the page shows what the lesson promises", async () => {
  const seen = new Map(config.expect.map((e) => [e, false]));
  let pictures = 0, errors = 0;
  const count = await page.evaluate(() => document.querySelectorAll(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").length);
  check(count > 3, `only ${count} cells are on the page`);
  for (let i = 0; i < count; i++) {
    const cell = panel.locator(`.jp-Cell[data-windowed-list-index="${i}"]`).first();
    const any = (await cell.count()) ? cell : cells.nth(i);
    await any.scrollIntoViewIfNeeded();
    const text = await any.innerText();
    for (const e of seen.keys()) if (text.includes(e)) seen.set(e, true);
    pictures += await any.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").count();
    errors += await any.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"], .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"] .ansi-red-fg').count();
    if (i % 6 === 5) await shoot(`cells-${i}`);
  }
  const missing = [...seen].filter(([, s]) => !s).map(([e]) => e);
  check(missing.length === 0, `not on the page: ${JSON.stringify(missing)}`);
  check(pictures >= config.pictures, `${pictures} pictures are on the page, ${config.pictures} expected`);
  console.log(`     ${count} cells, ${pictures} pictures, ${errors} error outputs`);
});

await step("complete with Tab", async () => {
  await newCell(config.complete.code);
  await page.keyboard.press("Tab");
  const box = page.locator(".jp-Completer:visible");
  await Promise.race([
    box.waitFor(),
    page.waitForFunction((w) => document.querySelector(".jp-Cell.jp-mod-active .cm-content")?.textContent.includes(w), config.complete.becomes),
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
  await page.waitForFunction(() => document.querySelector(".jp-Cell.jp-mod-active .jp-InputPrompt")?.textContent.includes("*"));
  await page.waitForTimeout(700); // let it spin
  const start = Date.now();
  await menu("Kernel", "Interrupt Kernel");
  await page.waitForFunction(() => !document.querySelector(".jp-Cell.jp-mod-active .jp-InputPrompt")?.textContent.includes("*"));
  const text = await output(cell);
  check(text.includes(config.interrupted), `after the interrupt the cell shows ${JSON.stringify(text)}`);
  console.log(`     ended ${Date.now() - start} ms after the menu was opened`);
  await shoot("interrupt");
});

await step("variables are kept after an interrupt", async () => {
  await newCell(config.kept.code);
  await run();
  await page.waitForFunction((w) => document.querySelector(".jp-Cell.jp-mod-active .jp-OutputArea")?.innerText.includes(w), config.kept.want);
});

await step("restart, and the next cell is number 1", async () => {
  await menu("Kernel", "Restart Kernel…");
  await page.locator(".jp-Dialog .jp-mod-accept").click();
  await page.waitForTimeout(300);
  await idle();
  const cell = await newCell(config.after.code);
  await run();
  await page.waitForFunction((w) => document.querySelector(".jp-Cell.jp-mod-active .jp-OutputArea")?.innerText.includes(w), config.after.want);
  await idle();
  const p = await prompt(cell);
  check(p === "[1]:", `the cell's prompt is ${p}`);
  await shoot("restart");
});

await browser.close();
