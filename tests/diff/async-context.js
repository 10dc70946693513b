// The store of AsyncLocalStorage holds across everything that calls back later. Each step begins in a store of its own, outside
// of which everything is prepared that the step doesn't make itself, so a context that is lost shows another number.
const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const { EventEmitterAsyncResource, EventEmitter, once, on } = require('events');
const { spawn, exec, execFile, fork } = require('child_process');
const { finished, pipeline, Readable, Writable, Transform, PassThrough } = require('stream');
const dgram = require('dgram');
const dns = require('dns');
const fs = require('fs');
const http = require('http');
const net = require('net');
const timers = require('timers/promises');
const util = require('util');

const storage = new AsyncLocalStorage();
if (process.argv[2] === 'child') {
  process.on('message', () => process.send('pong', () => process.disconnect()));
  return;
}
let number = 0;
const show = (name) => console.log(name, storage.getStore() === number ? 'held' : `has ${storage.getStore()} in ${number}`);

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.pipe(socket);
});
const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 1 });
const webServer = http.createServer((req, res) => {
  if (req.url === '/early') return res.socket.destroy();
  req.resume();
  req.on('end', () => res.end('x'.repeat(100000)));
});
const emitter = new EventEmitter();

const steps = {
  timeout(done) { setTimeout(done, 1); },
  interval(done) { const timer = setInterval(() => { clearInterval(timer); done(); }, 1); },
  refreshed(done) { setTimeout(done, 1).refresh(); },
  immediate(done) { setImmediate(done); },
  tick(done) { process.nextTick(done); },
  microtask(done) { queueMicrotask(done); },
  then(done) { Promise.resolve().then(done); },
  catch(done) { Promise.reject(new Error('no')).catch(done); },
  finally(done) { Promise.resolve().finally(done); },
  thenable(done) { Promise.resolve({ then(resolve) { show('then of a thenable'); resolve(); } }).then(done); },
  all(done) { Promise.all([1, timers.setTimeout(1)]).then(done); },
  async await(done) { await null; await timers.setTimeout(1); await { then(resolve) { resolve(); } }; done(); },
  async 'for await'(done) { for await (const value of (async function*() { await null; yield 1; })()) done(value); },
  async 'timers/promises'(done) {
    await timers.setImmediate();
    for await (const value of timers.setInterval(1)) break;
    await timers.scheduler.wait(1);
    await timers.scheduler.yield();
    done();
  },
  'settled elsewhere'(done) { new Promise((resolve) => outside(() => setTimeout(resolve, 1))).then(done); },
  promisify(done) { util.promisify(setTimeout)(1).then(done); },
  callbackify(done) { util.callbackify(async () => {})(done); },
  'fs.stat'(done) { fs.stat(__filename, done); },
  'fs.readFile'(done) { fs.readFile(__filename, done); },
  'fs.readFile, promised'(done) { fs.promises.readFile(__filename).then(done); },
  async 'FileHandle'(done) {
    const file = await fs.promises.open(__filename);
    show('open');
    await file.read(Buffer.alloc(10), 0, 10, 0);
    show('read');
    await file.close();
    done();
  },
  'a stream of a file'(done) { fs.createReadStream(__filename).on('data', () => show('data')).on('close', done); },
  'fs.opendir'(done) { fs.opendir(__dirname, (error, dir) => dir.read(() => dir.close(done))); },
  'dns.lookup'(done) { dns.lookup('127.0.0.1', done); },
  'net client'(done) {
    const socket = net.connect(server.address().port, () => show('connect'));
    socket.on('data', () => { show('data'); socket.end(); });
    socket.on('end', () => show('end'));
    socket.on('close', done);
    socket.write('x', () => show('written'));
  },
  'net server'(done) {
    const own = net.createServer((socket) => {
      show('connection');
      socket.destroy();
      own.close(done);
    });
    own.listen(0, () => { show('listening'); outside(() => net.connect(own.address().port).on('error', () => {})); });
  },
  'a write that takes long'(done) {
    outside(() => net.connect(server.address().port, function() {
      this.resume();
      storage.run(number, () => this.write(Buffer.alloc(8 << 20), () => { show('written'); this.destroy(); done(); }));
    }));
  },
  'http client'(done) {
    const req = http.request({ port: webServer.address().port, method: 'POST' }, (res) => {
      show('response');
      res.on('data', () => {}).on('end', () => { show('end'); setImmediate(done); });
    });
    req.on('socket', () => show('socket')).on('finish', () => show('finish')).end('body');
  },
  'http agent'(done) {
    // The second and the third wait for the socket of the first, which another context has made.
    let open = 3;
    outside(() => http.get({ port: webServer.address().port, agent: keepAlive }, (res) => res.resume().on('end', next)));
    const next = () => { if (--open === 0) storage.run(number, () => setImmediate(done)); };
    for (const name of ['second', 'third']) {
      http.get({ port: webServer.address().port, agent: keepAlive }, (res) => {
        show(`${name} response`);
        res.on('data', () => {}).on('end', () => { show(`${name} end`); next(); });
      });
    }
  },
  'http error'(done) {
    http.get({ port: webServer.address().port, path: '/early' }).on('error', done);
  },
  'http server'(done) {
    const own = http.createServer((req, res) => {
      storage.run(number, () => {
        req.on('data', () => show('data')).on('end', () => { show('end'); res.end(); });
        res.on('finish', () => show('finish'));
        res.on('close', () => { show('close'); own.close(done); });
      });
    });
    own.listen(0, () => outside(() => {
      http.request({ port: own.address().port, method: 'POST', agent: false }, (res) => res.resume()).end('body');
    }));
  },
  stream(done) {
    const lines = [];
    const sink = new Writable({ write(chunk, encoding, next) { lines.push(storage.getStore()); setImmediate(next); } });
    finished(sink, () => { console.log(lines.every((line) => line === number)); done(); });
    Readable.from(['a', 'b']).pipe(new Transform({ transform(chunk, encoding, next) { next(null, chunk); } })).pipe(sink);
  },
  pipeline(done) { pipeline(Readable.from(['a']), new PassThrough(), new Writable({ write(c, e, next) { next(); } }), done); },
  async 'stream, iterated'(done) { for await (const chunk of Readable.from(['a', 'b'])) show(chunk); done(); },
  spawn(done) {
    const child = spawn(process.execPath, ['-e', 'console.log(1)']);
    child.on('spawn', () => show('spawn')).on('exit', () => show('exit')).on('close', done);
  },
  execFile(done) { execFile(process.execPath, ['-e', '1'], done); },
  fork(done) {
    const child = fork(__filename, ['child']);
    child.on('message', (text) => show(text)).on('exit', done);
    child.send('ping');
  },
  dgram(done) {
    const socket = dgram.createSocket('udp4', () => { show('message'); socket.close(done); });
    socket.bind(0, '127.0.0.1', () => { show('bound'); socket.send('x', socket.address().port, '127.0.0.1', () => show('sent')); });
  },
  EventEmitterAsyncResource(done) {
    const own = new EventEmitterAsyncResource({ name: 'Own' });
    own.on('event', done);
    outside(() => setTimeout(() => own.emit('event'), 1));
  },
  async 'events.once'(done) { outside(() => setTimeout(() => emitter.emit('event'), 1)); await once(emitter, 'event'); done(); },
  AsyncResource(done) { const bound = AsyncResource.bind(done); outside(() => setTimeout(bound, 1)); },
  snapshot(done) { const run = AsyncLocalStorage.snapshot(); outside(() => setTimeout(() => run(done), 1)); },
  'abort event'(done) {
    const controller = new AbortController();
    controller.signal.addEventListener('abort', done);
    controller.abort();
  },
  'final of a stream'(done) { new Writable({ final(next) { setImmediate(next); } }).on('finish', done).end(); },
  rejection(done) {
    process.once('unhandledRejection', done);
    Promise.reject(new Error('nobody listens'));
  },
  uncaught(done) {
    process.once('uncaughtException', done);
    setTimeout(() => { throw new Error('nobody catches'); }, 1);
  },
};

// Somewhere else: what is called here is not in the step's context.
const elsewhere = AsyncLocalStorage.snapshot();
const outside = (call) => elsewhere(() => storage.run('elsewhere', call));

const names = Object.keys(steps);
server.listen(0, () => webServer.listen(0, advance));
function advance() {
  if (number === names.length) {
    server.close();
    webServer.close();
    keepAlive.destroy();
    return;
  }
  const name = names[number];
  number++;
  storage.run(number, () => steps[name](() => {
    show(name);
    outside(() => setImmediate(advance));
  }));
}
