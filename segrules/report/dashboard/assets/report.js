"use strict";
// Shows one page at a time, finds pages, sorts tables, and switches colours and languages. It asks nothing of a network.
(() => {
  const root = document.documentElement;
  const pages = [...document.querySelectorAll("section.page")];
  const project = document.querySelector(".home").textContent;
  const links = new Map();
  for (const link of document.querySelectorAll("#pages a")) links.set(idOf(link.getAttribute("href")), link);

  // Storage is refused to some files that are opened from disk.
  function remembered(key) { try { return localStorage.getItem(key); } catch { return null; } }
  function remember(key, value) { try { localStorage.setItem(key, value); } catch { /* then for this visit only */ } }

  // ---- pages

  function idOf(hash) { try { return decodeURIComponent(hash.slice(1)); } catch { return hash.slice(1); } }

  const positions = new Map();
  let shown = null;
  function show(isFirst) {
    const target = document.getElementById(idOf(location.hash));
    const page = target?.closest("section.page") ?? pages[0];
    if (page !== shown) {
      shown?.classList.remove("shown");
      page.classList.add("shown");
      shown = page;
      document.title = page === pages[0] ? `${project}: segments` : `${page.dataset.title} – ${project}`;
      for (const [id, link] of links) {
        if (id === page.id) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      links.get(page.id)?.scrollIntoView({ block: "nearest" });
      openMenu(false);
    }
    const part = target && target !== page ? target : null;
    if (part) part.scrollIntoView({ block: "start" });
    else if (!isFirst) scrollTo(0, positions.get(history.state?.visit) ?? 0);
    if (!isFirst) focusOn(part ?? page.querySelector("h1") ?? page);
  }
  function focusOn(element) {
    if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }

  // Back and forward lead to where one was on the page.
  history.scrollRestoration = "manual";
  let visit = history.state?.visit ?? 0;
  let last = visit;
  history.replaceState({ visit }, "");
  addEventListener("scroll", () => positions.set(visit, scrollY), { passive: true });
  addEventListener("hashchange", () => {
    if (history.state) visit = history.state.visit;
    else {
      visit = last += 1;
      history.replaceState({ visit }, "");
      positions.delete(visit);
    }
    show(false);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (!link) return;
    if (link.classList.contains("skip")) {
      event.preventDefault();
      focusOn(shown.querySelector("h1") ?? shown);
    } else if (idOf(link.getAttribute("href")) === idOf(location.hash)) show(false);
  });

  const menu = document.getElementById("menu");
  const nav = document.getElementById("pages");
  function openMenu(isOpen) {
    nav.classList.toggle("open", isOpen);
    menu.setAttribute("aria-expanded", String(isOpen));
  }
  menu.addEventListener("click", () => openMenu(!nav.classList.contains("open")));

  // ---- search

  const entries = JSON.parse(document.getElementById("search-index").textContent);
  const MOST = 30;
  let language = null;

  // Equal for a reader: case, accents, forms of one sign, points of Hebrew, signs above Arabic. Thai marks count.
  function folded(text) {
    return text.normalize("NFKD").toLowerCase().replace(/[\p{Script=Inherited}\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]/gu, "")
      .replace(/_/g, " ");
  }
  for (const entry of entries) {
    const labels = (entry.labels ?? []).map(([, text]) => text);
    entry.fields = [[entry.name, ...labels], [entry.owner, ...(entry.tags ?? [])], [entry.words], [entry.rule, entry.entity]]
      .map((field) => folded(field.filter(Boolean).join("\n")));
    entry.names = [entry.name, ...labels].map(folded);
  }
  function labelOf(entry) {
    const labels = entry.labels ?? [];
    return (labels.find(([lang]) => lang === language) ?? labels[0])?.[1] ?? entry.name;
  }
  // Lower is better; every word must be found somewhere.
  function rank(entry, words, query) {
    let sum = 0;
    for (const word of words) {
      const place = entry.fields.findIndex((field) => field.includes(word));
      if (place < 0) return null;
      sum += place * 10;
    }
    if (entry.names.includes(query)) return sum - 20;
    if (entry.names.some((name) => name.startsWith(query))) return sum - 10;
    return sum;
  }

  const input = document.getElementById("search");
  const list = document.getElementById("found");
  const status = document.getElementById("found-count");
  let found = [];
  let chosen = 0;
  function search() {
    const query = folded(input.value).trim();
    const words = query.split(/\s+/).filter(Boolean);
    const ranked = words.length ? entries.map((entry, place) => [rank(entry, words, query), place]) : [];
    const hits = ranked.filter(([value]) => value !== null).sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    found = hits.slice(0, MOST).map(([, place]) => entries[place]);
    list.replaceChildren(...found.map(option));
    if (words.length && !found.length) {
      const none = document.createElement("li");
      none.textContent = "Nothing found";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      list.append(none);
    }
    list.hidden = !words.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = words.length ? `${hits.length} found` : "";
    choose(0);
  }
  function option(entry, place) {
    const item = document.createElement("li");
    item.id = `found-${place}`;
    item.setAttribute("role", "option");
    const label = document.createElement("bdi");
    label.textContent = labelOf(entry);
    const more = document.createElement("small");
    more.dir = "auto";
    const name = entry.name === label.textContent ? "" : entry.name;
    more.textContent = [entry.kind, name, entry.entity, entry.owner].filter(Boolean).join(" · ");
    item.append(label, more);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); go(entry); });
    return item;
  }
  function choose(place) {
    chosen = place;
    found.forEach((_, each) => list.children[each].setAttribute("aria-selected", String(each === place)));
    if (found.length) {
      input.setAttribute("aria-activedescendant", `found-${place}`);
      list.children[place].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function go(entry) {
    close();
    input.value = "";
    if (idOf(location.hash) === entry.id) show(false);
    else location.hash = encodeURIComponent(entry.id).replaceAll("%2F", "/");
  }
  input.addEventListener("input", search);
  input.addEventListener("focus", () => { if (input.value) search(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      close();
    } else if (list.hidden || !found.length) return;
    else if (event.key === "ArrowDown") choose((chosen + 1) % found.length);
    else if (event.key === "ArrowUp") choose((chosen + found.length - 1) % found.length);
    else if (event.key === "Enter") go(found[chosen]);
    else return;
    event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });

  // ---- a choice of owner or tag

  const filter = document.getElementById("filter");
  filter?.addEventListener("change", () => {
    const [, kind, value] = /^(\w+):(.*)$/s.exec(filter.value) ?? [];
    const others = new Set(entries.filter((entry) => {
      if (!kind || entry.kind === "trait") return false;
      return kind === "owner" ? entry.owner !== value : !(entry.tags ?? []).includes(value);
    }).map((entry) => entry.id));
    const isOther = (link) => Boolean(link) && others.has(idOf(link.getAttribute("href")));
    for (const item of document.querySelectorAll("#pages li")) item.hidden = isOther(item.querySelector("a"));
    for (const row of document.querySelectorAll("table.segments tbody tr")) row.hidden = isOther(row.querySelector("a"));
  });

  // ---- tables in another order

  function valueOf(cell) {
    const text = cell?.textContent.trim() ?? "";
    if (!cell?.classList.contains("number")) return text;
    const amount = parseFloat(text.replace(/[,×]/g, "").replace("−", "-"));
    if (Number.isNaN(amount)) return text.startsWith("from") ? Infinity : -Infinity;
    return text.startsWith("×") ? (amount - 1) * 100 : amount;
  }
  const compared = (one, other) =>
    typeof one === "number" ? (one > other) - (one < other) : one.localeCompare(other, undefined, { numeric: true });
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const row = head.parentElement;
    const place = [...row.children].indexOf(head);
    const body = head.closest("table").tBodies[0];
    if (body.querySelector("td svg") && body.rows[0].cells[place]?.querySelector("svg")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const isNumber = head.classList.contains("number");
      const before = head.getAttribute("aria-sort");
      const order = before ? (before === "ascending" ? "descending" : "ascending") : isNumber ? "descending" : "ascending";
      for (const other of row.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...body.rows].map((each) => [valueOf(each.cells[place]), each]);
      rows.sort((one, other) => sign * compared(one[0], other[0]));
      body.append(...rows.map(([, each]) => each));
    });
  }

  // ---- colours and languages

  const theme = document.getElementById("theme");
  theme.value = root.dataset.theme;
  theme.addEventListener("change", () => {
    root.dataset.theme = theme.value;
    remember("segrules-theme", theme.value);
  });

  const languages = document.getElementById("language");
  function speak(wanted) {
    language = wanted;
    for (const label of document.querySelectorAll(".label")) {
      const texts = [...label.children];
      const own = texts.find((text) => text.lang === wanted) ?? texts[0];
      for (const text of texts) text.hidden = text !== own;
    }
  }
  if (languages) {
    for (const each of languages.options) {
      try {
        const name = new Intl.DisplayNames([each.value], { type: "language" }).of(each.value);
        if (name) each.textContent = name;
      } catch { /* no code of a language: shown as it is written */ }
    }
    languages.addEventListener("change", () => {
      speak(languages.value);
      remember("segrules-language", languages.value);
    });
    const before = remembered("segrules-language");
    if (before && [...languages.options].some((each) => each.value === before)) {
      languages.value = before;
      speak(before);
    }
  }

  show(true);
})();
