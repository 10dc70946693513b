// `http.Agent`: keeps connections for later requests and holds requests back while there are too many.
'use strict';

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypeSplice,
  FunctionPrototypeCall,
  NumberIsFinite,
  ObjectKeys,
  RegExpPrototypeExec,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  Symbol,
} = primordials;
const EventEmitter = require('events');
const { inherit } = require('stream/core');
const net = require('net');
const { isIP } = binding('net');

const kRequestOptions = Symbol('requestOptions');
const kContext = Symbol('context');
const kOnKeylog = Symbol('onkeylog');
const kProxy = Symbol('kProxyConfig');
const kReadWhenFree = Symbol('readWhenFree');

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  FunctionPrototypeCall(EventEmitter, this);
  this.options = { __proto__: null, ...options };
  this.defaultPort = this.options.defaultPort || 80;
  this.protocol = this.options.protocol || 'http:';
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  this.options.path = null;
  this.requests = { __proto__: null };
  this.sockets = { __proto__: null };
  this.freeSockets = { __proto__: null };
  this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
  this.maxFreeSockets = this.options.maxFreeSockets || 256;
  this.scheduling = this.options.scheduling || 'lifo';
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  this.agentKeepAliveTimeoutBuffer =
    typeof this.options.agentKeepAliveTimeoutBuffer === 'number' && this.options.agentKeepAliveTimeoutBuffer >= 0 &&
    NumberIsFinite(this.options.agentKeepAliveTimeoutBuffer) ? this.options.agentKeepAliveTimeoutBuffer : 1000;
  const { validateNumber, validateOneOf } = binding('validators');
  validateOneOf(this.scheduling, 'scheduling', ['fifo', 'lifo']);
  if (this.maxTotalSockets !== undefined) validateNumber(this.maxTotalSockets, 'maxTotalSockets', 1);
  else this.maxTotalSockets = Infinity;
  const { proxyEnv } = this.options;
  if (typeof proxyEnv === 'object' && proxyEnv !== null) {
    this[kProxy] = require('http/proxy').parse(proxyEnv, this.protocol, this.keepAlive);
  }

  this.on('free', (socket, options) => onFree(this, socket, options));
  this.on('newListener', maybeEnableKeylog);
}
inherit(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

function maybeEnableKeylog(eventName) {
  if (eventName !== 'keylog') return;
  this.removeListener('newListener', maybeEnableKeylog);
  this[kOnKeylog] = (line) => this.emit('keylog', line);
}

function take(table, name, item) {
  const list = table[name];
  if (list === undefined) return false;
  const at = ArrayPrototypeIndexOf(list, item);
  if (at === -1) return false;
  ArrayPrototypeSplice(list, at, 1);
  if (list.length === 0) delete table[name];
  return true;
}

function put(table, name, item) {
  const list = table[name] ??= [];
  list[list.length] = item;
}

// A request that has waited goes on in the context of who made it.
function inContextOf(req, call) {
  const { setFrame } = binding('async_context');
  const before = setFrame(req[kContext]);
  try {
    return call();
  } finally {
    setFrame(before);
  }
}

function onFree(agent, socket, options) {
  const name = agent.getName(options);
  // A request may hold what the socket was made for: it goes first.
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const requests = agent.requests[name];
  if (requests?.length) {
    const req = requests.shift();
    inContextOf(req, () => {
      socket._handle?.asyncReset?.();
      setRequestSocket(agent, req, socket);
    });
    if (requests.length === 0) delete agent.requests[name];
    return;
  }
  const req = socket._httpMessage;
  if (!req || !req.shouldKeepAlive || !agent.keepAlive) {
    socket.destroy();
    return;
  }
  const free = agent.freeSockets[name] || [];
  let count = free.length;
  if (agent.sockets[name]) count += agent.sockets[name].length;
  if (agent.totalSocketCount > agent.maxTotalSockets || count > agent.maxSockets ||
      free.length >= agent.maxFreeSockets || !agent.keepSocketAlive(socket)) {
    socket.destroy();
    return;
  }
  agent.freeSockets[name] = free;
  socket._httpMessage = null;
  // Requests to elsewhere may have waited for this one.
  agent.removeSocket(socket, options);
  socket.on('error', freeSocketError);
  socket[kReadWhenFree] = socket.bytesRead;
  free[free.length] = socket;
}

/** Whether an idle socket has received something: who answers without having been asked doesn't get another request. */
function answersUnasked(socket) {
  if (socket[kReadWhenFree] === undefined || socket[kReadWhenFree] === socket.bytesRead) return false;
  socket.destroy();
  return true;
}

function freeSocketError() {
  this.destroy();
  this.emit('agentRemove');
}

const methods = {
  createConnection(...args) {
    return this[kProxy] !== undefined ? this[kProxy].connect(args) : net.createConnection(...args);
  },

  getName(options = {}) {
    let name = `${options.host || 'localhost'}:${options.port || ''}:${options.localAddress || ''}`;
    if (options.family === 4 || options.family === 6) name += `:${options.family}`;
    if (options.socketPath) name += `:${options.socketPath}`;
    return name;
  },

  addRequest(req, options, port, localAddress) {
    if (typeof options === 'string') options = { __proto__: null, host: options, port, localAddress };
    options = { __proto__: null, ...options, ...this.options };
    if (options.socketPath) options.path = options.socketPath;
    normalizeServerName(options, req);
    const name = this.getName(options);
    this.sockets[name] ??= [];
    const free = this.freeSockets[name];
    let socket;
    if (free) {
      while (free.length && free[0].destroyed) free.shift();
      do {
        socket = this.scheduling === 'fifo' ? free.shift() : free.pop();
      } while (socket && answersUnasked(socket));
      if (!free.length) delete this.freeSockets[name];
    }
    const freeCount = free ? free.length : 0;
    const count = freeCount + this.sockets[name].length;
    if (socket) {
      socket._handle?.asyncReset?.();
      this.reuseSocket(socket, req);
      setRequestSocket(this, req, socket);
      put(this.sockets, name, socket);
    } else if (count < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
      this.createSocket(req, options, (err, made) => {
        if (err) req.onSocket(null, err);
        else setRequestSocket(this, req, made);
      });
    } else {
      req[kRequestOptions] = options;
      req[kContext] = binding('async_context').getFrame();
      put(this.requests, name, req);
    }
    if (this.sockets[name]?.length === 0) delete this.sockets[name];
  },

  createSocket(req, options, cb) {
    options = { __proto__: null, ...options, ...this.options };
    if (options.socketPath) options.path = options.socketPath;
    normalizeServerName(options, req);
    // Waiting for the connection is the request's, not the next one's.
    options.encoding = null;
    const name = this.getName(options);
    options._agentKey = name;
    let called = false;
    const done = (err, socket) => {
      if (called) return;
      called = true;
      if (err) {
        cb(err);
        return;
      }
      put(this.sockets, name, socket);
      this.totalSocketCount++;
      installListeners(this, socket, options);
      cb(null, socket);
    };
    if (this.keepAlive) {
      options.keepAlive = this.keepAlive;
      options.keepAliveInitialDelay = this.keepAliveMsecs;
    }
    const socket = this.createConnection(options, done);
    if (socket) done(null, socket);
  },

  removeSocket(socket, options) {
    const name = this.getName(options);
    take(this.sockets, name, socket);
    if (!socket.writable) take(this.freeSockets, name, socket);
    let req;
    if (this.requests[name]?.length) {
      req = this.requests[name][0];
    } else {
      const keys = ObjectKeys(this.requests);
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i];
        if (this.sockets[key]?.length) break;
        req = this.requests[key][0];
        options = req[kRequestOptions];
        break;
      }
    }
    if (req && options) {
      req[kRequestOptions] = undefined;
      this.createSocket(req, options, (err, made) => {
        if (err) req.onSocket(null, err);
        else made.emit('free');
      });
    }
  },

  keepSocketAlive(socket) {
    socket.setKeepAlive(true, this.keepAliveMsecs);
    socket.unref();
    let timeout = this.options.timeout || 0;
    let announced = socket._httpMessage?.res?.headers['keep-alive'];
    if (announced) {
      const hint = secondsOf(announced);
      if (hint !== undefined) {
        announced = hint * 1000 - this.agentKeepAliveTimeoutBuffer;
        if (announced <= 0) return false;
        if (!timeout || announced < timeout) timeout = announced;
      }
    }
    if (socket.timeout !== timeout) socket.setTimeout(timeout);
    return true;
  },

  reuseSocket(socket, req) {
    socket.removeListener('error', freeSocketError);
    req.reusedSocket = true;
    socket.ref();
  },

  destroy() {
    const tables = [this.freeSockets, this.sockets];
    for (let s = 0; s < tables.length; s++) {
      const keys = ObjectKeys(tables[s]);
      for (let i = 0; i < keys.length; i++) {
        const list = tables[s][keys[i]].slice();
        for (let j = 0; j < list.length; j++) list[j].destroy();
      }
    }
  },
};
const names = ObjectKeys(methods);
for (let i = 0; i < names.length; i++) Agent.prototype[names[i]] = methods[names[i]];

