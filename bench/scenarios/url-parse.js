// What: new URL of five different addresses, three properties of each read
// Group: compute
// Measure: operations
// Unit: addresses
// Result: 123600
'use strict';

const { measure } = require('./lib/operations');

const operations = 2000;

const addresses = [
  'http://example.com/',
  'https://user:secret@sub.example.com:8080/p/a/t/h?query=string#hash',
  'https://github.com/owner/name/issues/12345?page=2',
  'file:///home/user/notes.txt',
  'https://example.org/path/../other/./x?y=1&z=2',
];

measure({
  operations,
  batch() {
    let characters = 0;
    for (let i = 0; i < operations; i++) {
      const url = new URL(addresses[i % 5]);
      characters += url.href.length + url.pathname.length + url.host.length;
    }
    return characters;
  },
});
