'use strict';
// `assert.CallTracker`: counts calls. Deprecated in Node in favour of the mocks of its test runner.

const { ArrayPrototypePush, ArrayPrototypeSlice, Error, ObjectFreeze, Proxy, ReflectApply, SafeMap } = primordials;
const { validateUint32 } = binding('validators');
const { nodeError } = binding('errors');

class Calls {
  constructor(expected, name) {
    this.expected = expected;
    this.name = name;
    this.holder = new Error();
    this.calls = [];
  }

  report() {
    const count = this.calls.length;
    if (count === this.expected) return undefined;
    return {
      message: `Expected the ${this.name} function to be executed ${this.expected} time(s) but was executed ${count} time(s).`,
      actual: count, expected: this.expected, operator: this.name, stack: this.holder,
    };
  }
}

let warned = false;

class CallTracker {
  #tracked = new SafeMap();

  constructor() {
    if (warned) return;
    warned = true;
    require('process').emitWarning('assert.CallTracker is deprecated.', 'DeprecationWarning', 'DEP0173');
  }

  #find(tracked) {
    const found = this.#tracked.get(tracked);
    if (found === undefined) throw nodeError('ERR_INVALID_ARG_VALUE', 'tracked', tracked, 'is not a tracked function');
    return found;
  }

  reset(tracked) {
    if (tracked === undefined) this.#tracked.forEach((calls) => { calls.calls = []; });
    else this.#find(tracked).calls = [];
  }

  getCalls(tracked) {
    return ObjectFreeze(ArrayPrototypeSlice(this.#find(tracked).calls));
  }

  calls(fn, expected = 1) {
    if (require('process')._exiting) throw nodeError('ERR_UNAVAILABLE_DURING_EXIT');
    if (typeof fn === 'number') {
      expected = fn;
      fn = () => {};
    } else if (fn === undefined) {
      fn = () => {};
    }
    validateUint32(expected, 'expected', true);
    const calls = new Calls(expected, fn.name || 'calls');
    const tracked = new Proxy(fn, {
      __proto__: null,
      apply(target, thisArg, args) {
        ArrayPrototypePush(calls.calls, ObjectFreeze({ thisArg, arguments: ObjectFreeze(ArrayPrototypeSlice(args)) }));
        return ReflectApply(target, thisArg, args);
      },
    });
    this.#tracked.set(tracked, calls);
    return tracked;
  }

  report() {
    const failures = [];
    this.#tracked.forEach((calls) => {
      const failure = calls.report();
      if (failure !== undefined) failures[failures.length] = failure;
    });
    return failures;
  }

  verify() {
    const failures = this.report();
    if (failures.length === 0) return;
    const { AssertionError } = require('assert/assertion_error');
    const message = failures.length === 1 ? failures[0].message :
      'Functions were not called the expected number of times';
    throw new AssertionError({ message, details: failures });
  }
}

module.exports = { CallTracker };
