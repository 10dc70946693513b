// What: Buffer.from and toString, hex, 64 KB
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 3933200
'use strict';

require('./lib/encodings').convert('hex', 65536);
