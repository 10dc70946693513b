// What: fs.promises.readFile of 10,000 files of 4 KB, 64 in flight
// Group: fs
// Measure: operations
// Unit: reads
// Result: 40960000
'use strict';

const fs = require('fs');
const { folderOf } = require('./lib/files');
const { measure } = require('./lib/operations');

const count = 10000;
const { files, prepare, clean } = folderOf(count, Buffer.alloc(4096, 'abcdefghijklmnopqrstuvwxyz'));

measure({
  operations: count,
  prepare,
  async batch() {
    let next = 0;
    let bytes = 0;

    async function keepReading() {
      while (next < count) {
        const content = await fs.promises.readFile(files[next++]);
        bytes += content.length;
      }
    }

    await Promise.all(Array.from({ length: 64 }, keepReading));
    return bytes;
  },
  clean,
});
