// `net`: the server, and the doors to what loads later: sockets (`net/socket`), connecting
// (`net/connect`), address lists (`net/block_list`).
'use strict';

const {
  Error,
  FunctionPrototypeCall,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectKeys,
  ObjectSetPrototypeOf,
  ReflectApply,
  ReflectOwnKeys,
  SymbolAsyncDispose,
  SymbolFor,
} = primordials;
const EventEmitter = require('events');
const native = binding('net');
const { errname, errnoException, nodeError, uvException } = binding('errors');
const { nextTick } = binding('task_queue');

const socketFile = () => require('net/socket');

/** `net.Server`: listens, and emits a socket for each connection. */
function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  FunctionPrototypeCall(EventEmitter, this);
  if (typeof options === 'function') {
    listener = options;
    options = undefined;
  } else if (options != null && typeof options !== 'object') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options', 'Object', options);
  }
  options ??= {};
  if (typeof listener === 'function') this.on('connection', listener);
  const { keepAliveInitialDelay, highWaterMark } = options;
  if (keepAliveInitialDelay !== undefined) {
    binding('validators').validateNumber(keepAliveInitialDelay, 'options.keepAliveInitialDelay');
  }
  if (highWaterMark !== undefined) {
    binding('validators').validateNumber(highWaterMark, 'options.highWaterMark');
  }
  this._connections = 0;
  this._handle = null;
  this._usingWorkers = false;
  this._workers = [];
  this._unref = false;
  this._listeningId = 1;
  this.allowHalfOpen = options.allowHalfOpen || false;
  this.pauseOnConnect = !!options.pauseOnConnect;
  this.noDelay = !!options.noDelay;
  this.keepAlive = !!options.keepAlive;
  this.keepAliveInitialDelay = keepAliveInitialDelay > 0 ? ~~(keepAliveInitialDelay / 1000) : 0;
  this.highWaterMark = highWaterMark >= 0 ? highWaterMark : 65536;
  if (options.blockList) this.blockList = options.blockList;
}
Server.prototype = { __proto__: EventEmitter.prototype };
ObjectSetPrototypeOf(Server, EventEmitter);
hide(Server.prototype, 'constructor', Server);

function hide(target, name, value) {
  ObjectDefineProperty(target, name, { __proto__: null, value, writable: true, configurable: true });
}

/** `listen` in all its forms, as the options they stand for and the callback. */
function normalize(args) {
  const { length } = args;
  const last = args[length - 1];
  const callback = typeof last === 'function' ? last : null;
  const first = args[0];
  let options = {};
  if (typeof first === 'object' && first !== null) {
    options = first;
  } else if (isPipe(first)) {
    options.path = first;
  } else {
    options.port = first;
    if (length > 1 && typeof args[1] === 'string') options.host = args[1];
  }
  return { options, callback };
}

const isPipe = (value) => typeof value === 'string' && !(+value >= 0);

