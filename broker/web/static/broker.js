const rowsShown = 200;
const byId = (id) => document.getElementById(id);

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const result = await answer.json();
  if (!answer.ok && path !== "/health") throw new Error(result.detail || result.title);
  return result;
}

let hide;
function say(text) {
  const box = byId("message");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => { box.hidden = true; }, 6000);
}

const attempt = (work) => work().catch((error) => say(error.message)).finally(refresh);

function cell(text, kind) {
  const td = document.createElement("td");
  td.textContent = text ?? "";
  if (kind) td.className = kind;
  return td;
}

function button(text, title, work) {
  const made = document.createElement("button");
  made.textContent = text;
  made.title = title;
  made.addEventListener("click", () => work());
  return made;
}

function fillTable(id, rows, empty) {
  const body = byId(id).tBodies[0];
  const columns = byId(id).tHead.rows[0].cells.length;
  if (!rows.length) {
    const td = cell(empty, "quiet");
    td.colSpan = columns;
    rows = [[td]];
  }
  body.replaceChildren(...rows.map((cells) => {
    const tr = document.createElement("tr");
    tr.append(...cells);
    return tr;
  }));
}

// At least two decimals, so that prices of a column stand on their points.
function price(text) {
  if (text === null || text === undefined) return cell("");
  const [whole, fraction = ""] = text.split(".");
  return cell(`${whole}.${fraction.padEnd(2, "0")}`, "n");
}

function inWords({ mode, steps, interval, size, spread, market }) {
  const parts = size !== null ? `in parts of ${size}` : steps > 1 ? `in ${steps} steps` : "at once";
  const every = interval > 0 ? `, ${interval} s apart` : "";
  if (mode === "partial") return `${mode} (${parts}${every})`;
  if (mode !== "match") return mode;
  return `${mode} (${market ? `simulated market, spread ${spread}, fills ${parts}${every}` : "no simulated market"})`;
}

const side = (name) => cell(name, name.startsWith("BUY") ? "buy" : "sell");
const time = (iso) => cell(iso.slice(11, 23));

function actions(order) {
  const td = cell("", "actions");
  if (!["NEW", "PARTIALLY_FILLED"].includes(order.status)) return td;
  td.append(
    button("Fill", "Fill all or a part of it", () => askFill(order)),
    button("Cancel", "Cancel what is open", () => attempt(() => call("DELETE", `/api/orders/${order.id}`))),
  );
  if (order.status === "NEW") {
    td.append(button("Reject", "Reject it", () => attempt(() => call("POST", `/api/orders/${order.id}/reject`))));
  }
  return td;
}

function askFill(order) {
  byId("fill-id").value = order.id;
  byId("fill-quantity").value = order.remaining_quantity;
  byId("fill-price").value = order.limit_price ?? prices.get(order.symbol) ?? "";
  byId("fill").returnValue = "";
  byId("fill").showModal();
  byId("fill-go").focus();
}

byId("fill").addEventListener("close", () => {
  if (byId("fill").returnValue !== "fill") return;
  attempt(() => call("POST", "/api/executions", {
    order_id: Number(byId("fill-id").value),
    exec_quantity: byId("fill-quantity").value,
    exec_price: byId("fill-price").value,
  }));
});

byId("mode").addEventListener("change", () => attempt(() => call("PUT", "/api/behaviours", { default: byId("mode").value })));

let prices = new Map();
let shown = "";

async function refresh() {
  try {
    const [health, clients, behaviours, orders, executions, stocks] = await Promise.all([
      call("GET", "/health"),
      call("GET", "/api/clients"),
      call("GET", "/api/behaviours"),
      call("GET", `/api/orders?limit=${rowsShown}`),
      call("GET", `/api/executions?limit=${rowsShown}`),
      call("GET", "/api/stocks"),
    ]);
    const text = JSON.stringify([health, clients, behaviours, orders, executions]);
    prices = new Map(stocks.stocks.map((stock) => [stock.symbol, stock.last_price]));
    // An unchanged table stays as it is, so that a button does not vanish under the pointer.
    if (text === shown) return;
    shown = text;
    byId("health").textContent = health.status === "ok" ? `Running, ${health.clients} connected` : health.problems.join(" ");
    byId("health").className = health.status === "ok" ? "good" : "bad";
    byId("mode").value = behaviours.default.mode;
    byId("behaviour").textContent = [
      `Now: ${inWords(behaviours.default)}`,
      ...Object.entries(behaviours.symbols).map(([name, set]) => `symbol ${name}: ${inWords(set)}`),
      ...Object.entries(behaviours.clients).map(([name, set]) => `client ${name}: ${inWords(set)}`),
    ].join("; ");
    fillTable("clients", clients.clients.map((c) => [
      cell(c.sender_comp_id), cell(c.fix_version), cell(c.state.replace("_", " "), c.state === "logged_on" ? "good" : "quiet"),
      cell(c.address), cell(c.next_incoming_seq_num, "n"), cell(c.next_outgoing_seq_num, "n"),
    ]), "No client yet: point a FIX initiator at this broker, with any CompIDs.");
    fillTable("orders", orders.orders.map((o) => [
      cell(o.id, "n"), time(o.created_at), cell(o.sender_comp_id), cell(o.cl_ord_id), cell(o.symbol), side(o.side),
      cell(o.order_type), cell(o.time_in_force), cell(o.quantity, "n"), price(o.limit_price), price(o.stop_price),
      cell(o.filled_quantity, "n"), price(o.filled_quantity === "0" ? null : o.average_price), cell(o.status.replace("_", " ")), cell(o.text, "text"), actions(o),
    ]), "No order yet.");
    fillTable("executions", executions.executions.map((e) => [
      cell(e.exec_id), time(e.created_at), cell(e.sender_comp_id), cell(e.cl_ord_id), cell(e.symbol), side(e.side),
      cell(e.exec_quantity, "n"), price(e.exec_price), cell(e.leaves_quantity, "n"),
    ]), "No execution yet.");
  } catch (error) {
    shown = "";
    byId("health").textContent = `The broker does not answer: ${error.message}`;
    byId("health").className = "bad";
  }
}

async function watch() {
  if (!document.hidden) await refresh();
  setTimeout(watch, 1000);
}

watch();
