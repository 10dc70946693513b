// What the states of Readable and Writable have in common: high-water marks, and what is bytes.
'use strict';

const { getDefaultHighWaterMark, highWaterMark, setDefaultHighWaterMark, toBuffer } = binding('stream');

exports.getDefaultHighWaterMark = getDefaultHighWaterMark;
exports.setDefaultHighWaterMark = setDefaultHighWaterMark;

/** The high-water mark that `options` ask for; `own` is the name that only a duplex looks at. */
exports.highWaterMark = highWaterMark;

/** Any view of memory as a Buffer on the same memory; undefined for what is no view. */
exports.toBuffer = toBuffer;
