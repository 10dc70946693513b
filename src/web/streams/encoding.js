'use strict';
// `TextEncoderStream` and `TextDecoderStream`: <https://encoding.spec.whatwg.org/#stream-integration>

const {
  FunctionPrototypeCall, ObjectGetOwnPropertyDescriptor, StringPrototypeCharCodeAt, StringPrototypeSlice, Uint8Array,
} = primordials;
const { finishClass, invalidThis } = require('streams/common');
const { createTransform, enqueueOut } = require('streams/transform');
const { nodeError } = binding('errors');
const { isAnyArrayBuffer, isArrayBufferView } = binding('types');
const { TextDecoder, TextEncoder } = require('encoding');

const { encode } = TextEncoder.prototype;
const { decode } = TextDecoder.prototype;
const getterOf = (name) => ObjectGetOwnPropertyDescriptor(TextDecoder.prototype, name).get;
const encodingOf = getterOf('encoding');
const fatalOf = getterOf('fatal');
const ignoreBOMOf = getterOf('ignoreBOM');

let isEncoder;
let isDecoder;

const isHigh = (unit) => unit >= 0xd800 && unit <= 0xdbff;

/** Strings in, UTF-8 out. */
class TextEncoderStream {
  #transform;
  #pendingHigh = '';
  #encoder = new TextEncoder();

  constructor() {
    this.#transform = createTransform((chunk, controller) => {
      const bytes = this.#encode(`${chunk}`);
      if (bytes.length > 0) enqueueOut(controller, bytes);
    }, (_, controller) => {
      // The first half of a pair whose second half never came.
      if (this.#pendingHigh !== '') enqueueOut(controller, new Uint8Array([0xef, 0xbf, 0xbd]));
    });
  }

  /** A pair of surrogates may be split between two chunks. */
  #encode(text) {
    if (text === '') return '';
    const whole = this.#pendingHigh + text;
    const last = StringPrototypeCharCodeAt(whole, whole.length - 1);
    this.#pendingHigh = isHigh(last) ? whole[whole.length - 1] : '';
    const complete = isHigh(last) ? StringPrototypeSlice(whole, 0, whole.length - 1) : whole;
    return FunctionPrototypeCall(encode, this.#encoder, complete);
  }

  get encoding() {
    if (!isEncoder(this)) throw invalidThis('TextEncoderStream');
    return 'utf-8';
  }

  get readable() {
    if (!isEncoder(this)) throw invalidThis('TextEncoderStream');
    return this.#transform.readable.wrapper;
  }

  get writable() {
    if (!isEncoder(this)) throw invalidThis('TextEncoderStream');
    return this.#transform.writable.wrapper;
  }

  static {
    isEncoder = (value) => value !== null && typeof value === 'object' && #transform in value;
  }
}

/** Bytes in, strings out. */
class TextDecoderStream {
  #transform;
  #decoder;

  constructor(encoding = 'utf-8', options = {}) {
    const decoder = this.#decoder = new TextDecoder(encoding, options);
    this.#transform = createTransform((chunk, controller) => {
      if (!isAnyArrayBuffer(chunk) && !isArrayBufferView(chunk)) {
        throw nodeError('ERR_INVALID_ARG_TYPE', 'chunk', ['ArrayBuffer', 'ArrayBufferView'], chunk);
      }
      const text = FunctionPrototypeCall(decode, decoder, chunk, { stream: true });
      if (text !== '') enqueueOut(controller, text);
    }, (_, controller) => {
      const text = FunctionPrototypeCall(decode, decoder);
      if (text !== '') enqueueOut(controller, text);
    });
  }

  get encoding() {
    if (!isDecoder(this)) throw invalidThis('TextDecoderStream');
    return FunctionPrototypeCall(encodingOf, this.#decoder);
  }

  get fatal() {
    if (!isDecoder(this)) throw invalidThis('TextDecoderStream');
    return FunctionPrototypeCall(fatalOf, this.#decoder);
  }

  get ignoreBOM() {
    if (!isDecoder(this)) throw invalidThis('TextDecoderStream');
    return FunctionPrototypeCall(ignoreBOMOf, this.#decoder);
  }

  get readable() {
    if (!isDecoder(this)) throw invalidThis('TextDecoderStream');
    return this.#transform.readable.wrapper;
  }

  get writable() {
    if (!isDecoder(this)) throw invalidThis('TextDecoderStream');
    return this.#transform.writable.wrapper;
  }

  static {
    isDecoder = (value) => value !== null && typeof value === 'object' && #transform in value;
  }
}

finishClass(TextEncoderStream, 'TextEncoderStream', ['encoding', 'readable', 'writable'], (self) => {
  const { encoding, readable, writable } = self;
  return { encoding, readable, writable };
});
finishClass(TextDecoderStream, 'TextDecoderStream', ['encoding', 'fatal', 'ignoreBOM', 'readable', 'writable'], (self) => {
  const { encoding, fatal, ignoreBOM, readable, writable } = self;
  return { encoding, fatal, ignoreBOM, readable, writable };
});

module.exports = { TextDecoderStream, TextEncoderStream };
