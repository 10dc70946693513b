'use strict';
// `util.aborted`: a promise for the end of an AbortSignal that doesn't keep alive what it is about.

const { Promise, WeakRef } = primordials;
const { validateAbortSignal } = binding('validators');
const { nodeError } = binding('errors');

/**
 * Resolves when `signal` aborts.
 * @param {AbortSignal} signal
 * @param {object} resource when it is collected, the promise stays pending
 */
async function aborted(signal, resource) {
  if (signal === undefined) throw nodeError('ERR_INVALID_ARG_TYPE', 'signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  if (resource === null || (typeof resource !== 'object' && typeof resource !== 'function')) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'resource', 'Object', resource);
  }
  if (signal.aborted) return;
  // The listener must not keep the resource: where it is gone, nobody waits any more.
  const holder = new WeakRef(resource);
  return new Promise((resolve) => {
    signal.addEventListener('abort', (event) => {
      if (event.isTrusted !== false && holder.deref() !== undefined) resolve();
    }, { __proto__: null, once: true });
  });
}

module.exports = { aborted };
