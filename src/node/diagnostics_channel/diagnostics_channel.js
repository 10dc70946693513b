'use strict';
// `diagnostics_channel`: named channels on which libraries tell what they do, to whoever listens. A channel without subscribers
// costs a property read.

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  ObjectDefineProperty,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  ReflectApply,
  SafeMap,
  StringPrototypeStartsWith,
  TypeError,
} = primordials;
const { nodeError } = binding('errors');
const { validateFunction } = binding('validators');

const channels = new SafeMap();

// The runtime's own channels, by what they begin with: somebody listens to one of them where its bit is set.
const OWN = ['http.server.', 'http.client.', 'net.client.', 'net.server.', 'tracing:net.server.listen:', 'child_process'];
const active = [0, 0, 0, 0, 0, 0];

function bitOf(name) {
  if (typeof name !== 'string') return -1;
  for (let i = 0; i < OWN.length; i++) if (StringPrototypeStartsWith(name, OWN[i])) return i;
  return -1;
}

function note(name, on) {
  const bit = bitOf(name);
  if (bit < 0) return;
  active[bit] += on ? 1 : -1;
  binding('async_context').setChannel(1 << bit, active[bit] > 0);
}

/** A named channel. */
class Channel {
  #subscribers = [];
  #stores = new SafeMap();
  #noted = false;

  constructor(name) {
    this.name = name;
  }

