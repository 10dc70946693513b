// The client: `http.request`, `http.get`, `http.ClientRequest`.
'use strict';

const {
  ArrayIsArray,
  ArrayPrototypePop,
  NumberIsFinite,
  ObjectKeys,
  ReflectApply,
  RegExpPrototypeTest,
  Symbol,
  StringPrototypeIndexOf,
  StringPrototypeToUpperCase,
} = primordials;
const { OutgoingMessage } = require('http');
const agentFile = require('http/agent');
const { kProxy } = agentFile;
const { inherit } = require('stream/core');
const net = require('net');
const { channels } = binding('async_context');
const native = binding('http');
const { nodeError, connResetException } = binding('errors');
const { nextTick } = binding('task_queue');

const kError = Symbol('kError');
const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;

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

const isUrl = (value) => value && value.href && value.protocol && value.auth === undefined && value.path === undefined;

function hostname(value, name) {
  if (value !== null && value !== undefined && typeof value !== 'string') {
    throw nodeError('ERR_INVALID_ARG_TYPE', `options.${name}`, ['string', 'undefined', 'null'], value);
  }
  return value;
}

function ClientRequest(input, options, cb) {
  if (!(this instanceof ClientRequest)) return new ClientRequest(input, options, cb);
  // Without the constructors before it: what emitters have is made when somebody listens.
  native.initOutgoing(this);
  if (typeof input === 'string') {
    input = fromUrl(new (require('url').URL)(input));
  } else if (isUrl(input)) {
    input = fromUrl(input);
  } else {
    cb = options;
    options = input;
    input = null;
  }
  if (typeof options === 'function') {
    cb = options;
    options = input || {};
  } else {
    options = { ...input, ...options };
  }
  const validators = binding('validators');

  let { agent } = options;
  const defaultAgent = options._defaultAgent || agentFile.globalAgent;
  if (agent === false) {
    agent = new defaultAgent.constructor();
  } else if (agent === null || agent === undefined) {
    if (typeof options.createConnection !== 'function') agent = defaultAgent;
  } else if (typeof agent.addRequest !== 'function') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options.agent', ['Agent-like Object', 'undefined', 'false'], agent);
  }
  this.agent = agent;

  const protocol = options.protocol || defaultAgent.protocol;
  let expectedProtocol = defaultAgent.protocol;
  if (this.agent?.protocol) expectedProtocol = this.agent.protocol;
  if (options.path) {
    const path = `${options.path}`;
    if (!native.isPath(path)) throw nodeError('ERR_UNESCAPED_CHARACTERS', 'Request path');
  }
  if (protocol !== expectedProtocol) throw nodeError('ERR_INVALID_PROTOCOL', protocol, expectedProtocol);

  const defaultPort = options.defaultPort || this.agent?.defaultPort;
  const port = options.port = options.port || defaultPort || 80;
  const host = options.host = hostname(options.hostname, 'hostname') || hostname(options.host, 'host') || 'localhost';
  const setHost = options.setHost !== undefined ? !!options.setHost : options.setDefaultHeaders !== false;

  if (options.setDefaultHeaders === false) this._removedConnection = this._removedContLen = this._removedTE = true;
  this.sendDate = false;
  if (options.socketPath !== undefined) this.socketPath = options.socketPath;
  if (options.timeout !== undefined) {
    validators.validateNumber(options.timeout, 'timeout', 0);
    this.timeout = options.timeout;
  }
  const { signal } = options;
  if (signal) require('stream').addAbortSignal(signal, this);

  let { method } = options;
  if (method !== null && method !== undefined && typeof method !== 'string') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options.method', 'string', method);
  }
  if (!method || method === 'GET') {
    method = 'GET';
  } else if (method !== 'POST') {
    if (!RegExpPrototypeTest(token, method)) throw nodeError('ERR_INVALID_HTTP_TOKEN', 'Method', method);
    method = StringPrototypeToUpperCase(method);
  }
  this.method = method;
  const { maxHeaderSize, insecureHTTPParser, joinDuplicateHeaders } = options;
  if (maxHeaderSize !== undefined) {
    validators.validateInteger(maxHeaderSize, 'maxHeaderSize', 0);
    this.maxHeaderSize = maxHeaderSize;
  }
  if (insecureHTTPParser !== undefined) {
    validators.validateBoolean(insecureHTTPParser, 'options.insecureHTTPParser');
    this.insecureHTTPParser = insecureHTTPParser;
  }
  if (joinDuplicateHeaders !== undefined) {
    validators.validateBoolean(joinDuplicateHeaders, 'options.joinDuplicateHeaders');
    this.joinDuplicateHeaders = joinDuplicateHeaders;
  }
  this.path = options.path || '/';
  if (cb) this.once('response', cb);

  if (method === 'GET' || method === 'HEAD' || method === 'DELETE' || method === 'OPTIONS' || method === 'TRACE' ||
      method === 'CONNECT') {
    this.useChunkedEncodingByDefault = false;
  }
  this.host = host;
  this.protocol = protocol;

  this._hasAgent = !!this.agent;
  if (this.agent) {
    const alone = !this.agent.keepAlive && !NumberIsFinite(this.agent.maxSockets);
    if (alone) {
      this._last = true;
      this.shouldKeepAlive = false;
    }
  }

  if (options.uniqueHeaders !== undefined) this._setUnique(options.uniqueHeaders);
  const { headers } = options;
  const isArray = ArrayIsArray(headers);
  if (!isArray) {
    if (headers?.host !== undefined && ArrayIsArray(headers.host)) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'options.headers.host', 'string', headers.host);
    }
    if (headers) {
      const keys = ObjectKeys(headers);
      for (let i = 0; i < keys.length; i++) this.setHeader(keys[i], headers[keys[i]]);
    }
    if (host && !this.getHeader('host') && setHost) {
      let value = host;
      const colon = StringPrototypeIndexOf(value, ':');
      if (colon !== -1 && StringPrototypeIndexOf(value, ':', colon + 1) !== -1 && value[0] !== '[') value = `[${value}]`;
      if (port && +port !== defaultPort) value += `:${port}`;
      this.setHeader('Host', value);
    }
    if (options.auth && !this.getHeader('Authorization')) {
      this.setHeader('Authorization', `Basic ${require('buffer').Buffer.from(options.auth).toString('base64')}`);
    }
    if (this.agent?.[kProxy] !== undefined) this.agent[kProxy].rewrite(this, options);
    if (this.getHeader('expect')) {
      if (this._header) throw nodeError('ERR_HTTP_HEADERS_SENT', 'render');
      this._implicitHeader();
    }
  } else {
    this._storeHeader(`${this.method} ${this.path} HTTP/1.1\r\n`, headers);
  }

  let optsWithoutSignal = options;
  if (signal) {
    optsWithoutSignal = { ...options };
    delete optsWithoutSignal.signal;
  }
  if (channels() & 258) this._observed = require('diagnostics_channel/told').clientRequest(this);
  if (this.agent) {
    this.agent.addRequest(this, optsWithoutSignal);
    return;
  }
  this._last = true;
  this.shouldKeepAlive = false;
  let called = false;
  const oncreate = (err, socket) => {
    if (called) return;
    called = true;
    if (err) nextTick(emitError, this, err);
    else this.onSocket(socket);
  };
  const connect = typeof options.createConnection === 'function' ? options.createConnection : net.createConnection;
  optsWithoutSignal = { ...optsWithoutSignal, path: this.socketPath };
  const socket = connect(optsWithoutSignal, oncreate);
  if (socket) oncreate(null, socket);
}
inherit(ClientRequest, OutgoingMessage);

