'use strict';
// Node: 24
// Ports, channels and what travels through them.

const { inspect } = require('util');
const util = require('util');
const net = require('net');
const { createHistogram } = require('perf_hooks');
const {
  BroadcastChannel, MessageChannel, MessagePort, isMarkedAsUntransferable, markAsUncloneable, markAsUntransferable,
  moveMessagePortToContext, receiveMessageOnPort,
} = require('worker_threads');

function show(name, call) {
  try {
    console.log(name, inspect(call()));
  } catch (error) {
    console.log(name, 'throws', error.name, error.code, error.message);
  }
}

const state = (port) => /active: (true|false)/.exec(inspect(port))[1];

const { port1, port2 } = new MessageChannel();
show('own of the channel', () => Object.getOwnPropertyDescriptors(new MessageChannel()).port1.enumerable);
show('names', () => Object.getOwnPropertyNames(MessagePort.prototype).sort());
show('methods', () => Object.getOwnPropertyNames(Object.getPrototypeOf(MessagePort.prototype)).sort());
for (const name of ['MessageChannel', 'MessagePort', 'BroadcastChannel', 'MessageEvent']) {
  const { enumerable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name);
  console.log(name, enumerable, configurable, globalThis[name] === require('worker_threads')[name]);
}
show('post', () => port1.postMessage(1));
show('nothing', () => port1.postMessage());
show('receive', () => receiveMessageOnPort(port2));
show('receive none', () => receiveMessageOnPort(port2));
show('function', () => port1.postMessage(() => {}));
show('unlisted', () => port1.postMessage(new MessageChannel().port1));
for (const list of [[1], [{}], [new SharedArrayBuffer(1)], [port1], 1, 'x', { transfer: null }, { transfer: 1 }, [AbortSignal.abort()]]) {
  show(`list ${inspect(list, { depth: -1 })}`, () => port1.postMessage(1, list));
}
show('not a port', () => MessagePort.prototype.postMessage.call({}, 1));
show('construct', () => new MessagePort());
show('call', () => MessageChannel());
show('receive on', () => receiveMessageOnPort({}));
show('move', () => moveMessagePortToContext({}, {}));
show('move to', () => moveMessagePortToContext(port1, {}));
show('refs', () => [port1.hasRef(), port1.ref(), port1.hasRef(), port1.unref(), port1.hasRef()]);

show('marks', () => {
  const buffer = new ArrayBuffer(1);
  markAsUntransferable(buffer);
  return [isMarkedAsUntransferable(buffer), isMarkedAsUntransferable({}), isMarkedAsUntransferable(1)];
});
show('marked buffer', () => {
  const buffer = new ArrayBuffer(1);
  markAsUntransferable(buffer);
  return structuredClone(buffer, { transfer: [buffer] });
});
show('marked object', () => {
  const object = {};
  markAsUncloneable(object);
  port1.postMessage({ object });
});
show('marked port', () => {
  const { port1: port } = new MessageChannel();
  markAsUntransferable(port);
  port1.postMessage(port, [port]);
});
show('cloned port', () => {
  const { port1: one, port2: two } = new MessageChannel();
  const clone = structuredClone({ one }, { transfer: [one] }).one;
  clone.postMessage('through the clone');
  return [clone instanceof MessagePort, clone !== one, receiveMessageOnPort(two), one.postMessage(1), two.postMessage(2)];
});

show('event', () => {
  const event = new MessageEvent('x', { data: 1, origin: 'o', lastEventId: 2, source: port1, ports: [port1] });
  const { data, origin, lastEventId, source, ports } = event;
  return [data, origin, lastEventId, source === port1, ports.length, Object.isFrozen(ports), ports === event.ports, event.isTrusted];
});
show('empty event', () => {
  const { data, origin, lastEventId, source, ports } = new MessageEvent('x');
  return [data, origin, lastEventId, source, ports];
});
for (const args of [[], ['x', 1], ['x', { source: 1 }], ['x', { ports: 1 }], ['x', { ports: [1] }]]) {
  show(`event ${inspect(args)}`, () => new MessageEvent(...args).type);
}

