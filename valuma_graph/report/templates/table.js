/* A table that sorts, filters, opens, prints and saves itself. Names of the data become text only. */

const GRID_SHORT = 12;
const GRID_DRAWN = 1000;
const GRID_PAPER = 40;
const GRID_MANY = 2000; // rows among which is searched when the typing pauses
const GRID_PAUSE = 150;
const GRID_NUMERIC = new Set(["number", "percent", "chance", "year"]);
const gridPrinters = new WeakMap(); // what each table does for paper, by its box
const gridState = { watching: false, printing: false, made: 0 };

/** Return whether a value is known; an unknown one is a dash and stays last in every order. */
function gridKnown(value) {
  return value !== null && value !== undefined && value !== "" && !Number.isNaN(value);
}

/** Return what a cell shows, in the language of the page. */
function cellText(column, row, words) {
  if (column.text) return column.text(row);
  if (column.parts) return column.parts(row).map((part) => part.text).join("");
  const value = column.value(row);
  if (!gridKnown(value)) return "–";
  if (column.type === "number") return words.number(value, column.decimals ?? 0);
  if (column.type === "percent") return words.percent(value, column.decimals ?? 0);
  if (column.type === "chance") return words.chance(value);
  return String(value);
}

/** Return an element with a class and perhaps a text. */
function gridNode(name, cls, text) {
  const made = document.createElement(name);
  if (cls) made.className = cls;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Fill a cell: a name may hold any script, so it is set apart from what stands around it. */
function fillCell(cell, column, row, words) {
  const parts = column.parts
    ? column.parts(row)
    : [{ text: cellText(column, row, words), href: column.href?.(row) }];
  const numeric = GRID_NUMERIC.has(column.type);
  const tone = column.tone?.(row);
  const home = tone ? cell.appendChild(gridNode("span", `tone ${tone}`)) : cell;
  for (const part of parts) {
    const text = numeric ? document.createTextNode(part.text) : gridNode("bdi", "", part.text);
    if (part.href) {
      const link = home.appendChild(gridNode("a"));
      link.href = part.href;
      link.append(text);
    } else home.append(text);
  }
  const below = column.sub?.(row);
  if (below) cell.append(gridNode("bdi", "sub", below));
}

/** Return the rank of each of some texts in the order of the language. */
function gridRanks(texts, words) {
  const sorted = [...new Set(texts)].sort(words.compare);
  const ranks = new Map();
  let rank = 0;
  sorted.forEach((text, i) => {
    if (i && words.compare(sorted[i - 1], text)) rank = i;
    ranks.set(text, rank);
  });
  return ranks;
}

/**
 * Return the positions of rows in the order of a column; what is not known stays last, ties as
 * they came. Texts are compared once each: a table may have more rows than there are names.
 */
function sortRows(rows, column, direction, words) {
  const sign = direction === "descending" ? -1 : 1;
  const asText = !GRID_NUMERIC.has(column.type) && !column.order;
  const values = rows.map((row) => {
    const value = column.order ? column.order(row) : column.value(row);
    if (!gridKnown(column.value(row)) || !gridKnown(value)) return null;
    return asText ? cellText(column, row, words) : value;
  });
  const isText = (value) => typeof value === "string";
  const ranks = gridRanks(values.filter(isText), words);
  const keys = Float64Array.from(values, (value) => {
    if (value === null) return Infinity;
    return sign * (isText(value) ? ranks.get(value) : value);
  });
  // Infinity less Infinity is no number, so that ties of the unknown keep their order too.
  return Uint32Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b] || a - b);
}

/**
 * Return what finds the rows that have some words in their cells of text. Each text is looked at
 * once, in however many rows it stands.
 */
