'use strict';
// What a response that ends after its connection is gone announces.

const http = require('http');

for (const late of ['end', 'write']) {
  let client;
  const server = http.createServer((req, res) => {
    res.on('finish', () => console.log(late, 'finish'));
    res.on('error', (error) => console.log(late, 'error', error.code));
    res.on('close', () => {
      console.log(late, 'close', res.writable, res.destroyed, res.writableEnded);
      setImmediate(() => {
        if (late === 'write') console.log(late, res.write('a', (error) => console.log(late, 'written', error?.code)));
        res.end('x');
        console.log(late, res.writableEnded, res.finished);
      });
    });
    client.destroy();
    server.close();
  });
  server.listen(0, () => {
    client = http.get({ port: server.address().port });
    client.on('error', (error) => console.log(late, 'client', error.code));
  });
}
