// `http`: the classes of messages and the server. What the server's connections do is native; the
// rare paths are in `http/late`, the client in `http/client` and `http/agent`.
'use strict';

const {
  ArrayIsArray,
  FunctionPrototypeCall,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectKeys,
  ReflectApply,
  Symbol,
  SymbolFor,
} = primordials;
const EventEmitter = require('events');
const { Stream, Readable, inherit } = require('stream/core');
const net = require('net');
const native = binding('http');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');

const late = () => require('http/late');
const sockets = () => require('http/sockets');

function copy(target, source) {
  const names = ObjectKeys(source);
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperty(target, names[i], ObjectGetOwnPropertyDescriptor(source, names[i]));
  }
}

/** Methods that `http/late` implements. */
function lateMethods(target, names) {
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    target[name] = {
      [name](...args) {
        return ReflectApply(late().methods[name], this, args);
      },
    }[name];
  }
}

/** A message that came in: a Readable with a head. */
function IncomingMessage(socket) {
  FunctionPrototypeCall(Readable, this, socket ? { highWaterMark: socket.readableHighWaterMark } : undefined);
  native.initIncoming(this, socket);
  // Until it is read for the first time.
  this._readableState.readingMore = true;
}
native.defineIncoming(inherit(IncomingMessage, Readable));
lateMethods(IncomingMessage.prototype, ['_addHeaderLines', '_addHeaderLine']);
IncomingMessage.prototype.setTimeout = function setTimeout(ms, callback) {
  return ReflectApply(late().setRequestTimeout, this, [ms, callback]);
};

ObjectDefineProperty(IncomingMessage.prototype, 'signal', {
  __proto__: null,
  configurable: true,
  get() {
    return late().signalOf(this);
  },
});

/** A message that goes out. */
function OutgoingMessage(options) {
  FunctionPrototypeCall(Stream, this);
  native.initOutgoing(this, options);
}
native.defineOutgoing(inherit(OutgoingMessage, Stream));
lateMethods(OutgoingMessage.prototype, [
  'addTrailers', 'setHeaders', 'destroy', 'pipe', 'setTimeout', '_send', '_finish', '_flush', '_renderHeaders',
]);

/** The response of a server. */
function ServerResponse(req, options) {
  // Without the constructors before it: what emitters have is made when somebody listens.
  native.initResponse(this, req, options);
}
const writeHead = native.defineResponse(inherit(ServerResponse, OutgoingMessage));
lateMethods(ServerResponse.prototype, [
  'assignSocket', 'detachSocket', 'writeContinue', 'writeProcessing', 'writeEarlyHints', 'writeInformation',
]);

// ---- the server

// Stands for the native timer that looks at the connections' deadlines: says whether that goes on.
const kConnectionsCheckingInterval = native.checking = Symbol('http.server.connectionsCheckingInterval');

function watchConnections() {
  if (this[kConnectionsCheckingInterval]) this[kConnectionsCheckingInterval]._destroyed = true;
  this[kConnectionsCheckingInterval] = { _destroyed: false };
}

function Server(options, requestListener) {
  if (!(this instanceof Server)) return new Server(options, requestListener);
  if (typeof options === 'function') {
    requestListener = options;
    options = undefined;
  }
  if (options == null) options = {};
  else if (typeof options !== 'object' || ArrayIsArray(options)) throw nodeError('ERR_INVALID_ARG_TYPE', 'options', 'object', options);
  const known = options.headersTimeout === undefined && ObjectKeys(options).length === 0;
  if (!known) options = late().checkOptions(options);
  native.initServer(this, {
    listener: connectionListener,
    IncomingMessage: options.IncomingMessage === IncomingMessage ? undefined : options.IncomingMessage,
    ServerResponse: options.ServerResponse === ServerResponse ? undefined : options.ServerResponse,
    requireHostHeader: options.requireHostHeader ?? true,
    joinDuplicateHeaders: options.joinDuplicateHeaders,
    rejectNonStandardBodyWrites: options.rejectNonStandardBodyWrites,
    noDelay: options.noDelay ?? true,
    optimizeEmptyRequests: options.optimizeEmptyRequests,
    uniqueHeaders: options.uniqueHeaders,
    maxHeaderSize: options.maxHeaderSize || native.maxHeaderSize,
    insecureHTTPParser: options.httpValidation ? options.httpValidation === 'insecure' :
      options.insecureHTTPParser ?? native.insecureHTTPParser,
    laxValues: options.httpValidation === 'relaxed',
  });
  FunctionPrototypeCall(net.Server, this, {
    allowHalfOpen: true,
    noDelay: options.noDelay ?? true,
    keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
    highWaterMark: options.highWaterMark,
  });
  if (requestListener) this.on('request', requestListener);
  this.on('connection', connectionListener);
  this.on('listening', watchConnections);
  this.requestTimeout = options.requestTimeout ?? 300000;
  this.headersTimeout = options.headersTimeout ?? 60000;
  this.keepAliveTimeout = options.keepAliveTimeout ?? 5000;
  this.keepAliveTimeoutBuffer = options.keepAliveTimeoutBuffer ?? 1000;
  this.connectionsCheckingInterval = options.connectionsCheckingInterval ?? 30000;
  this.rejectNonStandardBodyWrites = options.rejectNonStandardBodyWrites ?? false;
  this.httpAllowHalfOpen = false;
  this.timeout = 0;
  this.maxHeadersCount = null;
  this.maxRequestsPerSocket = 0;
  if (!known) late().configure(this, options);
}
native.defineServer(inherit(Server, net.Server));

