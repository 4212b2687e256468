// What lies on the stage: carts, customers, one instance, the store.

function chip(cart, people) {
  const node = make("span", { class: "sw-chip" });
  const who = people.get(cart.owner);
  if (who) node.append(mark(who, 0.7));
  node.append(make("span", { class: "sw-owner" }));
  return node;
}

function showChip(node, cart) {
  node.classList.toggle("sw-orphan", !cart.current);
  if (cart.current && cart.owner) node.dataset.owner = cart.owner;
  else delete node.dataset.owner;
  node.dataset.items = cart.items;
  put(node.lastChild, `${cart.owner ?? "a guest"}’s cart · ${cart.items}`);
  node.title = cart.current ? `${cart.owner}’s cart: ${items(cart.items)}` : "A cart that no cookie points to any more";
}

// A cart that is gone stays in sight for a moment, struck through, so that its end can be seen.
function mourn(node) {
  delete node.dataset.owner;
  if (still()) return node.remove();
  node.setAttribute("aria-hidden", "true");
  node.classList.add("sw-gone");
  setTimeout(() => node.remove(), 1400);
}

function showChips(parent, carts, people, destroyed) {
  const leave = destroyed ? mourn : (node) => node.remove();
  let orphans = 0;
  const key = (cart) => (cart.current ? cart.owner : `orphan ${cart.owner} ${orphans++}`);
  const keyed = carts.map((cart) => ({ cart, key: key(cart) }));
  keep(parent, keyed, (each) => each.key, (each) => chip(each.cart, people),
    (node, each) => showChip(node, each.cart), leave);
}

// Many carts are one heap with figures.
function showPile(parent, pile, destroyed) {
  const create = () => make("span", { class: "sw-chip sw-pile" }, make("span"));
  keep(parent, pile ? [pile] : [], () => "pile", create, (node, each) => {
    node.dataset.pile = each.carts;
    const orphans = each.orphans ? ` · ${each.orphans} unreachable` : "";
    put(node.lastChild, `${each.carts} cart${each.carts === 1 ? "" : "s"} · ${items(each.items)}${orphans}`);
  }, destroyed ? mourn : undefined);
}

function showCarts(parent, place, seen, people, destroyed) {
  if (seen.crowd) showPile(parent, seen.piles.find((each) => each.place === place), destroyed);
  else showChips(parent, seen.chips.filter((cart) => cart.place === place), people, destroyed);
}

function customerCard(who) {
  const node = make("li", { class: "sw-customer", "data-customer": who.name });
  const words = make("span", { class: "sw-says" });
  node.append(mark(who), make("span", { class: "sw-name" }, who.name), words, make("span", { class: "sw-chips" }));
  return node;
}

function showCustomer(node, who, seen, people) {
  node.classList.toggle("sw-harmed", who.contradicted);
  node.dataset.items = who.items;
  put(node.querySelector(".sw-says"), says(who));
  const own = seen.chips.filter((cart) => cart.place === "client" && cart.owner === who.name);
  showChips(node.querySelector(".sw-chips"), own, people, false);
}

function crowdCard() {
  const node = make("li", { class: "sw-crowd", "data-customer": EVERYBODY });
  const meter = make("span", { class: "sw-meter", "aria-hidden": "true" }, make("i", { class: "sw-with" }),
    make("i", { class: "sw-harm" }));
  node.append(make("b"), make("span", { class: "sw-says" }), meter, make("span", { class: "sw-named" }),
    make("span", { class: "sw-chips" }));
  return node;
}

function showCrowd(node, seen, people) {
  const { count, with_items: held, contradicted, named } = seen.crowd;
  node.dataset.count = count;
  node.classList.toggle("sw-harmed", contradicted > 0);
  put(node.firstChild, `${count} customers`);
  put(node.children[1], `${held} with a cart`);
  node.querySelector(".sw-with").style.width = `${(100 * Math.max(0, held - contradicted)) / count}%`;
  node.querySelector(".sw-harm").style.width = `${(100 * contradicted) / count}%`;
  const rest = contradicted > named.length ? " …" : "";
  put(node.children[3], contradicted ? `◆ ${contradicted} contradicted: ${named.join(", ")}${rest}` : "");
  showCarts(node.lastChild, "client", seen, people, false);
}

// Actions that are not wanted all the time are behind a native disclosure: it works by keyboard, and takes no room.
function menu(label, actions, press) {
  const list = make("div", { class: "sw-menu", role: "group", "aria-label": label });
  const root = make("details", { class: "sw-more" }, make("summary", { "aria-label": label, title: label }, "⋯"), list);
  const close = () => {
    root.open = false;
    root.firstChild.focus();
  };
  for (const [command, title] of Object.entries(actions)) {
    const node = button("", command, () => {
      close();
      press(command, node);
    });
    node.title = title;
    list.append(node);
  }
  root.addEventListener("keydown", (event) => event.key === "Escape" && root.open && close());
  root.addEventListener("focusout", (event) => { if (!root.contains(event.relatedTarget)) root.open = false; });
  return root;
}

