// The listeners of an agent's sockets, as programs see them: between requests, while one is out, and after somebody looked.
'use strict';

const http = require('http');
const { errorMonitor, EventEmitter, getEventListeners } = require('events');
const util = require('util');

const lines = [];
const say = (...words) => lines.push(words.join(' '));

const free = (agent) => Object.values(agent.freeSockets).flat()[0];
const turn = () => new Promise((resolve) => { setImmediate(resolve); });

// Not 'data', 'drain' and 'end': Node's parser may read past the socket.
const COUNTED = ['free', 'close', 'agentRemove', 'error', 'timeout', 'x'];

function tell(label, socket) {
  const counts = COUNTED.map((type) => `${type}:${socket.listenerCount(type)}`).filter((one) => !one.endsWith(':0'));
  say(label, counts.join(' '));
}

function get(port, agent, more) {
  return new Promise((resolve, reject) => {
    const req = http.get({ port, agent, ...more }, (res) => {
      const { socket } = res;
      res.resume();
      res.on('end', async () => {
        await turn();
        await turn();
        resolve(socket);
      });
    });
    req.on('error', reject);
  });
}

const CASES = {
  async plain(port, agent) {
    const socket = await get(port, agent);
    tell('free', socket);
    const again = http.get({ port, agent });
    const [res] = await EventEmitter.once(again, 'response');
    tell('busy', socket);
    say('same', res.socket === socket, again.reusedSocket);
    res.resume();
    await EventEmitter.once(res, 'close');
    await turn();
    tell('free again', socket);
    say('events', '_events' in socket, socket._eventsCount === socket.eventNames().length);
    say('own', Object.hasOwn(socket, '_events'), Object.hasOwn(socket, '_eventsCount'));
    await get(port, agent);
    tell('after a look', socket);
  },
  async inspected(port, agent) {
    const socket = await get(port, agent);
    const text = util.inspect(socket, { depth: 0 });
    say(text.includes('_events:'), text.includes('_eventsCount:'));
    await get(port, agent);
    tell('inspected', socket);
  },
  async kinds(port, agent) {
    const socket = await get(port, agent);
    const order = [];
    const push = (word) => function listener() { order.push(word); };
    const last = push('last');
    socket.on('x', push('one'));
    socket.prependListener('x', push('zero'));
    socket.once('x', push('once'));
    socket.prependOnceListener('x', push('before'));
    socket.on('x', last);
    socket.addListener('x', last);
    say(socket.emit('x', 1), socket.emit('x', 2), socket.emit('nobody'), order.join(','));
    socket.off('x', last);
    say(socket.listenerCount('x'), socket.listenerCount('x', last), socket.listeners('x').length,
      socket.rawListeners('x').length, getEventListeners(socket, 'x').length, socket.eventNames().includes('x'));
    order.length = 0;
    await get(port, agent);
    say(socket.emit('x'), order.join(','));
    socket.removeAllListeners('x');
    say(socket.emit('x'), socket.listenerCount('x'));
    socket.removeListener('x', last);
    tell('kinds', socket);
  },
  async changed(port, agent) {
    const socket = await get(port, agent);
    const order = [];
    const second = () => order.push('second');
    socket.on('x', () => {
      order.push('first');
      socket.off('x', second);
      socket.on('x', () => order.push('third'));
    });
    socket.on('x', second);
    socket.emit('x');
    socket.emit('x');
    say(order.join(','), socket.listenerCount('x'));
    socket.removeAllListeners('x');
  },
  async watched(port, agent) {
    const socket = await get(port, agent);
    const seen = [];
    // Who watches a socket's listeners go hears of few of them from Node 20.
    socket.on('newListener', (type) => seen.push(`+${String(type)}`));
    socket.on('removeListener', () => {});
    const f = () => {};
    socket.on('x', f).once('y', f).off('x', f);
    socket.emit('y');
    say(seen.join(' '));
    seen.length = 0;
    await get(port, agent);
    say(['x', 'y', 'error', 'close', 'timeout'].map((type) => `${type}:${seen.includes(`+${type}`)}`).join(' '));
    socket.removeAllListeners('newListener').removeAllListeners('removeListener');
    tell('watched', socket);
  },
  async symbols(port, agent) {
    const socket = await get(port, agent);
    const key = Symbol('s');
    const seen = [];
    socket.on(key, (word) => seen.push(word));
    await get(port, agent);
    say(socket.emit(key, 'heard'), seen.join(), socket.eventNames().includes(key));
    socket.on(7, () => seen.push('number'));
    say(socket.emit('7'), seen.join());
  },
  async errors(port, agent) {
    const socket = await get(port, agent);
    const seen = [];
    socket.on(errorMonitor, (error) => seen.push(`monitor ${error.message}`));
    socket.once('error', (error) => seen.push(error.message));
    socket.once('close', (failed) => seen.push(`close ${failed}`));
    socket.destroy(new Error('of the program'));
    await turn();
    await turn();
    say(seen.join(), Object.keys(agent.freeSockets).length, Object.keys(agent.sockets).length, agent.totalSocketCount);
    const other = await get(port, agent);
    say(other === socket);
  },
  async unheard(port, agent) {
    const socket = await get(port, agent);
    socket.removeAllListeners('error');
    try {
      socket.emit('error', new Error('unheard'));
    } catch (error) {
      say('threw', error.message);
    }
    socket.on('error', () => {});
  },
  async leak(port, agent) {
    const socket = await get(port, agent);
    socket.setMaxListeners(3);
    const warned = EventEmitter.once(process, 'warning');
    for (let i = 0; i < 5; i += 1) socket.on('x', () => {});
    const [warning] = await warned;
    say(warning.name, warning.type, warning.count, warning.emitter === socket, socket.listenerCount('x'));
  },
  async replaced(port, agent) {
    const socket = await get(port, agent);
    const before = socket.listenerCount('free');
    socket._events = { __proto__: null, ...socket._events, x: () => say('given') };
    socket._eventsCount += 1;
    say(socket.emit('x'), socket.listenerCount('free') === before);
    await get(port, agent);
    say(socket.emit('x'));
    const calls = [];
    socket.emit = function emit(type, ...args) {
      if (type === 'free' || type === 'x') calls.push(type);
      return EventEmitter.prototype.emit.call(this, type, ...args);
    };
    await get(port, agent);
    socket.emit('x');
    say(calls.join());
  },
  async inherited(port, agent) {
    const socket = await get(port, agent);
    const heir = Object.create(socket);
    const heard = [];
    heir.on('x', () => heard.push('heir'));
    say(heir.listenerCount('x'), socket.listenerCount('x'), socket.emit('x'), heard.join());
    const other = new EventEmitter();
    other._readableState = socket._readableState;
    other.on('y', () => heard.push('other'));
    say(other.listenerCount('y'), socket.listenerCount('y'), other.emit('y'), heard.join());
  },
  async removed(port, agent) {
    const socket = await get(port, agent);
    socket.emit('agentRemove');
    say(Object.keys(agent.freeSockets).length, socket.listenerCount('free'), socket.listenerCount('agentRemove'), socket.listenerCount('close'));
    const other = await get(port, agent);
    say(other === socket);
    socket.destroy();
  },
  async timeouts(port, agent) {
    const socket = await get(port, agent, { timeout: 5000 });
    tell('timeout', socket);
    const req = http.get({ port, agent, timeout: 6000 });
    const [res] = await EventEmitter.once(req, 'response');
    say(socket === res.socket, socket.timeout);
    tell('timeout busy', socket);
    res.resume();
    await EventEmitter.once(res, 'close');
    await turn();
    tell('timeout free', socket);
    socket.emit('timeout');
    await turn();
    say(socket.destroyed);
  },
  async taken(port, agent) {
    const socket = await get(port, agent);
    const listener = () => {};
    socket.on('x', listener);
    const [events] = [socket._events];
    say(events.x === listener, events === socket._events);
    events.y = () => say('set in place');
    socket.emit('y');
    say(delete socket._events.y, socket.emit('y'));
  },
};

class Owner extends http.Agent {
  createConnection(...args) {
    const socket = super.createConnection(...args);
    socket.on('free', () => say('owner hears free', socket.listenerCount('x')));
    socket.on('x', () => say('owner hears x'));
    return socket;
  }
}

const server = http.createServer((req, res) => res.end('text'));

server.listen(0, async () => {
  const { port } = server.address();
  for (const [name, run] of Object.entries(CASES)) {
    lines.push(`--- ${name}`);
    const agent = new http.Agent({ keepAlive: true });
    await run(port, agent);
    agent.destroy();
  }
  lines.push('--- owner');
  const owner = new Owner({ keepAlive: true });
  const socket = await get(port, owner);
  socket.emit('x');
  await get(port, owner);
  say(free(owner) === socket);
  owner.destroy();
  console.log(lines.join('\n'));
  server.close();
});
