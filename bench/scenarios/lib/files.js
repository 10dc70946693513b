'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');

/**
 * So many files of the same content, in a folder of their own: `prepare` writes them, `clean` removes them with the
 * folder.
 *
 * @param {number} count
 * @param {string | Buffer} content
 */
function folderOf(count, content) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-bench-'));
  const files = Array.from({ length: count }, (_, index) => path.join(folder, `${index}.txt`));
  return {
    files,
    prepare() {
      for (const file of files) fs.writeFileSync(file, content);
    },
    clean() {
      fs.rmSync(folder, { recursive: true });
    },
  };
}

/**
 * What `measureEach` needs to have so many files of so many bytes read whole, 64 at a time; each operation comes to
 * whether it read what was written.
 */
function wholeReads(count, bytes) {
  const content = Buffer.alloc(bytes, 'abcdefghijklmnopqrstuvwxyz');
  const { files, prepare, clean } = folderOf(count, content);
  return {
    inFlight: 64,
    prepare,
    async operation(index) {
      const read = await fs.promises.readFile(files[index % files.length]);
      return read.equals(content);
    },
    clean,
  };
}

module.exports = { folderOf, wholeReads };
