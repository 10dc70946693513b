// What the states of Readable and Writable have in common: bits behind accessors, and marks.
'use strict';

const {
  MathFloor,
  NumberIsInteger,
  ObjectDefineProperty,
} = primordials;
const { nodeError } = binding('errors');

let markBytes = 64 * 1024;
let markObjects = 16;

exports.getDefaultHighWaterMark = function getDefaultHighWaterMark(objectMode) {
  return objectMode ? markObjects : markBytes;
};

exports.setDefaultHighWaterMark = function setDefaultHighWaterMark(objectMode, value) {
  binding('validators').validateInteger(value, 'value', 0);
  if (objectMode) markObjects = value;
  else markBytes = value;
};

/** The high-water mark that `options` ask for; `own` is the name that only a duplex looks at. */
exports.highWaterMark = function(options, own, isDuplex, objectMode) {
  const mark = options?.highWaterMark ?? (isDuplex ? options?.[own] : undefined);
  if (mark == null) return objectMode ? markObjects : markBytes;
  if (!NumberIsInteger(mark) || mark < 0) {
    throw nodeError('ERR_INVALID_ARG_VALUE', isDuplex ? `options.${own}` : 'options.highWaterMark', mark);
  }
  return MathFloor(mark);
};

/** Any view of memory as a Buffer on the same memory; undefined for what is no view. */
exports.toBuffer = binding('stream').toBuffer;

let Buffer;

/** The class Buffer, without loading it before there is a use for it. */
exports.bufferClass = () => (Buffer ??= require('buffer').Buffer);

/** Defines on `proto` a boolean accessor for each name: bit 0, bit 1, … of the field `bits`. */
exports.defineBits = function(proto, names) {
  for (let i = 0; i < names.length; i++) {
    const bit = 1 << i;
    ObjectDefineProperty(proto, names[i], {
      __proto__: null,
      configurable: true,
      get() {
        return (this.bits & bit) !== 0;
      },
      set(value) {
        if (value) this.bits |= bit;
        else this.bits &= ~bit;
      },
    });
  }
};