  /** Whether anybody would notice a message. */
  get hasSubscribers() {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  /** Calls `subscription(message, name)` for each message. */
  subscribe(subscription) {
    validateFunction(subscription, 'subscription');
    // A list of its own for each change: who is being called now isn't disturbed.
    const list = ArrayPrototypeSlice(this.#subscribers);
    list[list.length] = subscription;
    this.#subscribers = list;
    this.#note();
  }

  /** Ends that; returns whether there was such a subscription. */
  unsubscribe(subscription) {
    const index = ArrayPrototypeIndexOf(this.#subscribers, subscription);
    if (index === -1) return false;
    const list = ArrayPrototypeSlice(this.#subscribers);
    ArrayPrototypeSplice(list, index, 1);
    this.#subscribers = list;
    this.#note();
    return true;
  }

  /** While `runStores` runs, `store` holds the message, or what `transform` makes of it. */
  bindStore(store, transform) {
    this.#stores.set(store, transform);
    this.#note();
  }

  /** Ends that. */
  unbindStore(store) {
    const had = this.#stores.delete(store);
    this.#note();
    return had;
  }

  // The runtime asks nobody while nobody listens.
  #note() {
    if (this.#noted === this.hasSubscribers) return;
    this.#noted = !this.#noted;
    note(this.name, this.#noted);
  }

  /** Calls the subscribers. What they throw is raised as an uncaught exception. */
  publish(message) {
    const list = this.#subscribers;
    for (let i = 0; i < list.length; i++) {
      try {
        list[i](message, this.name);
      } catch (error) {
        const { nextTick } = require('process');
        nextTick(() => { throw error; });
      }
    }
  }

  /** Publishes, then calls `fn` with the bound stores set. */
  runStores(data, fn, thisArg, ...args) {
    let run = () => {
      this.publish(data);
      return ReflectApply(fn, thisArg, args);
    };
    for (const { 0: store, 1: transform } of this.#stores) run = withStore(store, data, transform, run);
    return run();
  }
}

function withStore(store, data, transform, next) {
  return () => {
    let context = data;
    if (transform !== undefined) {
      try {
        context = transform(data);
      } catch (error) {
        const { nextTick } = require('process');
        nextTick(() => { throw error; });
        return next();
      }
    }
    return store.run(context, next);
  };
}

/** The channel of a name, a string or a symbol; made when it is first asked for. */
function channel(name) {
  let found = channels.get(name);
  if (found !== undefined) return found;
  if (typeof name !== 'string' && typeof name !== 'symbol') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'channel', ['string', 'symbol'], name);
  }
  found = new Channel(name);
  channels.set(name, found);
  return found;
}

function subscribe(name, subscription) {
  return channel(name).subscribe(subscription);
}

function unsubscribe(name, subscription) {
  return channel(name).unsubscribe(subscription);
}

function hasSubscribers(name) {
  const found = channels.get(name);
  return found !== undefined && found.hasSubscribers;
}

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

/** The five channels of one traced action. */
class TracingChannel {
  constructor(nameOrChannels) {
    if (typeof nameOrChannels !== 'string' && (typeof nameOrChannels !== 'object' || nameOrChannels === null)) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'nameOrChannels', ['string', 'object', 'TracingChannel'], nameOrChannels);
    }
    for (let i = 0; i < EVENTS.length; i++) {
      const event = EVENTS[i];
      const value = typeof nameOrChannels === 'string' ? channel(`tracing:${nameOrChannels}:${event}`) : nameOrChannels[event];
      if (!(value instanceof Channel)) {
        if (value === undefined || value === null) throw new TypeError('Cannot convert undefined or null to object');
        throw nodeError('ERR_INVALID_ARG_TYPE', `nameOrChannels.${event}`, ['Channel'], value);
      }
      ObjectDefineProperty(this, event, { __proto__: null, value });
    }
  }

  get hasSubscribers() {
    for (let i = 0; i < EVENTS.length; i++) {
      if (this[EVENTS[i]].hasSubscribers) return true;
    }
    return false;
  }

  subscribe(handlers) {
    for (let i = 0; i < EVENTS.length; i++) {
      if (handlers[EVENTS[i]]) this[EVENTS[i]].subscribe(handlers[EVENTS[i]]);
    }
  }

  unsubscribe(handlers) {
    let done = true;
    for (let i = 0; i < EVENTS.length; i++) {
      if (handlers[EVENTS[i]] && !this[EVENTS[i]].unsubscribe(handlers[EVENTS[i]])) done = false;
    }
    return done;
  }

  /** Traces a call that is over when it returns. */
  traceSync(fn, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    return traced(this, context, () => {
      const result = ReflectApply(fn, thisArg, args);
      context.result = result;
      return result;
    });
  }

  /** Traces a call that is over when its promise is. */
  tracePromise(fn, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    const { asyncStart, asyncEnd, error } = this;
    const fulfilled = (result) => {
      context.result = result;
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return result;
    };
    const rejected = (reason) => {
      context.error = reason;
      error.publish(context);
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return PromiseReject(reason);
    };
    return traced(this, context, () => {
      let promise = ReflectApply(fn, thisArg, args);
      // Any thenable becomes a promise of the engine.
      if (!(promise instanceof Promise)) promise = PromiseResolve(promise);
      return PromisePrototypeThen(promise, fulfilled, rejected);
    });
  }

  /** Traces a call that is over when it calls back. */
  traceCallback(fn, position = -1, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    const { asyncStart, asyncEnd, error } = this;
    const index = position < 0 ? args.length + position : position;
    const callback = args[index];
    validateFunction(callback, 'callback');
    args[index] = function(failure, result) {
      if (failure) {
        context.error = failure;
        error.publish(context);
      } else {
        context.result = result;
      }
      const callbackArgs = arguments;
      asyncStart.runStores(context, () => {
        try {
          return ReflectApply(callback, this, callbackArgs);
        } finally {
          asyncEnd.publish(context);
        }
      });
    };
    return traced(this, context, () => ReflectApply(fn, thisArg, args));
  }
}

// What every kind of trace has: the start with its stores, an error that is thrown, and the end.
function traced({ start, end, error }, context, run) {
  return start.runStores(context, () => {
    try {
      return run();
    } catch (thrown) {
      context.error = thrown;
      error.publish(context);
      throw thrown;
    } finally {
      end.publish(context);
    }
  });
}

function tracingChannel(nameOrChannels) {
  return new TracingChannel(nameOrChannels);
}

module.exports = { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe, Channel };
