// A small file is read by the pool, one after another.
'use strict';

const fs = require('fs');

const files = Number(process.argv[2]);
const expected = fs.readFileSync(__filename, 'utf8');
let read = 0;

function next() {
  if (read === files) {
    console.log(`done ${read}`);
    return;
  }
  fs.readFile(__filename, 'utf8', (error, text) => {
    if (error) throw error;
    if (text !== expected) throw new Error('other bytes than before');
    read += 1;
    next();
  });
}
next();
