// `net.Socket`: a Duplex over a handle of the loop.
'use strict';

const {
  ArrayIsArray,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectSetPrototypeOf,
  ReflectApply,
  ReflectOwnKeys,
  Symbol,
} = primordials;
const { Duplex, Stream } = require('stream');
const native = binding('net');
const { nodeError, errnoException, connResetException } = binding('errors');
const { nextTick } = binding('task_queue');

const EOF = -4095;
const kTimeout = Symbol('timeout');
const kBuffer = Symbol('kBuffer');
const kBytesRead = Symbol('kBytesRead');
const kBytesWritten = Symbol('kBytesWritten');
const kNoDelay = Symbol('kSetNoDelay');
const kKeepAlive = Symbol('kSetKeepAlive');
const kKeepAliveDelay = Symbol('kSetKeepAliveInitialDelay');
const kTypeOfService = Symbol('kSetTOS');

function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  if (options?.objectMode) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'options.objectMode', options.objectMode, 'is not supported');
  } else if (options?.readableObjectMode || options?.writableObjectMode) {
    throw nodeError('ERR_INVALID_ARG_VALUE',
      `options.${options.readableObjectMode ? 'readableObjectMode' : 'writableObjectMode'}`,
      options.readableObjectMode || options.writableObjectMode, 'is not supported');
  }
  if (typeof options?.keepAliveInitialDelay !== 'undefined') {
    binding('validators').validateNumber(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
  }
  this.connecting = false;
  this._hadError = false;
  this._parent = null;
  this._host = null;
  this._handle = null;
  this._pendingData = null;
  this._pendingEncoding = '';
  this[kTimeout] = null;
  this[kBytesRead] = 0;
  this[kBytesWritten] = 0;
  this[kNoDelay] = !!options?.noDelay;
  this[kKeepAlive] = !!options?.keepAlive;
  this[kKeepAliveDelay] = seconds(options?.keepAliveInitialDelay);

  if (options?.typeOfService !== undefined) {
    binding('validators').validateInt32(options.typeOfService, 'options.typeOfService', 0, 255);
    this[kTypeOfService] = options.typeOfService;
  }

  options = typeof options === 'number' ? { fd: options } : { ...options };
  options.allowHalfOpen = !!options.allowHalfOpen;
  options.emitClose = false;
  options.autoDestroy = true;
  options.decodeStrings = false;
  const { signal } = options;
  options.signal = undefined;
  ReflectApply(Duplex, this, [options]);

  const { handle, fd } = options;
  let isOpen = !!handle || fd !== undefined;
  if (handle) {
    if (handle.attach === undefined && require('net/socket_extra').startFrom(this, handle)) isOpen = false;
    else this._handle = handle;
    this._handle.attach?.(this);
  } else if (fd !== undefined) {
    binding('validators').validateInt32(fd, 'fd', 0);
    const opened = native.openFd(this, fd);
    if (typeof opened === 'number') {
      throw nodeError('ERR_INVALID_FD_TYPE', 'UNKNOWN');
    }
    this._handle = opened;
  }
  const { onread } = options;
  if (onread !== null && typeof onread === 'object' &&
      (binding('types').isUint8Array(onread.buffer) || typeof onread.buffer === 'function') &&
      typeof onread.callback === 'function') {
    native.expectReceivers();
    this[kBuffer] = require('net/socket_extra').receiver(onread);
  }
  this.on('end', onReadableEnd);
  this._sockname = null;
  if (isOpen) {
    if (options.pauseOnCreate) {
      this.readableFlowing = false;
      this._readableState.paused = true;
    } else if (!options.manualStart && options.readable !== false) {
      this.read(0);
    }
  }
  if (signal) require('stream').addAbortSignal(signal, this);
  this.server = null;
  this._server = null;
}

const seconds = (ms) => (ms > 0 ? ~~(ms / 1000) : 0);

Socket.prototype = { __proto__: Duplex.prototype };
ObjectSetPrototypeOf(Socket, Duplex);
ObjectDefineProperty(Socket.prototype, 'constructor', {
  __proto__: null, value: Socket, writable: true, configurable: true,
});

// Without half-open sockets the end of reading is the end of writing.
function onReadableEnd() {
  if (!this.allowHalfOpen) this.write = writeAfterFin;
}

