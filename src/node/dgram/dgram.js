// `dgram`: UDP sockets. The handle behind each is native.
'use strict';

const {
  ArrayIsArray,
  ArrayPrototypePush,
  FunctionPrototypeCall,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Promise,
  ReflectApply,
  StringPrototypeToLowerCase,
  SymbolAsyncDispose,
  SymbolDispose,
} = primordials;
const EventEmitter = require('events');
const { Buffer } = require('buffer');
const native = binding('dgram');
const { errnoException, errname, exceptionWithHostPort, getSystemErrorMessage, nodeError } = binding('errors');
const { isArrayBufferView } = binding('types');
const { nextTick } = binding('task_queue');
const {
  validateAbortSignal,
  validateFunction,
  validateNumber,
  validatePort,
  validateString,
  validateUint32,
} = binding('validators');
const { kState } = require('dgram/state');
const BUFFER_TYPES = ['string', 'Buffer', 'TypedArray', 'DataView'];

/** `dgram.Socket`: emits `'message'`, `'listening'`, `'connect'`, `'error'` and `'close'`. */
function Socket(type, listener) {
  FunctionPrototypeCall(EventEmitter, this);
  let options;
  let lookup;
  if (type !== null && typeof type === 'object') {
    options = type;
    type = options.type;
    lookup = options.lookup;
    if (options.recvBufferSize) validateUint32(options.recvBufferSize, 'options.recvBufferSize');
    if (options.sendBufferSize) validateUint32(options.sendBufferSize, 'options.sendBufferSize');
    checkBlockList(options.receiveBlockList, 'options.receiveBlockList');
    checkBlockList(options.sendBlockList, 'options.sendBlockList');
  }
  if (type !== 'udp4' && type !== 'udp6') throw nodeError('ERR_SOCKET_BAD_TYPE');
  if (lookup !== undefined) validateFunction(lookup, 'lookup');

  this.type = type;
  this[kState] = {
    handle: native.makeHandle(this, type === 'udp6', onMessage),
    binding: 'unbound', // then 'binding', 'bound'
    connection: 'disconnected', // then 'connecting', 'connected'
    queue: undefined, // what waits for 'listening'
    lookup,
    reuseAddr: options?.reuseAddr,
    reusePort: options?.reusePort,
    ipv6Only: options?.ipv6Only,
    recvBufferSize: options?.recvBufferSize,
    sendBufferSize: options?.sendBufferSize,
    receiveBlockList: options?.receiveBlockList,
    sendBlockList: options?.sendBlockList,
  };
  if (typeof listener === 'function') this.on('message', listener);

  const signal = options?.signal;
  if (signal !== undefined) {
    validateAbortSignal(signal, 'options.signal');
    const onAborted = () => {
      if (this[kState].handle) this.close();
    };
    if (signal.aborted) {
      onAborted();
    } else {
      const disposable = require('events').addAbortListener(signal, onAborted);
      this.once('close', disposable[SymbolDispose]);
    }
  }

  const channel = require('diagnostics_channel').channel('udp.socket');
  if (channel.hasSubscribers) channel.publish({ socket: this });
}
Socket.prototype = { __proto__: EventEmitter.prototype };
ObjectSetPrototypeOf(Socket, EventEmitter);
ObjectDefineProperty(Socket.prototype, 'constructor', {
  __proto__: null, value: Socket, writable: true, configurable: true,
});

/** A socket of a type, `'udp4'` or `'udp6'`, or with options; `listener` is for `'message'`. */
function createSocket(type, listener) {
  return new Socket(type, listener);
}

function checkBlockList(list, name) {
  if (list !== undefined && !require('net').BlockList.isBlockList(list)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', name, 'net.BlockList', list);
  }
}

/** The handle of a socket that isn't closed. */
function open(socket) {
  const { handle } = socket[kState];
  if (!handle) throw nodeError('ERR_SOCKET_DGRAM_NOT_RUNNING');
  return handle;
}

function onMessage(socket, errno, message, address, family, port) {
  if (errno !== 0) {
    socket.emit('error', errnoException(errno, 'recvmsg'));
    return;
  }
  const blocked = socket[kState].receiveBlockList;
  if (blocked?.check(address, StringPrototypeToLowerCase(family))) return;
  socket.emit('message', message, { address, family, port, size: message.length });
}

/** Calls back with an address for a name, in a later tick at the earliest. */
function lookUp(socket, name, callback) {
  const v6 = socket.type === 'udp6';
  name ||= v6 ? '::1' : '127.0.0.1';
  const lookup = socket[kState].lookup ?? require('net/lookup').lookupOne;
  lookup(name, v6 ? 6 : 4, callback);
}

