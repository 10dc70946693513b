// `stream/consumers`: a whole stream as one value.
'use strict';

const { JSONParse, Uint8Array } = primordials;
const { isAnyArrayBuffer } = binding('types');

async function collect(stream) {
  const { Buffer } = require('buffer');
  const parts = [];
  for await (const chunk of stream) {
    parts[parts.length] = typeof chunk === 'string' || isAnyArrayBuffer(chunk) ? Buffer.from(chunk) : chunk;
  }
  return parts;
}

async function blob(stream) {
  const { Blob } = require('buffer');
  const parts = [];
  for await (const chunk of stream) parts[parts.length] = chunk;
  return new Blob(parts);
}

async function buffer(stream) {
  return require('buffer').Buffer.concat(await collect(stream));
}

async function bytes(stream) {
  const all = await buffer(stream);
  return new Uint8Array(all.buffer, all.byteOffset, all.length);
}

async function arrayBuffer(stream) {
  const all = await buffer(stream);
  // A small Buffer may share its memory with others.
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.byteLength);
}

async function text(stream) {
  const { TextDecoder } = require('util');
  const decoder = new TextDecoder();
  const parts = [];
  for await (const chunk of stream) {
    parts[parts.length] = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  parts[parts.length] = decoder.decode();
  return parts.join('');
}

async function json(stream) {
  return JSONParse(await text(stream));
}

module.exports = { arrayBuffer, blob, buffer, bytes, text, json };