function writeAfterFin(chunk, encoding, cb) {
  if (!this.writableEnded) return ReflectApply(Duplex.prototype.write, this, [chunk, encoding, cb]);
  if (typeof encoding === 'function') cb = encoding;
  const err = new Error('This socket has been ended by the other party');
  err.code = 'EPIPE';
  if (typeof cb === 'function') nextTick(cb, err);
  this.destroy(err);
  return false;
}

const timeoutOf = (socket) => socket[kTimeout];

function active(socket) {
  for (let s = socket; s !== null && s !== undefined; s = s._parent) {
    if (s[kTimeout]) s[kTimeout].refresh();
  }
}

function startReading(socket) {
  if (socket._leftover && !require('net/socket_extra').deliverRest(socket, socket[kBuffer])) return;
  const errno = socket._handle.readStart();
  if (errno) socket.destroy(errnoException(errno, 'read'));
  else socket._handle.reading = true;
}

const members = {
  connect(...args) {
    const connectFile = require('net/connect');
    const pair = ArrayIsArray(args[0]) ? args[0] : connectFile.normalizeArgs(args);
    const options = pair[0];
    const cb = pair[1];
    if (options.port === undefined && options.path == null) {
      throw nodeError('ERR_MISSING_ARGS', ['options', 'port', 'path']);
    }
    if (this.write !== Socket.prototype.write) this.write = Socket.prototype.write;
    if (this.destroyed) {
      this._handle = null;
      this._peername = undefined;
      this._sockname = null;
    }
    if (this.destroyed || this.writableEnded) this._undestroy();
    this._handle ??= native.makeHandle(this, !!options.path);
    if (cb !== null) this.once('connect', cb);
    if (this._parent?.connecting) return this;
    this.connecting = true;
    active(this);
    if (options.path) {
      this._pipe = true;
      connectFile.connectPipe(this, options.path);
    } else {
      connectFile.lookupAndConnect(this, options);
    }
    return this;
  },

  setTimeout(ms, callback) {
    if (this.destroyed) return this;
    this.timeout = ms;
    binding('validators').validateNumber(ms, 'msecs');
    if (ms < 0 || !(ms < Infinity)) throw nodeError('ERR_OUT_OF_RANGE', 'msecs', 'a non-negative finite number', ms);
    if (this[kTimeout]) {
      require('timers').clearTimeout(this[kTimeout]);
      this[kTimeout] = null;
    }
    if (callback !== undefined) binding('validators').validateFunction(callback, 'callback');
    if (ms === 0) {
      if (callback !== undefined) this.removeListener('timeout', callback);
      return this;
    }
    this[kTimeout] = require('timers').setTimeout(() => this._onTimeout(), ms).unref();
    if (callback !== undefined) this.once('timeout', callback);
    return this;
  },

  _onTimeout() {
    const handle = this._handle;
    const queued = handle?.writeQueueSize ?? 0;
    // Bytes on their way out are a sign of life.
    if (queued > 0 && queued !== this._lastQueueSize) {
      this._lastQueueSize = queued;
      active(this);
      return;
    }
    this.emit('timeout');
  },

  setNoDelay(enable) {
    enable = enable === undefined ? true : !!enable;
    if (!this._handle) {
      this[kNoDelay] = enable;
      return this;
    }
    if (this._handle.setNoDelay && enable !== this[kNoDelay]) {
      this[kNoDelay] = enable;
      this._handle.setNoDelay(enable);
    }
    return this;
  },

  setTypeOfService(tos) {
    return require('net/socket_extra').setTypeOfService(this, tos, kTypeOfService);
  },

  getTypeOfService() {
    return require('net/socket_extra').getTypeOfService(this, kTypeOfService);
  },

  address() {
    return this._getsockname();
  },

  end(data, encoding, callback) {
    ReflectApply(Duplex.prototype.end, this, [data, encoding, callback]);
    return this;
  },

  resetAndDestroy() {
    if (this._handle) {
      if (this._pipe) throw nodeError('ERR_INVALID_HANDLE_TYPE');
      if (this.connecting) this.once('connect', () => this._reset());
      else this._reset();
    } else {
      this.destroy(nodeError('ERR_SOCKET_CLOSED'));
    }
    return this;
  },

  _reset() {
    this.resetAndClosing = true;
    return this.destroy();
  },

  destroySoon() {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', this.destroy);
  },

  _final(cb) {
    if (this.connecting) {
      this.once('connect', () => this._final(cb));
      return;
    }
    if (!this._handle) {
      cb();
      return;
    }
    const errno = this._handle.shutdown((errno) => {
      if (this.destroyed) {
        cb();
      } else if (errno && errno !== -107 && errno !== -125) {
        cb(errnoException(errno, 'shutdown'));
      } else {
        cb();
      }
    });
    // A peer that is gone already needs no goodbye.
    if (errno === -107) cb();
    else if (errno) cb(errnoException(errno, 'shutdown'));
  },

  _destroy(exception, cb) {
    this.connecting = false;
    if (this[kTimeout]) {
      require('timers').clearTimeout(this[kTimeout]);
      this[kTimeout] = null;
    }
    const handle = this._handle;
    if (handle) {
      const isException = !!exception;
      this[kBytesRead] = handle.bytesRead;
      this[kBytesWritten] = handle.bytesWritten;
      const closed = () => this.emit('close', isException);
      if (this.resetAndClosing) {
        this.resetAndClosing = false;
        const errno = handle.reset(closed);
        if (errno) this.emit('error', errnoException(errno, 'reset'));
        this._handle = null;
        this._sockname = null;
        cb(exception);
      } else {
        this._handle = null;
        this._sockname = null;
        // First, so that 'error' comes before the 'close' of a handle that never came to a stream.
        cb(exception);
        handle.close(closed);
      }
    } else {
      cb(exception);
      nextTick(emitCloseNT, this);
    }
    const server = this._server;
    if (server) {
      server._connections--;
      server._emitCloseIfDrained?.();
    }
  },

  _writeGeneric(many, data, encoding, cb) {
    if (this.connecting) {
      this._pendingData = data;
      this._pendingEncoding = encoding;
      const onClose = () => cb(nodeError('ERR_SOCKET_CLOSED_BEFORE_CONNECTION'));
      this.once('connect', () => {
        this.removeListener('close', onClose);
        this._writeGeneric(many, data, encoding, cb);
      });
      this.once('close', onClose);
      return;
    }
    this._pendingData = null;
    this._pendingEncoding = '';
    if (!this._handle) {
      cb(nodeError('ERR_SOCKET_CLOSED'));
      return;
    }
    active(this);
    const done = (errno) => {
      if (this.destroyed && errno) {
        cb(errnoException(errno, 'write'));
        return;
      }
      if (!errno) active(this);
      cb(errno ? errnoException(errno, 'write') : null);
    };
    const outcome = many ? this._handle.writev(data, done) : this._handle.write(data, encoding, done);
    this._lastQueueSize = this._handle.writeQueueSize;
    if (outcome === 0) cb();
    else if (outcome < 0) cb(errnoException(outcome, 'write'));
  },

  _writev(chunks, cb) {
    this._writeGeneric(true, chunks, '', cb);
  },

  _getpeername() {
    if (!this._handle?.getpeername || this.connecting) return this._peername || {};
    if (!this._peername) this._peername = this._handle.getpeername();
    return this._peername ?? {};
  },

  _getsockname() {
    if (this._boundPath !== undefined) return { address: this._boundPath };
    if (!this._handle?.getsockname) return {};
    this._sockname ??= this._handle.getsockname();
    return this._sockname ?? {};
  },

  get _connecting() {
    return this.connecting;
  },
  get pending() {
    return !this._handle || this.connecting;
  },
  get readyState() {
    if (this.connecting) return 'opening';
    if (this.readable && this.writable) return 'open';
    if (this.readable && !this.writable) return 'readOnly';
    if (!this.readable && this.writable) return 'writeOnly';
    return 'closed';
  },
  get bufferSize() {
    return this._handle ? this.writableLength : undefined;
  },
  get bytesRead() {
    return this._handle ? this._handle.bytesRead : this[kBytesRead];
  },
  get _bytesDispatched() {
    return this._handle ? this._handle.bytesWritten : this[kBytesWritten];
  },
  get bytesWritten() {
    return require('net/socket_extra').bytesWritten(this);
  },
  get remoteAddress() {
    return this._getpeername().address;
  },
  get remoteFamily() {
    return this._getpeername().family;
  },
  get remotePort() {
    return this._getpeername().port;
  },
  get localAddress() {
    return this._getsockname().address;
  },
  get localPort() {
    return this._getsockname().port;
  },
  get localFamily() {
    return this._getsockname().family;
  },
};

