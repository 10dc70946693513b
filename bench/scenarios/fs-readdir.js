// What: a tree of 2,000 files in 210 folders walked with readdir
// Group: fs
// Measure: operations
// Unit: entries
// Result: 2000
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { measure } = require('./lib/operations');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-bench-'));

function plant() {
  for (let i = 0; i < 200; i++) {
    const folder = path.join(root, `folder-${i % 10}`, `folder-${i}`);
    fs.mkdirSync(folder, { recursive: true });
    for (let j = 0; j < 10; j++) fs.writeFileSync(path.join(folder, `file-${j}.txt`), '');
  }
}

/** Counts the files of a folder and all folders in it. */
async function walk(folder) {
  const entries = await fs.promises.readdir(folder, { withFileTypes: true });
  const counts = await Promise.all(
    entries.map((entry) => (entry.isDirectory() ? walk(path.join(folder, entry.name)) : 1)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

measure({
  operations: 2210,
  prepare: plant,
  batch: () => walk(root),
  clean: () => fs.rmSync(root, { recursive: true }),
});
