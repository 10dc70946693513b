// What: Buffer.from and toString, latin1, 64 B
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 387000
'use strict';

require('./lib/encodings').convert('latin1', 64);
