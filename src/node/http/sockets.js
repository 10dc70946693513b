// The sockets of an HTTP server as script sees them: those that are made over a connection when somebody asks for one, those
// that came by way of 'connection', and what becomes of their errors and timeouts. The connection itself is native.
'use strict';

const { Error, ObjectDefineProperty, ReflectApply, Symbol } = primordials;
const native = binding('http');
const { nodeError, errnoException } = binding('errors');

const kFeed = Symbol('feed');

/** The socket of a connection that the native half has served so far. */
exports.makeSocket = function makeSocket(handle, server, feed) {
  const { Socket } = require('net/socket');
  if (handle === undefined) return new Socket().destroy();
  const socket = new Socket({
    handle,
    allowHalfOpen: true,
    manualStart: true,
    readableHighWaterMark: server?.highWaterMark,
    writableHighWaterMark: server?.highWaterMark,
  });
  handle.reading = true;
  if (server === undefined) return socket;
  socket._server = server;
  listen(server, socket, feed);
  return socket;
};

/** A socket that script has seen already. */
exports.connection = function connection(server, socket) {
  if (server.timeout && typeof socket.setTimeout === 'function') socket.setTimeout(server.timeout);
  const feed = native.connect(server, socket);
  if (socket._handle) socket._handle.reading = true;
  listen(server, socket, feed);
};

/**
 * What Node's server listens to. `feed` takes chunks, `null` for the end, `undefined` when it closed, and `true` when all that
 * comes is to go through the stream.
 */
function listen(server, socket, feed) {
  const handle = socket._handle;
  socket.server = server;
  socket.setEncoding = refuseEncoding;
  socket[kFeed] = feed;
  socket.parser = new Parser(socket, handle);
  socket.on('close', freeParser);
  socket.on('close', socketClosed);
  socket.on('error', socketError);
  socket.on('timeout', socketTimedOut);
  socket.on('end', socketEnded);
  socket.on('data', feed);
  if (!handle) return;
  ObjectDefineProperty(socket, '_httpMessage', {
    __proto__: null,
    configurable: true,
    get: () => native.currentMessage(handle),
    set(value) {
      ObjectDefineProperty(socket, '_httpMessage', { __proto__: null, value, writable: true, configurable: true });
    },
  });
  // What HTTP reads of a connection passes the stream by, until somebody else wants to see it.
  for (let i = 0; i < wrappers.length; i++) socket[wrappers[i].name] = wrappers[i];
}

const wrappers = [watched('on'), watched('addListener'), watched('prependListener')];

function watched(name) {
  return {
    [name](event, listener) {
      if (event === 'data' || event === 'readable') {
        unwrap(this);
        this[kFeed]?.(true);
      }
      return ReflectApply(require('net/socket').Socket.prototype[name], this, [event, listener]);
    },
  }[name];
}

function unwrap(socket) {
  for (let i = 0; i < wrappers.length; i++) {
    const { name } = wrappers[i];
    if (socket[name] === wrappers[i]) delete socket[name];
  }
}

/** What stands for the parser, which is native: programs look at its message, and some put functions of theirs in. */
function Parser(socket, handle) {
  this.socket = socket;
  this._handle = handle;
}
Parser.prototype = {
  constructor: Parser,
  get incoming() {
    return this._handle ? native.currentMessage(this._handle)?.req ?? null : null;
  },
  free() {},
  close() {},
  remove() {},
};

function freeParser() {
  this.parser?.free();
}

function socketClosed() {
  this[kFeed]?.(undefined);
}

function socketEnded() {
  this[kFeed]?.(null);
}

function refuseEncoding() {
  throw nodeError('ERR_HTTP_SOCKET_ENCODING');
}

function socketTimedOut() {
  const socket = this;
  const { server } = socket;
  const req = socket._httpRequest;
  // What HTTP reads of a connection passes by the socket's timer.
  if (req && socket.bytesRead !== socket._bytesSeen) {
    socket._bytesSeen = socket.bytesRead;
    socket.setTimeout(socket.timeout);
    return;
  }
  const reqTimeout = req && !req.complete && req.emit('timeout', socket);
  const res = socket._httpMessage;
  const resTimeout = res?.emit('timeout', socket);
  const serverTimeout = server.emit('timeout', socket);
  if (!reqTimeout && !resTimeout && !serverTimeout) socket.destroy();
}

/** The listener of a socket's 'error', and what becomes of bytes that are no request. */
function socketError(err) {
  // Once: destroying the socket with it tells the others.
  this.removeListener('error', socketError);
  if (this.listenerCount('error') === 0) this.on('error', ignore);
  if (this.server.emit('clientError', err, this)) return;
  if (this.writable && !this._httpMessage?._headerSent) {
    const status = statuses[err.code] ?? 400;
    this.write(`HTTP/1.1 ${status} ${native.statusCodes[status]}\r\nConnection: close\r\n\r\n`);
  }
  this.destroy(err);
}

function ignore() {}

// What is answered to an error that isn't a bad request.
const statuses = {
  __proto__: null,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

exports.clientError = function clientError(server, socket, code, reason, bytesParsed, rawPacket) {
  const err = new Error(`Parse Error: ${reason}`);
  err.bytesParsed = bytesParsed;
  err.code = code;
  err.reason = reason;
  err.rawPacket = rawPacket;
  ReflectApply(socketError, socket, [err]);
};

exports.readError = function readError(server, socket, errno) {
  ReflectApply(socketError, socket, [errnoException(errno, 'read')]);
};

exports.requestTimedOut = function requestTimedOut(server, socket) {
  ReflectApply(socketError, socket, [nodeError('ERR_HTTP_REQUEST_TIMEOUT')]);
};

exports.socketEnd = function socketEnd(socket) {
  if (typeof socket.push === 'function' && socket._handle !== undefined && !socket._readableState?.ended) {
    socket.push(null);
    if (socket.readableLength === 0) socket.resume();
  }
};

/** The socket leaves HTTP. */
exports.handedOver = function handedOver(socket) {
  if (socket._handle) socket._handle.reading = false;
  const feed = socket[kFeed];
  if (feed) {
    unwrap(socket);
    socket.removeListener('close', freeParser);
    socket.removeListener('close', socketClosed);
    socket.removeListener('error', socketError);
    socket.removeListener('timeout', socketTimedOut);
    socket.removeListener('end', socketEnded);
    socket.removeListener('data', feed);
    socket[kFeed] = undefined;
  }
  socket.parser = null;
  delete socket.setEncoding;
  socket._httpMessage = null;
  socket.readableFlowing = null;
  socket.read(0);
  // A socket that was made before HTTP had it waits for bytes already, as far as its stream knows.
  if (socket._handle && !socket._handle.reading) socket._read(0);
};
