// What: Buffer.from and toString, utf16le, 64 KB
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 2540318
'use strict';

require('./lib/encodings').convert('utf16le', 65536);