const members = {
  listen(...args) {
    const { options: given, callback } = normalize(args);
    let options = given;
    if (this._handle || this._opening) throw nodeError('ERR_SERVER_ALREADY_LISTEN');
    if (callback !== null) this.once('listening', callback);
    if (binding('async_context').channels() & 16) require('diagnostics_channel/told').listens(this, options);
    const first = args[0];
    const backlog = +args[1] || +args[2] || undefined;
    options = options._handle ?? options.handle ?? options;
    const { signal } = options;
    if (signal !== undefined) require('net/listen').closeOnAbort(this, signal);
    if (native.isListener?.(options)) {
      return begin(this, () => options.attach(this) || options, null, null, -1);
    }
    if (typeof options.fd === 'number' && options.fd >= 0) {
      return begin(this, () => native.listenFd(this, options.fd), null, null, -1);
    }
    if (args.length === 0 || typeof first === 'function' ||
        (options.port === undefined && 'port' in options) || options.port === null) {
      options = { ...options, port: 0 };
    }
    const { port, host } = options;
    if (typeof port === 'number' || typeof port === 'string') {
      binding('validators').validatePort(port, 'options.port');
      const max = options.backlog || backlog || 511;
      if (options.reusePort === true || options.ipv6Only) {
        this._listenFlags = { ipv6Only: !!options.ipv6Only, reusePort: !!options.reusePort };
      }
      if (!host) return listenAny(this, port | 0, max);
      listenAt(this, `${host}`, port | 0, max);
      return this;
    }
    if (options.path && isPipe(options.path)) {
      const { path } = options;
      const open = (options.readableAll || options.writableAll) && require('net/listen').openPipe(path, options);
      this._pipeName = path;
      begin(this, () => native.listenPipe(this, path, options.backlog || backlog || 511), path, null, -1);
      if (open) open();
      return this;
    }
    const open = require('net/bound').listenOn(this, options, backlog || 511);
    if (open !== undefined) return begin(this, open, null, null, -1);
    if (!('port' in options || 'path' in options)) {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'options', options, 'must have the property "port" or "path"');
    }
    throw nodeError('ERR_INVALID_ARG_VALUE', 'options', options);
  },

  address() {
    if (this._handle?.getsockname) {
      if (this._pipeName) return this._pipeName;
      const address = this._handle.getsockname();
      if (address === undefined || typeof address === 'number') throw errnoException(address ?? -22, 'address');
      return address;
    }
    return this._pipeName ?? null;
  },

  getConnections(callback) {
    if (this._usingWorkers) require('child_process/handles').countConnections(this, callback);
    else nextTick(callback, null, this._connections);
    return this;
  },

  close(callback) {
    if (typeof callback === 'function') {
      if (!this._handle) {
        this.once('close', function close() {
          callback(nodeError('ERR_SERVER_NOT_RUNNING'));
        });
      } else {
        this.once('close', callback);
      }
    }
    if (this._handle) {
      this._handle.close();
      this._handle = null;
    }
    this._opening = false;
    if (this._usingWorkers) require('child_process/handles').closeWorkers(this);
    else this._emitCloseIfDrained();
    return this;
  },

  _emitCloseIfDrained() {
    if (this._handle || this._connections) return;
    nextTick(emitClose, this);
  },

  ref() {
    this._unref = false;
    this._handle?.ref();
    return this;
  },

  unref() {
    this._unref = true;
    this._handle?.unref();
    return this;
  },

  get listening() {
    return !!this._handle;
  },

  async [SymbolAsyncDispose]() {
    if (!this._handle) return;
    await new Promise((done, fail) => this.close((err) => (err ? fail(err) : done())));
  },
};

function copy(target, source) {
  const names = ReflectOwnKeys(source);
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperty(target, names[i], ObjectGetOwnPropertyDescriptor(source, names[i]));
  }
}

copy(Server.prototype, members);
hide(Server.prototype, SymbolFor('nodejs.rejection'), function(err, event, socket) {
  if (event === 'connection') socket.destroy(err);
  else this.emit('error', err);
});

function emitClose(server) {
  server.emit('close');
}

function emitListening(server) {
  if (server._handle) server.emit('listening');
}

function emitError(server, err) {
  server.emit('error', err);
}

// With no host: all of IPv6, which takes IPv4 too, or all of IPv4 where there is no IPv6.
function listenAny(server, port, backlog) {
  let handle = listenTcp(server, '::', port, backlog);
  let address = '::';
  if (handle === -97 || handle === -99 || handle === -22 || handle === -47) {
    address = '0.0.0.0';
    handle = listenTcp(server, address, port, backlog);
  }
  return begin(server, () => handle, typeof handle === 'number' ? '::' : address, port, 6);
}

function listenTcp(server, address, port, backlog) {
  const flags = server._listenFlags;
  return native.listenTcp(server, address, port, backlog, flags?.ipv6Only, flags?.reusePort);
}

