// What: Buffer.from and toString, utf8, 64 KB
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 2392214
'use strict';

require('./lib/encodings').convert('utf8', 65536);
