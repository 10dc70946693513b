// What sockets do rarely: counting unsent bytes, `onread` into one buffer, refusing connections.
'use strict';

const { ArrayIsArray, ReflectApply, TypedArrayPrototypeGetLength, TypedArrayPrototypeSet } = primordials;

exports.bytesWritten = function bytesWritten(socket) {
  let bytes = socket._bytesDispatched;
  const waiting = socket.writableBuffer;
  if (waiting === undefined) return undefined;
  const { Buffer } = require('buffer');
  for (let i = 0; i < waiting.length; i++) {
    const { chunk, encoding } = waiting[i];
    bytes += typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length;
  }
  const pending = socket._pendingData;
  if (ArrayIsArray(pending)) {
    for (let i = 0; i < pending.length; i++) {
      const { chunk, encoding } = pending[i];
      bytes += typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length;
    }
  } else if (pending) {
    bytes += typeof pending === 'string' ? Buffer.byteLength(pending, socket._pendingEncoding) : pending.byteLength;
  }
  return bytes;
};

/** Where `onread` wants its bytes, and who is told. The next buffer is asked for before it is needed. */
exports.receiver = function receiver({ buffer, callback }) {
  const make = typeof buffer === 'function' ? buffer : undefined;
  return { make, callback, buffer: make === undefined ? buffer : make() };
};

/** Copies a chunk into the buffer that the user gave, in as many turns as it takes. */
exports.deliver = function deliver(socket, onread, chunk) {
  let at = 0;
  while (at < chunk.length && !socket.destroyed) {
    const { buffer, make } = onread;
    const size = TypedArrayPrototypeGetLength(buffer);
    const part = chunk.subarray(at, at + size);
    TypedArrayPrototypeSet(buffer, part);
    at += part.length;
    const more = ReflectApply(onread.callback, socket, [part.length, buffer]) !== false;
    if (make !== undefined) onread.buffer = make();
    const handle = socket._handle;
    if (!handle || (more && handle.reading)) continue;
    // Told to stop, by its answer or by `pause()`.
    if (handle.reading) handle.readStop();
    handle.reading = false;
    if (at < chunk.length) socket._leftover = chunk.subarray(at);
    return;
  }
};

/** Goes on with a chunk that the user stopped in; answers whether all of it is delivered. */
exports.deliverRest = function deliverRest(socket, onread) {
  const rest = socket._leftover;
  socket._leftover = undefined;
  socket._handle.reading = true;
  exports.deliver(socket, onread, rest);
  const all = socket._leftover === undefined;
  if (all && socket._handle) socket._handle.reading = false;
  return all;
};

/** `setKeepAlive` with more than a delay. Both settings of the socket are kept under the keys that come last. */
exports.keepAliveInFull = function keepAliveInFull(socket, enable, delay, interval, count, kEnable, kDelay) {
  if (enable !== null && typeof enable === 'object') {
    ({ enable, initialDelay: delay, interval, count } = enable);
  }
  enable = !!enable;
  const settings = {
    delay: ~~(delay / 1000),
    interval: interval === undefined ? undefined : ~~(interval / 1000),
    count,
  };
  const handle = socket._handle;
  if (handle && !handle.setKeepAlive) return socket;
  const known = socket[kDelay];
  const same = enable === socket[kEnable] && (!enable || (known.delay === settings.delay &&
    known.interval === settings.interval && known.count === count));
  socket[kEnable] = enable;
  socket[kDelay] = settings;
  if (handle && !same) handle.setKeepAlive(enable, settings.delay, settings.interval, count);
  return socket;
};

exports.setTypeOfService = function setTypeOfService(socket, tos, kTypeOfService) {
  if (tos !== tos) throw binding('errors').nodeError('ERR_INVALID_ARG_TYPE', 'tos', 'number', tos);
  binding('validators').validateInt32(tos, 'tos', 0, 255);
  const handle = socket._handle;
  if (handle?.setTypeOfService && tos !== socket[kTypeOfService]) {
    const errno = handle.setTypeOfService(tos);
    // Windows often refuses, or does it and says that it didn't.
    if (errno && require('process').platform !== 'win32') throw binding('errors').errnoException(errno, 'setTypeOfService');
  }
  socket[kTypeOfService] = tos;
  return socket;
};

exports.getTypeOfService = function getTypeOfService(socket, kTypeOfService) {
  const known = socket[kTypeOfService] ?? 0;
  const handle = socket._handle;
  if (!handle?.getTypeOfService) return known;
  const answer = handle.getTypeOfService();
  if (answer >= 0) return answer;
  if (require('process').platform === 'win32') return known;
  throw binding('errors').errnoException(answer, 'getTypeOfService');
};

/** Gives a socket the handle of a `BoundSocket`; answers whether it was one. */
exports.startFrom = function startFrom(socket, bound) {
  const taken = require('net/bound').streamOf(bound);
  if (taken === undefined) return false;
  socket._handle = taken.handle;
  if (taken.path !== undefined) {
    socket._boundPath = taken.path;
    socket._pipe = true;
  }
  return true;
};

/** Whether the connection was refused: too many, or from an address on the list. */
exports.refuse = function refuse(server, handle) {
  const local = handle.getsockname() ?? {};
  const remote = handle.getpeername() ?? {};
  const data = {
    localAddress: local.address,
    localPort: local.port,
    localFamily: local.family,
    remoteAddress: remote.address,
    remotePort: remote.port,
    remoteFamily: remote.family,
  };
  const { maxConnections } = server;
  if (maxConnections != null && server._connections >= maxConnections) {
    handle.close();
    server.emit('drop', data);
    return true;
  }
  const { blockList } = server;
  if (blockList && remote.address && blockList.check(remote.address, remote.family.toLowerCase())) {
    handle.close();
    server.emit('drop', data);
    return true;
  }
  return false;
};
