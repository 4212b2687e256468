// Step mode: one request at a time, explained hop by hop.

const SLOWER = 4;

function steps(ask) {
  const [whoLabel, who] = choice("One request by", [["", "whoever is next"]], "step-user", () => {});
  const [deedLabel, deed] = choice("who", [["look", "looks into the cart"], ["add", "adds an item"]], "step-deed", () => {});
  who.setAttribute("aria-label", "Who sends the request");
  deed.setAttribute("aria-label", "What the customer does");
  const send = button("⇥ Step", "step", (node) => ask("step", `${deed.value} ${who.value}`.trim(), node));
  send.title = "Pauses traffic, sends one request and says at each hop why it went there";
  const hops = make("ol", { class: "sw-hops", "aria-live": "polite", "aria-label": "Hops of the last step", hidden: "" });
  const controls = make("div", { class: "sw-bar", role: "group", "aria-label": "Step mode" }, whoLabel, deedLabel, send);
  const root = make("div", { class: "sw-steps" }, controls, hops);
  const show = (seen) => keep(who, [{ name: "" }, ...seen.customers], (each) => each.name,
    (each) => make("option", { value: each.name }, each.name), () => {});
  who.firstChild.swKey = "";
  const tell = (step) => {
    hops.hidden = false;
    hops.dataset.user = step.user;
    hops.replaceChildren(...step.hops.map((hop, place) => {
      const bad = place === step.hops.length - 1 && (step.lost || !step.served);
      return make("li", { "data-hop": hop.place, class: bad ? "sw-harmed" : "" },
        make("b", {}, hop.place === "customer" ? step.user : hop.place), " ", hop.says);
    }));
  };
  return { root, show, tell };
}