Socket.prototype.bind = function bind(port, address, ...rest) {
  open(this);
  const state = this[kState];
  if (state.binding !== 'unbound') throw nodeError('ERR_SOCKET_ALREADY_BOUND');
  state.binding = 'binding';

  const callback = rest.length > 0 ? rest[rest.length - 1] : address ?? port;
  if (typeof callback === 'function') {
    const forget = () => {
      this.removeListener('error', forget);
      this.removeListener('listening', onListening);
    };
    const onListening = () => {
      forget();
      FunctionPrototypeCall(callback, this);
    };
    this.on('error', forget);
    this.on('listening', onListening);
  }

  if (port !== null && typeof port === 'object') {
    const { fd } = port;
    if (fd > 0 && fd === (fd | 0)) {
      bindDescriptor(this, fd);
      return this;
    }
    address = port.address || '';
    port = port.port;
  } else if (typeof address === 'function') {
    address = '';
  }
  address ||= this.type === 'udp4' ? '0.0.0.0' : '::';

  lookUp(this, address, (err, ip) => {
    if (!state.handle) return; // Closed meanwhile.
    if (err) {
      state.binding = 'unbound';
      this.emit('error', err);
      return;
    }
    let flags = 0;
    if (state.reuseAddr) flags |= native.REUSE_ADDRESS;
    if (state.ipv6Only) flags |= native.IPV6_ONLY;
    if (state.reusePort) flags |= native.REUSE_PORT;
    const errno = state.handle.bind(ip, port || 0, flags);
    if (errno !== 0) {
      state.binding = 'unbound';
      this.emit('error', exceptionWithHostPort(errno, 'bind', ip, port));
      return;
    }
    startListening(this);
  });
  return this;
};

function bindDescriptor(socket, fd) {
  const errno = socket[kState].handle.open(fd);
  if (errno !== 0) throw errnoException(errno, 'open');
  startListening(socket);
}

function startListening(socket) {
  const state = socket[kState];
  state.handle.receiveStart();
  state.binding = 'bound';
  if (state.recvBufferSize) bufferSize(socket, state.recvBufferSize, true);
  if (state.sendBufferSize) bufferSize(socket, state.sendBufferSize, false);
  socket.emit('listening');
}

/** Does `act` once the socket is bound, and binds it if nobody has. */
function whenBound(socket, act) {
  const state = socket[kState];
  if (state.binding === 'unbound') socket.bind({ port: 0, exclusive: true }, null);
  if (state.binding === 'bound') {
    act();
    return;
  }
  if (state.queue === undefined) {
    state.queue = [];
    const onListening = () => {
      socket.removeListener(EventEmitter.errorMonitor, onError);
      const { queue } = state;
      state.queue = undefined;
      for (let i = 0; i < queue.length; i++) queue[i]();
    };
    const onError = () => {
      socket.removeListener('listening', onListening);
      state.queue = undefined;
    };
    socket.once(EventEmitter.errorMonitor, onError);
    socket.once('listening', onListening);
  }
  ArrayPrototypePush(state.queue, act);
}

Socket.prototype.connect = function connect(port, address, callback) {
  port = validatePort(port, 'Port', false);
  if (typeof address === 'function') {
    callback = address;
    address = '';
  } else if (address === undefined) {
    address = '';
  }
  validateString(address, 'address');
  const socket = this;
  const state = socket[kState];
  if (state.connection !== 'disconnected') throw nodeError('ERR_SOCKET_DGRAM_IS_CONNECTED');
  state.connection = 'connecting';
  whenBound(socket, () => {
    if (callback) socket.once('connect', callback);
    lookUp(socket, address, (err, ip) => {
      if (!state.handle) return;
      if (!err && state.sendBlockList?.check(ip, socket.type === 'udp6' ? 'ipv6' : 'ipv4')) {
        err = nodeError('ERR_IP_BLOCKED', ip);
      }
      if (!err) {
        const errno = state.handle.connect(ip, port);
        if (errno !== 0) err = exceptionWithHostPort(errno, 'connect', address, port);
      }
      if (err) {
        state.connection = 'disconnected';
        nextTick(() => {
          if (callback) {
            socket.removeListener('connect', callback);
            callback(err);
          } else {
            socket.emit('error', err);
          }
        });
        return;
      }
      state.connection = 'connected';
      nextTick(() => socket.emit('connect'));
    });
  });
};

