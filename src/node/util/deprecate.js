'use strict';
// `util.deprecate`: functions that warn once when they are used.

const {
  ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectSetPrototypeOf, ReflectApply, ReflectConstruct, SafeSet,
} = primordials;
const { validateString } = binding('validators');

const warnedCodes = new SafeSet();

/**
 * A function like `fn` that emits a `DeprecationWarning` at its first call.
 * @param {Function} fn
 * @param {string} message
 * @param {string} [code] with a code, one warning is emitted for all functions that share it
 * @param {{ modifyPrototype?: boolean }} [options]
 */
function deprecate(fn, message, code, options) {
  const process = require('process');
  if (code !== undefined) validateString(code, 'code');
  let warned = false;

  function deprecated(...args) {
    if (!warned && process.noDeprecation !== true) {
      warned = true;
      if (code === undefined) {
        process.emitWarning(message, 'DeprecationWarning', deprecated);
      } else if (!warnedCodes.has(code)) {
        warnedCodes.add(code);
        process.emitWarning(message, 'DeprecationWarning', code, deprecated);
      }
    }
    return new.target ? ReflectConstruct(fn, args, new.target) : ReflectApply(fn, this, args);
  }

  if (options?.modifyPrototype !== false) {
    ObjectSetPrototypeOf(deprecated, fn);
    // Not a copy of the prototype: `instanceof` must hold both ways.
    if (fn.prototype) deprecated.prototype = fn.prototype;
  }
  ObjectDefineProperty(deprecated, 'length', { __proto__: null, ...ObjectGetOwnPropertyDescriptor(fn, 'length') });
  return deprecated;
}

module.exports = { deprecate };
