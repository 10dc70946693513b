'use strict';

// One large file, read by fs.createReadStream: the scenarios `fs-stream` and `fs-stream-1g`.

const fs = require('fs');
const os = require('os');
const path = require('path');
const { measure } = require('./operations');

/** One operation is a megabyte. `make` makes the file of so many. */
function readStream(megabytes, make) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-bench-'));
  const file = path.join(folder, 'large.bin');

  measure({
    operations: megabytes,
    prepare: () => make(file),
    batch() {
      return new Promise((resolve, reject) => {
        let bytes = 0;
        fs.createReadStream(file)
          .on('data', (chunk) => {
            bytes += chunk.length;
          })
          .on('end', () => resolve(bytes))
          .on('error', reject);
      });
    },
    clean() {
      fs.rmSync(folder, { recursive: true });
    },
  });
}

module.exports = { readStream };
