// Who pauses a body at its last piece still hears of its end, and the connection goes on.
'use strict';

const http = require('http');

/** As many bytes, none of them like its neighbours. */
function pattern(size) {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => index % 251));
}

/** Reads a body, with a pause at each of its pieces, which have to stay what they are meanwhile. */
function read(message, done) {
  const chunks = [];
  message.on('data', (chunk) => {
    chunks.push(chunk);
    message.pause();
    setImmediate(() => message.resume());
  });
  message.on('end', () => done(Buffer.concat(chunks)));
}

const server = http.createServer((req, res) => {
  read(req, (body) => {
    if (req.headers['x-chunked']) {
      res.write(body);
      res.end();
    } else {
      res.setHeader('Content-Length', body.length);
      res.end(body);
    }
  });
});

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const cases = [];
for (const size of [1, 300, 40_000, 65_536, 3 * 65_536, 1 << 20]) {
  for (const chunked of [false, true]) {
    cases.push({ size, chunked });
  }
}

server.listen(0, '127.0.0.1', () => {
  const ports = new Set();
  (function next() {
    const one = cases.shift();
    if (!one) {
      console.log('connections', ports.size);
      agent.destroy();
      server.close(() => console.log('closed'));
      return;
    }
    const { size, chunked } = one;
    const headers = chunked ? { 'x-chunked': '1' } : { 'content-length': size };
    const { port } = server.address();
    const request = http.request({ port, host: '127.0.0.1', method: 'POST', headers, agent });
    request.on('response', (response) => {
      ports.add(response.socket.localPort);
      read(response, (body) => {
        console.log(size, chunked, response.statusCode, body.equals(pattern(size)));
        setImmediate(next);
      });
    });
    request.flushHeaders();
    // The body comes by itself, so that the last read of it ends where it does.
    setTimeout(() => request.end(pattern(size)), 5);
  })();
});
