// Makes nodes, and keeps those that stay, so that focus and motion survive an update.

const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function draw(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function put(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

// Keeps the nodes of things that stay, so that focus and motion survive an update.
function keep(parent, things, key, create, update, leave = (node) => node.remove()) {
  const old = new Map();
  for (const node of parent.children) if (node.swKey !== undefined) old.set(node.swKey, node);
  things.forEach((thing, place) => {
    let node = old.get(key(thing));
    old.delete(key(thing));
    if (!node) {
      node = create(thing);
      node.swKey = key(thing);
    }
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
    update(node, thing);
  });
  for (const node of old.values()) {
    delete node.swKey;
    leave(node);
  }
}

function mark(who, scale = 1) {
  const size = 22 * scale;
  const svg = draw("svg", { viewBox: "-11 -11 22 22", width: size, height: size, "aria-hidden": "true" });
  svg.append(draw("path", { d: who.outline, fill: who.colour, class: "sw-mark" }));
  return svg;
}
