// What a client request goes through: informational answers, a late second answer, an abort while it waits for a socket.
'use strict';
const http = require('http');
const net = require('net');

const names = ['socket', 'finish', 'continue', 'information', 'response', 'abort', 'timeout', 'error', 'close'];
const watch = (label, req) => {
  for (const name of names) {
    req.on(name, (value) => {
      const detail = name === 'error' ? value.code ?? value.message : name === 'information' ? value.statusCode : '';
      console.log(label, name, detail);
    });
  }
  return req;
};

function informed(done) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\n' +
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    });
  }).listen(0, () => {
    const req = watch('informed', http.request({ port: server.address().port, agent: false }));
    req.on('response', (res) => {
      res.setEncoding('utf8').on('data', (text) => console.log(text)).on('end', () => console.log('end'));
    });
    req.on('close', () => {
      server.close(done);
    });
    req.end();
  });
}

function queued(done) {
  const agent = new http.Agent({ maxSockets: 1 });
  const server = http.createServer((req, res) => {
    console.log('served', req.url);
    setTimeout(() => res.end('x'), 20);
  }).listen(0, () => {
    const { port } = server.address();
    const first = watch('first', http.get({ port, agent, path: '/first' }, (res) => res.resume()));
    const second = watch('second', http.get({ port, agent, path: '/second' }));
    second.abort();
    console.log(second.destroyed, second.aborted, Object.keys(agent.requests).length);
    first.on('close', () => setTimeout(() => {
      console.log(Object.keys(agent.requests).length, Object.keys(agent.sockets).length);
      server.close(done);
    }, 20));
  });
}

function refused() {
  const server = net.createServer().listen(0, () => {
    const { port } = server.address();
    server.close(() => {
      const req = watch('refused', http.get({ port, host: '127.0.0.1' }));
      req.on('close', () => console.log(req.destroyed, req.res));
    });
  });
}

informed(() => queued(refused));
