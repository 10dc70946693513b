// What: Buffer.from and toString, ascii, 64 B
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 387000
'use strict';

require('./lib/encodings').convert('ascii', 64);
