// `stream/web`: a table of names, each loaded when it is first read.
'use strict';

const { ObjectKeys } = primordials;

const files = {
  ReadableStream: 'readable', ReadableStreamDefaultReader: 'readers', ReadableStreamBYOBReader: 'readers',
  ReadableStreamBYOBRequest: 'byte_controller', ReadableByteStreamController: 'byte_controller',
  ReadableStreamDefaultController: 'readable_controller', TransformStream: 'transform',
  TransformStreamDefaultController: 'transform', WritableStream: 'writable', WritableStreamDefaultController: 'writable_controller',
  WritableStreamDefaultWriter: 'writer', ByteLengthQueuingStrategy: 'strategies', CountQueuingStrategy: 'strategies',
  TextEncoderStream: 'encoding', TextDecoderStream: 'encoding', CompressionStream: 'compression',
  DecompressionStream: 'compression',
};

const { defineLate } = binding('util');
const names = ObjectKeys(files);
for (let i = 0; i < names.length; i++) {
  const name = names[i];
  defineLate(exports, name, () => require(`streams/${files[name]}`)[name]);
}
