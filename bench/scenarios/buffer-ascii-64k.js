// What: Buffer.from and toString, ascii, 64 KB
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 2622750
'use strict';

require('./lib/encodings').convert('ascii', 65536);
