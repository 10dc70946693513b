'use strict';
// `Event`, `CustomEvent` and `EventTarget`: <https://nodejs.org/docs/latest-v24.x/api/events.html#eventtarget-and-event-api>

const {
  ArrayPrototypeSplice, Error, FunctionPrototypeCall, ObjectDefineProperties, ObjectDefineProperty, SafeMap, SymbolFor, SymbolToStringTag,
} = primordials;
const { nodeError } = binding('errors');
const { validateAbortSignal, validateObject } = binding('validators');
const { nextTick } = binding('task_queue');

const kTarget = Symbol('kTarget');
const kStop = Symbol('kStop');
const kPhase = Symbol('kPhase');
const kInPassive = Symbol('kInPassive');
const kListeners = Symbol('kListeners');
const kHandlers = Symbol('kHandlers');
const kMaxListeners = Symbol('kMaxListeners');
const kWarned = Symbol('kWarned');
const kResistStopPropagation = Symbol('kResistStopPropagation');
const kTrustEvent = Symbol('kTrustEvent');
const kNodeStyle = Symbol('kNodeStyle');
const kCreateEvent = Symbol('kCreateEvent');
const isEventTargetSymbol = SymbolFor('nodejs.event_target');

let defaultMaxListeners = 10;

class Event {
  #type;
  #bubbles = false;
  #cancelable = false;
  #composed = false;
  #canceled = false;
  #timeStamp = binding('process').now();
  #trusted;

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'type');
    if (options != null) {
      validateObject(options, 'options', { allowArray: true, allowFunction: true, nullable: true });
      this.#bubbles = !!options.bubbles;
      this.#cancelable = !!options.cancelable;
      this.#composed = !!options.composed;
    }
    this.#type = `${type}`;
    this.#trusted = options != null && options[kTrustEvent] === true;
    this[kTarget] = null;
    this[kPhase] = 0;
    this[kStop] = 0;
    this[kInPassive] = false;
    const trusted = this.#trusted;
    ObjectDefineProperty(this, 'isTrusted', { __proto__: null, get() { return trusted; }, enumerable: true, configurable: false });
  }

  get type() { return this.#type; }
  get target() { return this[kTarget]; }
  get currentTarget() { return this[kPhase] === 2 ? this[kTarget] : null; }
  get srcElement() { return this[kTarget]; }
  get bubbles() { return this.#bubbles; }
  get cancelable() { return this.#cancelable; }
  get composed() { return this.#composed; }
  get defaultPrevented() { return this.#cancelable && this.#canceled; }
  get returnValue() { return !this.#cancelable || !this.#canceled; }
  set returnValue(value) { if (!value) this.preventDefault(); }
  get timeStamp() { return this.#timeStamp; }
  get eventPhase() { return this[kPhase]; }
  get cancelBubble() { return this[kStop] > 0; }
  set cancelBubble(value) { if (value) this.stopPropagation(); }

  composedPath() { return this[kPhase] === 2 ? [this[kTarget]] : []; }
  preventDefault() { if (!this[kInPassive]) this.#canceled = true; }
  stopPropagation() { if (this[kStop] === 0) this[kStop] = 1; }
  stopImmediatePropagation() { this[kStop] = 2; }

  initEvent(type, bubbles = false, cancelable = false) {
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'type');
    if (this[kPhase] === 2) return;
    this.#type = `${type}`;
    this.#bubbles = !!bubbles;
    this.#cancelable = !!cancelable;
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options, inspect) {
    const name = this.constructor.name;
    if (depth < 0) return name;
    const shown = { type: this.#type, defaultPrevented: this.defaultPrevented, cancelable: this.#cancelable, timeStamp: this.#timeStamp };
    return `${name} ${inspect(shown, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }
}
tag(Event, 'Event');
const PHASES = ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'];
for (let value = 0; value < PHASES.length; value++) {
  ObjectDefineProperty(Event, PHASES[value], { __proto__: null, enumerable: true, value });
}
const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(Event.prototype, {
  initEvent: enumerable, stopImmediatePropagation: enumerable, preventDefault: enumerable, target: enumerable,
  currentTarget: enumerable, srcElement: enumerable, type: enumerable, cancelable: enumerable,
  defaultPrevented: enumerable, timeStamp: enumerable, composedPath: enumerable, returnValue: enumerable,
  bubbles: enumerable, composed: enumerable, eventPhase: enumerable, cancelBubble: enumerable, stopPropagation: enumerable,
});

class CustomEvent extends Event {
  #detail;
  constructor(type, options = undefined) {
    super(type, options);
    this.#detail = options?.detail ?? null;
  }
  get detail() { return this.#detail; }
}
tag(CustomEvent, 'CustomEvent');
ObjectDefineProperty(CustomEvent.prototype, 'detail', enumerable);

function tag(constructor, name) {
  ObjectDefineProperty(constructor.prototype, SymbolToStringTag, { __proto__: null, value: name, configurable: true });
}

function throwLater(error) {
  throw error;
}

function settled(result) {
  if (result != null && typeof result.then === 'function') {
    result.then(undefined, (error) => { nextTick(throwLater, error); });
  }
}

function isListener(listener) {
  if (typeof listener === 'function' || (listener !== null && typeof listener === 'object')) return true;
  if (listener == null) return false;
  throw nodeError('ERR_INVALID_ARG_TYPE', 'listener', 'EventListener', listener);
}

class EventTarget {
  static [isEventTargetSymbol] = true;

  constructor() {
    initEventTarget(this);
  }

  addEventListener(type, listener, options = undefined) {
    check(this);
    if (arguments.length < 2) throw nodeError('ERR_MISSING_ARGS', 'type', 'listener');
    let once = false, capture = false, passive = false, resist = false, node = false, signal;
    if (typeof options === 'boolean') {
      capture = options;
    } else if (options != null) {
      validateObject(options, 'options', { allowArray: true, allowFunction: true });
      once = !!options.once;
      capture = !!options.capture;
      passive = !!options.passive;
      resist = !!options[kResistStopPropagation];
      node = options[kNodeStyle] === true;
      signal = options.signal;
      if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
    }
    if (!isListener(listener)) {
      const warning = new Error(`addEventListener called with ${listener} which has no effect.`);
      warning.name = 'AddEventListenerArgumentTypeWarning';
      warning.target = this;
      warning.type = type;
      require('process').emitWarning(warning);
      return;
    }
    type = `${type}`;
    if (signal !== undefined) {
      if (signal.aborted) return;
      signal.addEventListener('abort', () => this.removeEventListener(type, listener, options), {
        once: true, [kResistStopPropagation]: true,
      });
    }
    let list = this[kListeners].get(type);
    if (list === undefined) {
      list = [];
      this[kListeners].set(type, list);
    } else {
      for (let i = 0; i < list.length; i++) {
        if (list[i].listener === listener && list[i].capture === capture) return;
      }
    }
    list[list.length] = { listener, once, capture, passive, resist, node, removed: false };
    this[kNewListener](list.length, type);
  }

  removeEventListener(type, listener, options = undefined) {
    check(this);
    if (arguments.length < 2) throw nodeError('ERR_MISSING_ARGS', 'type', 'listener');
    if (!isListener(listener)) return;
    type = `${type}`;
    const capture = typeof options === 'boolean' ? options : !!options?.capture;
    const list = this[kListeners].get(type);
    if (list === undefined) return;
    for (let i = 0; i < list.length; i++) {
      if (list[i].listener === listener && list[i].capture === capture) {
        removeAt(this, type, list, i);
        return;
      }
    }
  }

  dispatchEvent(event) {
    check(this);
    if (arguments.length < 1) throw nodeError('ERR_MISSING_ARGS', 'event');
    if (!(event instanceof Event)) throw nodeError('ERR_INVALID_ARG_TYPE', 'event', 'Event', event);
    if (event[kPhase] === 2) throw nodeError('ERR_EVENT_RECURSION', event.type);
    deliver(this, event, event.type);
    return event.defaultPrevented !== true;
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options, inspect) {
    const name = this.constructor.name;
    if (depth < 0) return name;
    return `${name} ${inspect({}, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }
}
const kNewListener = Symbol('kNewListener');
const kRemoveListener = Symbol('kRemoveListener');
EventTarget.prototype[kNewListener] = function(size, type) {
  const limit = this[kMaxListeners];
  if (limit > 0 && size > limit && !this[kWarned]) {
    this[kWarned] = true;
    const name = this.constructor.name;
    const warning = new Error(
      `Possible EventTarget memory leak detected. ${size} ${type} listeners added to ${name}. ` +
      `MaxListeners is ${limit}. Use events.setMaxListeners() to increase limit`);
    warning.name = 'MaxListenersExceededWarning';
    warning.target = this;
    warning.type = type;
    warning.count = size;
    require('process').emitWarning(warning);
  }
};
EventTarget.prototype[kRemoveListener] = function(size, type) {};
/** The event for a value that listeners in Node's style get as it is. */
EventTarget.prototype[kCreateEvent] = function(type, value) {
  return new CustomEvent(type, { detail: value });
};
hide(EventTarget.prototype, kNewListener);
hide(EventTarget.prototype, kRemoveListener);
hide(EventTarget.prototype, kCreateEvent);
ObjectDefineProperties(EventTarget.prototype, {
  addEventListener: enumerable, removeEventListener: enumerable, dispatchEvent: enumerable,
});
tag(EventTarget, 'EventTarget');

function initEventTarget(self) {
  self[kListeners] = new SafeMap();
  self[kMaxListeners] = defaultMaxListeners;
  self[kWarned] = false;
  hide(self, kListeners);
  hide(self, kMaxListeners);
  hide(self, kWarned);
}

function hide(self, key) {
  ObjectDefineProperty(self, key, { __proto__: null, enumerable: false });
}

function check(self) {
  if (self?.[kListeners] === undefined) throw nodeError('ERR_INVALID_THIS', 'EventTarget');
}

function removeAt(target, type, list, index) {
  list[index].removed = true;
  ArrayPrototypeSplice(list, index, 1);
  if (list.length === 0) target[kListeners].delete(type);
  target[kRemoveListener](list.length, type);
}

function begin(event, target) {
  event[kTarget] = target;
  event[kPhase] = 2;
  return event;
}

/**
 * Calls the listeners of an event. An error of one is raised later and doesn't stop the others. Those in Node's style get
 * `value`; without an event, one is made of it for the others.
 */
function deliver(target, event, type, value = event) {
  if (event !== undefined) begin(event, target);
  const list = target[kListeners].get(type);
  if (list !== undefined) {
    const now = [];
    for (let i = 0; i < list.length; i++) now[i] = list[i];
    for (let i = 0; i < now.length; i++) {
      const entry = now[i];
      if (entry.removed || (event?.[kStop] === 2 && !entry.resist)) continue;
      if (entry.once) {
        for (let j = 0; j < list.length; j++) {
          if (list[j] === entry) {
            removeAt(target, type, list, j);
            break;
          }
        }
      }
      let given = value;
      if (!entry.node) {
        if (event === undefined) event = begin(target[kCreateEvent](type, value), target);
        given = event;
      }
      if (event !== undefined) event[kInPassive] = entry.passive;
      try {
        const { listener } = entry;
        if (typeof listener === 'function') {
          settled(FunctionPrototypeCall(listener, target, given));
        } else if (typeof listener.handleEvent === 'function') {
          settled(listener.handleEvent(given));
        }
      } catch (error) {
        nextTick(throwLater, error);
      }
      if (event !== undefined) event[kInPassive] = false;
    }
  }
  if (event === undefined) return;
  event[kPhase] = 0;
  if (event[kStop] > 0) event[kStop] = 0;
}

/** Defines `on<name>` with its event handler semantics. */
function defineEventHandler(prototype, name) {
  ObjectDefineProperty(prototype, `on${name}`, {
    __proto__: null,
    get() {
      return this[kHandlers]?.get(name)?.handler ?? null;
    },
    set(value) {
      if (this[kHandlers] === undefined) {
        this[kHandlers] = new SafeMap();
        hide(this, kHandlers);
      }
      let wrapped = this[kHandlers].get(name);
      const callable = typeof value === 'function' || (value !== null && typeof value === 'object');
      if (wrapped !== undefined) {
        wrapped.handler = callable ? value : null;
        if (!callable) {
          this.removeEventListener(name, wrapped);
          this[kHandlers].delete(name);
        }
      } else if (callable) {
        const target = this;
        wrapped = {
          handler: value,
          handleEvent(event) {
            if (typeof wrapped.handler === 'function') return FunctionPrototypeCall(wrapped.handler, target, event);
            return undefined;
          },
        };
        this[kHandlers].set(name, wrapped);
        this.addEventListener(name, wrapped);
      }
    },
    enumerable: true,
    configurable: true,
  });
}

function isEventTarget(value) {
  return value?.constructor?.[isEventTargetSymbol] === true && value[kListeners] !== undefined;
}

module.exports = {
  Event,
  CustomEvent,
  EventTarget,
  deliver,
  defineEventHandler,
  initEventTarget,
  isEventTarget,
  kCreateEvent,
  kListeners,
  kMaxListeners,
  kNewListener,
  kNodeStyle,
  kRemoveListener,
  kResistStopPropagation,
  kTrustEvent,
  getListeners: (target, type) => {
    const list = target[kListeners].get(`${type}`) ?? [];
    const found = [];
    for (let i = 0; i < list.length; i++) found[i] = list[i].listener;
    return found;
  },
  setDefaultMaxListeners: (n) => { defaultMaxListeners = n; },
};
