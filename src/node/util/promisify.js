'use strict';
// `util.promisify` and `util.callbackify`: between functions that take a callback and functions that return a promise.

const {
  ArrayPrototypePop, Error, FunctionPrototypeBind, ObjectDefineProperties, ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptors, ObjectGetPrototypeOf, ObjectSetPrototypeOf, Promise, ReflectApply, ReflectOwnKeys,
  Symbol, SymbolFor,
} = primordials;
const { validateFunction } = binding('validators');

const custom = SymbolFor('nodejs.util.promisify.custom');
/** Names for the values of a callback that is given more than one: its promise resolves to an object with these keys. */
const customArgs = Symbol('customPromisifyArgs');

/**
 * A version of a callback-last function that returns a promise.
 * @param {Function} original takes `(…, (error, value) => …)`
 */
function promisify(original) {
  validateFunction(original, 'original');
  const own = original[custom];
  if (own) {
    validateFunction(own, 'util.promisify.custom');
    return ObjectDefineProperty(own, custom, { __proto__: null, value: own, enumerable: false, writable: false, configurable: true });
  }
  const names = original[customArgs];

  function promisified(...args) {
    return new Promise((resolve, reject) => {
      args[args.length] = function (error, value) {
        if (error) return reject(error);
        if (names !== undefined && arguments.length > 2) {
          const object = {};
          for (let i = 0; i < names.length; i++) object[names[i]] = arguments[i + 1];
          return resolve(object);
        }
        resolve(value);
      };
      const returned = ReflectApply(original, this, args);
      if (binding('types').isPromise(returned)) {
        require('process').emitWarning(
          'Calling promisify on a function that returns a Promise is likely a mistake.', 'DeprecationWarning', 'DEP0174');
      }
    });
  }

  ObjectSetPrototypeOf(promisified, ObjectGetPrototypeOf(original));
  ObjectDefineProperty(promisified, custom, { __proto__: null, value: promisified, enumerable: false, writable: false, configurable: true });
  return ObjectDefineProperties(promisified, plainDescriptors(original));
}
promisify.custom = custom;

// Descriptors without a prototype that user code could have given fields to.
function plainDescriptors(object) {
  const descriptors = ObjectGetOwnPropertyDescriptors(object);
  const keys = ReflectOwnKeys(descriptors);
  for (let i = 0; i < keys.length; i++) ObjectSetPrototypeOf(descriptors[keys[i]], null);
  return descriptors;
}

/**
 * A version of a promise-returning function that calls its last argument back.
 * @param {Function} original returns a promise
 */
function callbackify(original) {
  validateFunction(original, 'original');

  function callbackified(...args) {
    const { nextTick } = require('process');
    const last = ArrayPrototypePop(args);
    validateFunction(last, 'last argument');
    const callback = FunctionPrototypeBind(last, this);
    // Any thenable will do.
    ReflectApply(original, this, args).then(
      (value) => nextTick(callback, null, value),
      (reason) => nextTick(rejected, reason, callback),
    );
  }

  const descriptors = plainDescriptors(original);
  if (typeof descriptors.length.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name.value === 'string') descriptors.name.value += 'Callbackified';
  return ObjectDefineProperties(callbackified, descriptors);
}

function rejected(reason, callback) {
  if (!reason) {
    // A callback must see that something failed.
    const error = binding('errors').nodeError('ERR_FALSY_VALUE_REJECTION', reason);
    error.reason = reason;
    reason = error;
    Error.captureStackTrace(reason, rejected);
  }
  callback(reason);
}

module.exports = { promisify, callbackify, customArgs };
