// The client: `http.request`, `http.get`, `http.ClientRequest`.
'use strict';

const { NumberIsFinite, ObjectKeys, Symbol } = primordials;
const { OutgoingMessage } = require('http');
const agentFile = require('http/agent');
const { kProxy } = agentFile;
const { inherit } = require('stream/core');
const net = require('net');
const native = binding('http');
const { cleanUp, freeParser, release } = native;
const { nodeError, connResetException } = binding('errors');
const { nextTick } = binding('task_queue');

const kError = Symbol('kError');

function fromUrl(url) {
  const { hostname } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname && hostname[0] === '[' ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search: url.search,
    pathname: url.pathname,
    path: `${url.pathname || ''}${url.search || ''}`,
    href: url.href,
  };
  if (url.port !== '') options.port = +url.port;
  if (url.username || url.password) {
    options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  }
  return options;
}

function ClientRequest(input, options, cb) {
  if (!(this instanceof ClientRequest)) return new ClientRequest(input, options, cb);
  native.initRequest(this, input, options, cb);
}
inherit(ClientRequest, OutgoingMessage);

/** Options that few requests have. */
function checkRare(req, timeout, socketPath, signal, maxHeaderSize, insecureHTTPParser, joinDuplicateHeaders,
  httpValidation) {
  const { validateBoolean, validateInteger, validateNumber } = binding('validators');
  if (socketPath !== undefined) req.socketPath = socketPath;
  if (timeout !== undefined) validateNumber(timeout, 'timeout', 0);
  if (signal) require('stream').addAbortSignal(signal, req);
  if (maxHeaderSize !== undefined) {
    validateInteger(maxHeaderSize, 'maxHeaderSize', 0);
    req.maxHeaderSize = maxHeaderSize;
  }
  if (insecureHTTPParser !== undefined) {
    validateBoolean(insecureHTTPParser, 'options.insecureHTTPParser');
    req.insecureHTTPParser = insecureHTTPParser;
  }
  if (httpValidation !== undefined) {
    require('http/late').checkValidation(httpValidation, insecureHTTPParser);
    req.httpValidation = httpValidation;
  }
  if (joinDuplicateHeaders !== undefined) {
    validateBoolean(joinDuplicateHeaders, 'options.joinDuplicateHeaders');
    req.joinDuplicateHeaders = joinDuplicateHeaders;
  }
}

/** A request without an agent has a connection of its own. */
function connectAlone(req, options) {
  req._last = true;
  req.shouldKeepAlive = false;
  let called = false;
  const oncreate = (err, socket) => {
    if (called) return;
    called = true;
    if (err) nextTick(emitError, req, err);
    else req.onSocket(socket);
  };
  const connect = typeof options.createConnection === 'function' ? options.createConnection : net.createConnection;
  options.path = req.socketPath;
  const socket = connect(options, oncreate);
  if (socket) oncreate(null, socket);
}

function emitError(req, err) {
  req.emit('error', err);
}

const methods = {
  // What a request is before anything has happened to it.
  maxHeadersCount: null,
  socketPath: undefined,
  maxHeaderSize: undefined,
  insecureHTTPParser: undefined,
  httpValidation: undefined,
  joinDuplicateHeaders: undefined,

  _finish() {
    this.emit('prefinish');
  },

  abort() {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit('abort'));
    this.destroy();
  },

  destroy(err) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.res?._dump();
    this[kError] = err;
    // Without a socket so far, the error comes when the socket would have.
    this.socket?.destroy(err);
    return this;
  },

  setNoDelay(noDelay) {
    defer(this, (socket) => socket.setNoDelay?.(noDelay));
  },

  setSocketKeepAlive(enable, delay) {
    defer(this, (socket) => socket.setKeepAlive?.(enable, delay));
  },

  setTimeout(ms, callback) {
    if (this._ended) return this;
    listenTimeout(this);
    ms = duration(ms);
    if (callback) this.once('timeout', callback);
    if (this.socket) setSocketTimeout(this.socket, ms);
    else this.once('socket', (socket) => setSocketTimeout(socket, ms));
    return this;
  },

  clearTimeout(cb) {
    this.setTimeout(0, cb);
  },
};
const names = ObjectKeys(methods);
for (let i = 0; i < names.length; i++) ClientRequest.prototype[names[i]] = methods[names[i]];

function defer(req, act) {
  if (!req.socket) {
    req.once('socket', (socket) => defer(req, act) ?? socket);
  } else if (req.socket.connecting) {
    req.socket.once('connect', () => act(req.socket));
  } else {
    act(req.socket);
  }
}

// ---- timeouts

const longest = 2 ** 31 - 1;

function duration(ms) {
  binding('validators').validateNumber(ms, 'msecs');
  if (ms < 0 || !NumberIsFinite(ms)) throw nodeError('ERR_OUT_OF_RANGE', 'msecs', 'a non-negative finite number', ms);
  if (ms <= longest) return ms;
  process.emitWarning(`${ms} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${longest}.`,
    'TimeoutOverflowWarning');
  return longest;
}

