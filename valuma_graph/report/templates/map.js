/* The map: one tab stop, arrow keys from place to place, patterns beside colours. */

const PLAN_ZOOMS = [1, 2, 4, 8];
const PLAN_FINGER = 14; // half a finger's target, in points of the screen
const PLAN_ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** What is drawn on the buttons: plus, minus, a frame. */
const PLAN_SIGNS = ["M5 12h14M12 5v14", "M5 12h14", "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"];

/** Return the middle and the area of a path that is made of moves (`Mx yl…z`). */
function pathExtent(path) {
  let best = { x: 0, y: 0, area: -1 };
  let whole = 0;
  for (const ring of path.split("M").slice(1)) {
    const numbers = (ring.match(/-?\d*\.?\d+/g) ?? []).map(Number);
    const [x0, y0] = numbers;
    // Sums around the first point, so that the last side, back to it, adds nothing.
    let [x, y, area, cx, cy] = [0, 0, 0, 0, 0];
    for (let k = 2; k + 1 < numbers.length; k += 2) {
      const [nx, ny] = [x + numbers[k], y + numbers[k + 1]];
      const cross = x * ny - nx * y;
      area += cross / 2;
      cx += ((x + nx) * cross) / 6;
      cy += ((y + ny) * cross) / 6;
      [x, y] = [nx, ny];
    }
    const size = Math.abs(area);
    whole += size;
    if (size <= best.area) continue;
    best = { x: x0 + (size ? cx / area : 0), y: y0 + (size ? cy / area : 0), area: size };
  }
  return { x: best.x, y: best.y, area: whole };
}

/** Return the place that an arrow key leads to: near, and in that direction. */
function placeTowards(places, from, [dx, dy]) {
  let found = null;
  let least = Infinity;
  for (const place of places) {
    const [x, y] = [place.x - from.x, place.y - from.y];
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy) + Math.abs(y * dx);
    if (place === from || along <= 0 || across > 2.5 * along) continue;
    const cost = Math.hypot(x, y) * (1 + 2 * (across / along) ** 2);
    if (cost < least) [found, least] = [place, cost];
  }
  return found;
}

/** Return the patterns that stand beside colours; those of the legend do not follow the zoom. */
function planPatterns() {
  const defs = planNode("defs");
  const drawn = {
    hatch: [7, "M-1 1l2-2M0 7l7-7M6 8l2-2"],
    cross: [6, "M0 6l6-6M0 0l6 6"],
    dots: [6, "M2 2h1.4v1.4h-1.4zM5 5h1.4v1.4h-1.4z"],
  };
  for (const end of ["", "-key"]) {
    for (const [name, [size, path]] of Object.entries(drawn)) {
      const pattern = planNode("pattern", {
        id: `plan-${name}${end}`, class: `plan-${name}`, width: size, height: size, patternUnits: "userSpaceOnUse",
      });
      if (!end) pattern.setAttribute("patternTransform", "scale(1)");
      pattern.append(planNode("rect", { class: "ground", width: size, height: size }));
      pattern.append(planNode("path", { class: "figure", d: path }));
      defs.append(pattern);
    }
  }
  return defs;
}

