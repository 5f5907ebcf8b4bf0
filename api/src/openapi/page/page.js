// Shows the OpenAPI document of this registry: operations by surface, with what they take and answer. Everything is put in as text, never as markup.
"use strict";

const methods = ["get", "head", "post", "put", "patch", "delete"];

/** An element with attributes and children; text where a child is no element. */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Text with what stands between backticks as code. */
function prose(text) {
  return text.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));
}

/** What a reference into the document refers to. */
function definition(reference, api) {
  return reference.split("/").slice(1).reduce((part, name) => part?.[name], api) ?? {};
}

/** A schema in few words, such as `array of IamUser`. */
function brief(schema) {
  if (!schema) return "bytes";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(brief).join(" or ");
  const types = [schema.type ?? "anything"].flat();
  const words = types.map((type) => (type === "array" && schema.items ? `array of ${brief(schema.items)}` : type));
  const bounds = [["minimum", "from"], ["maximum", "to"], ["minLength", "at least"], ["maxLength", "at most"], ["pattern", "matching"]];
  const more = bounds.filter(([key]) => schema[key] !== undefined).map(([key, word]) => `${word} ${schema[key]}`);
  return [words.join(" or "), schema.format && `(${schema.format})`, ...more].filter(Boolean).join(" ");
}

/** The definitions that a schema refers to, and those refer to, in the order in which they are met. */
function definitions(schema, api, found = new Map()) {
  if (Array.isArray(schema)) schema.forEach((part) => definitions(part, api, found));
  else if (schema && typeof schema === "object") {
    if (schema.$ref && !found.has(schema.$ref)) {
      found.set(schema.$ref, definition(schema.$ref, api));
      definitions(found.get(schema.$ref), api, found);
    }
    Object.values(schema).forEach((part) => definitions(part, api, found));
  }
  return found;
}

function table(headings, rows) {
  const head = make("tr", {}, ...headings.map((heading) => make("th", { scope: "col" }, heading)));
  const body = rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, ...[cell].flat()))));
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": headings.join(", ") },
    make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
}

/** The fields of an object, or the words of a text that is one of a few. */
function describeDefinition([reference, schema]) {
  const fields = Object.entries(schema.properties ?? {});
  const rows = fields.map(([name, field]) => [
    make("code", {}, name),
    [make("code", {}, brief(field)), schema.required?.includes(name) ? "" : " optional"],
    prose(field.description ?? ""),
  ]);
  const shape = fields.length ? table(["Field", "Type", "Meaning"], rows) : make("p", {}, make("code", {}, brief(schema)));
  return [make("h4", {}, reference.split("/").pop()), make("p", { class: "quiet" }, ...prose(schema.description ?? "")), shape];
}

function describeContent(content) {
  return Object.entries(content ?? {}).map(([type, { schema }]) => make("li", {}, make("code", {}, type), " ", make("code", {}, brief(schema))));
}

function describeOperation(operation, api) {
  const parts = [];
  if (operation.description) parts.push(make("p", {}, ...prose(operation.description)));
  const logins = operation.security.flatMap((login) => (Object.keys(login).length ? Object.keys(login) : ["none"]));
  parts.push(make("p", {}, "Login: ", logins.length ? logins.join(" or ") : "none"));
  const parameters = (operation.parameters ?? []).map((parameter) => (parameter.$ref ? definition(parameter.$ref, api) : parameter));
  if (parameters.length > 0) {
    const rows = parameters.map((parameter) => [
      make("code", {}, parameter.name),
      parameter.in + (parameter.required ? "" : ", optional"),
      make("code", {}, brief(parameter.schema)),
      prose(parameter.description),
    ]);
    parts.push(make("h3", {}, "Parameters"), table(["Name", "Where", "Type", "Meaning"], rows));
  }
  if (operation.requestBody) {
    parts.push(make("h3", {}, "Body"), make("ul", {}, ...describeContent(operation.requestBody.content)));
  }
  const responses = Object.entries(operation.responses).map(([status, answer]) => [status, answer.$ref ? definition(answer.$ref, api) : answer]);
  const answers = responses.map(([status, answer]) => {
    const headers = Object.entries(answer.headers).filter(([name]) => name !== "X-Request-Id");
    const told = headers.map(([name, header]) => make("li", {}, make("code", {}, name), " ", ...prose(header.description)));
    const texts = answer.description.split("\n").map((text) => make("li", {}, ...prose(text)));
    return [make("code", {}, status), make("ul", {}, ...texts), make("ul", {}, ...describeContent(answer.content), ...told)];
  });
  parts.push(make("h3", {}, "Answers"), table(["Status", "Meaning", "Body and headers"], answers));
  const used = [...definitions([operation.requestBody ?? {}, responses.map(([, { content }]) => content), parameters], api)];
  if (used.length) parts.push(make("h3", {}, "Types"), ...used.flatMap(describeDefinition));
  return parts;
}

/** An operation, closed; what it takes and answers is put in when it is opened for the first time. */
function render(path, method, operation, api) {
  const body = make("div", { class: "body" });
  const title = make("summary", {}, make("b", {}, method.toUpperCase()), make("code", {}, path),
    make("span", {}, operation.summary, " ", make("small", {}, operation.operationId)));
  const details = make("details", { id: operation.operationId }, title, body);
  details.addEventListener("toggle", () => {
    if (details.open && !body.hasChildNodes()) body.append(...describeOperation(operation, api));
  });
  const words = [path, method, operation.operationId, operation.summary, operation.description ?? ""];
  return { details, words: words.join(" ").toLowerCase() };
}

function renderSurface(tag, api) {
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]?.tags[0] === tag.name).map((method) => render(path, method, item[method], api)));
  const id = `surface-${tag.name.toLowerCase().replaceAll(" ", "-")}`;
  const heading = make("h2", { id, tabindex: "-1" }, tag.name);
  const description = make("p", {}, ...prose(tag.description.replaceAll("*", "")));
  const section = make("section", { "aria-labelledby": id }, heading, description, ...operations.map(({ details }) => details));
  const link = make("li", {}, make("a", { href: `#${id}` }, `${tag.name} (${operations.length})`));
  return { section, operations, link };
}

/** Leaves what has every word of the search. */
function search(surfaces, wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { section, operations } of surfaces) {
    for (const operation of operations) {
      operation.details.hidden = !words.every((word) => operation.words.includes(word));
      found += operation.details.hidden ? 0 : 1;
    }
    section.hidden = operations.every(({ details }) => details.hidden);
  }
  document.getElementById("found").textContent = `${found} operations`;
}

function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
  named?.scrollIntoView();
}

async function main() {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const api = await answer.json();
  document.getElementById("version").textContent = api.info.version;
  document.getElementById("about").replaceChildren(...prose(api.info.description));
  const surfaces = api.tags.map((tag) => renderSurface(tag, api));
  document.getElementById("surfaces").append(...surfaces.map(({ link }) => link));
  document.getElementById("operations").append(...surfaces.map(({ section }) => section));
  const field = document.getElementById("search");
  field.form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", () => search(surfaces, field.value));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== field && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
    }
  });
  search(surfaces, field.value);
  addEventListener("hashchange", openNamed);
  openNamed();
}

main().catch((error) => {
  document.getElementById("operations").append(make("p", { role: "alert" }, `The document cannot be shown: ${error.message}`));
});
