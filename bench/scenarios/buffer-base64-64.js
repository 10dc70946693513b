// What: Buffer.from and toString, base64, 64 B
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 466000
'use strict';

require('./lib/encodings').convert('base64', 64);
