'use strict';
// `node:test`, its core: tests, subtests, suites, hooks, `skip`, `todo` and function mocks. Each test prints a line; a
// failure sets the exit code. Not there yet: reporters, snapshots, coverage, mocked timers and modules, `run()`.
//
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/test.html>

const {
  ArrayPrototypePush, ArrayPrototypeShift, Error, Map, Object, ObjectAssign, ObjectDefineProperty, ObjectKeys, Promise,
  ReflectApply, StringPrototypeRepeat, StringPrototypeReplaceAll,
} = primordials;
const { nodeError } = binding('errors');
const { validateAbortSignal, validateNumber, validateUint32 } = binding('validators');
const process = require('process');

const counts = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
const started = now();

function now() {
  const { 0: seconds, 1: nanoseconds } = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** The longest time that a timer can wait. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

function validateOptions({ concurrency, signal, timeout }) {
  if (timeout !== undefined && timeout !== null && timeout !== Infinity) {
    validateNumber(timeout, 'options.timeout', 0, LONGEST_TIMEOUT);
  }
  switch (typeof concurrency) {
    case 'number':
      validateUint32(concurrency, 'options.concurrency', true);
      break;
    case 'boolean':
    case 'undefined':
      break;
    default:
      if (concurrency !== null) {
        throw nodeError('ERR_INVALID_ARG_TYPE', 'options.concurrency', ['boolean', 'number'], concurrency);
      }
  }
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
}

/** A test or a suite: what ran, what is queued in it, its hooks. */
class Node {
  constructor(parent, name, options, fn, isSuite) {
    validateOptions(options);
    this.parent = parent;
    this.name = name;
    this.options = options;
    this.fn = fn;
    this.isSuite = isSuite;
    this.depth = parent === null ? -1 : parent.depth + 1;
    this.queue = [];
    this.hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
    this.beforeRan = false;
    this.error = undefined;
    this.failed = 0;
    this.skipped = options.skip;
    this.todo = options.todo;
    this.plan = undefined;
    this.assertions = 0;
    this.running = undefined;
    this.settled = false;
  }

  /** Adds a child, which runs when those before it have; returns the promise of its end. */
  add(child) {
    return new Promise((resolve) => {
      ArrayPrototypePush(this.queue, { child, resolve });
      if (!this.isSuite || this.started) this.drain();
    });
  }

  drain() {
    this.running ??= this.runQueue();
    return this.running;
  }

  async runQueue() {
    // Not before the code that registers them has gone on.
    await undefined;
    while (this.queue.length > 0) {
      const { child, resolve } = ArrayPrototypeShift(this.queue);
      if (!this.beforeRan) {
        this.beforeRan = true;
        await runHooks(this.hooks.before, this);
      }
      await child.run();
      resolve();
    }
    this.running = undefined;
  }

  async run() {
    const start = now();
    pending.push(this);
    if (this.isSuite) counts.suites++;
    else counts.tests++;
    if (!this.skipped) {
      try {
        if (this.isSuite) {
          await this.registered;
          this.started = true;
          await this.drain();
          if (this.registerError !== undefined) throw this.registerError.error;
        } else {
          await this.runTest();
        }
      } catch (error) {
        this.error = { error };
      }
      if (this.isSuite || this.beforeRan || this.hooks.after.length > 0) {
        try {
          await runHooks(this.hooks.after, this);
        } catch (error) {
          this.error ??= { error };
        }
      }
      if (this.error === undefined && this.failed > 0) {
        this.error = { error: new Error(`${this.failed} subtest${this.failed > 1 ? 's' : ''} failed`) };
      }
    }
    this.settled = true;
    pending.splice(pending.indexOf(this), 1);
    this.report(now() - start);
  }

  async runTest() {
    const context = new TestContext(this);
    this.context = context;
    try {
      await runEach(this.parent, 'beforeEach', context);
      await withTimeout(this, callTest(this.fn, context));
      while (this.running !== undefined) await this.running;
      if (this.plan !== undefined && this.plan !== this.assertions) {
        throw new Error(`plan expected ${this.plan} assertions but received ${this.assertions}`);
      }
    } finally {
      await runEach(this.parent, 'afterEach', context);
      mock.restoreFor(context);
    }
  }

  report(duration) {
    const indent = StringPrototypeRepeat('  ', this.depth);
    const failed = this.error !== undefined;
    const label = this.skipped ? ' # SKIP' : this.todo ? ' # TODO' : '';
    say(`${indent}${failed ? '✖' : this.skipped ? '﹣' : '✔'} ${this.name} (${duration.toFixed(6)}ms)${label}`);
    if (!this.isSuite) {
      if (this.skipped) counts.skipped++;
      else if (this.todo) counts.todo++;
      else if (failed) counts.fail++;
      else counts.pass++;
    }
    if (!failed || this.todo) return;
    const { inspect } = require('util/inspect');
    say(`${indent}  ${StringPrototypeReplaceAll(inspect(this.error.error), '\n', `\n${indent}  `)}`);
    this.parent.failed++;
    process.exitCode = 1;
  }
}

async function runHooks(hooks, node) {
  for (let i = 0; i < hooks.length; i++) await callTest(hooks[i], node.context ?? { name: node.name });
}

async function runEach(node, which, context) {
  if (node === null) return;
  if (which === 'beforeEach') await runEach(node.parent, which, context);
  for (let i = 0; i < node.hooks[which].length; i++) await callTest(node.hooks[which][i], context);
  if (which === 'afterEach') await runEach(node.parent, which, context);
}

/** Calls a test: one with two parameters gets a callback. */
function callTest(fn, context) {
  if (fn.length < 2) return ReflectApply(fn, context, [context]);
  return new Promise((resolve, reject) => {
    const done = (error) => (error ? reject(error) : resolve());
    const returned = ReflectApply(fn, context, [context, done]);
    if (binding('types').isPromise(returned)) reject(new Error('passed a callback but also returned a Promise'));
  });
}

function withTimeout(node, promise) {
  const { timeout } = node.options;
  if (timeout === undefined || timeout === null || timeout === Infinity) return promise;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`test timed out after ${timeout}ms`)), timeout);
    Promise.resolve(promise).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const pending = [];
