'use strict';
// Streams that are transferred: `structuredClone(stream, { transfer: [stream] })` and `postMessage` connect a new stream with the
// old one through a pair of ports. <https://streams.spec.whatwg.org/#transferrable-streams>

const { FunctionPrototypeCall, PromisePrototypeThen, PromiseReject, PromiseResolve, SafeWeakMap } = primordials;
const { kRevive } = binding('structured_clone');
const { deferred, markHandled } = require('streams/common');
const { pipeTo } = require('streams/pipe');
const readables = require('streams/readable');
const { closeController, enqueue, errorController } = require('streams/readable_controller');
const writables = require('streams/writable');
const { errorIfNeeded } = require('streams/writable_controller');
const { MessageChannel, MessagePort } = require('worker_threads/port');

const { close, postMessage, ref, unref } = MessagePort.prototype;

function send(port, type, value) {
  FunctionPrototypeCall(postMessage, port, { type, value });
}

/** The same for what may be uncloneable: then the other side fails with the reason, and so does the caller. */
function sendValue(port, type, value) {
  try {
    send(port, type, value);
  } catch (error) {
    try {
      send(port, 'error', error);
    } catch {
      // It hears that the port closes.
    }
    throw error;
  }
}

/** Takes what the other side sends. While nothing is waited for, a port keeps nothing alive. */
function listen(port, onMessage, onLost) {
  port.onmessage = ({ data }) => onMessage(data.type, data.value);
  port.onmessageerror = () => {
    onLost(new (require('dom_exception'))('A message could not be read', 'DataCloneError'));
    FunctionPrototypeCall(close, port);
  };
  FunctionPrototypeCall(unref, port);
}

/** Sends for the last time. */
function part(port, type, value) {
  try {
    sendValue(port, type, value);
  } catch (error) {
    return PromiseReject(error);
  } finally {
    FunctionPrototypeCall(close, port);
  }
  return PromiseResolve(undefined);
}

/**
 * A readable stream of what a writable one on the other side of a port is given.
 * @param {boolean} keeps whether the process lives on while somebody waits for a chunk
 */
function crossReadable(port, keeps) {
  const stream = readables.createReadable(() => {
    if (keeps) FunctionPrototypeCall(ref, port);
    send(port, 'pull');
    return PromiseResolve(undefined);
  }, (reason) => part(port, 'error', reason), 0);
  const { controller } = stream;
  listen(port, (type, value) => {
    FunctionPrototypeCall(unref, port);
    if (type === 'chunk') {
      enqueue(controller, value);
      return;
    }
    if (type === 'close') closeController(controller);
    else errorController(controller, value);
    FunctionPrototypeCall(close, port);
  }, (error) => errorController(controller, error));
  return stream;
}

/** A writable stream whose chunks come out of a readable one on the other side of a port, when that asks for them. */
function crossWritable(port, keeps) {
  // What a write waits for; `undefined` when the other side waits for a chunk.
  let asked = deferred();
  const write = (chunk) => {
    if (asked === undefined) asked = { promise: PromiseResolve(undefined), resolve() {} };
    else if (keeps) FunctionPrototypeCall(ref, port);
    return PromisePrototypeThen(asked.promise, () => {
      asked = deferred();
      try {
        sendValue(port, 'chunk', chunk);
      } catch (error) {
        FunctionPrototypeCall(close, port);
        throw error;
      }
    });
  };
  const stream = writables.createWritable(
    write, () => part(port, 'close'), (reason) => part(port, 'error', reason));
  const proceed = () => {
    asked?.resolve();
    asked = undefined;
  };
  const fail = (error) => {
    errorIfNeeded(stream.controller, error);
    proceed();
  };
  listen(port, (type, value) => {
    FunctionPrototypeCall(unref, port);
    if (type === 'pull') proceed();
    else if (type === 'error') fail(value);
  }, fail);
  return stream;
}

// What is being transferred: its halves, and a channel for each, from the time at which the list is read.
const leaving = new SafeWeakMap();

/** The ports that travel with a stream, or with the two of a pair. */
function takesAlong(self, name, halves) {
  const { readable, writable } = halves;
  if (readable?.reader !== undefined || writable?.writer !== undefined) {
    throw new (require('dom_exception'))(`Cannot transfer a locked ${name}`, 'DataCloneError');
  }
  const reads = readable && new MessageChannel();
  const writes = writable && new MessageChannel();
  leaving.set(self, { halves, reads, writes });
  const ports = [];
  if (reads) ports[0] = reads.port2;
  if (writes) ports[ports.length] = writes.port2;
  return ports;
}

/** Ties a stream to its ports: what is left here is locked. */
function transferred(self, name) {
  const { halves: { readable, writable }, reads, writes } = leaving.get(self);
  leaving.delete(self);
  if (reads) markHandled(pipeTo(readable, crossWritable(reads.port1, false), {}));
  if (writes) markHandled(pipeTo(crossReadable(writes.port1, false), writable, {}));
  return { deserializeInfo: `streams/transfer:${name}`, data: { readable: reads?.port2, writable: writes?.port2 } };
}

function revive({ readable, writable }, name) {
  const reads = readable && crossReadable(readable, true);
  const writes = writable && crossWritable(writable, true);
  if (name === 'ReadableStream') return reads.wrapper;
  if (name === 'WritableStream') return writes.wrapper;
  return require('streams/transform').pairOf(reads, writes);
}

module.exports = { takesAlong, transferred, [kRevive]: revive };
