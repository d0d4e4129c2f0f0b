"use strict";
// Keeps a served page up to date: shows a newer one in its place, what is wrong with rules, and how sizes have changed.
(() => {
  const own = JSON.parse(document.getElementById("live").textContent);
  const PLACE = "segrules-live-place";
  const FIRST = "segrules-live-first";
  function kept(key) { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } }
  function keep(key, value) { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* only less is shown then */ } }
  function drop(key) { try { sessionStorage.removeItem(key); } catch { /* it was not kept either */ } }

  // ---- where the reader was

  const place = kept(PLACE);
  drop(PLACE);
  if (place) {
    const back = () => scrollTo(0, place.scroll);
    back();
    requestAnimationFrame(back);
    addEventListener("load", back);  // pictures that are drawn now make the page as long as it was
    const search = document.getElementById("search");
    if (search && place.query) {
      search.value = place.query;
      if (place.isSearching) search.focus({ preventScroll: true });
    }
  }
  function showNewer() {
    const search = document.getElementById("search");
    keep(PLACE, { scroll: scrollY, query: search?.value ?? "", isSearching: document.activeElement === search });
    location.reload();
  }

  // ---- sizes since the page was opened; a reader who reloads it begins anew

  const keyOf = ([page, name]) => `${page}\n${name}`;
  const isOpened = !place;
  let first = isOpened ? null : kept(FIRST);
  if (!first || !Object.keys(first).length) {
    first = Object.fromEntries(own.sizes.map((size) => [keyOf(size), size[2]]));
    keep(FIRST, first);
  }
  const many = (size) => (size === null || size === undefined ? "none" : size.toLocaleString("en"));
  function told(size) {
    const before = first[keyOf(size)];
    const line = document.createElement("span");
    if (before === undefined) line.textContent = `new, ${many(size[2])} members`;
    else {
      const change = (size[2] ?? 0) - (before ?? 0);
      const sign = change < 0 ? "−" : "+";
      line.textContent = `${many(before)} → ${many(size[2])} members (${sign}${many(Math.abs(change))})`;
    }
    return line;
  }
  function showSizes(sizes) {
    for (const shown of document.querySelectorAll(".live-change")) shown.remove();
    const changed = sizes.filter((size) => first[keyOf(size)] !== size[2]);
    for (const page of new Set(changed.map(([id]) => id))) {
      const lines = changed.filter(([id]) => id === page);
      const isOne = sizes.filter(([id]) => id === page).length === 1 && lines.length === 1;
      note(page, isOne ? [told(lines[0])] : lines.map((size) => named(size[1], size)), isOne);
    }
    if (changed.length) note("overview", changed.slice(0, 8).map((size) => linked(size)), false, changed.length - 8);
  }
  function named(name, size) {
    const line = document.createElement("span");
    const label = document.createElement("bdi");
    label.textContent = name;
    line.append(label, ": ", told(size));
    return line;
  }
  function linked(size) {
    const line = named(size[1], size);
    const link = document.createElement("a");
    link.href = `#${encodeURIComponent(size[0]).replaceAll("%2F", "/")}`;
    link.append(line.firstChild);
    line.prepend(link);
    return line;
  }
  function note(page, lines, isOne, left = 0) {
    const head = document.getElementById(page)?.querySelector("h1");
    if (!head) return;
    const box = document.createElement("div");
    box.className = "live-change";
    box.setAttribute("role", "status");
    box.append("Since you opened this page: ");
    if (isOne) box.append(lines[0]);
    else {
      const list = document.createElement("ul");
      for (const line of lines) {
        const item = document.createElement("li");
        item.append(line);
        list.append(item);
      }
      if (left > 0) {
        const item = document.createElement("li");
        item.textContent = `and ${left} more`;
        list.append(item);
      }
      box.append(list);
    }
    head.after(box);
  }
  showSizes(own.sizes);

  // ---- what the server tells

  function showProblem(text) {
    const before = document.getElementById("live-problem");
    if (!text) { before?.remove(); return; }
    const box = before ?? document.createElement("div");
    box.id = "live-problem";
    box.setAttribute("role", "alert");
    const head = document.createElement("p");
    head.textContent = own.version
      ? "Something is wrong. What you see is from before it; this page goes on once that is mended and a rule file saved."
      : "Something is wrong. The report appears once that is mended and a rule file saved.";
    const lines = document.createElement("pre");
    lines.tabIndex = 0;
    lines.textContent = text;
    box.replaceChildren(head, lines);
    if (!before) document.body.prepend(box);
  }
  const status = document.createElement("p");
  status.id = "live-status";
  status.setAttribute("role", "status");
  function say(text) {
    status.textContent = text;
    if (text) document.body.append(status);
    else status.remove();
  }

  const events = new EventSource("events");
  events.addEventListener("state", (event) => {
    const state = JSON.parse(event.data);
    say(state.is_partial ? "Counting …" : "");
    showProblem(state.problem);
    if (state.version && state.version !== own.version) showNewer();
  });
  events.addEventListener("error", () => say("segrules has stopped: this page is not kept up to date any more."));
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });  // back from another address
})();
