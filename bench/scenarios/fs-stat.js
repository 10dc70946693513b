// What: fs.stat, 64 in flight, of 1,000 files
// Group: fs
// Measure: operations
// Unit: calls
// Result: 5
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { measureEach } = require('./lib/operations');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-bench-'));
const files = Array.from({ length: 1000 }, (_, index) => path.join(folder, `${index}.txt`));

measureEach({
  inFlight: 64,
  prepare() {
    for (const file of files) fs.writeFileSync(file, 'hello');
  },
  operation(index) {
    return new Promise((resolve, reject) => {
      fs.stat(files[index % files.length], (error, stats) => {
        if (error) reject(error);
        else resolve(stats.size);
      });
    });
  },
  clean() {
    fs.rmSync(folder, { recursive: true });
  },
});
