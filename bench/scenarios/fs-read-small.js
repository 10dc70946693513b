// What: fs.promises.readFile, 64 in flight, of 1,000 files of 4 KB
// Group: fs
// Measure: operations
// Unit: reads
// Result: true
'use strict';

const { wholeReads } = require('./lib/files');
const { measureEach } = require('./lib/operations');

measureEach(wholeReads(1000, 4096));