// What `Keep-Alive: timeout=…` says; servers say the same each time.
const hint = /^timeout=(\d+)/;
let hinted;
let hintedSeconds;

function secondsOf(header) {
  if (header !== hinted) {
    hinted = header;
    hintedSeconds = RegExpPrototypeExec(hint, header)?.[1];
  }
  return hintedSeconds;
}

function normalizeServerName(options, req) {
  if (!options.servername && options.servername !== '') {
    let name = req.getHeader?.('host');
    if (typeof name !== 'string') {
      name = options.host;
    } else if (name[0] === '[') {
      const end = StringPrototypeIndexOf(name, ']');
      if (end !== -1) name = StringPrototypeSlice(name, 1, end);
    } else {
      const colon = StringPrototypeIndexOf(name, ':');
      if (colon !== -1) name = StringPrototypeSlice(name, 0, colon);
    }
    options.servername = isIP(name) ? '' : name;
  }
}

function setRequestSocket(agent, req, socket) {
  req.onSocket(socket);
  const timeout = agent.options.timeout || 0;
  if (req.timeout === undefined || req.timeout === timeout) return;
  socket.setTimeout(req.timeout);
}

function installListeners(agent, socket, options) {
  const onFreeEvent = () => agent.emit('free', socket, options);
  const onClose = () => {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
  };
  const onTimeout = () => {
    const lists = agent.freeSockets;
    const keys = ObjectKeys(lists);
    for (let i = 0; i < keys.length; i++) {
      if (ArrayPrototypeIndexOf(lists[keys[i]], socket) !== -1) {
        socket.destroy();
        return;
      }
    }
  };
  const onRemove = () => {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
    socket.removeListener('close', onClose);
    socket.removeListener('free', onFreeEvent);
    socket.removeListener('timeout', onTimeout);
    socket.removeListener('agentRemove', onRemove);
  };
  socket.on('free', onFreeEvent);
  socket.on('close', onClose);
  socket.on('timeout', onTimeout);
  socket.on('agentRemove', onRemove);
}

// NODE_USE_ENV_PROXY, or the option of that name.
function proxyFromEnv() {
  const { env, execArgv } = require('process');
  if (env.NODE_USE_ENV_PROXY !== '1' && ArrayPrototypeIndexOf(execArgv, '--use-env-proxy') === -1) return undefined;
  return require('http/proxy').filter(env);
}

let globalAgent;
module.exports = {
  Agent,
  kProxy,
  get globalAgent() {
    return globalAgent ??= new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000, proxyEnv: proxyFromEnv() });
  },
  set globalAgent(value) {
    globalAgent = value;
  },
};
