'use strict';
// `string_decoder`: a plain constructor function, as Node's is, around a native state.

const { ObjectDefineProperties, Symbol } = primordials;
const { nodeError } = binding('errors');
const { start, write, flush, reset, lastNeed, lastTotal, lastChar } = binding('string_decoder');

const kState = Symbol('kState');

/** Decodes a stream of Buffers, keeping characters whole that are split between two of them. */
function StringDecoder(encoding) {
  const started = start(encoding);
  this.encoding = started[1];
  this[kState] = started[0];
}

/** The text of a piece, without an unfinished character at its end. */
StringDecoder.prototype.write = function(buf) {
  if (typeof buf === 'string') return buf;
  if (this[kState] === undefined) throw nodeError('ERR_INVALID_THIS', 'StringDecoder');
  return write(this[kState], buf);
};

/** The text of a last piece, and of whatever is unfinished. */
StringDecoder.prototype.end = function(buf) {
  if (this[kState] === undefined) throw nodeError('ERR_INVALID_THIS', 'StringDecoder');
  const text = buf === undefined ? '' : this.write(buf);
  return text + flush(this[kState]);
};

/** Undocumented: starts anew at an offset of a piece. */
StringDecoder.prototype.text = function(buf, offset) {
  reset(this[kState]);
  return this.write(buf.slice(offset));
};

const accessor = (get) => ({
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return get(this[kState]); },
});
ObjectDefineProperties(StringDecoder.prototype, {
  lastChar: accessor(lastChar),
  lastNeed: accessor(lastNeed),
  lastTotal: accessor(lastTotal),
});

module.exports = { StringDecoder };
