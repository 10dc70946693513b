// Node: 24
// When the callbacks of `end` and `write` are called, beside the listeners of 'finish' and 'close'.
'use strict';
const http = require('http');

const cases = {
  'listeners before and after'(res, say) {
    res.on('finish', () => say('finish before'));
    res.prependListener('finish', () => say('finish first'));
    res.end('x', () => say('callback'));
    res.on('finish', () => say('finish after'));
    res.on('close', () => say('close'));
  },
  'with ticks'(res, say) {
    res.end('x', () => say('callback'));
    process.nextTick(() => say('tick'));
    Promise.resolve().then(() => say('microtask'));
    setImmediate(() => say('immediate'));
  },
  'what it is given'(res, say) {
    res.end('x', (...args) => say(`callback ${JSON.stringify(args)}`));
  },
  'what shows'(res, say) {
    res.end('x', () => say(`finished ${res.writableFinished}, ended ${res.writableEnded}, socket ${res.socket !== null}`));
    res.on('finish', () => say(`socket ${res.socket !== null}`));
  },
  'a write before'(res, say) {
    res.write('a', () => say(`written, socket ${res.socket !== null}`));
    res.end(() => say('callback'));
  },
  'head first'(res, say) {
    res.writeHead(200, { 'Content-Length': 1 });
    res.flushHeaders();
    setImmediate(() => {
      res.write('x', () => say('written'));
      res.end(() => say('callback'));
      res.on('finish', () => say('finish'));
    });
  },
  'once more, late'(res, say) {
    res.on('error', (err) => say(`error ${err.code}`));
    res.end('x');
    setImmediate(() => {
      res.end((err) => say(`callback ${err.code}`));
      res.end('y', () => say('never'));
      say('after');
    });
  },
  'a write too many'(res, say) {
    res.on('error', (err) => say(`error ${err.code}`));
    res.end('x', () => say('callback'));
    res.end('y', (err) => say(`second ${err.code}`));
    res.write('z', (err) => say(`third ${err.code}`));
  },
  'the request goes on'(res, say, req) {
    req.on('end', () => say('request end')).on('close', () => say('request close')).resume();
    res.on('finish', () => say('finish'));
    res.end('x', () => say('callback'));
  },
};

const names = Object.keys(cases);
const server = http.createServer((req, res) => {
  const name = names[+req.url.slice(1)];
  cases[name](res, (text) => console.log(`${name}: ${text}`), req);
});
server.listen(0, async () => {
  const { port } = server.address();
  for (let i = 0; i < names.length; i++) {
    await new Promise((done) => {
      http.get({ port, path: `/${i}`, agent: false }, (res) => {
        res.resume().on('close', () => setImmediate(() => setImmediate(done)));
      });
    });
  }
  const req = http.request({ port, method: 'POST', path: '/0', agent: false }, (res) => {
    res.resume().on('close', () => server.close());
  });
  req.on('finish', () => console.log('client: finish before'));
  req.write('a', () => console.log('client: written'));
  req.end('b', () => console.log('client: callback'));
  req.on('finish', () => console.log('client: finish after'));
});
