// What: a file of 1 GB read by fs.createReadStream, its bytes counted
// Group: fs
// Measure: operations
// Unit: MB
// Result: 1073741824
'use strict';

const fs = require('fs');
const { readStream } = require('./lib/reading');

const megabytes = 1024;

readStream(megabytes, (file) => {
  // Nothing but its length is written: the disk isn't measured, what is read comes from the page cache at most.
  fs.closeSync(fs.openSync(file, 'w'));
  fs.truncateSync(file, megabytes * 1024 * 1024);
});