const names = ReflectOwnKeys(members);
for (let i = 0; i < names.length; i++) {
  ObjectDefineProperty(Socket.prototype, names[i], ObjectGetOwnPropertyDescriptor(members, names[i]));
}

native.showListeners(Socket.prototype);
native.defineFlow(Socket.prototype, {
  timeout: kTimeout,
  receiver: kBuffer,
  keepAlive: kKeepAlive,
  keepAliveDelay: kKeepAliveDelay,
  startReading(socket, n) {
    if (socket.connecting || !socket._handle) socket.once('connect', () => socket._read(n));
    else startReading(socket);
  },
  wake(socket) {
    if (!socket.connecting && socket._handle && !socket._handle.reading) startReading(socket);
  },
  rest(socket) {
    if (socket.connecting || !socket._handle?.reading) return;
    socket._handle.reading = false;
    if (!socket.destroyed) socket._handle.readStop();
  },
  keepAliveInFull(socket, enable, delay, interval, count) {
    return require('net/socket_extra').keepAliveInFull(socket, enable, delay, interval, count, kKeepAlive, kKeepAliveDelay);
  },
  writeLater(socket, data, encoding, cb) {
    socket._writeGeneric(false, data, encoding, cb);
  },
});

function emitCloseNT(socket) {
  socket.emit('close', false);
}