/** Build what stands around the map, once. */
function planFrame(host, atlas) {
  const { width, height } = atlas.map;
  const make = (parent, name, cls) => parent.appendChild(gridNode(name, cls));
  host.classList.add("plan");
  host.replaceChildren();
  const caption = make(host, "figcaption", "plan-caption");
  caption.id = "plan-caption";
  const title = make(caption, "strong", "");
  const note = make(caption, "span", "plan-note");
  const frame = make(host, "div", "plan-frame");
  const help = make(host, "p", "hidden");
  help.id = "plan-help";
  const whole = [-3, -3, width + 6, height + 6];
  const svg = frame.appendChild(planNode("svg", {
    class: "plan-map", viewBox: whole.join(" "), "data-whole": whole.join(" "),
    "aria-labelledby": "plan-caption", "aria-describedby": "plan-help", preserveAspectRatio: "xMidYMid meet",
  }));
  svg.append(planPatterns());
  const layer = (cls) => svg.appendChild(planNode("g", { class: cls, role: "presentation" }));
  const layers = { shapes: layer("plan-shapes"), rings: layer("plan-rings"), lines: layer("plan-lines"), passing: layer("plan-rings plan-passing") };
  const tip = make(frame, "div", "plan-tip");
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  const zoom = make(frame, "div", "plan-zoom no-print");
  const buttons = PLAN_SIGNS.map((d) => {
    const button = make(zoom, "button", "");
    button.type = "button";
    const sign = button.appendChild(planNode("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }));
    sign.append(planNode("path", { d }));
    return button;
  });
  const heading = make(host, "p", "plan-heading");
  const legend = make(host, "ul", "plan-legend");
  return { host, title, note, frame, help, svg, layers, tip, buttons, heading, legend, whole };
}

/** Make the view of a map: zoomed by buttons, moved by dragging; patterns keep their size. */
function planView(dom) {
  const [left, top, width, height] = dom.whole;
  const view = { z: 1, x: left + width / 2, y: top + height / 2, dragged: false };
  const within = (value, start, size, part) =>
    Math.min(Math.max(value, start + part / 2), start + size - part / 2);

  view.unit = () => {
    const [w, h] = [dom.svg.clientWidth || width, dom.svg.clientHeight || height];
    return Math.max(width / view.z / w, height / view.z / h);
  };
  view.scale = () => {
    const scale = `scale(${view.unit().toFixed(3)})`;
    for (const pattern of dom.svg.querySelectorAll("pattern[patternTransform]")) {
      pattern.setAttribute("patternTransform", scale);
    }
  };
  view.apply = () => {
    const [w, h] = [width / view.z, height / view.z];
    view.x = within(view.x, left, width, w);
    view.y = within(view.y, top, height, h);
    const box = [view.x - w / 2, view.y - h / 2, w, h].map((one) => Math.round(10 * one) / 10);
    dom.svg.setAttribute("viewBox", box.join(" "));
    dom.svg.classList.toggle("zoomed", view.z > 1);
    const [wider, , back] = dom.buttons;
    wider.setAttribute("aria-disabled", String(view.z === PLAN_ZOOMS.at(-1)));
    for (const button of [dom.buttons[1], back]) button.setAttribute("aria-disabled", String(view.z === 1));
    view.scale();
  };
  view.to = (z, at) => {
    view.z = Math.min(Math.max(z, 1), PLAN_ZOOMS.at(-1));
    if (at) [view.x, view.y] = [at.x, at.y];
    view.apply();
  };
  /** Move so far that a point is well inside. */
  view.reveal = (at) => {
    const [w, h] = [(0.8 * width) / view.z, (0.8 * height) / view.z];
    if (Math.abs(at.x - view.x) > w / 2 || Math.abs(at.y - view.y) > h / 2) view.to(view.z, at);
  };
  /** Return where a point of the map is in the frame, in points of the screen. */
  view.onScreen = (at) => {
    const matrix = dom.svg.getScreenCTM();
    const frame = dom.frame.getBoundingClientRect();
    const point = new DOMPoint(at.x, at.y).matrixTransform(matrix);
    return [point.x - frame.left, point.y - frame.top];
  };
  view.onMap = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(dom.svg.getScreenCTM().inverse());

  let grip = null;
  dom.svg.addEventListener("pointerdown", (event) => {
    view.dragged = false;
    if (view.z > 1 && event.button === 0) grip = { at: [event.clientX, event.clientY], x: view.x, y: view.y };
  });
  dom.svg.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [dx, dy] = [event.clientX - grip.at[0], event.clientY - grip.at[1]];
    if (!view.dragged && Math.hypot(dx, dy) < 5) return;
    if (!view.dragged) dom.svg.setPointerCapture(event.pointerId);
    view.dragged = true;
    [view.x, view.y] = [grip.x - dx * view.unit(), grip.y - dy * view.unit()];
    view.apply();
  });
  for (const end of ["pointerup", "pointercancel"]) dom.svg.addEventListener(end, () => { grip = null; });
  new ResizeObserver(view.scale).observe(dom.svg);
  view.apply();
  return view;
}

/** Put a tip beside a point, inside the frame. */
function placeTip(dom, [x, y]) {
  const { tip, frame } = dom;
  tip.hidden = false;
  const [w, h] = [tip.offsetWidth, tip.offsetHeight];
  const left = Math.min(Math.max(x + 14, 4), Math.max(frame.clientWidth - w - 4, 4));
  const above = y - h - 12;
  tip.style.translate = `${Math.round(left)}px ${Math.round(above < 4 ? y + 18 : above)}px`;
}

/** Return the places of a year: what is drawn of each, its middle and its name. */
function planPlaces(shapes, atlas, { k, level }) {
  const there = shapes.filter((shape) => k < 0 || inYear(shape.mask, k));
  const region = new Map();
  for (const [town, of, mask] of atlas.inRegion ?? []) if (inYear(mask, k)) region.set(town, of);
  const places = new Map();
  for (const shape of there) {
    const member = level === "region" ? (region.get(shape.member) ?? shape.member) : shape.member;
    const place = places.get(member) ?? { member, shapes: [], x: 0, y: 0, area: 0 };
    place.shapes.push(shape);
    places.set(member, place);
  }
  for (const place of places.values()) {
    place.area = place.shapes.reduce((sum, one) => sum + one.area, 0);
    const weight = (one) => (place.area ? one.area / place.area : 1 / place.shapes.length);
    place.x = place.shapes.reduce((sum, one) => sum + weight(one) * one.x, 0);
    place.y = place.shapes.reduce((sum, one) => sum + weight(one) * one.y, 0);
  }
  return { there, region, places };
}

