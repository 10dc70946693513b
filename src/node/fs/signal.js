'use strict';

// File operations that an AbortSignal can end, as Node has it: the signal is looked at before the operation and after it,
// and what is under way goes on.

const { Promise, PromiseReject, ReflectApply } = primordials;
const { AbortError } = require('errors');
const { nextTick } = binding('task_queue');
const { validateAbortSignal } = binding('validators');

function abortError(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

function callback(signal, run, args, cb) {
  validateAbortSignal(signal, 'options.signal');
  if (signal.aborted) {
    nextTick(cb, abortError(signal));
    return;
  }
  args[args.length] = (...result) => ReflectApply(cb, undefined, signal.aborted ? [abortError(signal)] : result);
  ReflectApply(run, undefined, args);
}

function promise(signal, run, args) {
  validateAbortSignal(signal, 'options.signal');
  if (signal.aborted) return PromiseReject(abortError(signal));
  return new Promise((resolve, reject) => {
    const done = (settle) => (value) => {
      if (signal.aborted) reject(abortError(signal));
      else settle(value);
    };
    ReflectApply(run, undefined, args).then(done(resolve), done(reject));
  });
}

module.exports = { callback, promise };