function setSocketTimeout(socket, ms) {
  if (socket.connecting) socket.once('connect', () => socket.setTimeout(ms));
  else socket.setTimeout(ms);
}

function listenTimeout(req) {
  if (req.timeoutCb) return;
  req.timeoutCb = onRequestTimeout;
  if (req.socket) req.socket.once('timeout', onRequestTimeout);
  else req.on('socket', (socket) => socket.once('timeout', onRequestTimeout));
}

function onRequestTimeout() {
  this._httpMessage?.emit('timeout');
}

function onResponseTimeout() {
  this._httpMessage?.res?.emit('timeout');
}

// ---- the socket

/** There is a socket, or none, for a request that is over or can't have one. */
function tooLate(req, socket, err) {
  req.destroyed = true;
  const reason = err || req[kError];
  if (socket && (err || !req.agent || socket.destroyed)) {
    // Its own error, if it has one, tells more.
    require('stream').finished(socket.destroy(reason), (er) => {
      fail(req, er?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? reason : er || reason);
    });
    return;
  }
  socket?.emit('free');
  fail(req, reason);
}

/** The end of a request that never got to use a socket. */
function fail(req, err) {
  if (!req.aborted && !err) err = connResetException('socket hang up');
  if (err) req.emit('error', err);
  req._closed = true;
  req.emit('close');
}

function onSocketDrain() {
  const req = this._httpMessage;
  if (req?._needDrain) {
    req._needDrain = false;
    req.emit('drain');
  }
}

function onSocketError(err) {
  const req = this._httpMessage;
  this._hadError = true;
  finishParser(this);
  cleanUp(this);
  this.destroy();
  req?.emit('error', err);
}

function finishParser(socket) {
  socket.parser?.finish();
  freeParser(socket);
}

function onSocketEnd() {
  const req = this._httpMessage;
  if (!req?.res && !this._hadError) {
    this._hadError = true;
    req?.emit('error', connResetException('socket hang up'));
  }
  finishParser(this);
  this.end();
}

function onSocketClose() {
  const req = this._httpMessage;
  // What has been read already still counts.
  this.read();
  if (!req) return;
  this.parser?.finish();
  req.destroyed = true;
  const { res } = req;
  if (res) {
    if (!res.complete) res.destroy(connResetException('aborted'));
    req._closed = true;
    req.emit('close');
    if (!res.aborted && res.readable) res.push(null);
  } else {
    if (!this._hadError) {
      this._hadError = true;
      req.emit('error', req[kError] ?? connResetException('socket hang up'));
    }
    req._closed = true;
    req.emit('close');
  }
  req._takeOutput();
  freeParser(this);
}

function information(req, res, status) {
  req.res = null;
  if (status === 100) req.emit('continue');
  const { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders } = res;
  req.emit('information', { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders });
}

function malformed(req, socket, error) {
  cleanUp(socket);
  socket._hadError = true;
  socket.destroy();
  req.emit('error', error);
}

function onUpgrade(req, socket, res, head) {
  req.upgradeOrConnect = true;
  release(socket);
  if (req.timeoutCb) socket.removeListener('timeout', req.timeoutCb);
  req.timeoutCb = null;
  const event = req.method === 'CONNECT' ? 'connect' : 'upgrade';
  if (req.listenerCount(event) > 0) {
    req.agent?.removeSocket?.(socket, req.agent.options);
    socket.emit('agentRemove');
    socket.readableFlowing = null;
    socket._httpMessage = null;
    req.emit(event, res, socket, head);
    req.destroyed = true;
    req._closed = true;
    req.emit('close');
  } else {
    socket.destroy();
  }
}

exports.ClientRequest = ClientRequest;

// What `_http_common` shows of the parsers that wait for the next response.
exports.parsers = {
  name: 'parsers',
  get max() {
    return native.maxParsers();
  },
  set max(max) {
    native.setMaxParsers(max);
  },
};

native.setUpClient({
  __proto__: null,
  prototype: ClientRequest.prototype,
  messages: OutgoingMessage.prototype,
  agents: agentFile,
  proxy: kProxy,
  fromUrl: (input) => fromUrl(typeof input === 'string' ? new (require('url').URL)(input) : input),
  checkRare,
  connectAlone,
  onSocketEnd,
  onSocketError,
  onSocketClose,
  onSocketDrain,
  onResponseTimeout,
  listenTimeout,
  tooLate,
  flushBy(req, socket, waiting, done) {
    req._waitingCallbacks = undefined;
    require('http/late').flushBy(req, socket, waiting, done ? (err) => native.finishRequest(req, err) : undefined);
  },
  information,
  upgrade: onUpgrade,
  malformed,
  authorize(req, auth) {
    if (req.getHeader('Authorization')) return;
    req.setHeader('Authorization', `Basic ${require('buffer').Buffer.from(auth).toString('base64')}`);
  },
  observed(req) {
    req._observed = require('diagnostics_channel/told').clientRequest(req);
  },
});

const { request } = native;
exports.request = request;

exports.get = function get(url, options, cb) {
  const req = request(url, options, cb);
  req.end();
  return req;
};
