// `domain`: what a callback starts, and the emitters made in it, give their errors to one object. A hook on the lives of
// resources notes which domain was active when each was made and enters it around their callbacks; emitters do so around their
// listeners. All of that begins with the first `require('domain')`.
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/domain.html>
'use strict';

const {
  ArrayPrototypeIndexOf, ArrayPrototypeLastIndexOf, ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSlice, ArrayPrototypeSplice, Error,
  FunctionPrototypeCall, ObjectDefineProperty, Promise, ReflectApply, SafeMap, StringPrototypeRepeat, WeakRef,
} = primordials;
const EventEmitter = require('events');
const process = require('process');
const { nodeError } = binding('errors');
const native = binding('domain');

if (process.hasUncaughtExceptionCaptureCallback()) throw nodeError('ERR_DOMAIN_CALLBACK_NOT_AVAILABLE');

// The domains that were entered and not left yet; the last is the active one.
let stack = [];

function hide(object, name, value) {
  ObjectDefineProperty(object, name, { __proto__: null, configurable: true, enumerable: false, value, writable: true });
}

function activate(domain) {
  exports.active = domain;
  native.setActive(domain);
}

function top() {
  return stack.length === 0 ? undefined : stack[stack.length - 1];
}

/** Uncaught exceptions come here while some domain that was entered has a listener for them. */
function updateExceptionCapture() {
  for (let i = 0; i < stack.length; i++) {
    if (stack[i].listenerCount('error') > 0) {
      native.setCapture((error) => native.active()._errorHandler(error));
      return;
    }
  }
  native.setCapture(null);
}

function leaveAll() {
  stack.length = 0;
  activate(null);
  updateExceptionCapture();
}

/** Tells on an error which domain it came to, and whether it was thrown. */
function mark(error, domain, thrown) {
  hide(error, 'domain', domain);
  error.domainThrown = thrown;
}

let weakOf;

class Domain extends EventEmitter {
  #weak = new WeakRef(this);

  constructor() {
    super();
    this.members = [];
    hook.enable();
    this.on('removeListener', updateExceptionCapture);
    this.on('newListener', updateExceptionCapture);
  }

