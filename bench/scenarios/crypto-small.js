// What: SHA-256 of strings of 30 characters, in hexadecimal
// Group: crypto
// Measure: operations
// Unit: hashes
// Result: 10000
'use strict';

const { createHash } = require('crypto');
const { measure } = require('./lib/operations');

const texts = Array.from({ length: 10_000 }, (_, index) => `session:${String(index).padStart(22, '0')}`);

measure({
  operations: texts.length,
  batch() {
    const digests = new Set();
    for (let i = 0; i < texts.length; i++) digests.add(createHash('sha256').update(texts[i]).digest('hex'));
    return digests.size;
  },
});
