// What: files of 1 MB read whole, 64 in flight
// Measure: operations
// Unit: reads
// Result: true
'use strict';

const { wholeReads } = require('../scenarios/lib/files');
const { measureEach } = require('../scenarios/lib/operations');

measureEach(wholeReads(64, 1024 * 1024));
