// `stream/consumers`: a whole stream as one value.
'use strict';

const { ArrayPrototypeJoin, JSONParse, TypedArrayPrototypeSet, Uint8Array } = primordials;
const { toBuffer } = require('stream/state');
const { isAnyArrayBuffer, isArrayBufferView } = binding('types');

async function collect(stream) {
  const { Buffer } = require('buffer');
  const parts = [];
  for await (const chunk of stream) {
    // Whatever isn't bytes counts as its text.
    const bytes = isAnyArrayBuffer(chunk) || isArrayBufferView(chunk) ? chunk : `${chunk}`;
    parts[parts.length] = isArrayBufferView(bytes) ? toBuffer(bytes) : Buffer.from(bytes);
  }
  return parts;
}

async function blob(stream) {
  const { Blob } = require('buffer');
  const parts = [];
  for await (const chunk of stream) parts[parts.length] = chunk;
  return new Blob(parts);
}

/** All bytes, in memory that nothing else shares. */
async function arrayBuffer(stream) {
  const parts = await collect(stream);
  let length = 0;
  for (let i = 0; i < parts.length; i++) length += parts[i].length;
  const all = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    TypedArrayPrototypeSet(all, parts[i], at);
    at += parts[i].length;
  }
  return all.buffer;
}

async function buffer(stream) {
  return require('buffer').Buffer.from(await arrayBuffer(stream));
}

async function bytes(stream) {
  return new Uint8Array(await arrayBuffer(stream));
}

async function text(stream) {
  const { TextDecoder } = require('util');
  const decoder = new TextDecoder();
  const parts = [];
  for await (const chunk of stream) {
    parts[parts.length] = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  parts[parts.length] = decoder.decode();
  return ArrayPrototypeJoin(parts, '');
}

async function json(stream) {
  return JSONParse(await text(stream));
}

module.exports = { arrayBuffer, blob, buffer, bytes, text, json };