/**
 * Make the map in an empty figure; without a map in the atlas the figure stays hidden.
 *
 * @param {Element} host
 * @param {object} atlas
 * @param {object} words
 * @param {{choose: function(number): void}} acts what happens when a place is chosen
 * @returns {{draw, center, focus, save, svg}}
 */
function makeMap(host, atlas, words, { choose }) {
  if (!atlas.map) {
    host.hidden = true;
    return { draw() {}, center() {}, focus() {}, async save() {}, svg: null };
  }
  const dom = planFrame(host, atlas);
  const view = planView(dom);
  const shapes = atlas.map.shapes.map(([member, d, mask]) => {
    const path = dom.layers.shapes.appendChild(planNode("path", { d }));
    return { member, d, mask, path, ...pathExtent(d) };
  });
  const byPath = new Map(shapes.map((shape) => [shape.path, shape]));
  const lines = atlas.map.lines.map(([d, mask]) => ({ mask, path: dom.layers.lines.appendChild(planNode("path", { d })) }));
  let now = { k: -1, level: "municipality", classes: new Map(), values: new Map(), legend: [] };
  let found = { there: [], region: new Map(), places: new Map() };
  let active = null;

  const nameOf = (member) => {
    const name = atlas.members.name[member];
    const others = Array.isArray(name) ? name : [name];
    return [...new Set([words.pick(name), ...others])].join(" – ");
  };
  const labelOf = (member) => {
    const value = now.values?.get(member);
    return value === undefined ? nameOf(member) : `${nameOf(member)}: ${value}`;
  };
  const classOf = (member) => now.classes?.get(member) ?? "absent";
  const placeOf = (shape) => found.places.get(now.level === "region" ? (found.region.get(shape.member) ?? shape.member) : shape.member);
  const setClass = (path, cls) => {
    if (path.getAttribute("class") !== cls) path.setAttribute("class", cls);
  };

  /** Draw a ring around a place: a thick line, of which the place itself covers the inner half. */
  const ring = (layer, member, cls) => {
    const place = found.places.get(member);
    const own = place ? place.shapes : found.there.filter((one) => found.region.get(one.member) === member);
    if (!own.length) return;
    const d = own.map((one) => one.d).join("");
    layer.append(planNode("path", { class: `ring ${cls}`, d }));
    for (const one of own) layer.append(planNode("path", { class: one.path.getAttribute("class"), d: one.d }));
  };
  const pointAt = (place, at) => {
    dom.layers.passing.replaceChildren();
    if (!place) {
      dom.tip.hidden = true;
      return;
    }
    ring(dom.layers.passing, place.member, "pointed");
    const name = gridNode("bdi", "", nameOf(place.member));
    const value = now.values?.get(place.member);
    dom.tip.replaceChildren(name, ...(value === undefined ? [] : [gridNode("span", "", value)]));
    placeTip(dom, at);
  };
  const setActive = (place) => {
    active = place;
    if (!place) return;
    view.reveal(place);
    dom.svg.setAttribute("aria-activedescendant", place.shapes[0].path.id);
    pointAt(place, view.onScreen(place));
  };

  const drawShapes = () => {
    const { k } = now;
    const shown = (mask) => k < 0 || inYear(mask, k);
    for (const { mask, path } of lines) setClass(path, shown(mask) ? "line" : "gone");
    for (const shape of shapes) {
      if (!shown(shape.mask)) setClass(shape.path, "gone");
    }
    for (const path of dom.layers.shapes.querySelectorAll("[role=option]")) {
      for (const name of ["role", "id", "aria-label", "aria-selected"]) path.removeAttribute(name);
    }
    for (const place of found.places.values()) {
      const cls = classOf(place.member);
      for (const shape of place.shapes) setClass(shape.path, cls);
      const { path } = place.shapes[0];
      path.id = `plan-place-${place.member}`;
      path.setAttribute("role", "option");
      path.setAttribute("aria-label", labelOf(place.member));
      path.setAttribute("aria-selected", String(place.member === now.chosen || place.member === now.with));
    }
  };
  const drawAround = () => {
    const some = found.places.size > 0;
    dom.svg.setAttribute("role", some ? "listbox" : "img");
    dom.svg.setAttribute("tabindex", some ? "0" : "-1");
    dom.svg.removeAttribute("aria-activedescendant");
    dom.title.textContent = now.caption ?? "";
    dom.note.textContent = now.note ? ` ${now.note}` : "";
    dom.help.textContent = words.t("plan.help");
    ["plan.zoom_in", "plan.zoom_out", "plan.whole"].forEach((key, at) => {
      dom.buttons[at].setAttribute("aria-label", words.t(key));
      dom.buttons[at].title = words.t(key);
    });
    dom.heading.textContent = now.heading ?? "";
    dom.heading.hidden = !now.heading;
    dom.legend.replaceChildren(
      ...(now.legend ?? []).map(({ cls, text }) => {
        const item = gridNode("li");
        const key = planNode("svg", { class: "plan-key", viewBox: "0 0 26 18", "aria-hidden": "true" });
        key.append(planNode("rect", { class: cls, x: 0.5, y: 0.5, width: 25, height: 17 }));
        item.append(key, gridNode("bdi", "", text));
        return item;
      }),
    );
  };
  const draw = (next) => {
    const moved = next.k !== now.k || next.level !== now.level || !found.there.length;
    now = next;
    if (moved) found = planPlaces(shapes, atlas, now);
    active = (active && found.places.get(active.member)) ?? null;
    pointAt(null);
    drawShapes();
    drawAround();
    dom.layers.rings.replaceChildren();
    for (const [member, cls] of [[now.with, "with"], [now.chosen, "chosen"]]) {
      if (member !== null && member !== undefined) ring(dom.layers.rings, member, cls);
    }
    if (active && document.activeElement === dom.svg) setActive(active);
  };

  /** Return the place that is meant: the one under the pointer, or a small one beside it. */
  const meant = (event) => {
    const under = byPath.get(event.target);
    const touch = event.pointerType === "touch";
    if (under && !touch) return placeOf(under);
    const at = view.onMap(event);
    const reach = (touch ? PLAN_FINGER : 6) * view.unit();
    let best = under ? placeOf(under) : null;
    let least = reach;
    for (const place of found.places.values()) {
      const away = Math.hypot(place.x - at.x, place.y - at.y);
      if (Math.sqrt(place.area) < 2 * reach && away < least) [best, least] = [place, away];
    }
    return best;
  };

  dom.svg.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || view.dragged) return;
    const frame = dom.frame.getBoundingClientRect();
    pointAt(meant(event), [event.clientX - frame.left, event.clientY - frame.top]);
  });
  dom.svg.addEventListener("pointerleave", () => pointAt(null));
  dom.svg.addEventListener("click", (event) => {
    if (view.dragged) return;
    const place = meant(event);
    if (!place) return;
    active = place;
    choose(place.member);
  });
  const firstPlace = () => found.places.get(now.chosen)
    ?? [...found.places.values()].reduce((best, one) => {
      const far = (place) => Math.hypot(place.x - view.x, place.y - view.y);
      return !best || far(one) < far(best) ? one : best;
    }, null);
  dom.svg.addEventListener("focus", () => {
    if (dom.svg.matches(":focus-visible")) setActive(active ?? firstPlace());
  });
  dom.svg.addEventListener("blur", () => pointAt(null));
  dom.svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const arrow = PLAN_ARROWS[event.key];
    if (arrow) {
      setActive((active && placeTowards(found.places.values(), active, arrow)) ?? active ?? firstPlace());
    } else if ((event.key === "Enter" || event.key === " ") && active) choose(active.member);
    else if (event.key === "+" || event.key === "-") step(event.key === "+" ? 1 : -1);
    else if (event.key === "Escape") pointAt(null);
    else return;
    event.preventDefault();
  });
  const step = (by) => {
    const at = PLAN_ZOOMS.findLastIndex((one) => one <= view.z) + by;
    const around = view.z === 1 ? (active ?? found.places.get(now.chosen)) : null;
    view.to(PLAN_ZOOMS[Math.min(Math.max(at, 0), PLAN_ZOOMS.length - 1)], around);
  };
  const [wider, narrower, back] = dom.buttons;
  wider.addEventListener("click", () => step(1));
  narrower.addEventListener("click", () => step(-1));
  back.addEventListener("click", () => view.to(1));

  return {
    draw,
    svg: dom.svg,
    focus: () => dom.svg.focus(),
    /** Show a place in the middle, near by. */
    center(member) {
      const place = found.places.get(member);
      if (place) view.to(Math.max(view.z, 4), place);
    },
    /** Save the map as it is drawn now: "svg" or "png". */
    async save(kind, name, { title, source }) {
      const { legend, heading, caption, note } = now;
      const year = now.k < 0 ? null : atlas.years[now.k];
      const about = { legend, heading, caption, year, note, source: source ?? words.t("map_sheet.source") };
      await (kind === "png" ? savePNG : saveSVG)(dom.svg, name, title ?? caption, about);
    },
  };
}
