// Node: 26
// `httpValidation` of servers and of requests: what header values they send and take.
'use strict';

const http = require('http');
const net = require('net');

function attempt(name, act) {
  try {
    act();
    console.log(name, 'ok');
  } catch (err) {
    console.log(name, err.code, err.message);
  }
}

const request = (options) => {
  const req = http.request({ port: 1, host: '127.0.0.1', agent: false, ...options });
  req.on('error', () => {});
  req.destroy();
  return req;
};

for (const value of ['loose', 5, null]) {
  attempt('server', () => http.createServer({ httpValidation: value }));
  attempt('request', () => request({ httpValidation: value }));
}
attempt('server with both', () => http.createServer({ httpValidation: 'strict', insecureHTTPParser: false }));
attempt('request with both', () => request({ httpValidation: 'strict', insecureHTTPParser: false }));
attempt('insecureHTTPParser', () => request({ insecureHTTPParser: true }).setHeader('x', '\u0001'));

/** Sends bytes to a server of these options. */
function ask(options, bytes, listener) {
  return new Promise((done) => {
    const server = http.createServer(options, (req, res) => {
      console.log('served', JSON.stringify(req.headers.x));
      listener?.(res);
      res.end();
    });
    server.on('clientError', (err, socket) => {
      console.log('clientError', err.code);
      socket.destroy();
    });
    server.listen(0, '127.0.0.1', () => {
      const socket = net.connect(server.address().port, '127.0.0.1');
      socket.setEncoding('latin1');
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
        if (answer.endsWith('\r\n\r\n')) socket.end();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (listener) console.log(JSON.stringify(answer.replace(/Date: .*?\r\n/, '')));
        server.close(done);
      });
      socket.write(bytes, 'latin1');
    });
  });
}

/** Has a request of these options read an answer. */
function answer(options, bytes) {
  return new Promise((done) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(bytes, 'latin1'));
    });
    server.listen(0, '127.0.0.1', () => {
      const req = http.get({ port: server.address().port, host: '127.0.0.1', agent: false, ...options }, (res) => {
        console.log('answered', JSON.stringify(res.headers.x));
        res.resume();
        res.on('close', () => server.close(done));
      });
      req.on('error', (err) => {
        console.log('error', err.code);
        server.close(done);
      });
    });
  });
}

async function main() {
  for (const httpValidation of [undefined, 'strict', 'relaxed', 'insecure']) {
    console.log('----', httpValidation);
    const options = httpValidation === undefined ? {} : { httpValidation };
    console.log(http.createServer(options).httpValidation, request(options).httpValidation);
    await ask(options, 'GET / HTTP/1.1\r\nHost: a\r\nx: b\r\n\r\n', (res) => {
      attempt('setHeader', () => res.setHeader('a', '\u0001b'));
      attempt('appendHeader', () => res.appendHeader('b', '\u007fb'));
      attempt('list', () => res.setHeader('c', ['\u0001b', 'd']));
      attempt('beyond a byte', () => res.setHeader('d', '\u0100'));
      attempt('end of line', () => res.setHeader('d', 'a\nb'));
      attempt('nothing', () => res.setHeader('d', '\0'));
      attempt('writeHead', () => res.writeHead(200, { 'f': '\u0003', 'Content-Length': 0 }));
    });
    for (const lines of ['x: a\u0001b\r\n', 'x: a\u007fb\r\n', 'x: a\u00ffb\r\n', 'x: a\r\n b\r\n']) {
      await ask(options, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines}\r\n`);
      await answer(options, `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${lines}\r\n`);
    }
    const req = http.request({ port: 1, host: '127.0.0.1', agent: false, ...options });
    req.on('error', () => {});
    attempt('request.setHeader', () => req.setHeader('x', '\u0001'));
    attempt('request.addTrailers', () => req.addTrailers({ z: '\u0001' }));
    req.destroy();
    attempt('headers', () => request({ ...options, headers: { x: '\u0001' } }));
    attempt('headers in a list', () => request({ ...options, headers: ['x', '\u0001'] }));
  }
}

main();
