// What packages look at and replace: a request's own properties, the classes of the module, the socket of an upgrade, who
// hears that a kept connection had nothing to do.
'use strict';

const http = require('http');
const net = require('net');
const { inherits } = require('util');

const names = ['agent', 'method', 'host', 'protocol'];

function own(message) {
  const copy = { ...message };
  return names.map((name) => `${name}: ${Object.hasOwn(message, name)} ${name in copy}`).join(', ');
}

// As nock does: a class of its own that only inherits.
function Intercepted() {
  http.OutgoingMessage.call(this);
  this.path = '/else';
  this.method = 'PUT';
  this.res = 'none';
  this.aborted = 7;
}
inherits(Intercepted, http.ClientRequest);
const intercepted = new Intercepted();
console.log(intercepted.path, intercepted.method, intercepted.res, intercepted.aborted);

for (const [module, name] of [[http, 'Agent'], [http, 'ClientRequest'], [net, 'Socket'], [net, 'Stream']]) {
  const original = module[name];
  module[name] = Intercepted;
  console.log(name, module[name] === Intercepted, Object.keys(module).includes(name));
  module[name] = original;
  console.log(module[name] === original);
}

function request(done) {
  const server = http.createServer((req, res) => res.end());
  server.listen(0, '127.0.0.1', () => {
    const agent = new http.Agent();
    const req = http.request({ port: server.address().port, host: '127.0.0.1', agent, method: 'post', path: '/x' }, (res) => {
      console.log(own(req));
      res.resume();
      res.on('end', () => server.close(done));
    });
    console.log(own(req));
    console.log(req.agent === agent, req.method, req.host, req.protocol, req.path);
    const { method, host, protocol } = JSON.parse(JSON.stringify({ ...req, agent: undefined, socket: undefined }));
    console.log(method, host, protocol);
    req.method = 'PUT';
    req.path = '/y';
    req.end();
    server.on('request', ({ method, url }) => console.log(method, url));
  });
}

function upgrade(done) {
  const server = http.createServer();
  server.on('upgrade', (req, socket) => {
    console.log('upgrade', req.socket === socket, req.connection === socket, req.socket.remoteAddress);
    socket.on('data', (data) => {
      console.log(String(data), req.socket === socket);
      socket.end('bye');
    });
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  });
  server.listen(0, '127.0.0.1', () => {
    const socket = net.connect(server.address().port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    socket.once('data', () => socket.write('hello'));
    socket.on('close', () => server.close(done));
  });
}

function idle(done) {
  const server = http.createServer((req, res) => res.end());
  server.keepAliveTimeout = 20;
  server.keepAliveTimeoutBuffer = 0;
  server.on('timeout', (socket) => {
    console.log('timeout', socket instanceof net.Socket, socket.destroyed);
    setTimeout(() => {
      console.log('still there', socket.destroyed);
      socket.end();
    }, 60);
  });
  server.listen(0, '127.0.0.1', () => {
    const socket = net.connect(server.address().port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.once('data', () => console.log('answered'));
    socket.on('end', () => console.log('end'));
    socket.on('close', () => server.close(done));
  });
}

request(() => upgrade(() => idle(() => console.log('done'))));
