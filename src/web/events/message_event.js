'use strict';
// `MessageEvent`: <https://html.spec.whatwg.org/#the-messageevent-interface>

const {
  ArrayFrom, ObjectDefineProperties, ObjectDefineProperty, ObjectFreeze, SymbolIterator, SymbolToStringTag, TypeError,
} = primordials;
const { Event } = require('events/event_target');
const { MessagePort } = require('worker_threads/port');

const CONSTRUCTOR = 'MessageEvent constructor';
const INIT = 'MessageEvent.initMessageEvent';

function needs(given, where) {
  if (given === 0) throw new TypeError(`${where}: 1 argument required, but 0 found.`);
}

function checkedPort(value, name, where) {
  if (value instanceof MessagePort) return value;
  throw new TypeError(`${where}: Expected ${name} ("${shown(value)}") to be an instance of MessagePort.`);
}

function shown(value) {
  return typeof value === 'symbol' || (value !== null && typeof value === 'object') ? require('util').inspect(value) : `${value}`;
}

function checkedPorts(value, name, where) {
  const isObject = value !== null && (typeof value === 'object' || typeof value === 'function');
  if (!isObject || typeof value[SymbolIterator] !== 'function') {
    throw new TypeError(`${where}: ${name} (${shown(value)}) is not iterable.`);
  }
  const ports = ArrayFrom(value);
  for (let i = 0; i < ports.length; i++) checkedPort(ports[i], `${name}[${i}]`, where);
  return ports;
}

class MessageEvent extends Event {
  #data = null;
  #origin = '';
  #lastEventId = '';
  #source = null;
  #ports;

  constructor(type, options = undefined) {
    needs(arguments.length, CONSTRUCTOR);
    if (options != null && typeof options !== 'object' && typeof options !== 'function') {
      throw new TypeError(`${CONSTRUCTOR}: Expected ${shown(options)} to be one of: Null, Undefined, Object.`);
    }
    super(type, options);
    const { data, origin, lastEventId, source, ports } = options ?? { __proto__: null };
    if (data !== undefined) this.#data = data;
    if (origin !== undefined) this.#origin = `${origin}`;
    if (lastEventId !== undefined) this.#lastEventId = `${lastEventId}`;
    if (source != null) this.#source = checkedPort(source, 'eventInitDict.source', CONSTRUCTOR);
    this.#ports = ports === undefined ? [] : checkedPorts(ports, 'eventInitDict.ports', CONSTRUCTOR);
    ObjectFreeze(this.#ports);
  }

  get data() { return this.#data; }
  get origin() { return this.#origin; }
  get lastEventId() { return this.#lastEventId; }
  get source() { return this.#source; }
  get ports() { return this.#ports; }

  initMessageEvent(type, bubbles = false, cancelable = false, data = null, origin = '', lastEventId = '', source = null, ports = []) {
    needs(arguments.length, INIT);
    this.initEvent(type, bubbles, cancelable);
    this.#data = data;
    this.#origin = `${origin}`;
    this.#lastEventId = `${lastEventId}`;
    this.#source = source === null ? null : checkedPort(source, 'source', INIT);
    this.#ports = checkedPorts(ports, 'ports', INIT);
    ObjectFreeze(this.#ports);
  }
}
const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(MessageEvent.prototype, {
  data: enumerable, origin: enumerable, lastEventId: enumerable, source: enumerable, ports: enumerable, initMessageEvent: enumerable,
});
ObjectDefineProperty(MessageEvent.prototype, SymbolToStringTag, { __proto__: null, value: 'MessageEvent', configurable: true });

module.exports = { MessageEvent };
