"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const clear = (name) => all("." + name).forEach((element) => element.classList.remove(name));
  const shown = (element) => !element.closest("[hidden]");
  const keysOf = (element) => element.dataset.at.split(" ");

  // ---------------------------------------------------------------- lines and their counterparts
  const byKey = new Map();
  for (const element of all("[data-at]")) {
    for (const key of keysOf(element)) {
      if (!byKey.has(key)) byKey.set(key, []);
      byKey.get(key).push(element);
    }
  }
  const counterparts = (element) => keysOf(element).flatMap((key) => byKey.get(key));
  const mark = (element, name) => {
    clear(name);
    if (element) counterparts(element).forEach((other) => other.classList.add(name));
  };
  const at = (event) => (event.target instanceof Element ? event.target.closest("[data-at]") : null);

  document.addEventListener("mouseover", (event) => mark(at(event), "lit"));
  document.addEventListener("mouseleave", () => clear("lit"));
  document.addEventListener("click", (event) => {
    const element = at(event);
    if (!element) return;
    const again = element.classList.contains("pinned");
    mark(again ? null : element, "pinned");
    if (!again) for (const pane of all("main .pane")) if (!pane.contains(element)) scroll(pane, element);
  });
  const scroll = (pane, element) => {
    const first = counterparts(element).find((other) => pane.contains(other) && shown(other));
    if (!first) return;
    const above = first.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTop += above - pane.clientHeight / 3; // the page itself stays where it is
  };

  // ---------------------------------------------------------------- stages
  const tabs = all("[role=tab]");
  const choose = (tab) => {
    for (const other of tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = other !== tab;
    }
    find();
  };
  tabs.forEach((tab, k) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(k + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
  });

  // ---------------------------------------------------------------- search
  const search = document.getElementById("search");
  const count = document.getElementById("found");
  let hits = [];
  let current = -1;
  const find = () => {
    clear("found");
    clear("current");
    const words = search.value.trim().toLowerCase();
    const text = (element) => (element.querySelector("code") || element).textContent.toLowerCase();
    hits = words ? all(".line, tbody tr").filter((e) => shown(e) && text(e).includes(words)) : [];
    hits.forEach((element) => element.classList.add("found"));
    current = -1;
    count.textContent = words ? (hits.length ? `${hits.length} lines` : "nothing") : "";
  };
  const next = (step) => {
    if (!hits.length) return;
    clear("current");
    current = (current + step + hits.length) % hits.length;
    hits[current].classList.add("current");
    hits[current].scrollIntoView({ block: "nearest", inline: "nearest" });
    count.textContent = `${current + 1} of ${hits.length}`;
  };
  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target !== search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape") {
      search.value = "";
      find();
      clear("pinned");
    }
  });

  // ---------------------------------------------------------------- dark and light
  const root = document.documentElement;
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.style.colorScheme
      ? root.style.colorScheme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.style.colorScheme = dark ? "light" : "dark";
  });
  choose(tabs.find((tab) => tab.getAttribute("aria-selected") === "true"));
})();
