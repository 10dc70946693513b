// What the states of Readable and Writable have in common: bits behind accessors, and marks.
'use strict';

const { ObjectDefineProperty } = primordials;
const { getDefaultHighWaterMark, highWaterMark, setDefaultHighWaterMark, toBuffer } = binding('stream');

exports.getDefaultHighWaterMark = getDefaultHighWaterMark;
exports.setDefaultHighWaterMark = setDefaultHighWaterMark;

/** The high-water mark that `options` ask for; `own` is the name that only a duplex looks at. */
exports.highWaterMark = highWaterMark;

/** Any view of memory as a Buffer on the same memory; undefined for what is no view. */
exports.toBuffer = toBuffer;

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
