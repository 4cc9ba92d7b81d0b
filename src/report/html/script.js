"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const form = document.getElementById("filters");
  if (!form) return;
  form.hidden = false;
  const search = document.getElementById("search");
  const group = document.getElementById("group");
  const list = document.getElementById("list");
  const shown = document.getElementById("shown");
  const findings = [...list.querySelectorAll(".finding")].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
    severity: element.dataset.severity,
    rule: element.dataset.rule,
    file: element.dataset.file,
    resource: element.dataset.resource,
    framework: element.dataset.frameworks ? element.dataset.frameworks.split("|") : ["no control of a framework"],
  }));

  const keysOf = (finding) => {
    const key = finding[group.value];
    return Array.isArray(key) ? key : [key];
  };

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
    const fits = (finding) => severities.has(finding.severity) && words.every((word) => finding.text.includes(word));
    const kept = findings.filter(fits);
    const groups = new Map();
    for (const finding of kept) {
      for (const key of keysOf(finding)) {
        if (!groups.has(key)) groups.set(key, []);
        groups.get(key).push(finding);
      }
    }
    const used = new Set();
    const nodes = [];
    const keys = group.value === "severity" ? [...groups.keys()] : [...groups.keys()].sort();
    for (const key of keys) {
      if (group.value !== "severity") {
        const heading = document.createElement("p");
        heading.className = "group";
        heading.setAttribute("role", "heading");
        heading.setAttribute("aria-level", "3");
        heading.textContent = `${key} (${groups.get(key).length})`;
        nodes.push(heading);
      }
      for (const finding of groups.get(key)) {
        // A finding under several controls is on the page several times; its anchor is there once.
        const node = used.has(finding) ? finding.element.cloneNode(true) : finding.element;
        if (used.has(finding)) node.removeAttribute("id");
        used.add(finding);
        nodes.push(node);
      }
    }
    list.replaceChildren(...nodes);
    shown.textContent = kept.length === findings.length ? `${kept.length} findings.` : `${kept.length} of ${findings.length} findings.`;
  }

  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  for (const link of document.querySelectorAll("a[data-rule]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      search.value = link.dataset.rule;
      show();
      document.getElementById("findings").scrollIntoView();
      search.focus({ preventScroll: true });
    });
  }
})();
