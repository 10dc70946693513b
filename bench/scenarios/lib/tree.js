'use strict';
// A tree of 100,000 files in 1,100 folders, listed in each of the three forms of fs.readdir.

const fs = require('fs');
const os = require('os');
const path = require('path');
const { promisify } = require('util');
const { measure } = require('./operations');

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

/** Lists it in the three forms with those options, and counts what they found. */
exports.list = (options) => measure({
  operations: 3 * entries,
  prepare: plant,
  async batch() {
    let found = fs.readdirSync(root, options).length;
    found += (await readdir(root, options)).length;
    found += (await fs.promises.readdir(root, options)).length;
    return found;
  },
  clean: () => fs.rmSync(root, { recursive: true }),
});
