// The core of `events`: what every emitter needs while it works. Statics, warnings and
// rejection capture are in `events/extra`, loaded when a script first asks for them.
//
// Other modules create emitters natively, without running a constructor, so every method
// accepts an emitter whose `_events` is still undefined.
'use strict';

const {
  ArrayPrototypeSlice,
  ObjectDefineProperties,
  ObjectPrototypeHasOwnProperty,
  ReflectApply,
  ReflectOwnKeys,
  Symbol,
  SymbolFor,
} = primordials;
const native = binding('events');

const kCapture = Symbol('kCapture');
const kShapeMode = Symbol('shapeMode');
const kRejection = SymbolFor('nodejs.rejection');
const errorMonitor = Symbol('events.errorMonitor');

const extra = () => require('events/extra');

let captureByDefault = false;
// Whether streams call `init` too.
native.alwaysInit = false;
let defaultMaxListeners = 10;
native.setLimit(defaultMaxListeners, (...args) => extra().warnAboutLeak(...args));

function EventEmitter(options) {
  // `domain` has one of its own.
  ReflectApply(EventEmitter.init, this, [options]);
  this[kShapeMode] = false;
  if (!ObjectPrototypeHasOwnProperty(this, kCapture)) this[kCapture] = false;
}

/** What the constructor does; streams call only this. */
function init(options) {
  if (this._events === undefined || !ObjectPrototypeHasOwnProperty(this, '_events')) {
    this._events = { __proto__: null };
    this._eventsCount = 0;
  }
  this._maxListeners ||= undefined;
  if (options?.captureRejections) {
    extra().validateCapture(options.captureRejections);
    this[kCapture] = true;
  } else if (captureByDefault) {
    this[kCapture] = true;
  }
}

// Forgets one type, or everything when it was the last.
function forget(emitter, events, type) {
  if (--emitter._eventsCount === 0) emitter._events = { __proto__: null };
  else delete events[type];
}

function listOf(emitter, type, unwrap) {
  const found = emitter._events?.[type];
  if (found === undefined) return [];
  if (typeof found === 'function') return [unwrap ? found.listener ?? found : found];
  const list = ArrayPrototypeSlice(found);
  for (let i = 0; unwrap && i < list.length; i++) list[i] = list[i].listener ?? list[i];
  return list;
}

function listenerCount(type, listener) {
  const found = this._events?.[type];
  if (found === undefined) return 0;
  if (typeof found === 'function') {
    return listener == null || found === listener || found.listener === listener ? 1 : 0;
  }
  if (listener == null) return found.length;
  let count = 0;
  for (let i = 0; i < found.length; i++) {
    if (found[i] === listener || found[i].listener === listener) count++;
  }
  return count;
}

EventEmitter.prototype = {
  constructor: EventEmitter,
  _events: undefined,
  _eventsCount: 0,
  _maxListeners: undefined,

  setMaxListeners(n) {
    extra().validateMax(n, 'setMaxListeners');
    this._maxListeners = n;
    return this;
  },

  getMaxListeners() {
    return this._maxListeners ?? defaultMaxListeners;
  },

  emit: native.makeEmit(
    errorMonitor,
    kCapture,
    (emitter, args) => extra().throwUnhandled(emitter, args),
    (emitter, result, type, args) => extra().addCatch(emitter, result, type, args)),

  addListener: native.addListener,

  on: undefined,

  prependListener: native.prependListener,
  once: native.once,
  prependOnceListener: native.prependOnceListener,
  removeListener: native.removeListener,

  off: undefined,

  removeAllListeners(type) {
    const events = this._events;
    if (events === undefined) return this;
    const all = arguments.length === 0;
    if (events.removeListener === undefined) {
      if (all) {
        this._events = { __proto__: null };
        this._eventsCount = 0;
      } else if (events[type] !== undefined) {
        forget(this, events, type);
      }
      return this;
    }
    if (all) {
      const types = ReflectOwnKeys(events);
      for (let i = 0; i < types.length; i++) {
        if (types[i] !== 'removeListener') this.removeAllListeners(types[i]);
      }
      this.removeAllListeners('removeListener');
      this._events = { __proto__: null };
      this._eventsCount = 0;
      return this;
    }
    const found = events[type];
    if (typeof found === 'function') {
      this.removeListener(type, found);
    } else if (found !== undefined) {
      for (let i = found.length - 1; i >= 0; i--) this.removeListener(type, found[i]);
    }
    return this;
  },

  listeners(type) {
    return listOf(this, type, true);
  },

  rawListeners(type) {
    return listOf(this, type, false);
  },

  listenerCount,

  eventNames() {
    return this._eventsCount > 0 ? ReflectOwnKeys(this._events) : [];
  },
};

const proto = EventEmitter.prototype;
proto.on = proto.addListener;
proto.off = proto.removeListener;

const hidden = (value) => ({ __proto__: null, value, writable: true, configurable: true, enumerable: false });
ObjectDefineProperties(proto, {
  constructor: hidden(EventEmitter),
  [kCapture]: { __proto__: null, value: false, writable: true, enumerable: false },
});

EventEmitter.addAbortListener = function addAbortListener(signal, listener) {
  return extra().addAbortListener(signal, listener);
};
EventEmitter.once = async function once(emitter, name, options) {
  return extra().once(emitter, name, options);
};
EventEmitter.on = function on(emitter, event, options) {
  return extra().on(emitter, event, options);
};
EventEmitter.getEventListeners = function getEventListeners(emitter, type) {
  return extra().getEventListeners(emitter, type);
};
EventEmitter.getMaxListeners = function getMaxListeners(emitter) {
  return extra().getMaxListeners(emitter);
};
EventEmitter.listenerCount = function(emitter, type) {
  return typeof emitter.listenerCount === 'function'
    ? emitter.listenerCount(type)
    : ReflectApply(listenerCount, emitter, [type]);
};
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.usingDomains = false;
ObjectDefineProperties(EventEmitter, {
  captureRejectionSymbol: { __proto__: null, value: kRejection, enumerable: true },
  captureRejections: {
    __proto__: null,
    enumerable: true,
    get: () => captureByDefault,
    set(value) {
      extra().validateCapture(value, 'EventEmitter.captureRejections');
      captureByDefault = value;
      native.setCapture(value);
      native.alwaysInit = value || EventEmitter.usingDomains;
      // Emitters on which no constructor has run see it there.
      proto[kCapture] = value;
    },
  },
  EventEmitterAsyncResource: {
    __proto__: null,
    enumerable: true,
    configurable: true,
    get: () => require('events/async_resource'),
  },
  errorMonitor: { __proto__: null, value: errorMonitor, enumerable: true },
  defaultMaxListeners: {
    __proto__: null,
    enumerable: true,
    get: () => defaultMaxListeners,
    set(value) {
      extra().validateMax(value, 'defaultMaxListeners');
      defaultMaxListeners = value;
      native.setLimit(value);
    },
  },
});
EventEmitter.setMaxListeners = function setMaxListeners(n = defaultMaxListeners, ...targets) {
  extra().setMaxListeners(n, targets);
};
EventEmitter.init = init;

module.exports = EventEmitter;