const root = new Node(null, '<root>', {}, undefined, false);
let current = root;

let listening = false;
function listen() {
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    for (let i = 0; i < pending.length; i++) {
      if (pending[i].isSuite) continue;
      counts.cancelled++;
      process.exitCode = 1;
      say(`✖ ${pending[i].name}\n  'Promise resolution is still pending but the event loop has already resolved'`);
    }
    const names = ObjectKeys(counts);
    for (let i = 0; i < names.length; i++) say(`ℹ ${names[i]} ${counts[names[i]]}`);
    say(`ℹ duration_ms ${(now() - started).toFixed(6)}`);
  });
  process.on('beforeExit', () => {
    // The hooks of the file itself.
    if (root.hooks.after.length > 0) runHooks(root.hooks.after.splice(0), root);
  });
}

function readArguments(name, options, fn) {
  if (typeof name === 'function') return { fn: name, name: name.name || '<anonymous>', options: {} };
  if (name !== null && typeof name === 'object') return { fn: options, options: name, name: options?.name || '<anonymous>' };
  if (typeof options === 'function') return { fn: options, options: {}, name };
  return { fn, options: options ?? {}, name };
}

function nothing() {}

function addTest(parent, args, extra) {
  listen();
  const { name, options, fn = nothing } = readArguments(args[0], args[1], args[2]);
  const node = new Node(parent, name, ObjectAssign({}, options, extra), fn, false);
  return parent.add(node);
}

function addSuite(args, extra) {
  listen();
  const { name, options, fn = nothing } = readArguments(args[0], args[1], args[2]);
  const parent = current;
  const node = new Node(parent, name, ObjectAssign({}, options, extra), fn, true);
  const ended = parent.add(node);
  if (!node.skipped) {
    current = node;
    try {
      const context = { name, fullName: fullNameOf(node) };
      node.registered = ReflectApply(fn, context, [context]);
    } catch (error) {
      node.registerError = { error };
    } finally {
      current = parent;
    }
  }
  return ended;
}

function withVariants(add) {
  const call = (...args) => add(args);
  call.skip = (...args) => add(args, { skip: true });
  call.todo = (...args) => add(args, { todo: true });
  call.only = (...args) => add(args);
  return call;
}

function fullNameOf(node) {
  const names = [];
  for (; node.parent !== null; node = node.parent) names.unshift(node.name);
  return names.join(' > ');
}

/** What a test function gets as its argument. */
class TestContext {
  #node;

  constructor(node) {
    this.#node = node;
    this.mock = new MockTracker();
    this.test = withVariants((args, extra) => addTest(node, args, extra));
  }

  get name() {
    return this.#node.name;
  }

