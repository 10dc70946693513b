// What: Buffer.from and toString, utf16le, 64 B
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 57666488
'use strict';

require('./lib/encodings').convert('utf16le', 64);
