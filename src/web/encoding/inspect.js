'use strict';
// How `util.inspect` shows a TextEncoder or TextDecoder.

const { ObjectCreate, ObjectGetPrototypeOf } = primordials;

module.exports = function inspect(depth, options) {
  if (typeof depth === 'number' && depth < 0) return this;
  if (!('fatal' in this)) return require('util').inspect({ encoding: this.encoding }, options);
  const { encoding, fatal, ignoreBOM } = this;
  const value = (value) => ({ __proto__: null, enumerable: true, value });
  const shown = ObjectCreate(ObjectGetPrototypeOf(this), {
    encoding: value(encoding), fatal: value(fatal), ignoreBOM: value(ignoreBOM),
  });
  return require('util').inspect(shown, { ...options, customInspect: false });
};
