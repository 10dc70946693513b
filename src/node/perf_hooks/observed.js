// What observers of 'net', 'dns' and 'http' are told. Those modules ask `channels()` of the native half for a bit first, so that this
// loads only where somebody observes.
'use strict';

const { now } = binding('process');
const { add, PerformanceNodeEntry } = require('perf_hooks/entries');

function tell(name, type, start, detail) {
  add(new PerformanceNodeEntry(name, type, start, now() - start, detail));
}

/** A socket that is about to connect. */
function connects(socket, port) {
  const start = now();
  socket.prependOnceListener('connect', () => tell('connect', 'net', start, { host: socket.remoteAddress, port }));
}

/** A lookup; answers what to call with the addresses. */
function looksUp(hostname, family, hints, order) {
  const start = now();
  return (addresses) => {
    tell('lookup', 'dns', start, { hostname, family, hints, verbatim: order === 'verbatim', order, addresses });
  };
}

/** An address and a port that are looked up; answers what to call with their names. */
function looksServiceUp(host, port) {
  const start = now();
  return (hostname, service) => tell('lookupService', 'dns', start, { host, port, hostname, service });
}

/** A question to name servers; answers what to call with the records. */
function asks(name, host, ttl) {
  const start = now();
  return (result) => tell(name, 'dns', start, { host, ttl, result });
}

function answer({ statusCode, statusMessage }, headers) {
  return { statusCode, statusMessage, headers };
}

/** A request of a client. */
function clientRequest(request, url) {
  let start;
  const req = () => ({ method: request.method, url, headers: typeof request.getHeaders === 'function' ? request.getHeaders() : {} });
  request.once('prefinish', () => { start = now(); });
  return (response) => {
    if (start !== undefined) tell('HttpClient', 'http', start, { req: req(), res: answer(response, response.headers) });
  };
}

/** A request to a server. */
function serverRequest(request, response) {
  const start = now();
  const req = { method: request.method, url: request.url, headers: request.headers };
  response.on('finish', () => tell('HttpRequest', 'http', start, { req, res: answer(response, response.getHeaders()) }));
}

module.exports = { asks, connects, looksServiceUp, looksUp, clientRequest, serverRequest };
