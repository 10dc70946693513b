// What: Buffer.from and toString, utf8, 64 B
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 365009
'use strict';

require('./lib/encodings').convert('utf8', 64);