  static {
    weakOf = (domain) => (typeof domain === 'object' && #weak in domain ? domain.#weak : undefined);
  }
}

// ---- resources

// Which domain was active when a resource was made, by the resource's id. The resource itself keeps it alive.
const madeIn = new SafeMap();

const hook = require('async_hooks/hooks').createHook({
  init(id, type, trigger, resource) {
    const domain = native.active();
    if (domain === null || domain === undefined) return;
    const weak = weakOf(domain);
    if (weak !== undefined) madeIn.set(id, weak);
    // A promise of another realm mustn't lead here.
    if (type !== 'PROMISE' || resource instanceof Promise) hide(resource, 'domain', domain);
  },
  before(id) {
    madeIn.get(id)?.deref()?.enter();
  },
  after(id) {
    madeIn.get(id)?.deref()?.exit();
  },
  destroy(id) {
    madeIn.delete(id);
  },
});

// ---- Domain

Domain.prototype.members = undefined;

/** What an uncaught exception comes to. */
Domain.prototype._errorHandler = function(error) {
  if ((typeof error === 'object' && error !== null) || typeof error === 'function') mark(error, this, true);
  // Its listeners run outside of it: what they throw goes to the domain around it.
  while (exports.active === this) this.exit();

  let caught = false;
  if (stack.length === 0) {
    if (this.listenerCount('error') > 0) {
      native.setCapture(null);
      try {
        caught = this.emit('error', error);
      } finally {
        updateExceptionCapture();
      }
    }
  } else {
    try {
      caught = this.emit('error', error);
    } catch (second) {
      updateExceptionCapture();
      if (stack.length === 0) throw second;
      activate(top());
      caught = native.active()._errorHandler(second);
    }
  }
  leaveAll();
  return caught;
};

Domain.prototype.enter = function() {
  activate(this);
  ArrayPrototypePush(stack, this);
  updateExceptionCapture();
};

Domain.prototype.exit = function() {
  const at = ArrayPrototypeLastIndexOf(stack, this);
  if (at < 0) return;
  // Those that were entered later are left with it.
  ArrayPrototypeSplice(stack, at);
  activate(top());
  updateExceptionCapture();
};

Domain.prototype.add = function(emitter) {
  if (emitter.domain === this) return;
  if (emitter.domain) emitter.domain.remove(emitter);
  // Domains may be members of each other, but not in a circle.
  if (this.domain && emitter instanceof Domain) {
    for (let outer = this.domain; outer; outer = outer.domain) if (outer === emitter) return;
  }
  hide(emitter, 'domain', this);
  ArrayPrototypePush(this.members, emitter);
};

Domain.prototype.remove = function(emitter) {
  emitter.domain = null;
  const at = ArrayPrototypeIndexOf(this.members, emitter);
  if (at >= 0) ArrayPrototypeSplice(this.members, at, 1);
};

Domain.prototype.run = function(fn, ...args) {
  this.enter();
  const result = ReflectApply(fn, this, args);
  this.exit();
  return result;
};

Domain.prototype.intercept = function(callback) {
  const domain = this;
  return function runIntercepted(...args) {
    const error = ArrayPrototypeShift(args);
    if (error instanceof Error) {
      error.domainBound = callback;
      mark(error, domain, false);
      domain.emit('error', error);
      return undefined;
    }
    domain.enter();
    const result = ReflectApply(callback, this, args);
    domain.exit();
    return result;
  };
};

Domain.prototype.bind = function(callback) {
  const domain = this;
  function runBound(...args) {
    domain.enter();
    const result = ReflectApply(callback, this, args);
    domain.exit();
    return result;
  }
  hide(runBound, 'domain', this);
  return runBound;
};

// ---- emitters

const initEmitter = EventEmitter.init;
EventEmitter.init = function(options) {
  hide(this, 'domain', null);
  const { active } = exports;
  if (active && !(this instanceof Domain)) this.domain = active;
  return FunctionPrototypeCall(initEmitter, this, options);
};
EventEmitter.usingDomains = true;
binding('events').alwaysInit = true;

/** An 'error' that nobody listens for goes to the emitter's domain, as if it weren't active. */
function giveError(emitter, domain, given) {
  const error = given || nodeError('ERR_UNHANDLED_ERROR', given);
  if (typeof error === 'object') {
    error.domainEmitter = emitter;
    mark(error, domain, false);
  }
  const before = ArrayPrototypeSlice(stack);
  const active = native.active();
  let length = stack.length;
  while (length > 0 && stack[length - 1] === active) length--;
  ArrayPrototypeSplice(stack, length);
  activate(top() ?? null);
  updateExceptionCapture();
  domain.emit('error', error);
  exports._stack = stack = before;
  activate(active);
  updateExceptionCapture();
}

const plainEmit = EventEmitter.prototype.emit;
EventEmitter.prototype.emit = function emit(...args) {
  const { domain } = this;
  const type = args[0];
  if (domain === null || domain === undefined || this === process || (type === 'error' && this.listenerCount(type) > 0)) {
    return ReflectApply(plainEmit, this, args);
  }
  if (type === 'error') {
    giveError(this, domain, args[1]);
    return false;
  }
  domain.enter();
  const result = ReflectApply(plainEmit, this, args);
  domain.exit();
  return result;
};

// ---- process

native.setActive(null);
ObjectDefineProperty(process, 'domain', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get: () => native.active(),
  set: (domain) => native.setActive(domain),
});

// Listeners of uncaught exceptions run outside of all domains: the first of them sees to it.
process.on('newListener', (name, listener) => {
  if (name !== 'uncaughtException' || listener === leaveAll) return;
  process.removeListener(name, leaveAll);
  process.prependListener(name, leaveAll);
});
process.on('removeListener', (name, listener) => {
  if (name !== 'uncaughtException' || listener === leaveAll) return;
  const left = process.listeners(name);
  if (left.length === 1 && left[0] === leaveAll) process.removeListener(name, leaveAll);
});

const loadedAt = new Error('require(`domain`) at this point').stack;
process.setUncaughtExceptionCaptureCallback = function setUncaughtExceptionCaptureCallback(fn) {
  const error = nodeError('ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE');
  error.stack += `\n${StringPrototypeRepeat('-', 40)}\n${loadedAt}`;
  throw error;
};

function createDomain() {
  return new Domain();
}

exports._stack = stack;
exports.Domain = Domain;
exports.createDomain = exports.create = createDomain;
exports.active = null;
