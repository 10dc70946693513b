// What: fs.stat, 64 in flight, of 1,000 files
// Group: fs
// Measure: operations
// Unit: calls
// Result: 5
'use strict';

const fs = require('fs');
const { folderOf } = require('./lib/files');
const { measureEach } = require('./lib/operations');

const { files, prepare, clean } = folderOf(1000, 'hello');

measureEach({
  inFlight: 64,
  prepare,
  operation(index) {
    return new Promise((resolve, reject) => {
      fs.stat(files[index % files.length], (error, stats) => {
        if (error) reject(error);
        else resolve(stats.size);
      });
    });
  },
  clean,
});
