// Who listens to messages of http, as programs see it: `_events`, counts and names, before, while and after they are piped.
'use strict';

const http = require('http');
const { errorMonitor } = require('events');

const lines = [];
const say = (...words) => lines.push(words.join(' '));

const names = (emitter, type) => {
  const found = emitter._events?.[type];
  if (found === undefined) return '-';
  return typeof found === 'function' ? found.name : found.map((one) => one.name).join('+');
};

// Node's own listeners of other events have names and numbers of their own from version to version.
const COUNTED = ['data', 'end', 'unpipe', 'error', 'close', 'drain', 'x', 'response'];
const NAMED = ['data', 'unpipe', 'error', 'x'];
const PIPES = ['ondata', 'onunpipe', 'onerror'];

function tell(label, emitter) {
  const counts = COUNTED.map((type) => `${type}:${emitter.listenerCount(type)}`).filter((one) => !one.endsWith(':0'));
  say(label, counts.join(' '));
  say(label, NAMED.map((type) => `${type}=${names(emitter, type)}`).filter((one) => !one.endsWith('=-')).join(' '));
}

function many(label, emitter) {
  const order = [];
  const push = (word) => function listener() { order.push(word); };
  const last = push('last');
  emitter.on('x', push('one'));
  emitter.prependListener('x', push('zero'));
  emitter.once('x', push('once'));
  emitter.on('x', last);
  emitter.on('x', last);
  say(label, 'emit', emitter.emit('x'), emitter.emit('x'), emitter.emit('nobody'), order.join(','));
  emitter.off('x', last);
  say(label, emitter.listenerCount('x'), emitter.listenerCount('x', last), emitter.listeners('x').length);
  order.length = 0;
  emitter.on(Symbol.for('s'), push('symbol'));
  say(label, emitter.emit(Symbol.for('s')), emitter.rawListeners('x').length);
  emitter.removeAllListeners('x');
  emitter.removeAllListeners(Symbol.for('s'));
  say(label, order.join(','), emitter.listenerCount('x'));
}

function watched(label, emitter) {
  const seen = [];
  emitter.on('newListener', (type) => seen.push(`+${String(type)}`));
  emitter.on('removeListener', (type) => seen.push(`-${String(type)}`));
  const f = () => {};
  emitter.on('x', f).once('y', f).off('x', f);
  emitter.emit('y');
  emitter.removeAllListeners('newListener').removeAllListeners('removeListener');
  say(label, seen.filter((one) => one !== '-newListener').join(' '));
}

function errors(label, emitter) {
  try {
    say(label, emitter.listenerCount('error'), emitter.emit('error', new Error('unheard')));
  } catch (error) {
    say(label, 'threw', error.message);
  }
  const seen = [];
  const f = (error) => seen.push(error.message);
  emitter.on('error', f);
  emitter.on(errorMonitor, (error) => seen.push(`monitor ${error.message}`));
  say(label, emitter.emit('error', new Error('heard')), seen.join(','));
  emitter.off('error', f).removeAllListeners(errorMonitor);
}

function inherits(label, emitter) {
  const f = () => {};
  emitter.on('x', f);
  const heir = Object.create(emitter);
  heir.on('x', f);
  say(label, heir.listenerCount('x'), emitter.listenerCount('x'));
  emitter.removeAllListeners('x');
}

const origin = http.createServer((req, res) => {
  if (req.url === '/plain') {
    for (const [label, emitter] of [['req', req], ['res', res]]) {
      say(label, emitter.eventNames().includes('x'), emitter.listenerCount('x'));
      many(label, emitter);
      errors(label, emitter);
      inherits(label, emitter);
    }
  } else if (req.url === '/early') {
    for (const [label, emitter] of [['req', req], ['res', res]]) {
      // Not of a stream that reads: Node 20 doesn't tell who watches that.
      if (emitter === res) watched(label, emitter);
      inherits(label, emitter);
    }
  } else if (req.url === '/given') {
    res._events = { __proto__: null, ...res._events, x() { say('given x'); } };
    res._eventsCount = Object.keys(res._events).length;
    res.on('x', () => say('added x'));
    res.emit('x');
    say('given', res.listenerCount('x'));
  }
  res.end('text of the origin');
});

const proxy = http.createServer((req, res) => {
  const mode = req.headers['x-mode'];
  const forwarded = http.request({ port: origin.address().port, path: '/' }, (answer) => {
    res.writeHead(answer.statusCode);
    if (mode === 'replaced') {
      const heard = [];
      for (const [name, stream] of [['answer', answer], ['res', res]]) {
        for (const method of ['on', 'prependListener', 'removeListener']) {
          const before = stream[method];
          stream[method] = function replaced(type, listener) {
            if (PIPES.includes(listener.name)) heard.push(`${name}.${method}(${type},${listener.name})`);
            return before.call(this, type, listener);
          };
        }
      }
      res.once('close', () => say('replaced', heard.sort().join(' ')));
    }
    if (mode === 'late') {
      res.once('pipe', () => {
        const { removeListener } = res;
        res.removeListener = function removed(type, listener) {
          if (PIPES.includes(listener.name)) say('late removeListener', type, listener.name);
          return removeListener.call(this, type, listener);
        };
      });
    }
    if (mode === 'heard') {
      for (const type of ['pipe', 'unpipe']) {
        res.on(type, (source, info) => say('heard', type, source === answer, info?.hasUnpiped));
      }
      for (const type of ['pause', 'resume']) answer.on(type, () => say('heard', type));
    }
    if (mode === 'twice') answer.pipe(res);
    answer.pipe(res);
    if (mode === 'touched') {
      tell('touched answer', answer);
      tell('touched res', res);
    }
    if (mode === 'unpiped') {
      answer.unpipe(res);
      tell('unpiped answer', answer);
      tell('unpiped res', res);
      answer.pipe(res);
      answer.resume();
    }
    if (mode === 'counted') {
      say('counted', answer.listenerCount('data'), res.listenerCount('unpipe'), answer._eventsCount, res._eventsCount);
    }
    if (mode === 'emitted') {
      res.on('error', (error) => say('emitted', error.message, answer._readableState.pipes.length));
      res.emit('error', new Error('of the destination'));
      tell('emitted', answer);
      answer.on('end', () => res.end());
      answer.resume();
    }
    answer.on('close', () => tell(`${mode} answer`, answer));
    res.on('close', () => tell(`${mode} res`, res));
  });
  req.pipe(forwarded);
  if (mode === 'touched') {
    tell('touched req', req);
    tell('touched forwarded', forwarded);
  }
  forwarded.on('close', () => tell(`${mode} forwarded`, forwarded));
});

const MODES = ['plain', 'touched', 'unpiped', 'counted', 'heard', 'replaced', 'late', 'twice', 'emitted'];

function fetch(port, path, mode) {
  return new Promise((resolve) => {
    http.get({ port, path, headers: { 'x-mode': mode } }, (answer) => {
      let length = 0;
      answer.on('data', (chunk) => { length += chunk.length; });
      answer.on('end', () => say('got', path, mode, length));
      answer.on('close', () => setImmediate(() => setImmediate(resolve)));
    });
  });
}

origin.listen(0, () => proxy.listen(0, async () => {
  for (const path of ['/plain', '/early', '/given']) await fetch(origin.address().port, path, 'none');
  for (const mode of MODES) {
    lines.push(`--- ${mode}`);
    await fetch(proxy.address().port, '/', mode);
  }
  console.log(lines.join('\n'));
  origin.close();
  proxy.close();
}));