show('broadcast', () => {
  const channel = new BroadcastChannel('x');
  const shown = [inspect(channel), channel.unref() === channel, channel.postMessage(1)];
  channel.close();
  channel.close();
  shown.push(inspect(channel));
  return shown;
});
show('no name', () => new BroadcastChannel());
show('closed', () => {
  const channel = new BroadcastChannel('x');
  channel.close();
  channel.postMessage(1);
});

// Objects of the platform.
show('address', () => structuredClone(new net.SocketAddress({ address: '1.2.3.4', port: 5 })));
show('block list', () => {
  const list = new net.BlockList();
  const clone = structuredClone(list);
  list.addAddress('1.1.1.1');
  return [clone instanceof net.BlockList, clone.check('1.1.1.1')];
});
show('histogram', () => {
  const histogram = createHistogram();
  const clone = structuredClone(histogram);
  histogram.record(5);
  clone.record(7);
  return [clone.count, clone.max, clone.constructor.name, histogram.count];
});
show('histogram moved', () => {
  const histogram = createHistogram();
  return structuredClone(histogram, { transfer: [histogram] });
});
const controller = util.transferableAbortController();
show('signal', () => structuredClone(controller.signal));
show('signal of nothing', () => util.transferableAbortSignal({}));
const followed = structuredClone(controller.signal, { transfer: [controller.signal] });
followed.addEventListener('abort', () => console.log('aborted', followed.reason));
controller.abort('why');
console.log(followed.aborted);

// Listeners in both styles.
{
  const { port1: port } = new MessageChannel();
  console.log(port.on('x', (value) => console.log('node', value.type ?? value)) === port, port.listenerCount('x'), port.getMaxListeners());
  port.addEventListener('x', (event) => console.log('web', event.constructor.name, event.detail, event.target === port));
  port.once('x', (value) => console.log('once', value));
  console.log(port.emit('x', 1, 2), port.emit('x', 3), port.emit('y'));
  port.dispatchEvent(new Event('x'));
  console.log(port.removeAllListeners('x') === port, port.emit('x'));
  show('listener', () => port.on('z', 1));
  show('emit', () => port.emit());
}

// The order of things.
{
  const { port1: here, port2: there } = new MessageChannel();
  const buffer = new ArrayBuffer(4);
  const { port1: carried, port2: kept } = new MessageChannel();
  here.onmessage = ({ data, ports, source, lastEventId, origin }) => {
    console.log('onmessage', data.name, data.shared, data.buffer, ports.length, source, lastEventId, origin);
    process.nextTick(() => console.log('tick', data.name));
    Promise.resolve().then(() => console.log('microtask', data.name));
    if (ports.length > 0) {
      ports[0].on('message', (message) => {
        console.log('on the carried port', message);
        ports[0].close();
      });
      kept.postMessage('hello');
    }
  };
  kept.on('close', () => console.log('kept closed'));
  there.postMessage({ name: 'a', shared: new SharedArrayBuffer(2) });
  there.postMessage({ name: 'b', buffer, carried }, [buffer, carried]);
  console.log(buffer.byteLength, carried.postMessage(1));
  setImmediate(() => {
    console.log('immediate');
    there.on('close', (event) => console.log('there', event.constructor.name, state(here), here.hasRef(), there.hasRef()));
    here.close(() => console.log('here', state(here), state(there)));
    console.log(state(here), here.hasRef(), here.postMessage('late'));
  });
}

// A broadcast reaches all others.
{
  const channels = [1, 2, 3].map((number) => {
    const channel = new BroadcastChannel('all');
    channel.onmessage = ({ data, target }) => {
      console.log(`channel ${number} hears ${data}`, target === channel);
      channel.close();
    };
    return channel;
  });
  channels[0].postMessage('the first');
  channels[0].unref();
}

// A port that a getter closes while the message is written: nothing of the list is gone.
{
  const { port1, port2 } = new MessageChannel();
  const { port1: carried } = new MessageChannel();
  const buffer = new ArrayBuffer(8);
  const value = {
    get late() {
      carried.close();
      return 1;
    },
    carried,
  };
  try {
    port1.postMessage(value, [buffer, carried]);
    console.log('posted');
  } catch (error) {
    console.log(error.name, buffer.byteLength);
  }
  port1.close();
  port2.close();
}
