// Drives the widget of %%schedule in a real JupyterLab in Chromium. Usage: node schedule.mjs CONFIG.json; see the Go test
// that writes the config. Prints one line a step; the exit status is 1 at the first step that fails.
import { browser, cells, check, config, logged, page, panel, shoot, step } from "./page.mjs";

async function ready() {
  await page.locator("#jp-main-statusbar").getByText(/\| Idle/).waitFor();
}

// newCell adds a cell at the end, runs the code in it, and returns its stepper.
async function newCell(code) {
  await panel.locator(".jp-Notebook-footer, .jp-Notebook").last().waitFor();
  const index = await panel.locator(".gk-steps").count();
  await panel.locator(".jp-Notebook-footer").click();
  const cell = cells.last();
  await cell.locator(".cm-content").click();
  await page.keyboard.insertText(code);
  await page.keyboard.press("Control+Enter");
  const stepper = panel.locator(".gk-steps").nth(index);
  await stepper.waitFor();
  await stepper.scrollIntoViewIfNeeded();
  return stepper;
}

const seq = async (s) => Number(await s.getAttribute("data-seq"));
const said = async (s) => s.locator(".gk-said").textContent();
const reached = async (s) => (await s.locator(".gk-reached").count()) > 0;

// after does something to a stepper and waits until its state has changed.
async function after(s, f) {
  const before = await seq(s);
  await f();
  await page.waitForFunction(([e, n]) => Number(e.getAttribute("data-seq")) > n, [await s.elementHandle(), before]);
}
const press = (s, key) => after(s, async () => { await s.focus(); await page.keyboard.press(key); });
const click = (s, i) => after(s, () => s.locator(".gk-thread button").nth(i).click());
const can = async (s, i) => (await s.locator(".gk-thread button").nth(i).getAttribute("aria-disabled")) === "false";
const where = async (s, i) => s.locator(".gk-thread").nth(i).locator(".gk-state").textContent();

// plain returns who goes next without a preemption: who runs, or the first that can.
async function plain(s) {
  return s.evaluate((root) => {
    const cards = [...root.querySelectorAll(".gk-thread")];
    const runs = cards.findIndex((c) => c.classList.contains("gk-runs") && !c.classList.contains("gk-cannot"));
    return runs >= 0 ? runs : cards.findIndex((c) => !c.classList.contains("gk-cannot"));
  });
}

// drive follows a plan: each of its turns lets a thread go on (-1: without a preemption) until what is said, or the state
// of thread 1, matches. A thread that isn't there yet is waited for.
async function drive(s, act, plan) {
  for (const { thread, until } of plan) {
    for (let n = 0; !(await reached(s)); n++) {
      check(n < 200, `${thread} never gets to ${until}: ${await said(s)}`);
      if (n > 0 && new RegExp(until).test(`${await said(s)}\n${(await s.locator(".gk-thread").count()) > 1 ? await where(s, 1) : ""}`)) break;
      const there = (await s.locator(".gk-thread").count()) > thread;
      const next = thread >= 0 && there && await can(s, thread) ? thread : thread >= 0 && !there ? 0 : await plain(s);
      check(next >= 0, `nobody can go on: ${await said(s)}`);
      await act(s, next);
    }
  }
}

await step("open JupyterLab", async () => {
  await page.goto(config.url + "&reset");
  await panel.waitFor();
  await ready();
});

let lost;
await step("a lost update by keys", async () => {
  lost = await newCell(config.lostUpdate);
  await shoot("begin");
  check((await lost.locator(".gk-goal").textContent()).includes("The best answer needs 1 preemption"), await lost.locator(".gk-goal").textContent());
  await drive(lost, (s, i) => press(s, String(i)), config.lostUpdatePlan);
  check(await reached(lost), `not reached: ${await said(lost)}`);
  check((await lost.locator(".gk-goal").textContent()).includes("Reached with 1 preemption"), await lost.locator(".gk-goal").textContent());
  check((await said(lost)).includes("Goal reached"), "a screen reader isn't told");
  await shoot("lost-light");
});

await step("what can't be chosen is refused", async () => {
  const before = await lost.locator(".gk-strip li").count();
  await press(lost, "9");
  check(/There is no thread 9|The run has ended/.test(await said(lost)), await said(lost));
  check(await lost.locator(".gk-strip li").count() === before, "the path has changed");
});

await step("undo to the beginning, and the same again", async () => {
  const path = async () => (await lost.locator(".gk-strip li").allTextContents()).join("|");
  const whole = await path();
  while ((await lost.locator(".gk-undo").getAttribute("aria-disabled")) === "false") await press(lost, "u");
  check(!(await reached(lost)), "the goal is reached at the beginning");
  await drive(lost, (s, i) => press(s, String(i)), config.lostUpdatePlan);
  check(await path() === whole, `another path: ${await path()} instead of ${whole}`);
  await press(lost, "r");
  check((await said(lost)).startsWith("From the beginning"), await said(lost));
});

