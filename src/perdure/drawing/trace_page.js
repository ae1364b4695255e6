"use strict";
// The page of `perdure run --trace FILE.html`.  Times are nanoseconds since the recording began.

const data = JSON.parse(document.getElementById("data").textContent);
const KINDS = ["interpreted", "compiled", "host", "compiling", "waiting"];
const LABELS = {
  interpreted: "interpreted clusters", compiled: "compiled clusters", host: "host operations",
  compiling: "compiling", waiting: "waiting", outside: "outside of steps", rest: "rest of the steps", recording: "recording",
};
const byId = (id) => document.getElementById(id);
const text = (number) => data.texts[number];
const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

function duration(ns) {
  const [size, unit] = ns >= 1e9 ? [1e9, "s"] : ns >= 1e6 ? [1e6, "ms"] : ns >= 1e3 ? [1e3, "µs"] : [1, "ns"];
  const value = ns / size;
  return `${value.toFixed(size === 1 || value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;
}

// Elements are made from data by textContent only: nothing in a program's names is ever read as HTML.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (name === "style") Object.assign(made.style, value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
const dot = (name) => element("i", { class: "dot", style: { background: `var(--${name})` } });

// -- the model: rows of items, sorted by time ---------------------------------------------------

function operationOf(number) {
  const [name, type, device, line, source, inputs, outputs] = data.operations[number];
  return { name, type: text(type), device: text(device), line: text(line), source: text(source), inputs, outputs: text(outputs) };
}

function stepTitle(kind) {
  if (kind < 0) return "various steps";
  const { fetches, more } = data.kinds[kind];
  if (!fetches.length) return "nothing";
  const named = fetches.slice(0, 3).join(", ");
  return fetches.length > 3 || more ? `${named} and ${fetches.length + more - 3} more` : named;
}

const unitTitle = (kind, unit) => {
  const found = data.kinds[kind].units[unit];
  if (!found) return "operations";
  if (found.cluster) return `cluster of ${plural(found.size, "operation")}`;
  if (found.size !== 1) return found.size ? plural(found.size, "host operation") : "fetching variables";
  return data.operations[found.ops[0]][0];
};

function rowsOf(thread, index) {
  const rows = { steps: [], clusters: [], host: [], waiting: [] };
  const operations = [];
  for (const [kind, start, took, count, busy, joined, error, pieces, flat] of thread.kept) {
    const step = { what: joined ? "several" : "step", start, end: start + took, kind, count, busy, error, thread: index };
    step.label = joined ? `${plural(count, "step")} not drawn one by one` : stepTitle(kind);
    step.pieces = [];
    rows.steps.push(step);
    for (let i = 0; i < pieces.length; i += 4) {
      const [tier, ref, at, ns] = pieces.slice(i, i + 4);
      const what = KINDS[tier];
      const item = { what, start: start + at, end: start + at + Math.max(ns, 1), ref, kind, step };
      item.label = what === "waiting" ? text(ref) : what === "compiling" ? "compiling" : unitTitle(kind, ref);
      step.pieces.push(item);
      rows[what === "host" || what === "waiting" ? what : "clusters"].push(item);
    }
    const open = step.pieces.filter((piece) => piece.what !== "waiting" && piece.what !== "compiling");
    for (let i = 0; i < flat.length; i += 5) {
      const [number, at, ns, shapes, depth] = flat.slice(i, i + 5);
      const item = { what: "operation", start: start + at, end: start + at + Math.max(ns, 1), number, shapes, kind, step };
      item.label = data.operations[number][0];
      item.tier = depth ? "interpreted" : (open.find((piece) => piece.start <= item.start && item.end <= piece.end) || {}).what || "interpreted";
      (operations[depth] = operations[depth] || []).push(item);
    }
  }
  const found = [];
  const titles = { steps: "steps", clusters: "clusters", host: "host operations", waiting: "waiting" };
  for (const [name, title] of Object.entries(titles)) if (rows[name].length) found.push({ title, items: rows[name], name });
  operations.forEach((items, depth) => items && found.push({ title: depth ? "called by these" : "operations", items, name: "operations" }));
  for (const row of found) row.items.sort((a, b) => a.start - b.start);
  return found;
}

const threads = data.threads.map((thread, index) => ({ name: thread.name, steps: thread.steps, rows: rowsOf(thread, index) }));

// -- where the time went ------------------------------------------------------------------------

function drawSums() {
  const sums = {};
  for (const [, , tier, , total] of data.units) sums[KINDS[tier]] = (sums[KINDS[tier]] || 0) + total;
  const steps = data.kinds.reduce((sum, kind) => sum + kind.total, 0);
  // Waits lie within units; what a unit waited for is not counted twice.
  let waited = sums.waiting || 0;
  for (const tier of ["host", "interpreted", "compiled"]) {
    const part = Math.min(waited, sums[tier] || 0);
    if (part) { sums[tier] -= part; waited -= part; }
  }
  const counted = KINDS.reduce((sum, name) => sum + (sums[name] || 0), 0);
  sums.rest = Math.max(0, steps - counted);
  if (threads.length === 1) {
    sums.outside = Math.max(0, data.length - steps - data.own_ns);
    sums.recording = Math.min(data.own_ns, data.length - steps);
  }
  const whole = Object.values(sums).reduce((a, b) => a + b, 0) || 1;
  const stack = element("div", { class: "stack" });
  const legend = element("div", { class: "legend" });
  for (const name of ["compiled", "interpreted", "host", "compiling", "waiting", "rest", "recording", "outside"]) {
    if (!sums[name]) continue;
    const colour = { rest: "step", recording: "several" }[name] || name;
    stack.append(element("i", { style: { width: `${(100 * sums[name]) / whole}%`, background: `var(--${colour})` }, title: LABELS[name] }));
    const share = (100 * sums[name]) / whole;
    legend.append(element("span", {}, dot(colour), `${LABELS[name]} `, element("b", {}, duration(sums[name])),
      element("span", { class: "muted" }, ` ${share < 1 ? "<1" : share.toFixed(0)}%`)));
  }
  byId("spent").append(stack, legend);
}

function tellLeftOut() {
  const { steps, of_steps, operations, of_operations, partial_runs, kinds } = data.left_out;
  const count = (part, whole, noun) => `${part.toLocaleString("en")} of ${plural(whole, noun)}`;
  const said = [];
  if (steps) said.push(`${count(steps, of_steps, "step")} are drawn as stretches of several.`);
  if (operations) said.push(`${count(operations, of_operations, "run")} of single operations are not drawn.`);
  if (partial_runs) said.push(`${plural(partial_runs, "partial run")} (session.partial_run) are not recorded.`);
  if (kinds) said.push("There were very many different fetches; the later ones are counted as one.");
  if (steps || operations) said.push("Sums and tables count everything.");
  byId("left-out").hidden = !said.length;
  byId("left-out").textContent = said.join(" ");
}

// -- the timeline -------------------------------------------------------------------------------

const rowCount = threads.reduce((sum, thread) => sum + thread.rows.length, 0);
const GUTTER = 128, AXIS = 26, ROW = rowCount > 12 ? 19 : 26, GAP = 3, TITLE = 26;
const whole = Math.max(data.length, 1);
const view = { start: 0, end: whole };
const canvas = byId("timeline"), overview = byId("overview");
let colours = {}, selected = null, hovered = null;

const placed = [];  // rows with their y
let height = AXIS;
for (const thread of threads) {
  thread.y = height;
  height += TITLE;
  for (const row of thread.rows) {
    placed.push({ ...row, y: height, thread });
    height += ROW + GAP;
  }
  height += 6;
}

function readColours() {
  const probe = element("span");
  document.body.append(probe);
  for (const name of ["panel", "line", "faint", "text", "muted", "accent", "step", "several", "interpreted", "compiled",
    "host", "compiling", "waiting", "bad", "on-colour"]) {
    probe.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
}

function prepared(target, wanted) {
  const scale = window.devicePixelRatio || 1, width = target.parentElement.clientWidth - (target === overview ? 28 : 0);
  target.style.height = `${wanted}px`;
  if (target.width !== Math.round(width * scale) || target.height !== Math.round(wanted * scale)) {
    target.width = Math.round(width * scale);
    target.height = Math.round(wanted * scale);
  }
  const context = target.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, wanted);
  context.font = '12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
  context.textBaseline = "middle";
  return [context, width];
}

const xOf = (time, width) => GUTTER + ((time - view.start) / (view.end - view.start)) * (width - GUTTER);
const timeAt = (x, width) => view.start + ((x - GUTTER) / (width - GUTTER)) * (view.end - view.start);
const colourOf = (item) => (item.error ? colours.bad : colours[item.what === "operation" ? item.tier : item.what]);

function firstAfter(items, time) {
  // The first item that ends after `time`; items of a row hardly overlap.
  let low = 0, high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].end < time) low = middle + 1; else high = middle;
  }
  return low;
}

function drawRow(context, row, width) {
  const { items, y } = row;
  context.fillStyle = colours.faint;
  context.fillRect(GUTTER, y, width - GUTTER, ROW);
  let drawnTo = -1, lastColour = "";
  for (let i = firstAfter(items, view.start); i < items.length && items[i].start <= view.end; i++) {
    const item = items[i];
    const left = Math.max(xOf(item.start, width), GUTTER), right = Math.min(xOf(item.end, width), width);
    const colour = colourOf(item);
    if (right - left < 0.7 && right < drawnTo && colour === lastColour) continue;
    const wide = Math.max(right - left, 0.8);
    context.fillStyle = colour;
    context.fillRect(left, y, wide > 3 ? wide - 0.6 : wide, ROW);
    drawnTo = left + Math.max(wide, 0.7);
    lastColour = colour;
    if (item.what === "several" || item.what === "compiling" || item.what === "waiting") hatch(context, left, y, wide);
    if (wide > 34) {
      context.save();
      context.beginPath();
      context.rect(left, y, wide - 4, ROW);
      context.clip();
      const isPale = item.what === "several" || item.what === "waiting";
      context.fillStyle = isPale && !item.error ? colours.text : colours["on-colour"];
      const time = duration(item.end - item.start), named = context.measureText(item.label).width;
      const shown = named + context.measureText(time).width + 22 < wide ? `${item.label}   ${time}` : item.label;
      context.fillText(shown, left + 5, y + ROW / 2 + 0.5);
      context.restore();
    }
    if (item === selected || item === hovered) {
      context.strokeStyle = item === selected ? colours.text : colours.muted;
      context.lineWidth = 2;
      context.strokeRect(left - 1, y, Math.max(wide, 2) + 2, ROW);
    }
  }
}

function hatch(context, left, y, wide) {
  if (wide < 6) return;
  context.save();
  context.beginPath();
  context.rect(left, y, wide, ROW);
  context.clip();
  context.strokeStyle = colours.panel;
  context.globalAlpha = 0.28;
  context.lineWidth = 2;
  context.beginPath();
  for (let x = left - (left % 9) - ROW; x < left + wide; x += 9) {
    context.moveTo(x, y + ROW);
    context.lineTo(x + ROW, y);
  }
  context.stroke();
  context.restore();
}

function tickSize(span, count) {
  const rough = span / count, power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
}

function drawAxis(context, width) {
  const tick = tickSize(view.end - view.start, Math.max(2, (width - GUTTER) / 110));
  context.textAlign = "center";
  for (let time = Math.ceil(view.start / tick) * tick; time <= view.end; time += tick) {
    const x = xOf(time, width);
    context.fillStyle = colours.line;
    context.fillRect(x, AXIS - 6, 1, height);
    context.fillStyle = colours.muted;
    if (x > GUTTER + 20 && x < width - 24) context.fillText(tickLabel(time, tick), x, AXIS / 2 - 1);
  }
  context.textAlign = "left";
  context.fillText(`${duration(view.end - view.start)} shown`, 0, AXIS / 2 - 1);
}

function tickLabel(time, tick) {
  const [size, unit] = tick >= 1e8 || view.end >= 6e10 ? [1e9, "s"] : view.end >= 1e6 ? [1e6, "ms"] : [1e3, "µs"];
  const digits = Math.max(0, -Math.floor(Math.log10(tick / size) + 1e-9));
  return `${(time / size).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

function draw() {
  const [context, width] = prepared(canvas, height);
  drawAxis(context, width);
  for (const thread of threads) {
    context.fillStyle = colours.panel;
    context.fillRect(0, thread.y, width, TITLE);
    context.fillStyle = colours.text;
    context.font = '600 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
    context.fillText(thread.name, 0, thread.y + TITLE / 2 + 2);
    const wide = context.measureText(thread.name).width;
    context.font = '12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
    context.fillStyle = colours.muted;
    context.fillText(plural(thread.steps, "step"), wide + 10, thread.y + TITLE / 2 + 2);
  }
  for (const row of placed) {
    drawRow(context, row, width);
    context.fillStyle = colours.muted;
    context.fillText(row.title, 0, row.y + ROW / 2 + 0.5);
  }
  drawOverview();
}

function drawOverview() {
  const [context, width] = prepared(overview, 46);
  const each = 40 / Math.max(threads.length, 1);
  threads.forEach((thread, index) => {
    for (const row of thread.rows) {
      if (row.name === "operations") continue;
      for (const item of row.items) {
        context.fillStyle = colourOf(item);
        const left = (item.start / whole) * width, wide = Math.max(0.6, ((item.end - item.start) / whole) * width);
        const isStep = row.name === "steps";
        context.globalAlpha = isStep ? 0.35 : 0.9;
        context.fillRect(left, 3 + index * each + (isStep ? 0 : each * 0.3), wide, Math.max(1, isStep ? each - 2 : each * 0.5));
      }
    }
  });
  context.globalAlpha = 1;
  const left = (view.start / whole) * width, right = (view.end / whole) * width;
  context.fillStyle = colours.panel;
  context.globalAlpha = 0.7;
  context.fillRect(0, 0, left, 46);
  context.fillRect(right, 0, width - right, 46);
  context.globalAlpha = 1;
  context.strokeStyle = colours.accent;
  context.lineWidth = 2;
  context.strokeRect(left + 1, 1, Math.max(4, right - left - 2), 44);
}

let pending = 0;
function redraw() {
  if (!pending) pending = requestAnimationFrame(() => { pending = 0; draw(); });
}

function show(start, end) {
  const margin = whole * 0.02, span = Math.min(Math.max(end - start, 200), whole + 2 * margin);
  const low = Math.min(Math.max(start, -margin), whole + margin - span);
  view.start = low;
  view.end = low + span;
  redraw();
}

function zoom(factor, around = (view.start + view.end) / 2) {
  show(around - (around - view.start) * factor, around + (view.end - around) * factor);
}

const pan = (share) => show(view.start + share * (view.end - view.start), view.end + share * (view.end - view.start));
const fit = () => show(-whole * 0.01, whole * 1.01);
const zoomTo = (item) => { const room = (item.end - item.start) * 0.15; show(item.start - room, item.end + room); };

function itemAt(x, y) {
  const row = placed.find((candidate) => y >= candidate.y && y < candidate.y + ROW + GAP);
  const width = canvas.clientWidth;
  if (!row || x < GUTTER) return null;
  const time = timeAt(x, width), slack = ((view.end - view.start) / (width - GUTTER)) * 3;
  let best = null, distance = slack;
  for (let i = firstAfter(row.items, time - slack); i < row.items.length && row.items[i].start <= time + slack; i++) {
    const away = Math.max(row.items[i].start - time, time - row.items[i].end, 0);
    if (away <= distance) { best = row.items[i]; distance = away; }
  }
  return best;
}

// -- details ------------------------------------------------------------------------------------

function list(pairs) {
  const made = element("dl");
  for (const [name, value] of pairs) {
    if (value === "" || value === null || value === undefined) continue;
    made.append(element("dt", {}, name), element("dd", {}, value));
  }
  return made;
}

function heading(name, kind, colour) {
  return [element("span", { class: "tag", style: { background: `var(--${colour})` } }, kind), element("h2", {}, name)];
}

function detailsOfStep(item) {
  if (item.what === "several") {
    return [...heading(plural(item.count, "step"), "stretch", "step"),
      element("p", { class: "muted" }, "These steps were left out of the picture one by one; sums and tables count them."),
      list([["in steps", duration(item.busy)], ["on average", duration(item.busy / item.count)],
        ["from", duration(item.start)], ["to", duration(item.end)], ["steps", stepTitle(item.kind)]])];
  }
  const kind = data.kinds[item.kind], took = item.end - item.start;
  const parts = element("ul");
  for (const piece of item.pieces) {
    parts.append(element("li", {}, dot(piece.what), element("a", { onclick: () => select(piece, true) }, piece.label),
      element("span", { class: "muted" }, ` ${piece.what} · ${duration(piece.end - piece.start)}`)));
  }
  return [...heading(stepTitle(item.kind), "step", "step"),
    item.error ? element("pre", { class: "bad" }, item.error) : null,
    list([["took", duration(took)],
      ["usually", kind.count > 1 ? `${duration(kind.median)} (median of ${kind.count.toLocaleString("en")})` : ""],
      ["began at", duration(item.start)], ["thread", threads[item.thread].name],
      ["fetches", shortList(kind.fetches, kind.more)], ["feeds", shortList(kind.feeds, 0)],
      ["session", data.sessions[kind.session]]]),
    element("h3", {}, "What it did"), parts];
}

const shortList = (names, more) => names.slice(0, 12).join(", ") + (names.length > 12 || more ? ` and ${names.length + more - 12} more` : "");

function detailsOfOperation(item) {
  const op = operationOf(item.number);
  const spent = sumsOf.get(item.number);
  return [...heading(op.name, op.type, item.tier),
    item.start === undefined ? null : list([["took", duration(item.end - item.start)], ["made", data.shapes[item.shapes]]]),
    list([["in all", spent ? `${duration(spent[1])} in ${plural(spent[0], "run")}, at most ${duration(spent[2])}` : "timed as part of compiled clusters"],
      ["static shape", op.outputs], ["inputs", op.inputs.join(", ")], ["device", op.device]]),
    op.line ? element("h3", {}, "Made by") : null,
    op.line ? element("code", {}, op.line) : null,
    op.source ? element("pre", { class: "mono" }, op.source) : null];
}

function detailsOfUnit(item) {
  const unit = data.kinds[item.kind].units[item.ref] || { ops: [], size: 0, static: [] };
  const types = new Map();
  for (const number of unit.ops) types.set(operationOf(number).type, (types.get(operationOf(number).type) || 0) + 1);
  const ranked = [...types].sort((a, b) => b[1] - a[1]);
  const compiled = data.compilations.filter(([kind, ref]) => kind === item.kind && ref === item.ref);
  const members = element("ul");
  unit.ops.slice(0, 300).forEach((number, index) => {
    const op = operationOf(number), spent = sumsOf.get(number);
    const why = unit.why ? text(unit.why[index]) : "";
    members.append(element("li", {}, element("a", { onclick: () => showDetails({ what: "operation", number, tier: item.what }) }, op.name),
      element("span", { class: "muted" }, ` ${op.type}${spent ? ` · ${duration(spent[1] / spent[0])}` : ""}${why ? ` · ${why}` : ""}`)));
  });
  const left = unit.size - Math.min(unit.ops.length, 300);
  return [...heading(item.label, item.what, item.what),
    list([["took", item.start === undefined ? "" : duration(item.end - item.start)],
      ["in the step", stepTitle(item.kind)],
      ["compiled", compiled.length ? compiled.map(([, , at, ns, note]) => `in ${duration(ns)} at ${duration(at)}${note ? `, ${note}` : ""}`).join("; ") : ""],
      ["compiled for each value of", (unit.static || []).join(", ")],
      ["op types", ranked.slice(0, 10).map(([type, count]) => (count > 1 ? `${count} ${type}` : type)).join(", ") + (ranked.length > 10 ? ", …" : "")]]),
    element("h3", {}, `Operations (${unit.size.toLocaleString("en")})`), members,
    left > 0 ? element("p", { class: "muted" }, `and ${plural(left, "more operation")}`) : null];
}

function detailsOf(item) {
  if (item.what === "step" || item.what === "several") return detailsOfStep(item);
  if (item.what === "operation") return detailsOfOperation(item);
  if (item.what === "waiting") {
    return [...heading(item.label, "waiting", "waiting"),
      list([["waited", duration(item.end - item.start)], ["in the step", stepTitle(item.kind)],
        ["from", duration(item.start)], ["to", duration(item.end)]])];
  }
  return detailsOfUnit(item);
}

function showDetails(item) {
  const buttons = item.start === undefined ? [] : [element("p", {}, element("a", { onclick: () => zoomTo(item) }, "Zoom to it"),
    item.step ? " · " : "", item.step ? element("a", { onclick: () => select(item.step, true) }, "Its step") : "")];
  byId("details").replaceChildren(...detailsOf(item).filter((part) => part !== null), ...buttons);
}

function select(item, reveal = false) {
  selected = item;
  if (!item) {
    byId("details").replaceChildren(element("p", { class: "muted" }, "Click a step, a cluster or an operation to see what it is."));
  } else {
    showDetails(item);
    if (reveal && (item.end < view.start || item.start > view.end || item.end - item.start < (view.end - view.start) / 200)) zoomTo(item);
  }
  redraw();
}

// -- tables -------------------------------------------------------------------------------------

const sumsOf = new Map(data.spent.map(([number, ...sums]) => [number, sums]));
const onHost = new Set(data.kinds.flatMap((kind) => kind.units.filter((unit) => !unit.cluster).flatMap((unit) => unit.ops)));
const tierOf = (number) => (onHost.has(number) ? "host" : "interpreted");
const sorting = { operations: ["total", -1], steps: ["total", -1], compilations: ["seconds", -1] };
const shown = { table: "operations", group: "operation", filter: "", rows: 100 };

function operationRows() {
  const rows = [];
  const byType = new Map();
  for (const [number, count, total, most] of data.spent) {
    const op = operationOf(number);
    if (shown.group === "type") {
      const row = byType.get(op.type) || { name: op.type, type: "", count: 0, total: 0, most: 0, line: "", tier: tierOf(number) };
      row.count += count;
      row.total += total;
      row.most = Math.max(row.most, most);
      byType.set(op.type, row);
    } else {
      rows.push({ name: op.name, type: op.type, count, total, most, line: op.line, tier: tierOf(number), item: { what: "operation", number, tier: tierOf(number) } });
    }
  }
  for (const [kind, unit, tier, count, total, most] of data.units) {
    if (KINDS[tier] !== "compiled") continue;
    const item = { what: "compiled", kind, ref: unit, label: unitTitle(kind, unit) };
    rows.push({ name: `${unitTitle(kind, unit)} of ${stepTitle(kind)}`, type: "compiled cluster", count, total, most, line: "", tier: "compiled", item });
  }
  return [...rows, ...byType.values()];
}

const short = (line) => line.split(/[\\/]/).slice(-1)[0];

const TABLES = {
  operations: {
    columns: [["name", "operation"], ["type", "type"], ["count", "runs"], ["total", "total"], ["share", ""], ["mean", "mean"], ["most", "longest"], ["line", "made by"]],
    rows: () => {
      const rows = operationRows();
      const all = rows.reduce((sum, row) => sum + row.total, 0) || 1;
      for (const row of rows) { row.mean = row.total / row.count; row.share = row.total / all; }
      return rows;
    },
  },
  steps: {
    columns: [["name", "fetches"], ["count", "steps"], ["total", "total"], ["share", ""], ["fastest", "fastest"], ["median", "median"], ["most", "slowest"], ["curve", "time of a step over the run"]],
    rows: () => {
      const all = data.kinds.reduce((sum, kind) => sum + kind.total, 0) || 1;
      return data.kinds.map((kind, index) => ({
        name: stepTitle(index), count: kind.count, total: kind.total, share: kind.total / all, fastest: kind.fastest, median: kind.median,
        most: kind.slowest, curve: kind.curve, tier: "step", kind: index,
      })).filter((row) => row.count);
    },
  },
  compilations: {
    columns: [["name", "cluster"], ["step", "step"], ["seconds", "took"], ["at", "at"], ["result", "result"]],
    rows: () => data.compilations.map(([kind, unit, at, ns, note]) => ({
      name: unitTitle(kind, unit), step: stepTitle(kind), seconds: ns, at, result: note ? (note === "from the cache" ? note : `stays interpreted: ${note}`) : "compiled",
      item: { what: "compiled", kind, ref: unit, label: unitTitle(kind, unit) },
    })),
  },
};
const TIMES = new Set(["total", "mean", "most", "median", "fastest", "seconds", "at"]);

function cell(name, row) {
  const value = row[name];
  if (TIMES.has(name)) return element("td", { class: "number" }, duration(value));
  if (name === "count") return element("td", { class: "number" }, value.toLocaleString("en"));
  if (name === "share") {
    const bar = element("i", { style: { width: `${Math.max(1, 100 * value)}%`, background: `var(--${row.tier})` } });
    return element("td", { title: `${(100 * value).toFixed(1)}%` }, element("span", { class: "share" }, bar));
  }
  if (name === "line") return element("td", { class: "mono", title: value }, short(value));
  if (name === "curve") return element("td", {}, curve(value));
  return element("td", { class: "name" }, value);
}

function curve(values) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("class", "curve");
  made.setAttribute("viewBox", "0 0 100 30");
  made.setAttribute("preserveAspectRatio", "none");
  if (values.length > 1) {
    // Logarithmic: a first step that compiles is often a thousand times slower than the others.
    const logs = values.map((value) => Math.log(Math.max(value, 1))), low = Math.min(...logs), room = Math.max(Math.max(...logs) - low, 0.3);
    const points = logs.map((value, i) => `${((100 * i) / (logs.length - 1)).toFixed(2)},${(28 - (26 * (value - low)) / room).toFixed(2)}`);
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `M${points.join("L")}`);
    made.append(path);
  }
  const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
  title.textContent = `from ${duration(Math.min(...values))} to ${duration(Math.max(...values))}, logarithmic`;
  made.append(title);
  return made;
}

