// Node: 24
// Recursive listings: what is entered and in which order, in the three forms; links to directories, to files, to nothing, and back.
const fs = require('fs');
const os = require('os');
const path = require('path');
const { promisify } = require('util');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-below-'));
for (const folder of ['b/x/deep', 'b/y', 'a', 'c/z', 'outside']) fs.mkdirSync(path.join(root, folder), { recursive: true });
for (const file of ['b/x/one', 'b/x/deep/two', 'b/y/three', 'a/four', 'five', 'outside/six', 'c/ümläut', 'c/z/\u{1f600}']) fs.writeFileSync(path.join(root, file), '');
fs.symlinkSync('../outside', path.join(root, 'a/link-to-folder'));
fs.symlinkSync('../five', path.join(root, 'a/link-to-file'));
fs.symlinkSync('nowhere', path.join(root, 'c/link-to-nothing'));

function show(entry) {
  if (typeof entry === 'string') return entry;
  const kinds = ['isFile', 'isDirectory', 'isSymbolicLink'].filter((kind) => entry[kind]());
  return `${path.relative(root, entry.parentPath) || '.'}: ${entry.name} ${kinds}`;
}

async function main() {
  for (const options of [undefined, { withFileTypes: true }, { recursive: true }, { recursive: true, withFileTypes: true }]) {
    const forms = {
      sync: fs.readdirSync(root, options),
      callback: await promisify(fs.readdir)(root, options),
      promise: await fs.promises.readdir(root, options),
    };
    for (const [form, found] of Object.entries(forms)) console.log(JSON.stringify(options), form, found.length, found.map(show));
  }
  const seen = [];
  for await (const entry of await fs.promises.opendir(root, { recursive: true })) seen.push(show(entry));
  console.log('opendir', seen.sort());
  // Around in a circle until the system has enough.
  fs.symlinkSync('..', path.join(root, 'a/back'));
  const around = fs.readdirSync(path.join(root, 'a'), { recursive: true });
  console.log(around.length > 100, around.slice(0, 8), Math.max(...around.map((name) => name.split('/').length)) > 20);
}

main().finally(() => fs.rmSync(root, { recursive: true }));