const callbacks = {
  __proto__: null,

  onconnect(socket, errno) {
    if (socket.destroyed || !socket._handle) return;
    const done = socket._connectDone;
    socket._connectDone = undefined;
    if (errno) {
      done(errno);
      return;
    }
    socket.connecting = false;
    socket._sockname = null;
    done(0);
    const handle = socket._handle;
    if (!handle) return;
    if (socket[kNoDelay]) handle.setNoDelay?.(true);
    if (socket[kKeepAlive]) {
      const delay = socket[kKeepAliveDelay];
      if (typeof delay === 'object') handle.setKeepAlive?.(true, delay.delay, delay.interval, delay.count);
      else handle.setKeepAlive?.(true, delay);
    }
    if (socket[kTypeOfService] !== undefined) handle.setTypeOfService?.(socket[kTypeOfService]);
    active(socket);
    socket.emit('connect');
    socket.emit('ready');
    // Data or the end may be there already.
    if (socket.readable && !socket.isPaused()) socket.read(0);
  },

  onread(socket, errno, chunk) {
    if (socket.destroyed) return;
    active(socket);
    const handle = socket._handle;
    if (errno === 0) {
      const onread = socket[kBuffer];
      if (onread !== undefined) {
        require('net/socket_extra').deliver(socket, onread, chunk);
        return;
      }
      if (!socket.push(chunk) && handle) {
        handle.reading = false;
        handle.readStop();
      }
      return;
    }
    if (errno !== EOF) {
      socket.destroy(errnoException(errno, 'read'));
      return;
    }
    if (handle) handle.reading = false;
    if (socket._readableState.endEmitted) {
      if (socket.writableFinished) socket.destroy();
      return;
    }
    // Without somebody who reads, the end would never be seen.
    socket.push(null);
    if (socket.readableLength === 0) socket.read(0);
  },
};

/** What a server does with a connection. */
function accept(server, handle) {
  const { maxConnections } = server;
  if (server.blockList || (maxConnections != null && server._connections >= maxConnections)) {
    if (require('net/socket_extra').refuse(server, handle)) return;
  }
  const socket = new Socket({
    handle,
    allowHalfOpen: server.allowHalfOpen,
    pauseOnCreate: server.pauseOnConnect,
    readable: true,
    writable: true,
    readableHighWaterMark: server.highWaterMark,
    writableHighWaterMark: server.highWaterMark,
  });
  if (server.noDelay) socket.setNoDelay(true);
  if (server.keepAlive) socket.setKeepAlive(true, server.keepAliveInitialDelay * 1000);
  server._connections++;
  socket.server = server;
  socket._server = server;
  server.emit('connection', socket);
  if (binding('async_context').channels() & 8) require('diagnostics_channel/told').publish('net.server.socket', { socket });
}

module.exports = { Socket, callbacks, accept, kTimeout, timeoutOf, Stream, connResetException };
