'use strict';
// Views of buffers, as byte streams take and give them.

const {
  ArrayBufferPrototypeGetByteLength, ArrayBufferPrototypeSlice, BigInt64Array, BigUint64Array, DataView, Float16Array,
  Float32Array, Float64Array, Int16Array, Int32Array, Int8Array, TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset, TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetSymbolToStringTag, TypedArrayPrototypeSet, Uint16Array, Uint32Array, Uint8Array, Uint8ClampedArray,
  DataViewPrototypeGetBuffer, DataViewPrototypeGetByteLength, DataViewPrototypeGetByteOffset,
} = primordials;
const { nodeError } = binding('errors');
const { isArrayBuffer, isDataView, isSharedArrayBuffer } = binding('types');
const { isDetached, transfer } = binding('streams');

const constructors = {
  __proto__: null, BigInt64Array, BigUint64Array, DataView, Float16Array, Float32Array, Float64Array, Int16Array,
  Int32Array, Int8Array, Uint16Array, Uint32Array, Uint8Array, Uint8ClampedArray,
};

/** `{ buffer, byteOffset, byteLength, elementSize, Constructor }` whatever the view's prototype says. */
function partsOf(view) {
  if (isDataView(view)) {
    return {
      buffer: DataViewPrototypeGetBuffer(view), byteOffset: DataViewPrototypeGetByteOffset(view),
      byteLength: DataViewPrototypeGetByteLength(view), elementSize: 1, Constructor: DataView,
    };
  }
  const Constructor = constructors[TypedArrayPrototypeGetSymbolToStringTag(view)];
  return {
    buffer: TypedArrayPrototypeGetBuffer(view), byteOffset: TypedArrayPrototypeGetByteOffset(view),
    byteLength: TypedArrayPrototypeGetByteLength(view), elementSize: Constructor.BYTES_PER_ELEMENT, Constructor,
  };
}

const byteLengthOf = (buffer) => (isArrayBuffer(buffer) ? ArrayBufferPrototypeGetByteLength(buffer) : buffer.byteLength);

function bufferOf(view) {
  return isDataView(view) ? DataViewPrototypeGetBuffer(view) : TypedArrayPrototypeGetBuffer(view);
}

/** What `read(view, { min })` takes. */
function checkView(view, min) {
  const buffer = bufferOf(view);
  if (isSharedArrayBuffer(buffer)) throw nodeError('ERR_INVALID_ARG_VALUE', 'view', view, 'must not be shared');
  if (isDetached(buffer)) throw nodeError('ERR_INVALID_STATE.TypeError', 'view\'s buffer has been detached');
  const { byteLength } = partsOf(view);
  if (byteLength === 0) throw nodeError('ERR_INVALID_STATE.TypeError', 'View or Viewed ArrayBuffer is zero-length or detached');
  if (byteLengthOf(buffer) === 0) {
    throw nodeError('ERR_INVALID_STATE.TypeError', 'View or Viewed ArrayBuffer is zero-length or detached');
  }
  if (min === 0) throw nodeError('ERR_INVALID_ARG_VALUE', 'options.min', min, 'must be greater than 0');
  const length = isDataView(view) ? byteLength : TypedArrayPrototypeGetLength(view);
  if (min > length) throw nodeError('ERR_OUT_OF_RANGE', 'options.min', `<= ${length}`, min);
}

/** A copy of a view's bytes, in memory of its own. */
function cloneBytes(view) {
  const { buffer, byteOffset, byteLength } = partsOf(view);
  return new Uint8Array(ArrayBufferPrototypeSlice(buffer, byteOffset, byteOffset + byteLength));
}

function copyBytes(to, toOffset, from, fromOffset, count) {
  TypedArrayPrototypeSet(new Uint8Array(to, toOffset, count), new Uint8Array(from, fromOffset, count));
}

module.exports = {
  byteLengthOf, checkView, cloneBytes, copyBytes, isDetached, partsOf, transfer,
};
