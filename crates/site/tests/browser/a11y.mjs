// Usage: node a11y.mjs DIR [BROWSER]
//
// Opens every page of a made site in Chromium, from the disk and over HTTP, and fails on: an axe
// violation (WCAG 2.2 AA and best practices; light and dark), a request to anywhere else, an error
// on the console, sideways scrolling at 320 px, and keyboard functions that do not work.
import AxeBuilder from "@axe-core/playwright";
import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [directory, executablePath = "/usr/bin/chromium"] = process.argv.slice(2);
if (directory === undefined) {
  console.error("usage: node a11y.mjs DIR [BROWSER]");
  process.exit(64);
}

const root = path.resolve(directory);
const names = (await readdir(root)).filter((name) => name.endsWith(".html")).sort();
if (names.length === 0) {
  console.error(`no pages in ${directory}`);
  process.exit(64);
}
const faults = [];

const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

function serve() {
  const server = createServer(async (request, response) => {
    const file = path.join(root, path.normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)));
    try {
      if (!file.startsWith(root)) throw new Error("outside");
      const bytes = await readFile(file);
      response.writeHead(200, { "content-type": types[path.extname(file)] ?? "application/octet-stream" });
      response.end(bytes);
    } catch {
      response.writeHead(404);
      response.end();
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function openPage(context, base, name) {
  const page = await context.newPage();
  const fault = (text) => faults.push(`${name}: ${text}`);
  page.on("console", (message) => message.type() === "error" && fault(`console: ${message.text()}`));
  page.on("pageerror", (error) => fault(`script: ${error.message}`));
  page.on("requestfailed", (request) => fault(`not loaded: ${path.basename(request.url())}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith("data:")) fault(`outside request: ${url}`);
  });
  await page.goto(new URL(name, base).href);
  await page.evaluate(() => document.fonts.ready);
  return { page, fault };
}

async function checkFont(page, fault) {
  const loaded = await page.evaluate(() => document.fonts.check('16px "Source Sans 3"'));
  if (!loaded) fault("the font is not loaded");
}

async function checkAxe(page, fault, theme) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  for (const violation of violations) {
    const places = violation.nodes.slice(0, 3).map((node) => node.target.join(" "));
    fault(`axe (${theme}): ${violation.id}: ${violation.help}: ${places.join(" | ")} (${violation.nodes.length} ×)`);
  }
}

async function checkReflow(page, fault) {
  await page.setViewportSize({ width: 320, height: 800 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > 320) fault(`${width} px wide at 320 px`);
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function checkSkipLink(page, fault) {
  await page.keyboard.press("Tab");
  const focused = await page.evaluate(() => document.activeElement.className);
  if (focused !== "skip-link") fault("the first Tab does not reach the skip link");
  await page.keyboard.press("Enter");
  const target = await page.evaluate(() => document.activeElement.id);
  if (target !== "inhoud") fault("the skip link does not move the focus");
}

async function checkChart(page, fault) {
  const group = page.locator(".chart-scroll").first();
  if ((await group.count()) === 0) return;
  await group.focus();
  await page.keyboard.press("ArrowRight");
  const tip = page.locator(".chart-tip:visible");
  if ((await tip.count()) !== 1) fault("an arrow key brings up no explanation");
  const first = await tip.textContent();
  const spoken = await page.locator("#melding").textContent();
  if (spoken !== first) fault("the explanation is not read out");
  await page.keyboard.press("Escape");
  if ((await tip.count()) !== 0) fault("Esc does not close the explanation");
}

async function checkSorting(page, fault) {
  const table = page.locator("table[data-sortable]").first();
  if ((await table.count()) === 0) return;
  await table.evaluate((element) => {
    for (let at = element; at !== null; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  });
  const heading = table.locator("th.number[data-column]").first();
  const button = heading.locator("button");
  await button.press("Enter");
  if ((await heading.getAttribute("aria-sort")) !== "ascending") fault("sorting is not announced");
  const column = Number(await heading.getAttribute("data-column"));
  const values = await table.evaluate(
    (element, at) => Array.from(element.tBodies[0].rows, (row) => row.cells[at].dataset.value ?? null),
    column,
  );
  const shown = values.filter((value) => value !== null).map(Number);
  const rising = shown.every((value, at) => at === 0 || shown[at - 1] <= value);
  const hiddenLast = values.slice(shown.length).every((value) => value === null);
  if (!rising || !hiddenLast) fault("a sorted table is not in order");
}

async function checkCopying(page, fault) {
  const button = page.locator("button[data-copy]:visible").first();
  if ((await button.count()) === 0) return;
  await button.press("Enter");
  await page.waitForFunction(() => document.getElementById("melding").textContent.startsWith("De tabel is gekopieerd"), null, {
    timeout: 3000,
  }).catch(() => fault("copying a table is not confirmed"));
  const text = await page.evaluate(() => navigator.clipboard.readText());
  if (!text.includes("\t")) fault("a copied table has no columns");
}

async function checkLinks(page, fault, name) {
  const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  for (const link of new Set(links)) {
    const [file, anchor] = link.split("#");
    const target = file === "" ? name : file;
    if (/^[a-z]+:|^\//.test(target)) fault(`a link that is not relative: ${link}`);
    const bytes = await readFile(path.join(root, target)).catch(() => null);
    if (bytes === null) fault(`a dead link: ${link}`);
    else if (anchor && !bytes.includes(`id="${anchor}"`)) fault(`a dead anchor: ${link}`);
  }
}

async function checkWithoutScripts(browser, base, name) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(new URL(name, base).href);
  const fault = (text) => faults.push(`${name}: without scripts: ${text}`);
  if ((await page.locator("h1:visible").count()) !== 1) fault("no single h1");
  if ((await page.locator("button:visible").count()) !== 0) fault("a button that does nothing");
  await context.close();
}

const server = await serve();
const bases = [`http://127.0.0.1:${server.address().port}/`, `${pathToFileURL(root).href}/`];
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});

// Over HTTP everything is checked; dark colours need axe alone.
async function checkServed(base) {
  for (const theme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme: theme, viewport: { width: 1280, height: 900 } });
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: base });
    for (const name of names) {
      const { page, fault } = await openPage(context, base, name);
      if (theme === "light") {
        await checkSkipLink(page, fault);
        await checkFunctions(page, fault, name);
      }
      await checkAxe(page, fault, theme);
      if (theme === "light") await checkCopying(page, fault);
      await page.close();
    }
    await context.close();
  }
}

// From the disk, where browsers forbid more: everything that needs scripts and fonts.
async function checkFromDisk(base) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  for (const name of names) {
    const { page, fault } = await openPage(context, base, name);
    await checkFunctions(page, fault, name);
    await page.close();
  }
  await context.close();
}

async function checkFunctions(page, fault, name) {
  await checkFont(page, fault);
  await checkChart(page, fault);
  await checkSorting(page, fault);
  await checkReflow(page, fault);
  await checkLinks(page, fault, name);
}

const [served, fromDisk] = bases;
await checkServed(served);
await checkFromDisk(fromDisk);
for (const name of names) await checkWithoutScripts(browser, served, name);
await browser.close();
server.close();

for (const fault of new Set(faults)) console.error(fault);
console.log(`${names.length} pages, ${new Set(faults).size} faults`);
process.exit(faults.length === 0 ? 0 : 1);
