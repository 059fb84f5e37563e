// The API's page: lists what openapi.json declares and sends what the reader tries. Text only ever becomes text nodes.

const byId = (id) => document.getElementById(id);

/** An element with attributes and children; a string child is a text node. */
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
};

const english = (text) => make("span", { lang: "en" }, text);

let components = {};

/** What a reference in the document stands for. */
const resolved = (entry) =>
  entry.$ref ? (components.responses?.[entry.$ref.split("/").pop()] ?? {}) : entry;

const typeOf = (schema) => {
  if (schema.enum) return schema.enum.map(String).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const type = [schema.type ?? ""].flat().join(" | ");
  const bounds = [
    schema.format,
    schema.pattern && `/${schema.pattern}/`,
    schema.minimum !== undefined && `≥ ${schema.minimum}`,
    schema.maximum !== undefined && `≤ ${schema.maximum}`,
    schema.maxLength !== undefined && `≤ ${schema.maxLength} 字符`,
    schema.default !== undefined && `= ${JSON.stringify(schema.default)}`,
  ].filter(Boolean);
  return [type, ...bounds].join(" · ");
};

const fieldsOf = (schema) => {
  const list = make("ul", { class: "fields" });
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) {
    for (const [index, variant] of variants.entries()) {
      list.append(
        make("li", {}, english(`${index + 1} / ${variants.length}: ${typeOf(variant)}`), fieldsOf(variant)),
      );
    }
  }
  for (const part of schema.allOf ?? []) list.append(make("li", {}, fieldsOf(part)));
  if (schema.items)
    list.append(make("li", {}, english(`[ ] ${typeOf(schema.items)}`), fieldsOf(schema.items)));
  const needed = new Set(schema.required ?? []);
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    list.append(
      make(
        "li",
        {},
        make("code", { class: needed.has(name) ? "needed" : undefined }, name),
        " ",
        english(typeOf(inner)),
        inner.description ? make("small", {}, ` ${inner.description}`) : undefined,
        fieldsOf(inner),
      ),
    );
  }
  return list;
};

/** A body to begin with: the needed fields, empty. */
const skeletonOf = (schema) => {
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.const !== undefined) return schema.const;
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return skeletonOf(variants[0]);
  switch ([schema.type].flat()[0]) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, skeletonOf(schema.properties?.[name] ?? {})]),
      );
    case "array":
      return [];
    case "integer":
    case "number":
      return schema.minimum > 0 ? schema.minimum : 0;
    case "boolean":
      return false;
    default:
      return "";
  }
};

const randomKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const inputFor = (parameter, routeId) => {
  const id = `${routeId}-${parameter.in}-${parameter.name}`;
  const input = make("input", { id, name: parameter.name, "data-in": parameter.in, spellcheck: "false" });
  if (parameter.name.toLowerCase() === "idempotency-key") input.value = randomKey();
  return make(
    "div",
    {},
    make("label", { for: id, class: parameter.required ? "needed" : undefined }, parameter.name),
    input,
  );
};

const send = async (form, method, path, answer) => {
  let address = `/api/v1${path}`;
  const query = new URLSearchParams();
  const headers = { "X-Nuan": "1" };
  for (const input of form.querySelectorAll("input[data-in]")) {
    const place = input.getAttribute("data-in");
    if (place === "path") address = address.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.value !== "" && place === "query") query.set(input.name, input.value);
    else if (input.value !== "" && place === "header") headers[input.name] = input.value;
  }
  const token = byId("token").value.trim();
  if (token !== "") headers.Authorization = `Bearer ${token}`;
  const body = form.querySelector("textarea")?.value;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if ([...query].length > 0) address += `?${query}`;
  const response = await fetch(address, { method, headers, body, cache: "no-store" });
  const type = response.headers.get("content-type") ?? "";
  const text = /json|text/.test(type)
    ? await response.text()
    : `${type} · ${(await response.blob()).size} bytes`;
  let shown = text;
  if (type.includes("json")) {
    try {
      shown = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      shown = text;
    }
  }
  answer.className = `answer ${response.ok ? "good" : "bad"}`;
  answer.textContent = `${response.status} ${response.statusText}\nX-Request-Id: ${response.headers.get("x-request-id")}\n\n${shown}`;
};

