// What: a file of 64 MB read by fs.createReadStream, its bytes counted
// Group: fs
// Measure: operations
// Unit: MB
// Result: 67108864
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { measure } = require('./lib/operations');

const megabytes = 64;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-bench-'));
const file = path.join(folder, 'large.bin');

measure({
  operations: megabytes,
  prepare() {
    const megabyte = Buffer.alloc(1024 * 1024, 'abcdefghijklmnopqrstuvwxyz');
    for (let i = 0; i < megabytes; i++) fs.appendFileSync(file, megabyte);
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
