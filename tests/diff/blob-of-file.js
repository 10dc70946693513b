// Node: 24
'use strict';
// A Blob of a file can be read as long as the file is as it was.
const { openAsBlob, mkdtempSync, writeFileSync, rmSync } = require('fs');
const { join } = require('path');
const { Blob } = require('buffer');

const folder = mkdtempSync(join(require('os').tmpdir(), 'blob-'));
const file = join(folder, 'file');

async function say(what, promise) {
  try {
    console.log(what, await promise);
  } catch (err) {
    console.log(what, err.name, err.code, err.message);
  }
}

(async () => {
  writeFileSync(file, 'a'.repeat(10) + 'b'.repeat(20));
  const blob = await openAsBlob(file, { type: 'Text/X' });
  const part = blob.slice(8, 12);
  const both = new Blob(['<', part, '>']);
  console.log(blob.size, blob.type, part.size, both.size);
  await say('whole', blob.text());
  await say('part', part.text());
  await say('both', both.text());
  try {
    structuredClone(blob);
  } catch (err) {
    console.log(err.code, err.message);
  }
  writeFileSync(file, 'other');
  await say('whole', blob.text());
  await say('bytes', blob.arrayBuffer());
  await say('part', part.text());
  await say('both', both.text());
  await say('stream', blob.stream().getReader().read());
  await say('new', openAsBlob(file).then((fresh) => fresh.text()));
  rmSync(folder, { recursive: true });
  await say('gone', part.text());
})();
