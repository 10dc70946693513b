// What: gzip of 4 MB of text and back, synchronous, level 6
// Group: zlib
// Measure: operations
// Unit: MB
// Result: true
'use strict';

const { gunzipSync, gzipSync } = require('zlib');
const { measure } = require('./lib/operations');

const megabytes = 4;
const words = ['loop', 'thread', 'pool', 'event', 'stream', 'buffer', 'socket', 'timer'];
const lines = [];
for (let at = 0, seed = 1; at < megabytes * 1024 * 1024;) {
  seed = (seed * 48271) % 2147483647;
  const line = `${seed} ${words[seed % 8]} ${words[(seed >> 3) % 8]}\n`;
  lines.push(line);
  at += line.length;
}
const text = Buffer.from(lines.join('')).subarray(0, megabytes * 1024 * 1024);

measure({
  operations: megabytes,
  batch: () => gunzipSync(gzipSync(text)).equals(text),
});