await step("300 undos", async () => {
  const times = await lost.evaluate(async (root) => {
    const act = (key) => new Promise((done) => {
      const start = performance.now();
      const before = root.getAttribute("data-seq");
      const seen = new MutationObserver(() => {
        if (root.getAttribute("data-seq") !== before) { seen.disconnect(); done(performance.now() - start); }
      });
      seen.observe(root, { attributes: true });
      root.dispatchEvent(new KeyboardEvent("keydown", { key }));
    });
    const able = (c) => !c.classList.contains("gk-cannot");
    const all = [];
    while (all.length < 300) {
      let n = 0;
      for (; n < 10; n++) {
        const cards = [...root.querySelectorAll(".gk-thread")];
        const runs = cards.findIndex((c) => able(c) && c.classList.contains("gk-runs"));
        const next = runs >= 0 ? runs : cards.findIndex(able);
        if (next < 0) break;
        await act(String(next));
      }
      if (n === 0) throw new Error("nobody can go on");
      for (; n > 0; n--) all.push(await act("u"));
    }
    return all;
  });
  times.sort((a, b) => a - b);
  const p = (q) => times[Math.floor(q * (times.length - 1))].toFixed(1);
  console.log(`     ${times.length} undos: median ${p(0.5)} ms, p95 ${p(0.95)} ms, slowest ${p(1)} ms`);
});

await step("dark", async () => {
  await page.evaluate(() => document.body.setAttribute("data-jp-theme-light", "false"));
  await page.locator("#jp-MainMenu .lm-MenuBar-item", { hasText: /^Settings$/ }).click();
  await page.locator(".lm-Menu .lm-Menu-itemLabel", { hasText: "Theme" }).first().click();
  await page.locator(".lm-Menu .lm-Menu-itemLabel", { hasText: /^JupyterLab Dark$/ }).first().click();
  await page.waitForFunction(() => document.body.getAttribute("data-jp-theme-name") === "JupyterLab Dark");
  await drive(lost, (s, i) => press(s, String(i)), config.lostUpdatePlan);
  await page.waitForTimeout(1000);
  await lost.scrollIntoViewIfNeeded();
  await shoot("lost-dark");
});

await step("a deadlock by mouse", async () => {
  const s = await newCell(config.deadlock);
  await drive(s, click, config.deadlockPlan);
  check(await reached(s), `not reached: ${await said(s)}`);
  await s.scrollIntoViewIfNeeded();
  await shoot("deadlock");
  await after(s, () => s.locator(".gk-undo").click());
  check(!(await reached(s)), "the goal is still reached after an undo");
  await after(s, () => s.locator(".gk-reset").click());
});

await step("a reloaded page has its widgets", async () => {
  const before = await lost.locator(".gk-said").textContent();
  const cellsBefore = await cells.count();
  await lost.focus();
  for (const key of ["d", "d", "x", "Escape"]) await page.keyboard.press(key); // JupyterLab's, were they meant for it
  check(await cells.count() === cellsBefore, "a key of the widget deleted a cell");
  await page.keyboard.press("Control+s"); // but this one is
  await page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty").waitFor({ state: "detached" });
  await page.goto(config.url);
  await panel.waitFor();
  await ready();
  lost = panel.locator(".gk-steps").first();
  await lost.waitFor();
  check(await said(lost) === before, `${await said(lost)} instead of ${before}`);
  await press(lost, "r");
});

await step("a restarted kernel is said to be gone", async () => {
  await page.locator("#jp-MainMenu .lm-MenuBar-item", { hasText: /^Kernel$/ }).click();
  await page.locator(".lm-Menu .lm-Menu-itemLabel", { hasText: "Restart Kernel…" }).first().click();
  await page.locator(".jp-Dialog .jp-mod-accept").click();
  await page.waitForFunction((e) => e.querySelector(".gk-said").textContent.includes("gone"), await lost.elementHandle());
  await ready();
  const s = await newCell(config.lostUpdate);
  await press(s, "r");
});

await step("a recorded page needs no kernel", async () => {
  const alone = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: "dark" });
  alone.on("pageerror", (e) => logged.push(e.message));
  await alone.goto(`file://${config.page}`);
  const s = alone.locator(".gk-steps");
  await s.waitFor();
  const undo = async () => (await s.locator(".gk-undo").getAttribute("aria-disabled")) === "false";
  await drive(s, async (s, i) => { await s.focus(); await alone.keyboard.press(String(i)); }, config.lostUpdatePlan);
  check(await reached(s), `not reached: ${await said(s)}`);
  await alone.screenshot({ path: `${config.shots}/schedule-page.png`, fullPage: true });
  while (await undo()) await alone.keyboard.press("u");
  await alone.keyboard.press("9");
  check((await said(s)).includes("There is no thread 9"), await said(s));
  await alone.close();
});

await browser.close();
