// What: a file of 64 MB read by fs.createReadStream, its bytes counted
// Group: fs
// Measure: operations
// Unit: MB
// Result: 67108864
'use strict';

const fs = require('fs');
const { readStream } = require('./lib/reading');

const megabytes = 64;

readStream(megabytes, (file) => {
  const megabyte = Buffer.alloc(1024 * 1024, 'abcdefghijklmnopqrstuvwxyz');
  for (let i = 0; i < megabytes; i++) fs.appendFileSync(file, megabyte);
});