const acts = (...nodes) => make("span", { class: "sw-acts" }, ...nodes);

function showMenu(root, words) {
  for (const node of root.lastChild.children) {
    const said = words[node.dataset.control];
    node.hidden = !said;
    if (said) put(node, said);
  }
  root.hidden = ![...root.lastChild.children].some((node) => !node.hidden);
}

const ACTIONS = {
  ...CRASHES,
  restart: "Ends it and starts it again with an empty memory",
  hang: "It keeps its connections and answers nothing",
  resume: "It goes on where it was",
  slow: "Each of its answers takes half a second longer",
  drain: "It gets no new customers; those bound to it still reach it",
  undrain: "It gets new customers again, and has kept its carts",
  partition: "It is up, but does not reach the store",
};

function instanceCard(instance, ask) {
  const node = make("div", { class: "sw-instance", "data-instance": instance.name, role: "group" });
  node.setAttribute("aria-label", `Instance ${instance.name}`);
  const main = button("", "main", () => ask(main.dataset.command, instance.name, main));
  main.className = "sw-main";
  const more = menu(`More for ${instance.name}`, ACTIONS, (command) => ask(command, instance.name, more.firstChild));
  node.append(
    make("div", { class: "sw-head" }, make("b", {}, instance.name), make("span", { class: "sw-badge" }),
      make("span", { class: "sw-ails" }), make("span", { class: "sw-answers" }), acts(main, more)),
    make("div", { class: "sw-chips" }),
  );
  return node;
}

function actionsOf(instance, seen) {
  const serving = SERVING.includes(instance.status);
  const hung = instance.status === "hung";
  return {
    crash_kill: (serving || hung) && "⚡ Crash: killed",
    // A stopped process can be told nothing, and so resets nothing.
    crash_reset: (serving || (hung && seen.host === "thread")) && "⚡ Crash: reset",
    restart: serving && "⟳ Restart",
    hang: serving && "◌ Hang",
    resume: hung && "▶ Go on",
    slow: (serving || hung) && (instance.ails.includes("slow") ? "» Full speed" : "… Slow"),
    drain: instance.status === "up" && "◐ Drain",
    undrain: instance.status === "draining" && "● New customers again",
    partition: seen.store && (instance.ails.includes("cut off") ? "⇄ Reconnect to store" : "⇹ Cut off from store"),
  };
}

function showInstance(node, instance, seen, people) {
  const fell = SERVING.includes(node.dataset.status) && !SERVING.includes(instance.status);
  node.dataset.status = instance.status;
  node.dataset.served = instance.served;
  node.dataset.ails = instance.ails.join(" ");
  const serving = SERVING.includes(instance.status);
  put(node.querySelector(".sw-badge"), BADGE[instance.status] ?? instance.status);
  put(node.querySelector(".sw-ails"), instance.ails.map((each) => `▲ ${each}`).join(" "));
  put(node.querySelector(".sw-answers"), instance.served ? `✓ ${instance.served}` : "");
  const main = node.querySelector(".sw-main");
  main.dataset.command = serving ? "crash" : "restart";
  main.title = serving ? CRASHES[OWN_CRASH[seen.host]] : ACTIONS.restart;
  put(main, `${serving ? "⚡ Crash" : "⟳ Restart"} ${instance.name}`);
  showMenu(node.querySelector(".sw-more"), actionsOf(instance, seen));
  showCarts(node.querySelector(".sw-head + .sw-chips"), instance.name, seen, people, !serving);
  if (fell && !still()) node.animate([{ transform: "translateX(-5px)" }, { transform: "translateX(5px)" }, {}], 160);
}

function storeCard(ask) {
  const main = button("", "store-main", () => ask(main.dataset.command, true, main));
  main.className = "sw-main";
  const actions = { wipe_store: "It loses all that it holds, and stays up" };
  const more = menu("More for the store", actions, (command) => ask(command, true, more.firstChild));
  return make("div", { class: "sw-store", "data-store": "", role: "group", "aria-label": "Store" },
    make("div", { class: "sw-head" }, make("b", {}, "store"), acts(main, more)), make("span", { class: "sw-kind" }),
    make("span", { class: "sw-carried" }), make("div", { class: "sw-chips" }));
}

function showStore(node, seen, people) {
  node.hidden = seen.store === null;
  node.dataset.store = seen.store ?? "";
  node.dataset.down = seen.store_down;
  put(node.querySelector(".sw-kind"), seen.store ?? "");
  put(node.querySelector(".sw-carried"), seen.store_traffic.split(",")[0]);
  node.title = seen.store_traffic;
  const main = node.querySelector(".sw-main");
  main.dataset.command = seen.store_down ? "restart_store" : "crash_store";
  put(main, seen.store_down ? "⟳ Restart store" : "⚡ Crash store");
  showMenu(node.querySelector(".sw-more"), { wipe_store: !seen.store_down && "∅ Wipe the store" });
  showCarts(node.lastChild, "store", seen, people, seen.store_down);
}