function emitError(req, err) {
  req.emit('error', err);
}

const methods = {
  // What a request is before anything has happened to it.
  _ended: false,
  res: null,
  aborted: false,
  timeoutCb: null,
  upgradeOrConnect: false,
  parser: null,
  maxHeadersCount: null,
  reusedSocket: false,
  socketPath: undefined,
  maxHeaderSize: undefined,
  insecureHTTPParser: undefined,
  joinDuplicateHeaders: undefined,

  _finish() {
    this.emit('prefinish');
  },

  _implicitHeader() {
    if (this._header) throw nodeError('ERR_HTTP_HEADERS_SENT', 'render');
    this._storeHeader(`${this.method} ${this.path} HTTP/1.1\r\n`);
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

  onSocket(socket, err) {
    nextTick(onSocketNow, this, socket, err);
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

function onSocketNow(req, socket, err) {
  if (!req.destroyed && !err) {
    useSocket(req, socket);
    req._flush();
    return;
  }
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

function useSocket(req, socket) {
  const parser = parsers.take(req);
  req.socket = socket;
  req.parser = parser;
  socket._httpClient = true;
  socket._hadError = false;
  socket.parser = parser;
  socket._httpMessage = req;
  parser.socket = socket;
  parser.incoming = null;
  parser.outgoing = req;
  parser.onIncoming = onHead;
  parser.joinDuplicateHeaders = req.joinDuplicateHeaders;
  socket.on('error', onSocketError);
  socket.on('data', onSocketData);
  socket.on('end', onSocketEnd);
  socket.on('close', onSocketClose);
  socket.on('drain', onSocketDrain);
  if (req.timeout !== undefined || req.agent?.options?.timeout) listenTimeout(req);
  req.emit('socket', socket);
}

// What a parser calls on itself.
const handlers = {
  __proto__: null,
  onHead(res, status, keepAlive, upgrade) {
    return this.onIncoming(this.outgoing, this, this.socket, res, status, keepAlive, upgrade);
  },
  onPause() {
    this.socket?.pause();
  },
  wantMore() {
    this.resume();
    const { socket } = this;
    if (socket && !socket.destroyed) socket.resume();
  },
  onUpgrade(head) {
    onUpgrade(this.outgoing, this.socket, this.incoming, head);
  },
  onError(error) {
    const { socket, outgoing } = this;
    cleanUp(socket);
    socket._hadError = true;
    socket.destroy();
    outgoing.emit('error', error);
  },
};

/** Parsers that wait for the next request. */
const parsers = {
  name: 'parsers',
  max: 1000,
  list: [],
  take(options) {
    const { list } = this;
    if (list.length > 0) {
      const parser = list[list.length - 1];
      ArrayPrototypePop(list);
      parser.initialize(options);
      return parser;
    }
    const parser = native.makeParser(options);
    const keys = ObjectKeys(handlers);
    for (let i = 0; i < keys.length; i++) parser[keys[i]] = handlers[keys[i]];
    return parser;
  },
  give(parser) {
    parser.release();
    parser.socket = parser.incoming = parser.outgoing = parser.onIncoming = parser.joinDuplicateHeaders = null;
    if (this.list.length < this.max && !parser.isRunning()) this.list[this.list.length] = parser;
  },
};
exports.parsers = parsers;

/** The socket and its request have no more use for their parser. */
function freeParser(socket) {
  const { parser } = socket;
  if (!parser) return;
  socket.parser = null;
  if (parser.outgoing?.parser === parser) parser.outgoing.parser = null;
  parsers.give(parser);
}

function cleanUp(socket) {
  socket.removeListener('data', onSocketData);
  socket.removeListener('end', onSocketEnd);
}

function release(socket) {
  cleanUp(socket);
  socket.removeListener('error', onSocketError);
  socket.removeListener('close', onSocketClose);
  socket.removeListener('drain', onSocketDrain);
  socket.removeListener('timeout', onResponseTimeout);
  freeParser(socket);
}

function onSocketDrain() {
  const req = this._httpMessage;
  if (req?._needDrain) {
    req._needDrain = false;
    req.emit('drain');
  }
}

function onSocketData(chunk) {
  this.parser?.execute(chunk);
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

/** Answers 1 for a response without body, 2 for one after which the connection isn't HTTP, 3 for one too many. */
function onHead(req, parser, socket, res, status, keepAlive, upgrade) {
  res.socket = socket;
  if (req.res) {
    socket.destroy();
    return 3;
  }
  if (status >= 100 && status < 200 && status !== 101) {
    req.res = null;
    if (status === 100) req.emit('continue');
    const { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders } = res;
    req.emit('information', { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders });
    parser.incoming = null;
    return 1;
  }
  req.res = res;
  parser.incoming = res;
  if (req.method === 'CONNECT' || (upgrade && status === 101)) {
    res.upgrade = true;
    return 2;
  }
  if (req.shouldKeepAlive && !keepAlive && !req.upgradeOrConnect) req.shouldKeepAlive = false;
  res.req = req;
  socket.on('timeout', onResponseTimeout);
  res.on('end', onResponseEnd);
  req.on('finish', onRequestFinish);
  req._observed?.(res);
  if (req.aborted || !req.emit('response', res)) res._dump();
  return req.method === 'HEAD' ? 1 : 0;
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

function onResponseEnd() {
  const { req } = this;
  const { socket } = req;
  req._ended = true;
  if (req.timeoutCb !== null && socket) socket.removeListener('timeout', req.timeoutCb);
  if (!req.shouldKeepAlive) {
    if (socket?.writable) socket.destroySoon?.();
  } else if (req.writableFinished && !this.aborted) {
    keepAlive(req);
  }
}

function onRequestFinish() {
  if (this.shouldKeepAlive && this._ended) keepAlive(this);
}

function keepAlive(req) {
  const { socket } = req;
  if (!socket || req._released) return;
  req._released = true;
  if (req.timeoutCb) {
    socket.setTimeout(0, req.timeoutCb);
    req.timeoutCb = null;
  }
  release(socket);
  req.destroyed = true;
  if (req.res) req.res._released = true;
  nextTick(afterKeepAlive, req, socket);
}

function afterKeepAlive(req, socket) {
  req._closed = true;
  req.emit('close');
  socket.emit('free');
}

exports.ClientRequest = ClientRequest;

exports.request = function request(url, options, cb) {
  return new ClientRequest(url, options, cb);
};

exports.get = function get(url, options, cb) {
  const req = new ClientRequest(url, options, cb);
  req.end();
  return req;
};
