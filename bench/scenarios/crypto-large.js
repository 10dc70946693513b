// What: SHA-256 of a Buffer of 8 MB
// Group: crypto
// Measure: operations
// Unit: MB
// Result: 50f0d8e7
'use strict';

const { createHash } = require('crypto');
const { measure } = require('./lib/operations');

const megabytes = 8;
const bytes = Buffer.alloc(megabytes * 1024 * 1024, 'abcdefghijklmnopqrstuvwxyz');

measure({
  operations: megabytes,
  batch: () => createHash('sha256').update(bytes).digest('hex').slice(0, 8),
});
