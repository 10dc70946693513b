// What: Buffer.from and toString, base64, 64 KB
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 3060020
'use strict';

require('./lib/encodings').convert('base64', 65536);
