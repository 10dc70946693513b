// What: Buffer.from and toString, latin1, 64 KB
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 2622750
'use strict';

require('./lib/encodings').convert('latin1', 65536);
