// The stage: customers, balancer, instances and store, left to right.

function stage(ask) {
  const customers = make("ul", { class: "sw-customers", "aria-label": "Customers" });
  const balancer = make("div", { class: "sw-balancer" }, make("b", {}, "balancer"), make("span", {}));
  const instances = make("div", { class: "sw-instances" });
  const store = storeCard(ask);
  const wires = draw("svg", { class: "sw-wires", "aria-hidden": "true" });
  const root = make("div", { class: "sw-stage" }, wires, customers, balancer, instances, store);
  const show = (seen) => {
    const people = new Map(seen.customers.map((who) => [who.name, who]));
    const everybody = seen.crowd ? [{ name: EVERYBODY }] : seen.customers;
    keep(customers, everybody, (who) => who.name, (who) => (seen.crowd ? crowdCard() : customerCard(who)),
      (node, who) => (seen.crowd ? showCrowd(node, seen, people) : showCustomer(node, who, seen, people)));
    keep(instances, seen.instances, (each) => each.name, (each) => instanceCard(each, ask),
      (node, each) => showInstance(node, each, seen, people));
    put(balancer.lastChild, `${spoken(seen.policy)}${seen.sticky ? " + cookie" : ""}${seen.retry ? " + retries" : ""}`);
    root.classList.toggle("sw-has-store", seen.store !== null);
    root.classList.toggle("sw-many", seen.instances.length > MANY_INSTANCES);
    showStore(store, seen, people);
  };
  return { root, wires, customers, balancer, instances, store, show };
}
