// Domains: whose errors go where, in which order, and what is active meanwhile.
'use strict';
const before = process.domain;
const domain = require('domain');
const { EventEmitter } = require('events');
const { PassThrough } = require('stream');
const { createServer, get } = require('http');
const { gzip } = require('zlib');
const { pbkdf2 } = require('crypto');
const { readFile } = require('fs');

const shown = (value) => (value === null || value === undefined ? String(value) : value.name ?? 'a domain');
function named(name) {
  const made = domain.create();
  made.name = name;
  made.on('error', (error) => {
    console.log(`${name}: ${error.message}, thrown ${error.domainThrown}, of ${shown(error.domain)}`,
      `emitter ${error.domainEmitter?.constructor.name}, bound ${error.domainBound?.name}, now ${shown(process.domain)}`);
  });
  return made;
}
console.log(before, EventEmitter.usingDomains, domain.active, process.domain, domain._stack.length);

// What is active.
const outer = named('outer');
const inner = named('inner');
console.log(outer.run(function(a, b) {
  console.log(this === outer, shown(domain.active), domain._stack.length);
  inner.run(() => console.log(shown(process.domain), domain._stack.length));
  console.log(shown(process.domain));
  return a + b;
}, 1, 2), shown(process.domain));
outer.enter();
inner.enter();
outer.exit();
console.log(domain._stack.length, shown(process.domain));

// Emitters.
const loose = new EventEmitter();
const made = outer.run(() => new EventEmitter());
console.log(loose.domain, shown(made.domain), Object.keys(made).includes('domain'));
made.on('seen', () => console.log('listener in', shown(process.domain)));
made.emit('seen');
console.log(made.emit('error', new Error('emitted')));
outer.add(loose);
outer.add(loose);
console.log(outer.members.length);
inner.add(loose);
console.log(outer.members.length, inner.members.length);
loose.emit('error', new Error('moved'));
loose.emit('error');
inner.remove(loose);
try {
  loose.emit('error', new Error('nobody'));
} catch (error) {
  console.log(error.message);
}
inner.add(outer);
outer.add(inner);
console.log(shown(outer.domain), inner.domain);
inner.remove(outer);

// Functions.
const bound = outer.bind(function named(a) { return [this.x, a, process.domain === outer].join(); });
console.log(bound.name, bound.length, bound.domain === outer, bound.call({ x: 1 }, 2));
const intercepted = inner.intercept(function given(a, b) { return [a, b].join(); });
console.log(intercepted(null, 1, 2), intercepted(new Error('given')));

// The way out of each resource.
const streams = outer.run(() => new PassThrough());
const steps = [
  (done) => setTimeout(() => { done(); throw new Error('timeout'); }, 1),
  (done) => setImmediate(() => { done(); throw new Error('immediate'); }),
  (done) => process.nextTick(() => { done(); throw new Error('tick'); }),
  (done) => readFile(__filename, () => { done(); throw new Error('file'); }),
  (done) => gzip('text', () => { done(); throw new Error('zlib'); }),
  (done) => pbkdf2('a', 'b', 1, 8, 'sha1', () => { done(); throw new Error('crypto'); }),
  (done) => Promise.resolve().then(() => { done(); console.log('promise', shown(process.domain)); }),
  (done) => { setImmediate(done); Promise.reject(new Error('rejection')); },
  (done) => { setImmediate(done); streams.destroy(new Error('stream')); },
  (done) => inner.run(() => setTimeout(() => { done(); throw new Error('of the inner'); }, 1)),
  (done) => setTimeout(() => {
    const quiet = domain.create();
    quiet.name = 'quiet';
    quiet.run(() => { done(); throw new Error('nobody listens inside'); });
  }, 1),
  (done) => {
    const failing = domain.create();
    failing.on('error', (error) => { throw new Error(`after ${error.message}`); });
    failing.run(() => { done(); throw new Error('first'); });
  },
  (done) => {
    const server = createServer((req, res) => res.end('answer'));
    server.listen(0, () => get({ port: server.address().port }, (res) => {
      console.log('response', shown(res.domain), shown(process.domain));
      res.on('end', () => {
        server.close();
        done();
        res.emit('error', new Error('response'));
      });
      res.resume();
    }));
  },
];

function next() {
  const step = steps.shift();
  if (step !== undefined) {
    const leave = () => setTimeout(outside, 5);
    outer.run(() => step(leave));
    outside.count++;
    return;
  }
  // Another's handler isn't taken, and ours are heard outside of all domains.
  try {
    process.setUncaughtExceptionCaptureCallback(() => {});
  } catch (error) {
    console.log(error.code);
  }
  process.once('uncaughtException', (error) => console.log('process:', error.message, process.domain));
  domain.create().run(() => {
    throw new Error('no listener at all');
  });
}
function outside() {
  while (process.domain) process.domain.exit();
  next();
}
outside.count = 0;
process.on('exit', () => console.log(outside.count));
next();
