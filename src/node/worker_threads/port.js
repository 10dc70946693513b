'use strict';
// `MessagePort` and `MessageChannel`. Their ends, and how messages travel, are native.
// <https://nodejs.org/docs/latest-v24.x/api/worker_threads.html#class-messagechannel>

const {
  FunctionPrototypeCall, ObjectCreate, ObjectDefineProperties, ObjectDefineProperty, ObjectSetPrototypeOf, SafeWeakMap, SymbolFor,
} = primordials;
const {
  Event, defineEventHandler, deliver, initEventTarget, kCreateEvent, kNewListener, kRemoveListener,
} = require('events/event_target');
const { NodeEventTarget } = require('events/node_event_target');
const { nodeError } = binding('errors');
const native = binding('worker_threads');

function MessagePort() {
  throw nodeError('ERR_CONSTRUCT_CALL_INVALID');
}
ObjectSetPrototypeOf(MessagePort, NodeEventTarget);
MessagePort.prototype = ObjectCreate(NodeEventTarget.prototype);

/** Two ports that are connected. */
function MessageChannel() {
  if (new.target === undefined) throw native.error('ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`');
  const { 0: port1, 1: port2 } = native.channel();
  this.port1 = port1;
  this.port2 = port2;
}

// The ports that came with the message which is being delivered to a port.
const arrived = new SafeWeakMap();

function emit(port, type, data, ports) {
  arrived.set(port, ports);
  try {
    deliver(port, undefined, type, data);
  } finally {
    arrived.delete(port);
  }
}

class MessagePortCloseEvent extends Event {
  constructor() {
    super('close');
  }
}

native.setUp(MessagePort.prototype, initEventTarget, emit, (port) => {
  deliver(port, new MessagePortCloseEvent(), 'close');
});
const { ref, unref, start } = MessagePort.prototype;

defineEventHandler(MessagePort.prototype, 'message');
defineEventHandler(MessagePort.prototype, 'messageerror');

function hidden(key, value) {
  ObjectDefineProperty(MessagePort.prototype, key, { __proto__: null, configurable: true, writable: true, value });
}

hidden('constructor', MessagePort);
ObjectDefineProperties(MessagePort.prototype, {
  close: {
    __proto__: null, configurable: true, enumerable: true, writable: true,
    value: function close(callback) {
      if (typeof callback === 'function') this.once('close', callback);
      native.close(this);
    },
  },
});

hidden(kCreateEvent, function(type, data) {
  if (type !== 'message' && type !== 'messageerror') {
    return FunctionPrototypeCall(NodeEventTarget.prototype[kCreateEvent], this, type, data);
  }
  const { MessageEvent } = require('events/message_event');
  return new MessageEvent(type, { data, ports: arrived.get(this) ?? [] });
});

// Whoever listens wants messages, and keeps the loop alive for them.
hidden(kNewListener, function(size, type) {
  FunctionPrototypeCall(NodeEventTarget.prototype[kNewListener], this, size, type);
  if (type === 'message' && size === 1) {
    FunctionPrototypeCall(ref, this);
    FunctionPrototypeCall(start, this);
  }
});
hidden(kRemoveListener, function(size, type) {
  if (type === 'message' && size === 0) {
    FunctionPrototypeCall(unref, this);
    native.stop(this);
  }
});

hidden(SymbolFor('nodejs.util.inspect.custom'), function() {
  const state = native.state(this);
  if (state === undefined) return this;
  const shown = ObjectCreate(MessagePort.prototype);
  shown.active = state > 0;
  if (shown.active) shown.refed = FunctionPrototypeCall(MessagePort.prototype.hasRef, this);
  return shown;
});

function checkedPort(port) {
  if (native.state(port) === undefined) {
    throw native.error('ERR_INVALID_ARG_TYPE', 'The "port" argument must be a MessagePort instance');
  }
  return port;
}

/** The next message that waits at a port, without an event. */
function receiveMessageOnPort(port) {
  const { BroadcastChannel, portOf } = require('worker_threads/broadcast_channel');
  if (port instanceof BroadcastChannel) {
    port = portOf(port);
    if (port === undefined) return undefined;
  }
  const message = native.receive(checkedPort(port));
  return message === undefined ? undefined : { message: message[0] };
}

/** Ports live in the context that they were made in. */
function moveMessagePortToContext(port, context) {
  if (native.state(checkedPort(port)) !== 2) throw nodeError('ERR_CLOSED_MESSAGE_PORT');
  if (!require('vm').isContext(context)) {
    throw native.error('ERR_INVALID_ARG_TYPE', 'Invalid context argument');
  }
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'worker_threads.moveMessagePortToContext()');
}

module.exports = { MessageChannel, MessagePort, receiveMessageOnPort, moveMessagePortToContext };