function makeGridIndex(rows, columns, words) {
  const places = new Map(); // where each text is among the folded ones
  const folded = [];
  const place = (text) => {
    let at = places.get(text);
    if (at === undefined) {
      at = folded.length;
      places.set(text, at);
      const plain = words.fold(text);
      // Who lacks the key for å, ä or ö types a or o.
      folded.push(`${plain} ${plain.normalize("NFD").replace(/\p{Mn}/gu, "")}`);
    }
    return at;
  };
  const searched = columns.filter((one) => !GRID_NUMERIC.has(one.type));
  const width = searched.length;
  const cells = new Uint32Array(rows.length * width);
  rows.forEach((row, at) => {
    searched.forEach((one, k) => {
      const text = cellText(one, row, words);
      cells[at * width + k] = place(one.also ? `${text} ${one.also(row)}` : text);
    });
  });
  const has = (hits, at) => {
    for (let k = at * width; k < (at + 1) * width; k++) if (hits[cells[k]]) return true;
    return false;
  };
  return (query) => {
    const wanted = query.map((word) => Uint8Array.from(folded, (text) => text.includes(word)));
    return (at) => wanted.every((hits) => has(hits, at));
  };
}

/** Return a cell of a CSV file, not yet quoted; text that a spreadsheet could run is guarded. */
function csvCell(column, row, words, comma) {
  const written = (number) => String(number).toUpperCase().replace(".", comma);
  const value = column.csv ? column.csv(row) : column.value(row);
  if (!gridKnown(value)) return "";
  if (typeof value === "number" && column.type === "percent") {
    return `${written(Number((100 * value).toFixed(2)))}%`;
  }
  if (typeof value === "number") return written(Number(value.toPrecision(10)));
  const text = column.csv ? String(value) : cellText(column, row, words);
  return csvText(text);
}

