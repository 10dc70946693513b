'use strict';
// `NodeEventTarget`: an EventTarget with the methods of an EventEmitter. Ports are such.
// <https://nodejs.org/docs/latest-v24.x/api/events.html#class-nodeeventtarget>

const { ArrayFrom, ObjectDefineProperties } = primordials;
const { EventTarget, deliver, kListeners, kMaxListeners, kNodeStyle } = require('events/event_target');
const { nodeError } = binding('errors');
const { validateNumber, validateString } = binding('validators');

class NodeEventTarget extends EventTarget {
  static defaultMaxListeners = 10;

  setMaxListeners(n) {
    check(this);
    validateNumber(n, 'setMaxListeners', 0);
    this[kMaxListeners] = n;
  }

  getMaxListeners() {
    check(this);
    return this[kMaxListeners];
  }

  eventNames() {
    check(this);
    return ArrayFrom(this[kListeners].keys());
  }

  listenerCount(type) {
    check(this);
    return this[kListeners].get(`${type}`)?.length ?? 0;
  }

  off(type, listener, options) {
    check(this);
    this.removeEventListener(type, listener, options);
    return this;
  }

  removeListener(type, listener, options) {
    check(this);
    this.removeEventListener(type, listener, options);
    return this;
  }

  on(type, listener) {
    check(this);
    this.addEventListener(type, listener, { [kNodeStyle]: true });
    return this;
  }

  addListener(type, listener) {
    check(this);
    this.addEventListener(type, listener, { [kNodeStyle]: true });
    return this;
  }

  emit(type, arg) {
    check(this);
    validateString(type, 'type');
    const heard = this[kListeners].get(type) !== undefined;
    if (heard) deliver(this, undefined, type, arg);
    return heard;
  }

  once(type, listener) {
    check(this);
    this.addEventListener(type, listener, { once: true, [kNodeStyle]: true });
    return this;
  }

  removeAllListeners(type) {
    check(this);
    if (type !== undefined) this[kListeners].delete(`${type}`);
    else this[kListeners].clear();
    return this;
  }
}
const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(NodeEventTarget.prototype, {
  setMaxListeners: enumerable, getMaxListeners: enumerable, eventNames: enumerable, listenerCount: enumerable, off: enumerable,
  removeListener: enumerable, on: enumerable, addListener: enumerable, emit: enumerable, once: enumerable,
  removeAllListeners: enumerable,
});

function check(self) {
  if (self?.[kListeners] === undefined) throw nodeError('ERR_INVALID_THIS', 'NodeEventTarget');
}

module.exports = { NodeEventTarget };
