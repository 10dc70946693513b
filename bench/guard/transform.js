// A chunk is written to a Transform and read from it.
'use strict';

const { Transform } = require('stream');

const chunks = Number(process.argv[2]);
const chunk = Buffer.alloc(1024, 'x');
let bytes = 0;

const through = new Transform({
  transform(data, encoding, done) {
    done(null, data);
  },
});
through.on('data', (data) => {
  bytes += data.length;
});
through.on('end', () => console.log(`done ${bytes / chunk.length}`));

let written = 0;
function write() {
  if (written === chunks) {
    through.end();
  } else {
    written += 1;
    through.write(chunk, write);
  }
}
write();
