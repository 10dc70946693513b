// What: Buffer.from and toString, base64url, 64 KB
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 3059980
'use strict';

require('./lib/encodings').convert('base64url', 65536);