Socket.prototype.disconnect = function disconnect() {
  const state = this[kState];
  if (state.connection !== 'connected') throw nodeError('ERR_SOCKET_DGRAM_NOT_CONNECTED');
  const errno = state.handle.disconnect();
  if (errno !== 0) throw errnoException(errno, 'connect');
  state.connection = 'disconnected';
};

/** A part of a message, without a copy. */
function slice(message, offset, length) {
  if (typeof message === 'string') message = Buffer.from(message);
  else if (!isArrayBufferView(message)) throw nodeError('ERR_INVALID_ARG_TYPE', 'buffer', BUFFER_TYPES, message);
  offset >>>= 0;
  length >>>= 0;
  if (offset > message.byteLength) throw nodeError('ERR_BUFFER_OUT_OF_BOUNDS', 'offset');
  if (offset + length > message.byteLength) throw nodeError('ERR_BUFFER_OUT_OF_BOUNDS', 'length');
  return Buffer.from(message.buffer, message.byteOffset + offset, length);
}

/** The buffers of a message. */
function parts(message) {
  if (typeof message === 'string') return [Buffer.from(message)];
  if (isArrayBufferView(message)) return [message];
  if (!ArrayIsArray(message)) throw nodeError('ERR_INVALID_ARG_TYPE', 'buffer', BUFFER_TYPES, message);
  const list = [];
  for (let i = 0; i < message.length; i++) {
    const part = message[i];
    if (typeof part === 'string') list[i] = Buffer.from(part);
    else if (isArrayBufferView(part)) list[i] = part;
    else throw nodeError('ERR_INVALID_ARG_TYPE', 'buffer list arguments', BUFFER_TYPES, message);
  }
  return list;
}

/** `send(msg[, offset, length][, port][, address][, callback])` */
Socket.prototype.send = function send(message, offset, length, port, address, callback) {
  const state = this[kState];
  const connected = state.connection === 'connected';
  if (!connected) {
    if (address || (port && typeof port !== 'function')) {
      message = slice(message, offset, length);
    } else {
      callback = port;
      port = offset;
      address = length;
    }
  } else {
    if (typeof length === 'number') {
      message = slice(message, offset, length);
      if (typeof port === 'function') {
        callback = port;
        port = null;
      }
    } else {
      callback = offset;
    }
    if (port || address) throw nodeError('ERR_SOCKET_DGRAM_IS_CONNECTED');
  }
  const list = parts(message);
  if (!connected) port = validatePort(port, 'Port', false);
  if (typeof callback !== 'function') callback = undefined;
  if (typeof address === 'function') {
    callback = address;
    address = undefined;
  } else if (address != null) {
    validateString(address, 'address');
  }
  const socket = this;
  open(socket);
  whenBound(socket, () => {
    if (connected) transmit(socket, null, undefined, list, address, port, callback);
    else lookUp(socket, address, (err, ip) => transmit(socket, err, ip, list, address, port, callback));
  });
};

function transmit(socket, err, ip, list, address, port, callback) {
  const state = socket[kState];
  if (!err && !state.handle) return;
  if (!err && ip && state.sendBlockList?.check(ip, socket.type === 'udp6' ? 'ipv6' : 'ipv4')) {
    err = nodeError('ERR_IP_BLOCKED', ip);
  }
  if (err) {
    if (callback) nextTick(callback, err);
    else nextTick(() => socket.emit('error', err));
    return;
  }
  let bytes = 0;
  for (let i = 0; i < list.length; i++) bytes += list[i].byteLength;
  const done = callback && ((errno) => {
    if (errno !== 0) callback(exceptionWithHostPort(errno, 'send', address, port));
    else callback(null, bytes);
  });
  const sent = state.handle.send(list, port ?? 0, ip, done);
  if (!callback || sent === 0) return;
  if (sent > 0) nextTick(callback, null, sent - 1);
  else nextTick(callback, exceptionWithHostPort(sent, 'send', address, port));
}

/** The older form of `send`. */
Socket.prototype.sendto = function sendto(message, offset, length, port, address, callback) {
  validateNumber(offset, 'offset');
  validateNumber(length, 'length');
  validateNumber(port, 'port');
  validateString(address, 'address');
  this.send(message, offset, length, port, address, callback);
};

Socket.prototype.close = function close(callback) {
  if (typeof callback === 'function') this.on('close', callback);
  const state = this[kState];
  if (state.queue !== undefined) {
    ArrayPrototypePush(state.queue, () => this.close());
    return this;
  }
  open(this).close();
  state.handle = null;
  nextTick(() => this.emit('close'));
  return this;
};

Socket.prototype[SymbolAsyncDispose] = async function() {
  if (!this[kState].handle) return;
  await new Promise((resolve) => this.close(resolve));
};