const tryForm = (path, method, operation, routeId) => {
  const answer = make("pre", { class: "answer", "aria-live": "polite", hidden: true });
  const button = make("button", { type: "submit" }, "发送 Send");
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  const form = make("form", { autocomplete: "off" });
  for (const parameter of operation.parameters ?? []) form.append(inputFor(parameter, routeId));
  if (schema) {
    const id = `${routeId}-body`;
    const area = make("textarea", { id, spellcheck: "false" });
    area.value = JSON.stringify(skeletonOf(schema), null, 2);
    form.append(make("label", { for: id }, "JSON"), area);
  }
  form.append(make("p", {}, button));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    answer.hidden = false;
    answer.textContent = "……";
    try {
      await send(form, method.toUpperCase(), path, answer);
    } catch (error) {
      answer.className = "answer bad";
      answer.textContent = `没有回答 No answer: ${error.message}`;
    } finally {
      button.disabled = false;
    }
  });
  return make("div", {}, make("h3", {}, "试一试 ", english("Try it")), form, answer);
};

const insideOf = (path, method, operation, routeId) => {
  const inside = make("div", { class: "inside" }, make("p", {}, operation.description ?? ""));
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  const columns = make("div", { class: "columns" });
  if (schema) columns.append(make("div", {}, make("h3", {}, "请求 ", english("Request")), fieldsOf(schema)));
  for (const [status, response] of Object.entries(operation.responses)) {
    const answer = response.content?.["application/json"]?.schema;
    if (Number(status) < 400 && answer) {
      columns.append(make("div", {}, make("h3", {}, `回答 ${status} `, english("Answer")), fieldsOf(answer)));
    }
  }
  const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
  inside.append(
    columns,
    make("h3", {}, "拒绝 ", english("Refusals")),
    make(
      "small",
      {},
      refusals.map(([status, response]) => `${status} ${resolved(response).description}`).join(" · "),
    ),
    tryForm(path, method, operation, routeId),
  );
  return inside;
};

const routeElement = (path, method, operation) => {
  const routeId = operation.operationId;
  const element = make(
    "details",
    { class: "route", id: routeId, "data-words": `${method} ${path} ${operation.summary}`.toLowerCase() },
    make(
      "summary",
      {},
      make("span", { class: `method ${method}` }, method.toUpperCase()),
      make("code", {}, path),
      make("span", {}, operation.summary ?? ""),
    ),
  );
  // A long list opens quickly: what is inside is made when it is first looked at.
  element.addEventListener("toggle", () => element.append(insideOf(path, method, operation, routeId)), {
    once: true,
  });
  return element;
};

const about = (document_) => {
  const [words, codes] = document_.info.description.split("Codes of the edge:");
  const list = make("ul", { class: "codes" });
  for (const line of (codes ?? "").trim().split("\n")) {
    const [, code, rest] = /^- `([^`]+)` (.*)$/.exec(line) ?? [];
    if (code) list.append(make("li", {}, make("code", {}, code), ` ${rest}`));
  }
  const box = make(
    "details",
    {},
    make("summary", {}, `约定与错误代码 `, english(`Conventions and codes · ${document_.info.version}`)),
  );
  for (const paragraph of words.trim().split("\n\n"))
    box.append(make("p", {}, paragraph.replaceAll(/[*`\\]/g, "")));
  box.append(list);
  byId("about").append(box);
};

const show = (document_) => {
  components = document_.components ?? {};
  about(document_);
  const groups = new Map();
  for (const [path, operations] of Object.entries(document_.paths ?? {})) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? "其他";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(routeElement(path, method, operation));
    }
  }
  const list = byId("routes");
  list.replaceChildren();
  for (const [index, [tag, elements]] of [...groups].entries()) {
    const id = `subject-${index}`;
    byId("subjects").append(make("a", { href: `#${id}` }, `${tag} (${elements.length})`));
    list.append(make("section", {}, make("h2", { id }, tag), ...elements));
  }
  if (groups.size === 0) list.append(make("p", {}, "还没有接口。 ", english("No routes.")));
};

byId("login").addEventListener("submit", (event) => event.preventDefault());
byId("find").addEventListener("input", (event) => {
  const words = event.target.value.trim().toLowerCase();
  for (const section of document.querySelectorAll("#routes section")) {
    let shown = 0;
    for (const route of section.querySelectorAll("details.route")) {
      route.hidden = words !== "" && !route.dataset.words.includes(words);
      if (!route.hidden) shown += 1;
    }
    section.hidden = shown === 0;
  }
});

try {
  const response = await fetch("/api/v1/openapi.json");
  if (!response.ok) throw new Error(String(response.status));
  show(await response.json());
} catch (error) {
  byId("state").textContent = `读取失败：${error.message}。请刷新重试。 Could not load, please reload.`;
}
