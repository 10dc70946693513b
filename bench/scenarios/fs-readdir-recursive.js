// What: fs.readdir of a tree of 100,000 files, recursive: sync, callback and promise, plain and withFileTypes
// Group: fs
// Measure: operations
// Unit: entries
// Result: 606600
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { promisify } = require('util');
const { measure } = require('./lib/operations');

const outer = 100;
const inner = 10;
const filesEach = 100;
const entries = outer + outer * inner + outer * inner * filesEach;
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-bench-'));
const readdir = promisify(fs.readdir);

function plant() {
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      const folder = path.join(root, `folder-${i}`, `folder-${j}`);
      fs.mkdirSync(folder, { recursive: true });
      for (let k = 0; k < filesEach; k++) fs.closeSync(fs.openSync(path.join(folder, `file-${k}.txt`), 'w'));
    }
  }
}

measure({
  operations: 6 * entries,
  prepare: plant,
  async batch() {
    let found = 0;
    for (const withFileTypes of [false, true]) {
      const options = { recursive: true, withFileTypes };
      found += fs.readdirSync(root, options).length;
      found += (await readdir(root, options)).length;
      found += (await fs.promises.readdir(root, options)).length;
    }
    return found;
  },
  clean: () => fs.rmSync(root, { recursive: true }),
});
