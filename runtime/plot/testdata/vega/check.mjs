// Compiles and draws each Vega-Lite specification of a folder. Usage: node check.mjs FOLDER. Prints a line of JSON for
// each: its name, what Vega-Lite and Vega complained of, and the texts that are in the drawing.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as vega from "vega";
import * as lite from "vega-lite";

const folder = process.argv[2];
for (const file of readdirSync(folder).filter((f) => f.endsWith(".vl.json"))) {
  const complaints = [];
  const note = (...words) => {
    const text = words.join(" ");
    if (!text.includes("Can not resolve event source: window")) complaints.push(text); // Node has none
    return logger;
  };
  const logger = { level: () => logger, error: note, warn: note, info: () => logger, debug: () => logger };
  const texts = [];
  try {
    const spec = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const compiled = lite.compile(spec, { logger });
    const view = new vega.View(vega.parse(compiled.spec, null, { logger }), { renderer: "none", logger });
    await view.runAsync();
    const svg = await view.toSVG();
    if (/NaN|undefined|Infinity/.test(svg)) note("the drawing has a NaN, an undefined or an Infinity");
    for (const [, t] of svg.matchAll(/>([^<]+)</g)) texts.push(t.replace(/&amp;/g, "&").replace(/&lt;/g, "<").replace(/&gt;/g, ">"));
  } catch (e) {
    note(e.stack);
  }
  console.log(JSON.stringify({ file, complaints, texts }));
}
