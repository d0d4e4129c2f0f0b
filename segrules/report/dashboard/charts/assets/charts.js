"use strict";
// Draws each picture when it is about to be seen, in the colours of the page's theme, and anew when these change.
(() => {
  const PRINTED_WIDTH = 680;
  const MOST_PRINTED = 150; // of more, the further ones are words: drawing takes time in which nothing else moves
  const NARROW = 600;
  const CONFIG = { displayModeBar: false, responsive: false, showTips: false, doubleClick: false };

  const figures = new WeakMap(); // plot -> the figure as it stands in the page
  const drawn = new Map(); // plot -> what it was last drawn for: theme and width
  const waiting = new Set();
  let isPrinted = false;

  // ---- the library, unpacked once

  let loading = null;
  const library = () => (loading ??= load());
  async function load() {
    const packed = document.getElementById("plotly-source");
    if (!packed || typeof DecompressionStream === "undefined") return null;
    const bytes = Uint8Array.from(atob(packed.textContent), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.nonce = packed.nonce;
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    packed.remove();
    return window.Plotly;
  }

  // ---- colours

  const probe = document.createElement("div");
  probe.hidden = true;
  document.body.append(probe);
  const variable = (name) => getComputedStyle(probe).getPropertyValue(name).trim();
  const theme = () => variable("--chart-ink") + variable("--chart-1");

  function colour(name) {
    if (!name.endsWith("-soft") || name === "--chart-soft") return variable(name);
    const value = parseInt(variable(name.slice(0, -5)).slice(1), 16);
    return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, 0.4)`;
  }

  // A copy in which each CSS variable is the colour that it has now.
  function coloured(part) {
    if (typeof part === "string") {
      const found = /^var\((--[\w-]+)\)$/.exec(part);
      return found ? colour(found[1]) : part;
    }
    if (Array.isArray(part)) return part.map(coloured);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, coloured(value)]));
  }

  function template() {
    const axis = {
      automargin: true, fixedrange: true, ticks: "", ticklabelstandoff: 5, gridcolor: "var(--chart-line)", linecolor: "var(--chart-line)",
      zerolinecolor: "var(--chart-line)", tickfont: { color: "var(--chart-soft)" },
      title: { font: { color: "var(--chart-soft)", size: 12 }, standoff: 8 },
    };
    return coloured({ layout: {
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: "var(--chart-ink)" },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false, separators: ".,",
      margin: { l: 8, r: 12, t: 12, b: 8 }, xaxis: axis, yaxis: axis,
      legend: { orientation: "h", traceorder: "normal", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom", itemclick: false,
        itemdoubleclick: false, font: { color: "var(--chart-ink)" } },
      hoverlabel: { bgcolor: "var(--chart-paper)", bordercolor: "var(--chart-soft)", align: "left",
        font: { color: "var(--chart-ink)", size: 12 }, namelength: -1 },
    } });
  }

  // ---- drawing

  function figureOf(plot) {
    if (!figures.has(plot)) {
      figures.set(plot, JSON.parse(plot.closest("figure").querySelector("script").textContent));
    }
    return figures.get(plot);
  }

  function draw(plot, Plotly) {
    const place = plot.parentElement;
    const room = isPrinted ? PRINTED_WIDTH : place.clientWidth;
    if (!room) return;
    const width = isPrinted ? room : Math.max(room, Number(plot.dataset.leastWidth));
    const wanted = `${theme()} ${width} ${isPrinted}`;
    if (drawn.get(plot) === wanted) return;
    drawn.set(plot, wanted);
    const { data, layout } = coloured(figureOf(plot));
    if (width < NARROW && layout.showlegend) {
      // one name a line, above a picture that keeps its height
      const legend = 20 * data.length;
      layout.height += legend - 20;
      layout.legend = { ...layout.legend, maxheight: legend + 10 };
    }
    Plotly.newPlot(plot, data, { ...layout, width, template: template() }, { ...CONFIG, staticPlot: isPrinted });
    reach(place);
  }

  // Who has no mouse moves what is too wide with the arrow keys.
  function reach(place) {
    if (place.scrollWidth > place.clientWidth) {
      place.tabIndex = 0;
      place.setAttribute("role", "region");
      const title = place.closest("figure").querySelector("figcaption").textContent;
      place.setAttribute("aria-label", place.querySelector("table") ? `${title}, as a table` : title);
    } else for (const name of ["tabindex", "role", "aria-label"]) place.removeAttribute(name);
  }
  addEventListener("toggle", ({ target }) => {
    if (target.matches(".chart details")) reach(target.querySelector(".chart-place"));
  }, true);

  // One after the other, so that the page answers in between.
  let isBusy = false;
  async function work() {
    if (isBusy) return;
    isBusy = true;
    const Plotly = await library();
    for (const plot of waiting) {
      waiting.delete(plot);
      if (Plotly) draw(plot, Plotly);
      await new Promise((next) => setTimeout(next));
    }
    isBusy = false;
    document.documentElement.dataset.charts = "drawn";
  }

  function ask(plots) {
    for (const plot of plots) waiting.add(plot);
    if (waiting.size) {
      document.documentElement.dataset.charts = "drawing";
      work();
    }
  }

  const seen = new Set();
  const nearby = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target);
      else seen.delete(target);
    }
    ask(entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target.firstElementChild));
  }, { rootMargin: "4000px" });
  const resized = new ResizeObserver((entries) => {
    if (!isPrinted) ask(entries.map((entry) => entry.target.firstElementChild).filter((plot) => drawn.has(plot)));
  });
  for (const plot of document.querySelectorAll(".chart-plot")) {
    nearby.observe(plot.parentElement);
    resized.observe(plot.parentElement);
  }

  // ---- other colours: the page's switch, the system's, paper

  const again = () => ask([...seen].map((place) => place.firstElementChild));
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme", "class", "style"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);

  function print() {
    if (isPrinted) return;
    isPrinted = true;
    probe.className = "chart-light";
    if (!window.Plotly) return;
    for (const plot of [...document.querySelectorAll(".chart-plot")].slice(0, MOST_PRINTED)) {
      // what is measured has to be seen; one page at a time, for many together take long to lay out
      const page = plot.closest("section");
      page?.style.setProperty("display", "block", "important");
      draw(plot, window.Plotly);
      page?.style.removeProperty("display");
    }
  }
  function screen() {
    if (!isPrinted) return;
    isPrinted = false;
    probe.className = "";
    again();
  }
  addEventListener("beforeprint", print);
  addEventListener("afterprint", screen);
  matchMedia("print").addEventListener("change", (event) => (event.matches ? print() : screen()));
  // a page that was just opened can be printed, too
  if (document.querySelector(".chart-plot")) setTimeout(library, 1500);
})();
