'use strict';
// How `util.inspect` shows a TextEncoder or TextDecoder.

const { ObjectGetPrototypeOf } = primordials;

module.exports = function inspect(depth, options) {
  if (typeof depth === 'number' && depth < 0) return this;
  if (!('fatal' in this)) return require('util').inspect({ encoding: this.encoding }, options);
  const shown = { __proto__: { __proto__: null, constructor: ObjectGetPrototypeOf(this).constructor } };
  shown.encoding = this.encoding;
  shown.fatal = this.fatal;
  shown.ignoreBOM = this.ignoreBOM;
  return require('util').inspect(shown, options);
};
