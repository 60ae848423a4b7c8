// A page in Chromium, for the scripts beside it. It reads the config that node's first argument names; see the Go tests
// that write it.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

export const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
export const browser = await chromium.launch({
  executablePath: config.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
export const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
page.setDefaultTimeout(config.timeout ?? 240000);

export const logged = []; // what the page complains of
page.on("console", (m) => { if (m.type() === "error" || m.text().includes("widget")) logged.push(m.text()); });

let shots = 0;
export const shoot = async (name) =>
  page.screenshot({ path: `${config.shots}/${String(++shots).padStart(2, "0")}-${name}.png` });

// step does something, prints a line, and ends everything if it fails.
export async function step(name, f) {
  const start = Date.now();
  try {
    await f();
    console.log(`ok   ${name} (${Date.now() - start} ms)`);
  } catch (e) {
    await shoot("failed").catch(() => {});
    console.log(`FAIL ${name}: ${e.message}\n${logged.slice(-20).join("\n")}`);
    await browser.close();
    process.exit(1);
  }
}

export const check = (ok, text) => { if (!ok) throw new Error(text); };
export const panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
export const cells = panel.locator(".jp-Cell");
