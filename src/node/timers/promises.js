'use strict';
// `timers/promises`: <https://nodejs.org/docs/latest-v24.x/api/timers.html#timers-promises-api>

const { Promise, PromiseReject } = primordials;
const timers = require('timers');
const { AbortError } = require('errors');
const { nodeError } = binding('errors');
const { validateAbortSignal, validateBoolean, validateNumber, validateObject } = binding('validators');

const { setTimeout: start, clearTimeout: stop, setImmediate: startImmediate, clearImmediate: stopImmediate } = timers;

function check(options) {
  validateObject(options, 'options');
  const { signal, ref } = options;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  if (ref !== undefined) validateBoolean(ref, 'options.ref');
}

/** A promise settled by a timer, or rejected when the signal aborts. */
function promised(arm, disarm, options) {
  const { signal, ref = true } = options;
  if (signal?.aborted) return PromiseReject(new AbortError(undefined, { cause: signal.reason }));
  return new Promise((resolve, reject) => {
    let onAbort;
    const timer = arm((value) => {
      if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
      resolve(value);
    });
    if (!ref) timer.unref();
    if (signal !== undefined) {
      onAbort = () => {
        disarm(timer);
        reject(new AbortError(undefined, { cause: signal.reason }));
      };
      signal.addEventListener('abort', onAbort, { once: true });
    }
  });
}

function setTimeout(delay, value, options = {}) {
  try {
    if (delay !== undefined) validateNumber(delay, 'delay');
    check(options);
  } catch (error) {
    return PromiseReject(error);
  }
  return promised((done) => start(done, delay, value), stop, options);
}

function setImmediate(value, options = {}) {
  try {
    check(options);
  } catch (error) {
    return PromiseReject(error);
  }
  return promised((done) => startImmediate(done, value), stopImmediate, options);
}

async function* setInterval(delay, value, options = {}) {
  if (delay !== undefined) validateNumber(delay, 'delay');
  check(options);
  const { signal, ref = true } = options;
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  let due = 0;
  let wake;
  let onAbort;
  const interval = timers.setInterval(() => {
    due++;
    if (wake !== undefined) {
      wake();
      wake = undefined;
    }
  }, delay);
  if (!ref) interval.unref();
  try {
    if (signal !== undefined) {
      onAbort = () => {
        timers.clearInterval(interval);
        if (wake !== undefined) {
          wake(PromiseReject(new AbortError(undefined, { cause: signal.reason })));
          wake = undefined;
        }
      };
      signal.addEventListener('abort', onAbort, { once: true });
    }
    while (!signal?.aborted) {
      if (due === 0) await new Promise((resolve) => { wake = resolve; });
      for (; due > 0; due--) yield value;
    }
    throw new AbortError(undefined, { cause: signal?.reason });
  } finally {
    timers.clearInterval(interval);
    signal?.removeEventListener('abort', onAbort);
  }
}

class Scheduler {
  constructor() {
    throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
  }

  yield() {
    return setImmediate();
  }

  wait(delay, options) {
    return setTimeout(delay, undefined, options);
  }
}

const scheduler = { __proto__: Scheduler.prototype };

module.exports = { setTimeout, setImmediate, setInterval, scheduler };