function clicked(name, row) {
  if (name === "steps") {
    const steps = threads.flatMap((thread) => thread.rows.filter((r) => r.name === "steps").flatMap((r) => r.items));
    const own = steps.filter((item) => item.what === "step" && item.kind === row.kind);
    if (own.length) select(own.reduce((a, b) => (b.end - b.start > a.end - a.start ? b : a)), true);
  } else if (row.item) {
    const found = row.item.what === "operation" && longestDrawn(row.item.number);
    if (found) select(found, true); else { selected = null; showDetails(row.item); redraw(); }
  }
}

function longestDrawn(number) {
  let best = null;
  for (const row of placed) {
    if (row.name !== "operations") continue;
    for (const item of row.items) if (item.number === number && (!best || item.end - item.start > best.end - best.start)) best = item;
  }
  return best;
}

function drawTable() {
  for (const tab of document.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", String(tab.dataset.table === shown.table));
  const tools = byId("table-tools");
  tools.replaceChildren();
  if (shown.table === "about") { byId("table").replaceChildren(...about()); return; }
  const { columns, rows } = TABLES[shown.table];
  const [by, direction] = sorting[shown.table];
  const wanted = shown.filter.toLowerCase();
  const all = rows().filter((row) => !wanted || `${row.name} ${row.type || ""} ${row.line || ""}`.toLowerCase().includes(wanted));
  all.sort((a, b) => direction * (typeof a[by] === "string" ? String(a[by]).localeCompare(String(b[by])) : (a[by] || 0) - (b[by] || 0)));
  const head = element("tr");
  for (const [name, title] of columns) {
    const number = TIMES.has(name) || name === "count";
    const attributes = { class: number ? "number" : "", onclick: () => { sorting[shown.table] = [name, by === name ? -direction : number ? -1 : 1]; drawTable(); } };
    if (by === name) attributes["aria-sort"] = direction < 0 ? "descending" : "ascending";
    head.append(element("th", attributes, title));
  }
  const body = element("tbody");
  for (const row of all.slice(0, shown.rows)) {
    body.append(element("tr", { class: "link", onclick: () => clicked(shown.table, row) }, ...columns.map(([name]) => cell(name, row))));
  }
  const parts = [element("table", {}, element("thead", {}, head), body)];
  if (!all.length) parts.push(element("p", { class: "muted" }, shown.table === "compilations" ? "Nothing was compiled." : "Nothing."));
  if (all.length > shown.rows) parts.push(element("p", {}, element("a", { onclick: () => { shown.rows = Infinity; drawTable(); } }, `Show all ${all.length.toLocaleString("en")}`)));
  byId("table").replaceChildren(...parts);
  if (shown.table === "operations") {
    const other = shown.group === "type" ? "operation" : "type";
    const search = element("input", { type: "search", placeholder: "name, type or line", "aria-label": "Filter" });
    search.value = shown.filter;
    search.addEventListener("input", () => { shown.filter = search.value; drawTable(); byId("table-tools").querySelector("input").focus(); });
    tools.append(element("button", { type: "button", onclick: () => { shown.group = other; drawTable(); } }, `Group by ${other}`), search);
  }
}

function about() {
  const facts = Object.entries(data.facts).map(([name, value]) => `${name} ${value}`).join(" · ");
  return [element("p", {}, facts),
    element("p", {}, `Recording took ${duration(data.own_ns)} of the program's time, besides a few microseconds a step and an operation for reading the clock. ` +
      "A step that is recorded runs in the same tiers as one that is not."),
    element("p", {}, "interpreted: a cluster of operations run one by one with NumPy. compiled: the same as one XLA program; its operations have no times of their own. " +
      "host operations: strings, queues, Python functions and whatever else cannot be compiled. waiting: for a queue, or for another step that writes variables. " +
      "compiling: making a program of a cluster that has become hot.")];
}

// -- events -------------------------------------------------------------------------------------

function listen() {
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan((event.deltaX || event.deltaY) / 1000);
    else zoom(Math.exp(Math.max(-200, Math.min(200, event.deltaY)) / 300), timeAt(Math.max(event.offsetX, GUTTER), canvas.clientWidth));
  }, { passive: false });
  let drag = null;
  canvas.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, start: view.start, end: view.end, top: byId("scroll").scrollTop, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drag) {
      const moved = event.clientX - drag.x;
      if (Math.hypot(moved, event.clientY - drag.y) > 3) drag.moved = true;
      if (drag.moved) {
        canvas.classList.add("dragging");
        const by = (-moved / (canvas.clientWidth - GUTTER)) * (drag.end - drag.start);
        show(drag.start + by, drag.end + by);
        byId("scroll").scrollTop = drag.top - (event.clientY - drag.y);
      }
      return;
    }
    const item = itemAt(event.offsetX, event.offsetY), tip = byId("tip");
    if (item !== hovered) { hovered = item; redraw(); }
    tip.hidden = !item;
    if (item) {
      tip.textContent = `${item.label} · ${duration(item.end - item.start)}`;
      tip.style.left = `${Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 10)}px`;
      tip.style.top = `${event.clientY + 18}px`;
    }
  });
  canvas.addEventListener("pointerup", (event) => {
    if (drag && !drag.moved) select(itemAt(event.offsetX, event.offsetY));
    drag = null;
    canvas.classList.remove("dragging");
  });
  canvas.addEventListener("pointerleave", () => { hovered = null; byId("tip").hidden = true; redraw(); });
  canvas.addEventListener("dblclick", (event) => { const item = itemAt(event.offsetX, event.offsetY); if (item) zoomTo(item); });
  canvas.addEventListener("keydown", (event) => {
    const keys = {
      ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), a: () => pan(-0.2), d: () => pan(0.2), "+": () => zoom(0.6), "=": () => zoom(0.6), w: () => zoom(0.6),
      "-": () => zoom(1.6), s: () => zoom(1.6), 0: fit, Home: fit, Escape: () => select(null),
    };
    if (keys[event.key] && !event.ctrlKey && !event.metaKey) { keys[event.key](); event.preventDefault(); }
  });
  const brush = (event) => {
    const middle = (event.offsetX / overview.clientWidth) * whole, span = view.end - view.start;
    if (event.buttons) show(middle - span / 2, middle + span / 2);
  };
  overview.addEventListener("pointerdown", brush);
  overview.addEventListener("pointermove", brush);
  overview.addEventListener("wheel", (event) => { event.preventDefault(); zoom(Math.exp(event.deltaY / 300), (event.offsetX / overview.clientWidth) * whole); }, { passive: false });
  byId("zoom-in").addEventListener("click", () => zoom(0.6));
  byId("zoom-out").addEventListener("click", () => zoom(1.6));
  byId("fit").addEventListener("click", fit);
  byId("theme").addEventListener("click", () => {
    const dark = getComputedStyle(document.body).backgroundColor === "rgb(16, 19, 23)";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    readColours();
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); redraw(); });
  new ResizeObserver(redraw).observe(byId("picture"));
  for (const tab of document.querySelectorAll("[role=tab]")) tab.addEventListener("click", () => { shown.table = tab.dataset.table; drawTable(); });
}

byId("title").textContent = data.title;
byId("subtitle").textContent = [plural(data.left_out.of_steps, "step"), duration(data.length), plural(data.sessions.length, "session"),
  plural(threads.length, "thread")].join(" · ") + ` · ${new Date(data.started_ns / 1e6).toLocaleString()}`;
drawSums();
tellLeftOut();
readColours();
listen();
drawTable();
select(null);
// What comes before the first step (imports, building the graph) is left of the picture.
const first = Math.min(...threads.flatMap((thread) => thread.rows.slice(0, 1).map((row) => row.items[0].start)), whole);
show(first - (whole - first) * 0.02, whole + (whole - first) * 0.02);
// For whoever drives the page: the rows as drawn, and where an item lies on the canvas.
window.trace = { data, rows: placed, view, show, select, placeOf: (row, item) => [xOf((item.start + item.end) / 2, canvas.clientWidth), row.y + ROW / 2] };
