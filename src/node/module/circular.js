'use strict';
// The warning about a property that a module in a cycle hasn't exported yet: while such a module loads, the prototype of its
// `exports` is a proxy that notices what isn't there.

const { ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf, ObjectPrototype, ObjectSetPrototypeOf, Proxy, String } = primordials;

const watcher = new Proxy({ __proto__: ObjectPrototype }, {
  __proto__: null,
  get(target, name) {
    // Interop code and promises look for these wherever they may be.
    if (name in target || name === '__esModule' || name === 'then') return target[name];
    warn(name);
    return undefined;
  },
  getOwnPropertyDescriptor(target, name) {
    if (ObjectGetOwnPropertyDescriptor(target, name) === undefined && name !== '__esModule') warn(name);
    return ObjectGetOwnPropertyDescriptor(target, name);
  },
});

function warn(name) {
  require('process').emitWarning(
    `Accessing non-existent property '${String(name)}' of module exports inside circular dependency`);
}

/** Watches the exports of a module that is still loading. */
function watch(exports) {
  if (exports !== null && typeof exports === 'object' && ObjectGetPrototypeOf(exports) === ObjectPrototype &&
      !exports.__esModule) {
    ObjectSetPrototypeOf(exports, watcher);
  }
}

/** Ends that. */
function release(exports) {
  if (exports !== null && typeof exports === 'object' && ObjectGetPrototypeOf(exports) === watcher) {
    ObjectSetPrototypeOf(exports, ObjectPrototype);
  }
}

module.exports = { watch, release };
