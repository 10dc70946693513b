// Node: 24
// `signal` of a message that comes in: aborted when the connection closes before the response is over.
'use strict';
const http = require('http');
const net = require('net');

const log = (...words) => console.log(...words);
const server = http.createServer((req, res) => {
  const { signal } = req;
  log(req.url, signal instanceof AbortSignal, signal.aborted, req.signal === signal);
  signal.addEventListener('abort', () => log(req.url, 'aborted', signal.reason.name));
  if (req.url === '/answered') {
    res.end('x');
    res.on('close', () => setImmediate(() => log('afterwards', signal.aborted)));
  } else if (req.url === '/destroyed') {
    req.on('aborted', () => log('event', signal.aborted));
    req.destroy();
    log('at once', signal.aborted, req.signal.aborted);
  } else if (req.url === '/cut') {
    res.write('x');
    res.on('close', () => setImmediate(next));
  } else if (req.url === '/unanswered') {
    res.on('close', () => setImmediate(next));
    setImmediate(() => client.destroy());
  }
});

let client;
let next;
const steps = {
  '/answered': (port) => {
    client = net.connect(port, () => client.write('GET /answered HTTP/1.1\r\nHost: a\r\n\r\n'));
    client.once('data', () => client.end()).on('close', next);
  },
  '/unanswered': (port) => {
    client = net.connect(port, () => client.write('GET /unanswered HTTP/1.1\r\nHost: a\r\n\r\n'));
  },
  '/destroyed': (port) => {
    client = net.connect(port, () => client.write('GET /destroyed HTTP/1.1\r\nHost: a\r\n\r\n'));
    client.on('close', next);
  },
  '/cut': (port) => {
    http.get({ port, path: '/cut', agent: false }, (res) => {
      log('client', res.signal.aborted);
      res.signal.addEventListener('abort', () => log('client aborted'));
      res.on('error', () => {}).once('data', () => res.destroy());
    });
  },
  'client': (port) => {
    http.get({ port, path: '/answered', agent: false }, (res) => {
      const { signal } = res;
      res.resume().on('close', () => setImmediate(() => {
        log('client', signal.aborted);
        next();
      }));
    });
  },
};
server.listen(0, async () => {
  for (const name of Object.keys(steps)) {
    await new Promise((done) => {
      next = done;
      steps[name](server.address().port);
    });
  }
  server.close();
  const message = new http.IncomingMessage(null);
  log(message.signal.aborted, Object.getOwnPropertyDescriptor(http.IncomingMessage.prototype, 'signal').enumerable);
});
