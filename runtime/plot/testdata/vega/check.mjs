// Compiles and draws each Vega-Lite specification of a folder. Usage: node check.mjs FOLDER. Prints a line of JSON for
// each: its name, what Vega-Lite and Vega complained of, and the texts that are in the drawing; and for each of the themes of a page, light and
// dark, the drawing's background and the colours of its texts, with the smallest contrast of those that stand on the background itself.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as vega from "vega";
import * as lite from "vega-lite";

// What vega-themes' "dark" sets, which JupyterLab chooses in a dark page.
const dark = {
  background: "#333",
  view: { stroke: "#888" },
  title: { color: "#fff", subtitleColor: "#fff" },
  style: { "guide-label": { fill: "#fff" }, "guide-title": { fill: "#fff" } },
  axis: { domainColor: "#fff", gridColor: "#888", tickColor: "#fff" },
};

const luminance = (hex) => {
  hex = { black: "#000000", white: "#ffffff" }[hex] ?? hex.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [x, y] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (x + 0.05) / (y + 0.05);
};

// themed draws a specification in a theme, and returns how legible it is: each text has the colour of the theme, or it stands on a box in a
// colour that was chosen for it.
async function themed(spec, config, background, ink) {
  const view = new vega.View(vega.parse(lite.compile(spec, { config }).spec), { renderer: "none" });
  await view.runAsync();
  const svg = await view.toSVG();
  const paper = svg.match(/<rect width="[^"]*" height="[^"]*" fill="([^"]*)"/)?.[1];
  const complaints = [];
  if (paper !== background) complaints.push(`the background is ${paper}, not ${background}`);
  for (const [tag, text] of svg.matchAll(/<text[^>]*>([^<]*)/g)) {
    const fill = tag.match(/fill="([^"]*)"/)?.[1] ?? "#000";
    if (contrast(fill, ink) > 1.01 && !/^([RNFWLQISPXTG]( |$)|\d+$)/.test(text)) complaints.push(`“${text}” is ${fill}, not ${ink}`);
  }
  for (const [, kind, color] of svg.matchAll(/<path[^>]* (fill|stroke)="(#[0-9a-f]{3,6}|black|white)"/g)) {
    if (kind === "fill" && contrast(color, background) < 1.15) complaints.push(`a ${kind} is ${color} on ${background}`);
  }
  return complaints;
}

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
    for (const c of await themed(spec, {}, "white", "#000")) note("light: " + c);
    for (const c of await themed(spec, dark, "#333", "#fff")) note("dark: " + c);
    for (const [, t] of svg.matchAll(/>([^<]+)</g)) texts.push(t.replace(/&amp;/g, "&").replace(/&lt;/g, "<").replace(/&gt;/g, ">"));
  } catch (e) {
    note(e.stack);
  }
  console.log(JSON.stringify({ file, complaints, texts }));
}