Socket.prototype.address = function address() {
  const name = open(this).getsockname();
  if (typeof name === 'number') throw errnoException(name, 'getsockname');
  return name;
};

Socket.prototype.remoteAddress = function remoteAddress() {
  const handle = open(this);
  if (this[kState].connection !== 'connected') throw nodeError('ERR_SOCKET_DGRAM_NOT_CONNECTED');
  const name = handle.getpeername();
  if (typeof name === 'number') throw errnoException(name, 'getpeername');
  return name;
};

/** Sets an option of the handle by its method of the same name. */
function set(socket, name, args) {
  const handle = open(socket);
  const errno = ReflectApply(handle[name], handle, args);
  if (errno !== 0) throw errnoException(errno, name);
}

Socket.prototype.setBroadcast = function setBroadcast(on) {
  set(this, 'setBroadcast', [on]);
};

Socket.prototype.setTTL = function setTTL(ttl) {
  validateNumber(ttl, 'ttl');
  set(this, 'setTTL', [ttl]);
  return ttl;
};

Socket.prototype.setMulticastTTL = function setMulticastTTL(ttl) {
  validateNumber(ttl, 'ttl');
  set(this, 'setMulticastTTL', [ttl]);
  return ttl;
};

Socket.prototype.setMulticastLoopback = function setMulticastLoopback(on) {
  set(this, 'setMulticastLoopback', [on]);
  return on;
};

Socket.prototype.setMulticastInterface = function setMulticastInterface(interfaceAddress) {
  open(this);
  validateString(interfaceAddress, 'interfaceAddress');
  set(this, 'setMulticastInterface', [interfaceAddress]);
};

Socket.prototype.addMembership = function addMembership(multicastAddress, interfaceAddress) {
  open(this);
  if (!multicastAddress) throw nodeError('ERR_MISSING_ARGS', 'multicastAddress');
  set(this, 'addMembership', [multicastAddress, interfaceAddress]);
};

Socket.prototype.dropMembership = function dropMembership(multicastAddress, interfaceAddress) {
  open(this);
  if (!multicastAddress) throw nodeError('ERR_MISSING_ARGS', 'multicastAddress');
  set(this, 'dropMembership', [multicastAddress, interfaceAddress]);
};

Socket.prototype.addSourceSpecificMembership = function addSourceSpecificMembership(sourceAddress, groupAddress,
                                                                                    interfaceAddress) {
  open(this);
  validateString(sourceAddress, 'sourceAddress');
  validateString(groupAddress, 'groupAddress');
  set(this, 'addSourceSpecificMembership', [sourceAddress, groupAddress, interfaceAddress]);
};

Socket.prototype.dropSourceSpecificMembership = function dropSourceSpecificMembership(sourceAddress, groupAddress,
                                                                                      interfaceAddress) {
  open(this);
  validateString(sourceAddress, 'sourceAddress');
  validateString(groupAddress, 'groupAddress');
  set(this, 'dropSourceSpecificMembership', [sourceAddress, groupAddress, interfaceAddress]);
};

function bufferSize(socket, size, receive) {
  if (size >>> 0 !== size) throw nodeError('ERR_SOCKET_BAD_BUFFER_SIZE');
  const result = socket[kState].handle?.bufferSize(size, receive) ?? -9;
  if (result >= 0) return result;
  throw nodeError('ERR_SOCKET_BUFFER_SIZE', {
    errno: result,
    code: errname(result),
    message: getSystemErrorMessage(result),
    syscall: receive ? 'uv_recv_buffer_size' : 'uv_send_buffer_size',
  });
}

Socket.prototype.setRecvBufferSize = function setRecvBufferSize(size) {
  bufferSize(this, size, true);
};

Socket.prototype.setSendBufferSize = function setSendBufferSize(size) {
  bufferSize(this, size, false);
};

Socket.prototype.getRecvBufferSize = function getRecvBufferSize() {
  return bufferSize(this, 0, true);
};

Socket.prototype.getSendBufferSize = function getSendBufferSize() {
  return bufferSize(this, 0, false);
};

Socket.prototype.getSendQueueSize = function getSendQueueSize() {
  return this[kState].handle.queueSize;
};

Socket.prototype.getSendQueueCount = function getSendQueueCount() {
  return this[kState].handle.queueCount;
};

Socket.prototype.ref = function ref() {
  this[kState].handle?.ref();
  return this;
};

Socket.prototype.unref = function unref() {
  this[kState].handle?.unref();
  return this;
};

module.exports = { createSocket, Socket };
