// What: Buffer.from and toString, hex, 64 B
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 488000
'use strict';

require('./lib/encodings').convert('hex', 64);
