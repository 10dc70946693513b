'use strict';
// `ByteLengthQueuingStrategy` and `CountQueuingStrategy`: <https://streams.spec.whatwg.org/#qs>

const { ObjectDefineProperty } = primordials;
const { finishClass, invalidThis } = require('streams/common');
const { nodeError } = binding('errors');

// One function for all instances, with the name that the standard gives it and no `prototype`.
const byteSize = { size(chunk) { return chunk.byteLength; } }.size;
const countSize = { size() { return 1; } }.size;
ObjectDefineProperty(byteSize, 'length', { __proto__: null, configurable: true, value: 1 });

function markOf(init) {
  if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'init', 'Object', init);
  }
  const { highWaterMark } = init;
  if (highWaterMark === undefined) throw nodeError('ERR_MISSING_OPTION', 'init.highWaterMark');
  return +highWaterMark;
}

const shown = (self) => ({ highWaterMark: self.highWaterMark });

/** Counts the bytes of chunks. */
class ByteLengthQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    this.#highWaterMark = markOf(init);
  }

  get highWaterMark() {
    if (!(#highWaterMark in this)) throw invalidThis('ByteLengthQueuingStrategy');
    return this.#highWaterMark;
  }

  get size() {
    if (!(#highWaterMark in this)) throw invalidThis('ByteLengthQueuingStrategy');
    return byteSize;
  }
}
finishClass(ByteLengthQueuingStrategy, 'ByteLengthQueuingStrategy', ['highWaterMark', 'size'], shown);

/** Counts chunks. */
class CountQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    this.#highWaterMark = markOf(init);
  }

  get highWaterMark() {
    if (!(#highWaterMark in this)) throw invalidThis('CountQueuingStrategy');
    return this.#highWaterMark;
  }

  get size() {
    if (!(#highWaterMark in this)) throw invalidThis('CountQueuingStrategy');
    return countSize;
  }
}
finishClass(CountQueuingStrategy, 'CountQueuingStrategy', ['highWaterMark', 'size'], shown);

module.exports = { ByteLengthQueuingStrategy, CountQueuingStrategy };
