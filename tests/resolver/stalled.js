// As many lookups as there are threads, and more, at a name server that never answers; then files. argv[2] is a folder for them.
'use strict';
const dgram = require('dgram');
const dns = require('dns');
const fs = require('fs');
const path = require('path');

const folder = process.argv[2];
let answered = 0;

function work() {
  let left = 100;
  for (let i = 0; i < 100; i++) {
    const file = path.join(folder, `file-${i}`);
    fs.writeFile(file, `${i}`, (error) => {
      if (error) throw error;
      fs.readFile(file, 'utf8', (error, text) => {
        if (error || text !== `${i}`) throw error ?? new Error(text);
        if (--left > 0) return;
        const { threadpool } = process;
        console.log('files read, lookups answered:', answered);
        if (threadpool) console.log('of', threadpool.size, 'threads at lookups:', threadpool.active);
        process.exit();
      });
    });
  }
}

const server = dgram.createSocket('udp4').bind(53, '127.0.0.1', () => {
  for (let i = 0; i < 12; i++) dns.lookup(`silent-${i}.test`, () => { answered++; });
});
// The first question: from now on threads wait for an answer.
server.once('message', work);