  get fullName() {
    return fullNameOf(this.#node);
  }

  get signal() {
    this.controller ??= new globalThis.AbortController();
    return this.controller.signal;
  }

  get assert() {
    const node = this.#node;
    const assert = require('assert');
    const counted = {};
    for (const name of ObjectKeys(assert)) {
      if (typeof assert[name] !== 'function' || name === 'AssertionError') continue;
      counted[name] = (...args) => {
        node.assertions++;
        return ReflectApply(assert[name], assert, args);
      };
    }
    return counted;
  }

  diagnostic(message) {
    say(`${StringPrototypeRepeat('  ', this.#node.depth)}ℹ ${message}`);
  }

  plan(count) {
    this.#node.plan = count;
  }

  skip(message) {
    this.#node.skipped = message ?? true;
  }

  todo(message) {
    this.#node.todo = message ?? true;
  }

  runOnly() {}

  before(fn) {
    ArrayPrototypePush(this.#node.hooks.before, fn);
  }

  after(fn) {
    ArrayPrototypePush(this.#node.hooks.after, fn);
  }

  beforeEach(fn) {
    ArrayPrototypePush(this.#node.hooks.beforeEach, fn);
  }

  afterEach(fn) {
    ArrayPrototypePush(this.#node.hooks.afterEach, fn);
  }
}

// Mocks

class MockFunctionContext {
  constructor(implementation, original, restore) {
    this.calls = [];
    this.implementation = implementation;
    this.original = original;
    this.restoreTarget = restore;
    this.once = new Map();
  }

  callCount() {
    return this.calls.length;
  }

  resetCalls() {
    this.calls = [];
  }

  mockImplementation(implementation) {
    this.implementation = implementation;
  }

  mockImplementationOnce(implementation, onCall) {
    this.once.set(onCall ?? this.calls.length, implementation);
  }

  restore() {
    this.implementation = this.original;
    this.restoreTarget?.();
  }
}

class MockTracker {
  mocks = [];

  fn(original = nothing, implementation = original) {
    if (typeof original !== 'function') original = nothing;
    return this.#make(original, typeof implementation === 'function' ? implementation : original);
  }

  #make(original, implementation, restore) {
    const context = new MockFunctionContext(implementation, original, restore);
    const mocked = function (...args) {
      const index = context.calls.length;
      const call = { arguments: args, error: undefined, result: undefined, stack: new Error(), target: new.target, this: this };
      const run = context.once.get(index) ?? context.implementation;
      context.once.delete(index);
      try {
        call.result = new.target ? Reflect.construct(run, args, run) : ReflectApply(run, this, args);
        if (new.target) call.this = call.result;
      } catch (error) {
        call.error = error;
        throw error;
      } finally {
        ArrayPrototypePush(context.calls, call);
      }
      return call.result;
    };
    ObjectDefineProperty(mocked, 'name', { __proto__: null, value: original.name, configurable: true });
    ObjectDefineProperty(mocked, 'length', { __proto__: null, value: original.length, configurable: true });
    mocked.mock = context;
    ArrayPrototypePush(this.mocks, context);
    return mocked;
  }

  method(object, name, implementation, options) {
    if (implementation !== null && typeof implementation === 'object') {
      options = implementation;
      implementation = undefined;
    }
    let holder = object;
    let descriptor;
    while (holder !== null && (descriptor = Object.getOwnPropertyDescriptor(holder, name)) === undefined) holder = Object.getPrototypeOf(holder);
    const kind = options?.getter ? 'get' : options?.setter ? 'set' : 'value';
    const original = descriptor?.[kind];
    if (typeof original !== 'function') throw nodeError('ERR_INVALID_ARG_VALUE', 'methodName', original, 'must be a method');
    const own = holder === object;
    const restore = () => {
      if (own) ObjectDefineProperty(object, name, { __proto__: null, ...descriptor });
      else delete object[name];
    };
    const mocked = this.#make(original, implementation ?? original, restore);
    ObjectDefineProperty(object, name, { __proto__: null, ...descriptor, [kind]: mocked, configurable: true });
    return mocked;
  }

  getter(object, name, implementation, options) {
    return this.method(object, name, implementation, { ...options, getter: true });
  }

  setter(object, name, implementation, options) {
    return this.method(object, name, implementation, { ...options, setter: true });
  }

  get timers() {
    throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'mock.timers');
  }

  reset() {
    this.restoreAll();
    this.mocks = [];
  }

  restoreAll() {
    for (let i = this.mocks.length - 1; i >= 0; i--) this.mocks[i].restore();
  }

  restoreFor(context) {
    context.mock.reset();
  }
}

const mock = new MockTracker();

const test = withVariants((args, extra) => (current.isSuite ? addTest(current, args, extra) : addTest(root, args, extra)));
const suite = withVariants(addSuite);

function hook(name) {
  return (fn) => {
    listen();
    ArrayPrototypePush(current.hooks[name], fn);
  };
}

module.exports = ObjectAssign(test, {
  test, it: test, describe: suite, suite, mock, before: hook('before'), after: hook('after'), beforeEach: hook('beforeEach'),
  afterEach: hook('afterEach'), assert: require('assert'),
  run() {
    throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'test.run()');
  },
});
