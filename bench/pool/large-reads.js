// What: files of 1 MB read whole, 64 in flight
// Measure: operations
// Unit: reads
// Result: true
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { measureEach } = require('../scenarios/lib/operations');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-bench-'));
const files = Array.from({ length: 64 }, (_, index) => path.join(folder, `${index}.txt`));
const content = Buffer.alloc(1024 * 1024, 'abcdefghijklmnopqrstuvwxyz');

measureEach({
  inFlight: 64,
  prepare() {
    for (const file of files) fs.writeFileSync(file, content);
  },
  async operation(index) {
    const read = await fs.promises.readFile(files[index % files.length]);
    return read.equals(content);
  },
  clean() {
    fs.rmSync(folder, { recursive: true });
  },
});
