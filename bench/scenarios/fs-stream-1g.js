// What: a file of 1 GB read by fs.createReadStream, its bytes counted
// Group: fs
// Measure: operations
// Unit: MB
// Result: 1073741824
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { measure } = require('./lib/operations');

const megabytes = 1024;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-bench-'));
const file = path.join(folder, 'large.bin');

measure({
  operations: megabytes,
  prepare() {
    // Nothing but its length is written, and the disk isn't measured: what is read comes from the page cache at most.
    fs.closeSync(fs.openSync(file, 'w'));
    fs.truncateSync(file, megabytes * 1024 * 1024);
  },
  batch() {
    return new Promise((resolve, reject) => {
      let bytes = 0;
      fs.createReadStream(file)
        .on('data', (chunk) => {
          bytes += chunk.length;
        })
        .on('end', () => resolve(bytes))
        .on('error', reject);
    });
  },
  clean() {
    fs.rmSync(folder, { recursive: true });
  },
});
