// Node: 26
// `net.BoundSocket`, the type of service, and `setKeepAlive` with all it takes.
'use strict';

const fs = require('fs');
const http = require('http');
const net = require('net');
const os = require('os');
const path = require('path');

const { BoundSocket } = net;

function attempt(name, act) {
  try {
    console.log(name, act());
  } catch (err) {
    console.log(name, err.name, err.code, err.message, err.syscall, err.address, err.port);
  }
}

const unnamed = (address) => (typeof address === 'object' ? { ...address, port: typeof address.port } : address);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bound-'));
const below = (text) => String(text).replace(folder, 'folder');

for (const options of [
  1, 'x', null, { port: -1 }, { port: 'x' }, { port: '0' }, { port: 70000 }, { host: 'localhost' }, { host: 5 }, { host: null },
  { ipv6Only: 1 }, { reusePort: 'x' }, { path: 5 }, { path: '/x', port: 1 }, { host: '192.0.2.1' },
]) {
  attempt(JSON.stringify(options), () => {
    const bound = new BoundSocket(options);
    const address = unnamed(bound.address());
    bound.close();
    return address;
  });
}
attempt('no folder', () => new BoundSocket({ path: path.join(folder, 'none', 'x') }));

const one = new BoundSocket();
console.log(unnamed(one.address()), one.fd() > 2, one.isPipe, Object.keys(one), one);
one.close();
for (const name of ['address', 'fd', 'close']) attempt(name, () => one[name]());
attempt('dispose', () => one[Symbol.dispose]());

for (const tos of [NaN, -1, 256, '5', null, undefined, 1.5]) {
  attempt('setTypeOfService', () => new net.Socket().setTypeOfService(tos));
  attempt('typeOfService', () => new net.Socket({ typeOfService: tos }).getTypeOfService());
}

function tcp(done) {
  const bound = new BoundSocket({ host: '127.0.0.1' });
  const { port } = bound.address();
  let from;
  const server = net.createServer((socket) => {
    console.log('connection', socket.remotePort === from, socket.localPort === port);
    socket.end('hi');
  });
  server.listen(bound, () => {
    console.log('listening', server.address().port === port);
    attempt('taken', () => bound.address());
    attempt('again', () => net.createServer().listen(bound));
    const local = new BoundSocket({ host: '127.0.0.1' });
    from = local.address().port;
    const socket = new net.Socket({ handle: local, typeOfService: 0x10 });
    console.log(socket.localPort === from, socket.pending, socket.connecting, socket.readyState, socket.remoteAddress);
    attempt('taken', () => local.close());
    console.log(socket.setKeepAlive({ enable: true, initialDelay: 5000, interval: 2000, count: 3 }) === socket);
    socket.connect(port, '127.0.0.1', () => {
      console.log('connected', socket.localPort === from, socket.getTypeOfService());
      console.log(socket.setTypeOfService(0x28).getTypeOfService(), socket.setKeepAlive(true, 5000, 3000, 4) === socket);
    });
    socket.on('data', (data) => console.log(String(data)));
    socket.on('close', () => server.close(done));
  });
}

function pipes(done) {
  const name = path.join(folder, 'server');
  const bound = new BoundSocket({ path: name });
  console.log(below(bound.address()), bound.isPipe, fs.existsSync(name));
  attempt('in use', () => new BoundSocket({ path: name }));
  const server = net.createServer((socket) => {
    socket.on('data', (data) => socket.end(`${data} yourself`));
  });
  server.listen({ handle: bound }, () => {
    console.log(below(server.address()));
    const own = path.join(folder, 'client');
    const socket = new net.Socket({ handle: new BoundSocket({ path: own }) });
    console.log(below(socket.localAddress));
    socket.connect(name);
    socket.write('hello');
    socket.on('data', (data) => console.log(String(data)));
    socket.on('close', () => {
      console.log(fs.existsSync(own), below(socket.localAddress));
      server.close(() => {
        console.log(fs.existsSync(name));
        done();
      });
    });
  });
}

function unused(done) {
  const name = path.join(folder, 'unused');
  new BoundSocket({ path: name }).close();
  console.log('left', fs.existsSync(name));
  const server = http.createServer((req, res) => res.end('by http'));
  server.listen(new BoundSocket({ host: '127.0.0.1' }), () => {
    http.get({ port: server.address().port, host: '127.0.0.1' }, (res) => {
      res.on('data', (data) => console.log(String(data)));
      res.on('end', () => server.close());
    });
  });
  const socket = new net.Socket({ handle: new BoundSocket() });
  socket.on('close', () => {
    console.log('closed');
    done();
  });
  socket.destroy();
}

tcp(() => pipes(() => unused(() => fs.rmSync(folder, { recursive: true }))));
