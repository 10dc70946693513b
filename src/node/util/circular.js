'use strict';
// Two rare questions of `util.format`: did JSON fail because of a cycle (%j), and does a class say how it wants to be
// written (%s).

const {
  JSONStringify, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf, ObjectPrototypeHasOwnProperty, SymbolToPrimitive,
} = primordials;
const { kind, proxyDetails } = binding('util');
const { isBuiltIn } = require('util/inspect_rare');

let circularMessage;
/** Whether `error` is what JSON throws for a structure that contains itself. */
function isCircularError(error) {
  if (circularMessage === undefined) {
    const loop = {};
    loop.loop = loop;
    try {
      JSONStringify(loop);
    } catch (sample) {
      circularMessage = firstLine(sample.message);
    }
  }
  return error !== null && typeof error === 'object' && error.name === 'TypeError' &&
    firstLine(`${error.message}`) === circularMessage;
}

// What follows the first line describes the path of the cycle.
function firstLine(text) {
  return text.split('\n', 1)[0];
}

/** Whether `String(value)` would say nothing better than the language's own `toString`. */
function keepsBuiltInText(value) {
  while (kind(value) >= 32) {
    const details = proxyDetails(value);
    if (details === undefined) return true;
    if (details === null || details[0] === null) return true;
    value = details[0];
  }
  if (typeof value[SymbolToPrimitive] === 'function' && kind(value) !== 10) return false;
  if (typeof value.toString !== 'function') return true;
  if (ObjectPrototypeHasOwnProperty(value, 'toString')) return false;
  // Who on the chain has the `toString`, one of ours or one of the language's classes?
  let owner = value;
  do {
    owner = ObjectGetPrototypeOf(owner);
  } while (!ObjectPrototypeHasOwnProperty(owner, 'toString'));
  const constructor = ObjectGetOwnPropertyDescriptor(owner, 'constructor')?.value;
  return typeof constructor === 'function' && isBuiltIn(constructor.name);
}

module.exports = { isCircularError, keepsBuiltInText };
