/* Files made in the page: a table as CSV, a map as a drawing or a picture that stands alone. */

const PICTURE_WIDTH = 960;
const PICTURE_MARGIN = 40;
const PICTURE_FONT = "Arial, Helvetica, sans-serif";
const SVG_NS = "http://www.w3.org/2000/svg";

/** Return a file name that every system takes: small letters, digits and hyphens. */
function fileName(name, suffix) {
  const plain = String(name).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const safe = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 80);
  return `${safe.replace(/-$/, "") || "valuma-graph"}.${suffix}`;
}

/** Hand a file to the reader. */
function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Save a table. */
function saveCSV(name, text) {
  saveBlob(new Blob([text], { type: "text/csv;charset=utf-8" }), fileName(name, "csv"));
}

/** Return an element of a drawing with its attributes. */
function planNode(name, attributes = {}, text = undefined) {
  const made = document.createElementNS(SVG_NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Return text without the characters that no XML may hold. */
function xmlText(text) {
  return String(text).replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd");
}

/** Break text into lines of a width; a word longer than a line is cut. */
function textLines(text, width, size, bold = false) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${bold ? "bold " : ""}${size}px ${PICTURE_FONT}`;
  const fits = (line) => pen.measureText(line).width <= width;
  const lines = [];
  let line = "";
  for (let word of xmlText(text).split(/[ \t\n\r]+/).filter(Boolean)) {
    if (line && fits(`${line} ${word}`)) {
      line += ` ${word}`;
      continue;
    }
    if (line) lines.push(line);
    while (!fits(word) && lines.length < 12) {
      const letters = [...word];
      let n = Math.max(1, Math.floor((letters.length * width) / pen.measureText(word).width) - 1);
      while (n > 1 && !fits(letters.slice(0, n).join(""))) n -= 1;
      lines.push(letters.slice(0, n).join(""));
      word = letters.slice(n).join("");
    }
    line = word;
  }
  if (line) lines.push(line);
  return lines.length > 12 ? [...lines.slice(0, 11), "…"] : lines;
}

/** Write text into a drawing from a height on; return the height below it. */
function writeText(into, text, at, { size = 15, bold = false, fill = "#17252b" } = {}) {
  const lines = text ? textLines(text, at.width, size, bold) : [];
  lines.forEach((line, k) => {
    const attributes = { x: at.x, y: Math.round(at.y + size + k * size * 1.35), "font-size": size, fill };
    if (bold) attributes["font-weight"] = "bold";
    into.append(planNode("text", attributes, line));
  });
  return Math.round(at.y + lines.length * size * 1.35);
}

/** Return a reference to a pattern of the page as one to that of the drawing. */
function ownPattern(value) {
  return value.replace(/url\("?[^"#)]*(#[^")]+)"?\).*/, "url($1)");
}

/** Write the colours that a drawing has from the style sheet into its elements. */
function paintCopy(from, to, unit) {
  const properties = ["fill", "stroke", "stroke-linejoin", "stroke-width"];
  const known = new Map();
  const originals = [from, ...from.querySelectorAll("*")];
  const copies = [to, ...to.querySelectorAll("*")];
  originals.forEach((original, k) => {
    if (!(original instanceof SVGGeometryElement)) return;
    const key = `${original.parentNode.getAttribute("class")}|${original.getAttribute("class")}`;
    if (!known.has(key)) {
      const style = getComputedStyle(original);
      const found = properties.map((name) => [name, ownPattern(style.getPropertyValue(name))]);
      // Lines of the page keep their width at every size; those of a file grow with it.
      found.at(-1)[1] = String(Number((unit * parseFloat(found.at(-1)[1])).toFixed(3)));
      known.set(key, found);
    }
    for (const [name, value] of known.get(key)) copies[k].setAttribute(name, value);
  });
  for (const copy of copies) {
    for (const name of [...copy.attributes].map((one) => one.name)) {
      if (/^(aria-|data-|on|class$|style$|tabindex$|role$)/.test(name)) copy.removeAttribute(name);
    }
  }
}

/** Return a copy of a map in light colours, whatever the reader's screen is like. */
function lightCopy(svg, unit) {
  const stage = document.createElement("div");
  stage.className = "plan plan-light plan-stage";
  stage.setAttribute("aria-hidden", "true");
  const model = svg.cloneNode(true);
  for (const shape of model.querySelectorAll("[aria-label]")) {
    shape.prepend(planNode("title", {}, xmlText(shape.getAttribute("aria-label"))));
  }
  // What is hidden, and what shows only where the reader points, is not of the picture.
  for (const part of model.querySelectorAll("[hidden], .gone, .plan-passing, title:empty")) part.remove();
  for (const part of model.querySelectorAll("[id]:not(pattern)")) part.removeAttribute("id");
  stage.append(model);
  document.body.append(stage);
  const copy = model.cloneNode(true);
  paintCopy(model, copy, unit);
  for (const pattern of copy.querySelectorAll("pattern[patternTransform]")) {
    pattern.setAttribute("patternTransform", `scale(${unit.toFixed(3)})`);
  }
  stage.remove();
  return copy;
}

/** Return the keys of a legend below each other, and their height. */
function drawLegend(into, legend, at) {
  let y = at.y;
  const stage = document.createElement("div");
  stage.className = "plan plan-light plan-stage";
  const svg = stage.appendChild(planNode("svg", { class: "plan-key" }));
  document.body.append(stage);
  for (const { cls, text } of legend) {
    const key = svg.appendChild(planNode("rect", { class: cls }));
    const style = getComputedStyle(key);
    const fill = ownPattern(style.fill);
    into.append(planNode("rect", { x: at.x, y: y + 2, width: 26, height: 17, fill, stroke: "#51616a" }));
    y = writeText(into, text, { x: at.x + 36, y, width: at.width - 36 }) + 8;
  }
  stage.remove();
  return y;
}

/**
 * Return a map as a drawing that stands alone: title, year, legend, source, in light colours.
 *
 * @param {SVGElement} svg the map of the page
 * @param {string} title
 * @param {{legend, heading, caption, year, note, source}} about
 */
function standalone(svg, title, about = {}) {
  const { legend = [], heading = "", caption = "", year = null, note = "", source = "" } = about;
  const box = (svg.dataset.whole ?? svg.getAttribute("viewBox")).split(/[\s,]+/).map(Number);
  const inner = PICTURE_WIDTH - 2 * PICTURE_MARGIN;
  const beside = legend.length > 0 && box[3] > 0.8 * box[2];
  const width = beside ? Math.round(inner * 0.68) : inner;
  const height = Math.min(Math.round((width * box[3]) / box[2]), 1150);

  const out = planNode("svg", { xmlns: SVG_NS, "font-family": PICTURE_FONT });
  out.append(planNode("title", {}, xmlText(title)));
  const paper = out.appendChild(planNode("rect", { width: PICTURE_WIDTH, fill: "#ffffff" }));
  const at = { x: PICTURE_MARGIN, y: PICTURE_MARGIN, width: inner };
  at.y = writeText(out, title, at, { size: 28, bold: true }) + 6;
  const below = [caption === title ? "" : caption, year ?? ""].filter(Boolean).join(" · ");
  at.y = writeText(out, below, at, { size: 17 });
  at.y += 14;
  const map = lightCopy(svg, Math.max(box[2] / width, box[3] / height));
  const place = { x: PICTURE_MARGIN, y: at.y, width, height, viewBox: box.join(" ") };
  for (const [key, value] of Object.entries(place)) map.setAttribute(key, String(value));
  map.setAttribute("preserveAspectRatio", "xMinYMin meet");
  out.append(map);
  const side = beside
    ? { x: PICTURE_MARGIN + width + 20, y: at.y + 10, width: inner - width - 20 }
    : { x: PICTURE_MARGIN, y: at.y + height + 12, width: inner };
  if (heading && legend.length) side.y = writeText(out, heading, side, { bold: true }) + 8;
  at.y = Math.max(at.y + height, drawLegend(out, legend, side)) + 16;
  at.y = writeText(out, note, at, { size: 14, fill: "#51616a" }) + 8;
  at.y = writeText(out, source, at, { size: 13, fill: "#51616a" }) + PICTURE_MARGIN - 10;
  paper.setAttribute("height", String(at.y));
  for (const [key, value] of [["width", PICTURE_WIDTH], ["height", at.y], ["viewBox", `0 0 ${PICTURE_WIDTH} ${at.y}`]]) {
    out.setAttribute(key, String(value));
  }
  return out;
}

/** Return a drawing as the text of a file. */
function svgFile(svg, title, about) {
  const text = new XMLSerializer().serializeToString(standalone(svg, title, about));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`;
}

/** Save a map as a drawing. */
function saveSVG(svg, name, title, about) {
  const text = svgFile(svg, title, about);
  saveBlob(new Blob([text], { type: "image/svg+xml;charset=utf-8" }), fileName(name, "svg"));
}

/** Save a map as a picture, two points for each of the drawing. */
async function savePNG(svg, name, title, about) {
  const drawing = standalone(svg, title, about);
  const text = new XMLSerializer().serializeToString(drawing);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * Number(drawing.getAttribute("width"));
  canvas.height = 2 * Number(drawing.getAttribute("height"));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  saveBlob(blob, fileName(name, "png"));
}
