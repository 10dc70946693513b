'use strict';
// `BroadcastChannel`: <https://nodejs.org/docs/latest-v24.x/api/worker_threads.html#class-broadcastchannel-extends-eventtarget>

const { ObjectDefineProperties, SymbolFor } = primordials;
const { EventTarget, defineEventHandler, deliver } = require('events/event_target');
const { nodeError } = binding('errors');
const native = binding('worker_threads');

let portOf;
let isChannel;

function checked(channel) {
  if (channel === null || typeof channel !== 'object' || !isChannel(channel)) {
    throw nodeError('ERR_INVALID_THIS', 'BroadcastChannel');
  }
  return channel;
}

/** Everybody who has one of the same name hears what the others say. */
class BroadcastChannel extends EventTarget {
  #name;
  #port;
  #onMessage;
  #onMessageError;

  static {
    portOf = (channel) => channel.#port;
    isChannel = (value) => #port in value;
  }

  constructor(name) {
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'name');
    super();
    this.#name = `${name}`;
    const tell = (type) => (data) => {
      if (this.#port === undefined) return;
      const { MessageEvent } = require('events/message_event');
      deliver(this, new MessageEvent(type, { data }), type);
    };
    this.#onMessage = tell('message');
    this.#onMessageError = tell('messageerror');
    this.#port = native.broadcast(this.#name);
    this.#port.on('message', this.#onMessage);
    this.#port.on('messageerror', this.#onMessageError);
  }

  get name() {
    return checked(this).#name;
  }

  close() {
    const port = checked(this).#port;
    if (port === undefined) return;
    port.off('message', this.#onMessage);
    port.off('messageerror', this.#onMessageError);
    this.#port = undefined;
    port.close();
  }

  postMessage(message) {
    const port = checked(this).#port;
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'message');
    if (port === undefined) {
      const DOMException = require('dom_exception');
      throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError');
    }
    port.postMessage(message);
  }

  ref() {
    checked(this).#port?.ref();
    return this;
  }

  unref() {
    checked(this).#port?.unref();
    return this;
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options) {
    const { inspect } = require('util');
    checked(this);
    if (depth < 0) return 'BroadcastChannel';
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `BroadcastChannel ${inspect({ name: this.#name, active: this.#port !== undefined }, inner)}`;
  }
}
const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(BroadcastChannel.prototype, { name: enumerable, close: enumerable, postMessage: enumerable });
defineEventHandler(BroadcastChannel.prototype, 'message');
defineEventHandler(BroadcastChannel.prototype, 'messageerror');

module.exports = { BroadcastChannel, portOf };