/** Return text that no spreadsheet takes for a formula, with one kind of line break. */
function csvText(text) {
  const plain = text.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
  return /^'*[=+\-@\t\n]/.test(plain) ? `'${plain}` : plain;
}

/** Return rows as CSV as a spreadsheet of the language opens it: ";" and decimal commas in fi, sv. */
function csvOf(columns, rows, words) {
  const english = words.lang === "en";
  const quoted = (text) => (/[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = columns.map((column) => csvText(column.label()));
  const body = rows.map((row) =>
    columns.map((column) => csvCell(column, row, words, english ? "." : ",")),
  );
  const lines = [head, ...body].map((cells) => cells.map(quoted).join(english ? "," : ";"));
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

/** Draw the tables that are in the page as paper needs them, and back. */
function watchPrinting() {
  if (gridState.watching) return;
  gridState.watching = true;
  const all = (printing) => {
    gridState.printing = printing;
    for (const box of document.querySelectorAll(".grid")) gridPrinters.get(box)?.(printing);
  };
  addEventListener("beforeprint", () => all(true));
  addEventListener("afterprint", () => all(false));
}

/** Build the frame of a table once; what changes is filled in later. */
function gridFrame(host, spec) {
  gridState.made += 1;
  const id = host.id || `grid-${gridState.made}`;
  const make = (parent, name, cls) => parent.appendChild(gridNode(name, cls));
  const box = gridNode("div", "grid");
  const bar = make(box, "div", "grid-bar");
  const title = make(bar, `h${spec.level ?? 3}`);
  title.id = `${id}-title`;
  const tools = make(bar, "div", "grid-tools no-print");
  const label = make(tools, "label", "grid-find");
  const labelText = make(label, "span");
  const find = make(label, "input");
  Object.assign(find, { type: "search", autocomplete: "off", spellcheck: false });
  const count = make(tools, "span", "grid-count");
  const save = make(tools, "button", "grid-save");
  save.type = "button";
  const note = make(box, "p", "grid-note");
  const scroll = make(box, "div", "grid-scroll");
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-labelledby", title.id);
  scroll.tabIndex = 0;
  const table = make(scroll, "table");
  table.setAttribute("aria-labelledby", title.id);
  const head = make(make(table, "thead"), "tr");
  const body = make(table, "tbody");
  const nothing = make(box, "p", "grid-nothing");
  const rest = make(box, "p", "grid-rest");
  const more = make(box, "button", "grid-more no-print");
  more.type = "button";
  const status = make(box, "p", "hidden");
  status.setAttribute("role", "status");
  host.replaceChildren(box);
  return { box, title, label, labelText, find, count, save, note, scroll, table, head, body, nothing, rest, more, status };
}

/**
 * Make a table in an element.
 *
 * @param {Element} host an empty element
 * @param {object} first what the table shows: columns, rows, order, words (see the caller)
 * @param {object} words the words of the page
 * @returns {{update, find, mark, toCSV, focus}}
 */
function makeTable(host, first, words) {
  const dom = gridFrame(host, first);
  const state = { sort: first.sort ?? null, query: "", open: false, paper: gridState.printing, marked: null };
  let spec = first;
  let rows = [];
  let order = null; // positions of all rows as they are sorted
  let index = null;
  let typing = 0;

  const column = (key) => spec.columns.find((one) => one.key === key);
  // Some columns are for the file only: the page says the same in fewer.
  const onScreen = () => spec.columns.filter((one) => !one.csvOnly);
  const keyOf = (row) => (spec.key ? String(spec.key(row)) : null);

  const sorted = () => {
    const by = state.sort && column(state.sort[0]);
    return by ? sortRows(spec.rows, by, state.sort[1], words) : Uint32Array.from(spec.rows.keys());
  };
  const arrange = () => {
    order ??= sorted();
    const wanted = words.fold(state.query).split(/\s+/).filter(Boolean);
    let kept = order;
    if (wanted.length) {
      index ??= makeGridIndex(spec.rows, spec.columns, words);
      kept = order.filter(index(wanted));
    }
    rows = Array.from(kept, (at) => spec.rows[at]);
  };

  const short = () => spec.short ?? GRID_SHORT;
  const limit = () => {
    const shown = state.open || state.query ? GRID_DRAWN : short();
    return state.paper ? Math.max(spec.print ?? GRID_PAPER, state.open ? shown : 0) : shown;
  };
  const drawn = () => {
    const some = rows.slice(0, limit());
    const marked = state.marked && rows.find((row) => keyOf(row) === state.marked);
    state.apart = Boolean(marked) && !some.includes(marked);
    if (state.apart) some.push(marked);
    return some;
  };

  const drawHead = () => {
    const focused = [...dom.head.cells].findIndex((cell) => cell.contains(document.activeElement));
    dom.head.replaceChildren(
      ...onScreen().map((one) => {
        const cell = gridNode("th", GRID_NUMERIC.has(one.type) ? "n" : "");
        cell.scope = "col";
        if (state.sort?.[0] === one.key) cell.setAttribute("aria-sort", state.sort[1]);
        const button = cell.appendChild(gridNode("button", "", one.label()));
        button.type = "button";
        const hint = one.hint?.();
        if (hint) {
          button.title = hint;
          button.setAttribute("aria-description", hint);
        }
        button.addEventListener("click", () => turn(one));
        return cell;
      }),
    );
    if (focused >= 0) dom.head.cells[focused]?.firstChild.focus({ preventScroll: true });
  };
  const drawRow = (row) => {
    const line = gridNode("tr");
    const key = keyOf(row);
    if (key !== null) line.dataset.key = key;
    if (key !== null && key === state.marked) {
      line.classList.add("marked");
      line.classList.toggle("apart", state.apart); // rows between are not drawn
      line.setAttribute("aria-current", "true");
      line.tabIndex = -1;
    }
    onScreen().forEach((one, at) => {
      const cls = GRID_NUMERIC.has(one.type) ? "n" : one.type;
      const cell = line.appendChild(gridNode(at ? "td" : "th", cls));
      if (!at) cell.scope = "row";
      fillCell(cell, one, row, words);
    });
    return line;
  };
  const drawBody = () => {
    const focused = document.activeElement?.closest?.("tr");
    const held = dom.body.contains(focused) && focused.dataset.key;
    const some = drawn();
    dom.body.replaceChildren(...some.map(drawRow));
    if (held) {
      const again = [...dom.body.rows].find((line) => line.dataset.key === held);
      (again?.querySelector("a") ?? dom.scroll).focus({ preventScroll: true });
    }
    drawAround(some.length);
  };
  const drawAround = (shown) => {
    const [all, kept] = [spec.rows.length, rows.length];
    const found = words.t("grid.found", { shown: words.number(kept), all: words.number(all) });
    dom.table.hidden = !kept;
    dom.nothing.hidden = kept > 0;
    if (!kept) dom.nothing.textContent = all ? words.t("grid.nothing") : spec.empty();
    dom.count.textContent = state.query ? found : words.t("grid.rows", { n: all });
    dom.label.hidden = !(spec.find ?? all > short());
    dom.save.hidden = !all || !spec.file;
    dom.more.hidden = kept <= short() || Boolean(state.query);
    dom.more.textContent = state.open
      ? words.t("grid.fewer")
      : words.t("grid.show_all", { n: Math.min(kept, GRID_DRAWN) });
    dom.more.setAttribute("aria-expanded", String(state.open));
    const left = shown < kept && (state.paper || state.open || state.query);
    dom.rest.hidden = !left;
    const of = { shown: words.number(shown), all: words.number(kept) };
    if (left) dom.rest.textContent = words.t(state.paper ? "grid.paper" : "grid.rest", of);
    return found;
  };
  const draw = () => {
    dom.title.textContent = spec.caption();
    dom.labelText.textContent = words.t("grid.filter");
    dom.save.textContent = words.t("grid.save");
    dom.save.setAttribute("aria-label", words.t("grid.save_named", { name: spec.caption() }));
    const note = spec.note?.();
    dom.note.hidden = !note;
    dom.note.textContent = note || "";
    arrange();
    drawHead();
    drawBody();
  };

  const turn = (one) => {
    const before = state.sort?.[0] === one.key ? state.sort[1] : null;
    const usual = GRID_NUMERIC.has(one.type) && one.type !== "chance" ? "descending" : "ascending";
    state.sort = [one.key, before ? (before === "ascending" ? "descending" : "ascending") : usual];
    order = null;
    arrange();
    drawHead();
    drawBody();
  };
  const find = (text) => {
    clearTimeout(typing);
    if (text.trim() === state.query) return;
    state.query = text.trim();
    if (dom.find.value !== text) dom.find.value = text;
    state.marked = null;
    arrange();
    drawBody();
  };
  const open = (wide) => {
    state.open = wide;
    drawBody();
  };

  const findTyped = () => {
    find(dom.find.value);
    dom.status.textContent = dom.count.textContent;
  };
  dom.find.addEventListener("input", () => {
    clearTimeout(typing);
    if (spec.rows.length > GRID_MANY) typing = setTimeout(findTyped, GRID_PAUSE);
    else findTyped();
  });
  dom.more.addEventListener("click", () => {
    open(!state.open);
    if (!state.open) dom.box.scrollIntoView({ block: "nearest" });
  });
  const toCSV = () => csvOf(spec.columns.filter((one) => !one.screenOnly), rows, words);
  dom.save.addEventListener("click", () => {
    saveCSV(spec.file, toCSV());
  });

  gridPrinters.set(dom.box, (printing) => {
    state.paper = printing;
    drawBody();
  });
  watchPrinting();
  draw();
  return {
    /** Show other rows, or another spec; without either, everything again (another language). */
    update(next) {
      if (Array.isArray(next)) spec = { ...spec, rows: next };
      else if (next) spec = next;
      if (state.sort && !column(state.sort[0])) state.sort = spec.sort ?? null;
      if (state.marked && !spec.rows.some((row) => keyOf(row) === state.marked)) state.marked = null;
      order = index = null;
      draw();
    },
    find,
    /** Mark a row and bring it into view; false where there is none of that key. */
    mark(id) {
      const wanted = String(id);
      if (!spec.rows.some((row) => keyOf(row) === wanted)) return false;
      if (!rows.some((row) => keyOf(row) === wanted)) find("");
      state.marked = wanted;
      drawBody();
      const line = [...dom.body.rows].find((one) => one.dataset.key === wanted);
      line.scrollIntoView({ block: "center" });
      line.focus({ preventScroll: true });
      return true;
    },
    toCSV,
    focus: () => dom.scroll.focus(),
  };
}
