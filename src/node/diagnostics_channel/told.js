'use strict';
// The channels of the runtime's own modules. Those ask `channels()` of the native half for a bit first, so that this loads only
// where somebody listens.

const { channels } = binding('async_context');
const { channel } = require('diagnostics_channel');
const { errorMonitor } = require('events');

function publish(name, message) {
  const found = channel(name);
  if (found.hasSubscribers) found.publish(message);
}

/** A request of a client, as soon as there is one. Answers what to call with the response. */
function clientRequest(request) {
  publish('http.client.request.created', { request });
  request.once('prefinish', () => publish('http.client.request.start', { request }));
  request.on(errorMonitor, (error) => publish('http.client.request.error', { request, error }));
  let timed;
  if (channels() & 256) {
    const url = `${request.protocol}//${request.host}${request.path}`;
    timed = require('perf_hooks/observed').clientRequest(request, url);
  }
  return (response) => {
    publish('http.client.response.finish', { request, response });
    timed?.(response);
  };
}

/** A request to a server, before the listener gets it. */
function serverRequest(server, request, response) {
  if (channels() & 256) require('perf_hooks/observed').serverRequest(request, response);
  if ((channels() & 1) === 0) return;
  publish('http.server.response.created', { request, response });
  publish('http.server.request.start', { request, response, socket: request.socket, server });
  const { socket } = request;
  response.on('finish', () => publish('http.server.response.finish', { request, response, socket, server }));
}

/** How a server began to listen, or why not. */
function listens(server, options) {
  const message = { server, options };
  publish('tracing:net.server.listen:asyncStart', message);
  server._toldOfListen = (error) => {
    server._toldOfListen = undefined;
    if (error === undefined) publish('tracing:net.server.listen:asyncEnd', { server });
    else publish('tracing:net.server.listen:error', { server, error });
  };
}

module.exports = { publish, clientRequest, serverRequest, listens };
