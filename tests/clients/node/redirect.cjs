// Loaded before a client whose network's address is fixed in its code: what it sends to https://HOST goes to the
// stand-in on 127.0.0.1 instead. Nothing of the client is changed, and any other host is refused, so that no test can
// reach a network. REDIRECT_HOSTS: hosts, separated by blanks; REDIRECT_TO: the stand-in's address.
const http = require("node:http");
const https = require("node:https");

const hosts = new Set(process.env.REDIRECT_HOSTS.split(" "));
const target = new URL(process.env.REDIRECT_TO);

function moved(address) {
  const url = new URL(address);
  if (url.origin === target.origin) return url;
  if (url.protocol !== "https:" || !hosts.has(url.host)) throw new Error(`the test does not reach ${url.host}`);
  url.protocol = target.protocol;
  url.host = target.host;
  return url;
}

const fetched = globalThis.fetch;
globalThis.fetch = (address, options) => fetched(moved(address), options);

https.request = (first, ...rest) => {
  const apart = first instanceof URL || typeof first === "string"; // request(url, options, callback)
  const more = apart && typeof rest[0] === "object" ? rest.shift() : {};
  const options = apart ? { href: String(first), ...more } : first;
  const path = options.path ?? `${options.pathname ?? "/"}${options.search ?? ""}`;
  const url = moved(options.href ?? `https://${options.hostname ?? options.host}${path}`);
  const { href, agent, ...kept } = options;
  const where = { protocol: url.protocol, hostname: url.hostname, host: url.hostname, port: url.port };
  return http.request({ ...kept, ...where, path: url.pathname + url.search, servername: undefined }, ...rest);
};