copy(Server.prototype, {
  close(callback) {
    this._stop();
    if (this[kConnectionsCheckingInterval]) this[kConnectionsCheckingInterval]._destroyed = true;
    ReflectApply(net.Server.prototype.close, this, [callback]);
    this.closeIdleConnections();
    return this;
  },

  setTimeout(ms, callback) {
    this.timeout = ms;
    if (callback) this.on('timeout', callback);
    return this;
  },

  shouldUpgradeCallback() {
    return this.listenerCount('upgrade') > 0;
  },

  _onlisten() {
    native.attach(this, this._handle);
  },
});

const kRejection = SymbolFor('nodejs.rejection');
OutgoingMessage.prototype[kRejection] = function(err) {
  this.destroy(err);
};
Server.prototype[kRejection] = function(err, event, ...args) {
  late().rejected(this, err, event, args);
};

/** The listener of 'connection': speaks HTTP on any stream. */
function connectionListener(socket) {
  sockets().connection(this, socket);
}

// ---- what the native half calls

native.setUp({
  __proto__: null,
  IncomingMessage,
  ServerResponse,
  emit: EventEmitter.prototype.emit,
  writeHead,

  dumpSoon(req) {
    nextTick(dump, req);
  },
  finishSoon: native.finishSoon,

  drainSoon(res) {
    nextTick(drain, res);
  },
  drain,

  abort: (req) => late().abort(req),
  observed: (server, req, res) => require('diagnostics_channel/told').serverRequest(server, req, res),
  cork: (message, on) => late().cork(message, on),
  cutOff: (req, res) => late().cutOff(req, res),
  clientError: (...args) => ReflectApply(sockets().clientError, undefined, args),
  destroyMessage: (message, err, cb) => ReflectApply(late().methods._destroy, message, [err, cb]),
  destroy: (stream) => {
    stream.destroy();
  },
  destroySoon(stream) {
    if (typeof stream.destroySoon === 'function') stream.destroySoon();
    else stream.end();
  },
  drained(server) {
    server._emitCloseIfDrained();
  },
  dropRequest: (server, req, res) => late().dropRequest(server, req, res),
  expectation: (server, req, res, value) => late().expectation(server, req, res, value),
  finish: (message) => late().finish(message),
  handedOver: (socket) => sockets().handedOver(socket),
  headerText: (message) => late().headerText(message),
  makeSocket: (handle, server, feed) => sockets().makeSocket(handle, server, feed),
  pass: (message, callback) => late().pass(message, callback),
  readError: (server, socket, errno) => sockets().readError(server, socket, errno),
  refuse: (res, status) => late().refuse(res, status),
  requestTimedOut: (server, socket) => sockets().requestTimedOut(server, socket),
  resumeSocket: (socket) => late().resumeSocket(socket),
  socketEnd: (socket) => sockets().socketEnd(socket),
  writeError: (message, code, callback) => late().writeError(message, code, callback),
  writeTo(stream, chunk) {
    if (!stream.destroyed && stream.writable) stream.write(chunk);
  },
});

function dump(req) {
  if (!req._consuming && !req.readableDidRead && !req._readableState.resumeScheduled) req._dump();
}

function drain(res) {
  if (res._needDrain) {
    res._needDrain = false;
    res.emit('drain');
  }
}

// What loads late can be replaced, as if it had been there.
function replace(name, value) {
  ObjectDefineProperty(exports, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
}

const client = () => require('http/client');
const agent = () => require('http/agent');

copy(exports, {
  _connectionListener: connectionListener,
  METHODS: native.methods,
  STATUS_CODES: native.statusCodes,
  get Agent() {
    return agent().Agent;
  },
  set Agent(value) {
    replace('Agent', value);
  },
  get ClientRequest() {
    return client().ClientRequest;
  },
  set ClientRequest(value) {
    replace('ClientRequest', value);
  },
  IncomingMessage,
  OutgoingMessage,
  Server,
  ServerResponse,
  createServer: (options, listener) => new Server(options, listener),
  validateHeaderName: native.validateHeaderName,
  validateHeaderValue: native.validateHeaderValue,
  get: (url, options, callback) => client().get(url, options, callback),
  request: (url, options, callback) => client().request(url, options, callback),
  setGlobalProxyFromEnv: (env) => late().setGlobalProxyFromEnv(env),
  setMaxIdleHTTPParsers(max) {
    binding('validators').validateInteger(max, 'max', 1);
    native.setMaxParsers(max);
  },
  get maxHeaderSize() {
    return native.maxHeaderSize;
  },
  get globalAgent() {
    return agent().globalAgent;
  },
  set globalAgent(value) {
    agent().globalAgent = value;
  },
  get WebSocket() {
    return globalThis.WebSocket;
  },
  get CloseEvent() {
    return globalThis.CloseEvent;
  },
  get MessageEvent() {
    return globalThis.MessageEvent;
  },
});