function listenAt(server, host, port, backlog) {
  server._opening = true;
  require('net/lookup').lookupOne(host, {}, (err, address, family) => {
    if (!server._opening) return;
    server._opening = false;
    if (err) {
      server.emit('error', err);
      return;
    }
    begin(server, () => listenTcp(server, address, port, backlog), address, port, family);
  });
}

function begin(server, open, address, port, addressType) {
  const handle = open();
  if (typeof handle === 'number') {
    const err = listenError(handle, address, port);
    server._toldOfListen?.(err);
    nextTick(emitError, server, err);
    return server;
  }
  server._handle = handle;
  if (port !== null) server._connectionKey = `${addressType}:${address}:${port}`;
  return listening(server);
}

// libuv's message, and where it was to be.
function listenError(errno, address, port) {
  const err = uvException({ errno, syscall: 'listen' });
  const name = errname(errno);
  const text = err.message.slice(name.length + 2, -', listen'.length);
  const where = port === null ? address ?? '' : `${address}:${port}`;
  const error = new Error(`listen ${name}: ${text}${where && ` ${where}`}`);
  error.code = name;
  error.errno = errno;
  error.syscall = 'listen';
  if (address !== null) error.address = address;
  error.port = port ?? -1;
  return error;
}

function connected(server, errno, handle) {
  if (errno) server.emit('error', uvException({ errno, syscall: 'accept' }));
  else socketFile().accept(server, handle);
}

function listening(server) {
  server._handle.onconnection = (errno, handle) => connected(server, errno, handle);
  if (server._unref) server._handle.unref();
  server._onlisten?.();
  server._toldOfListen?.();
  nextTick(emitListening, server);
  return server;
}

// ---- what the native half calls ----

let hooks;
function callbacks() {
  return hooks ??= socketFile().callbacks;
}
native.setCallbacks({
  __proto__: null,
  onconnection(server, errno, handle) {
    const listener = server._handle;
    if (typeof listener?.onconnection === 'function') listener.onconnection(errno, handle);
    else connected(server, errno, handle);
  },
  onread: (socket, errno, chunk) => callbacks().onread(socket, errno, chunk),
  onconnect: (socket, errno) => callbacks().onconnect(socket, errno),
});

// What loads late can be replaced, as if it had been there.
function replace(name, value) {
  ObjectDefineProperty(exports, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
}

function connect(...args) {
  return ReflectApply(require('net/connect').connect, undefined, args);
}

const exported = {
  _normalizeArgs: (args) => require('net/connect').normalizeArgs(args),
  get BlockList() {
    return require('net/block_list').BlockList;
  },
  get SocketAddress() {
    return require('net/block_list').SocketAddress;
  },
  get BoundSocket() {
    return require('net/bound').BoundSocket;
  },
  set BoundSocket(value) {
    replace('BoundSocket', value);
  },
  connect,
  createConnection: connect,
  createServer: (options, listener) => new Server(options, listener),
  isIP: native.isIP,
  isIPv4: native.isIPv4,
  isIPv6: native.isIPv6,
  Server,
  get Socket() {
    return socketFile().Socket;
  },
  set Socket(value) {
    replace('Socket', value);
  },
  get Stream() {
    return socketFile().Socket;
  },
  set Stream(value) {
    replace('Stream', value);
  },
  getDefaultAutoSelectFamily: () => require('net/connect').autoSelect.on,
  setDefaultAutoSelectFamily: (value) => require('net/connect').setAutoSelect(value),
  getDefaultAutoSelectFamilyAttemptTimeout: () => require('net/connect').autoSelect.timeout,
  setDefaultAutoSelectFamilyAttemptTimeout: (value) => require('net/connect').setAutoSelectTimeout(value),
};
const names = ObjectKeys(exported);
for (let i = 0; i < names.length; i++) {
  const descriptor = ObjectGetOwnPropertyDescriptor(exported, names[i]);
  ObjectDefineProperty(exports, names[i], descriptor);
}
