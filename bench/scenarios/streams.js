// What: chunks of 1 KB through a pipeline of Readable, three Transforms and Writable
// Group: streams
// Measure: operations
// Unit: chunks
// Result: 2042000
'use strict';

const { Readable, Transform, Writable } = require('stream');
const { pipeline } = require('stream/promises');
const { measure } = require('./lib/operations');

const chunks = 2000;
const content = Buffer.alloc(1024, 'abcdefghijklmnopqrstuvwxyz');

function source() {
  let left = chunks;
  return new Readable({
    read() {
      this.push(left-- > 0 ? content : null);
    },
  });
}

/** Takes the first byte off each chunk. */
function shorten() {
  return new Transform({
    transform(chunk, encoding, callback) {
      callback(null, chunk.subarray(1));
    },
  });
}

measure({
  operations: chunks,
  async batch() {
    let bytes = 0;
    const counter = new Writable({
      write(chunk, encoding, callback) {
        bytes += chunk.length;
        callback();
      },
    });
    await pipeline(source(), shorten(), shorten(), shorten(), counter);
    return bytes;
  },
});
