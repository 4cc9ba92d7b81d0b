// Drives the HTML report as a person with a mouse, one with a keyboard and one with a screen reader would.
"use strict";
const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core/axe.min.js");

const [report, clean] = process.argv.slice(2);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

async function open(browser, path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const asked = [];
  const wrong = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await page.goto(`file://${path}`);
  return { context, page, asked, wrong };
}

async function accessible(page, what) {
  // axe runs in the page: the policy of the page forbids scripts of others, the debugger may.
  await page.evaluate(require("node:fs").readFileSync(axe, "utf8"));
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
  const told = result.violations.map((one) => `${one.id}: ${one.help} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)}`);
  assert.deepEqual(told, [], `accessibility, ${what}`);
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
  const visible = (page) => page.locator("#list .finding").count();

  for (const colorScheme of ["light", "dark"]) {
    const { context, page, asked, wrong } = await open(browser, report, { colorScheme });
    assert.deepEqual(asked, [`file://${report}`], "only the page itself is asked for");
    const all = await visible(page);
    assert.ok(all > 20, `${all} findings`);
    await accessible(page, colorScheme);

    await page.fill("#search", "storage-https-only");
    await page.waitForFunction((all) => document.querySelectorAll("#list .finding").length < all, all);
    const some = await visible(page);
    assert.ok(some > 0 && some < all, `${some} of ${all}`);
    assert.equal(await page.textContent("#shown"), `${some} of ${all} findings.`);
    for (const rule of await page.locator("#list .finding").evaluateAll((nodes) => nodes.map((node) => node.dataset.rule))) {
      assert.equal(rule, "storage-https-only");
    }
    await page.click("button[type=reset]");
    await page.waitForFunction((all) => document.querySelectorAll("#list .finding").length === all, all);

    await page.uncheck("[name=severity][value=high]");
    assert.equal(await page.locator("#list .finding[data-severity=high]").count(), 0);
    await page.check("[name=severity][value=high]");
    assert.equal(await visible(page), all);

    for (const group of ["rule", "file", "resource", "framework"]) {
      await page.selectOption("#group", group);
      assert.ok((await page.locator("#list .group").count()) > 1, `groups by ${group}`);
      assert.ok((await visible(page)) >= all, `all findings by ${group}`);
    }
    await accessible(page, `${colorScheme}, grouped`);
    await page.selectOption("#group", "severity");

    // Only the keyboard: the first stop leads to the findings, the theme changes by Enter.
    await page.reload();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.focus("#theme");
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await back();
    await page.keyboard.press("Enter");
    assert.notEqual(await back(), before, "the theme changes");
    await page.focus("a[data-rule]");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "search");
    assert.deepEqual(wrong, [], "errors in the page");
    assert.deepEqual(new Set(asked), new Set([`file://${report}`]), "nothing else is asked for");
    await context.close();
  }

  // Without scripts everything is there, unfiltered; on a narrow screen nothing but code scrolls sideways.
  const plain = await open(browser, report, { javaScriptEnabled: false, viewport: { width: 360, height: 800 } });
  assert.ok((await plain.page.locator(".finding").count()) > 20);
  assert.equal(await plain.page.locator("#filters").isVisible(), false);
  await plain.context.close();
  const narrow = await open(browser, report, { viewport: { width: 360, height: 800 } });
  const wide = await narrow.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `the page is ${wide} pixels wide on a screen of 360`);
  await narrow.context.close();

  const none = await open(browser, clean);
  assert.equal(await none.page.locator(".finding").count(), 0);
  assert.match(await none.page.textContent("#shown"), /Nothing was found/);
  await accessible(none.page, "nothing found");
  await browser.close();
  console.log("the HTML report works in Chromium: filters, groups, keyboard, both colour schemes, without scripts, no request");
})().catch((error) => {
  console.error(error.message ?? error);
  process.exit(1);
});
