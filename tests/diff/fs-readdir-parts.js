// Node: 24
// Recursive listings of more entries than are found at once: all of them, in the order of each form, as text and Dirents.
const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { promisify } = require('util');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-parts-'));
for (let i = 0; i < 12; i++) {
  for (let j = 0; j < 4; j++) {
    const folder = path.join(root, `folder-${i}`, `${j}-ümläut`);
    fs.mkdirSync(folder, { recursive: true });
    for (let k = 0; k < 250; k++) fs.writeFileSync(path.join(folder, `${k}-\u{1f600}`), '');
  }
}
// Many small directories, of different depths, some of them empty, and a link to one of them.
for (let i = 0; i < 40; i++) {
  const folder = path.join(root, 'deep', ...Array.from({ length: i % 7 }, (_, depth) => `${(i * 5) % 11}-${depth}`), `leaf-${i}`);
  fs.mkdirSync(folder, { recursive: true });
  for (let k = 0; k < i % 5; k++) fs.writeFileSync(path.join(folder, `${k}`), '');
}
fs.symlinkSync(path.join(root, 'deep', '5-0'), path.join(root, 'deep', 'link'));

function text(entry) {
  if (entry instanceof fs.Dirent) return `${path.relative(root, entry.parentPath)} ${entry.name} ${entry.isDirectory()}`;
  return entry;
}

function digest(found) {
  return crypto.createHash('sha1').update(found.map(text).join('\n')).digest('hex');
}

async function main() {
  for (const options of [{}, { withFileTypes: true }]) {
    options.recursive = true;
    const forms = {
      sync: async () => fs.readdirSync(root, options),
      callback: () => promisify(fs.readdir)(root, options),
      promise: () => fs.promises.readdir(root, options),
    };
    for (const [form, list] of Object.entries(forms)) {
      const found = await list();
      console.log(JSON.stringify(options), form, found.length, digest(found));
    }
  }
  // Two at a time don't get in each other's way.
  const both = await Promise.all([
    fs.promises.readdir(root, { recursive: true }),
    fs.promises.readdir(root, { recursive: true, withFileTypes: true }),
  ]);
  console.log(both.map((found) => found.length));
}

main().finally(() => fs.rmSync(root, { recursive: true }));
