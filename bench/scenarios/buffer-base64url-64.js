// What: Buffer.from and toString, base64url, 64 B
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 462000
'use strict';

require('./lib/encodings').convert('base64url', 64);
