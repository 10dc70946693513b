// `http.Agent`: keeps connections for later requests and holds requests back while there are too many.
'use strict';

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypeSplice,
  FunctionPrototypeCall,
  NumberIsFinite,
  ObjectKeys,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  Symbol,
} = primordials;
const EventEmitter = require('events');
const { inherit } = require('stream/core');
const net = require('net');
const native = binding('http');
const { isIP } = binding('net');

const kRequestOptions = Symbol('requestOptions');
const kContext = Symbol('context');
const kOnKeylog = Symbol('onkeylog');
const kProxy = Symbol('kProxyConfig');

let log;
/** Tells what happens to connections, if the variable NODE_DEBUG names `http`. */
function debug(...args) {
  if (log === undefined) log = require('process').env.NODE_DEBUG ? require('util/debuglog').debuglog('http') : null;
  if (log !== null) log(...args);
}

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

  this.on('free', native.onFree);
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

/** A socket is free, and requests wait for such a one. */
function serveWaiting(agent, socket, requests, name) {
  const req = requests.shift();
  inContextOf(req, () => {
    socket._handle?.asyncReset?.();
    setRequestSocket(agent, req, socket);
  });
  if (requests.length === 0) delete agent.requests[name];
}

function freeSocketError() {
  this.destroy();
  this.emit('agentRemove');
}

const methods = {
  createConnection(...args) {
    return this[kProxy] !== undefined ? this[kProxy].connect(args) : net.createConnection(...args);
  },

  createSocket(req, options, cb) {
    options = ownOptions(this, req, options);
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
      debug('sockets', name, this.sockets[name].length, this.totalSocketCount);
      installListeners(this, socket, options);
      cb(null, socket);
    };
    if (this.keepAlive) {
      options.keepAlive = this.keepAlive;
      options.keepAliveInitialDelay = this.keepAliveMsecs;
    }
    debug('createConnection', name);
    const socket = this.createConnection(options, done);
    if (socket) done(null, socket);
  },

  removeSocket(socket, options) {
    const name = this.getName(options);
    debug('removeSocket', name, 'writable:', socket.writable);
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

function ownOptions(agent, req, options) {
  options = { __proto__: null, ...options, ...agent.options };
  if (options.socketPath) options.path = options.socketPath;
  normalizeServerName(options, req);
  return options;
}

/** `agent.addRequest` where no socket is free. */
function addRequest(agent, req, options, port, localAddress) {
  if (typeof options === 'string') options = { __proto__: null, host: options, port, localAddress };
  options = ownOptions(agent, req, options);
  const name = agent.getName(options);
  const count = (agent.freeSockets[name]?.length ?? 0) + (agent.sockets[name]?.length ?? 0);
  if (count < agent.maxSockets && agent.totalSocketCount < agent.maxTotalSockets) {
    agent.createSocket(req, options, (err, made) => {
      if (err) req.onSocket(null, err);
      else setRequestSocket(agent, req, made);
    });
  } else {
    req[kRequestOptions] = options;
    req[kContext] = binding('async_context').getFrame();
    put(agent.requests, name, req);
  }
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
  const onFreeEvent = native.tellFree(agent, options);
  const onClose = () => {
    debug('CLIENT socket onClose');
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

native.setUpAgent({
  __proto__: null,
  prototype: Agent.prototype,
  readWhenFree: Symbol('readWhenFree'),
  freeSocketError,
  nameFor: (agent, req, options) => agent.getName(ownOptions(agent, req, options)),
  addRequest,
  serveWaiting,
});

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
