const { EventEmitter, once, errorMonitor } = require('events');
const e = new EventEmitter();
e.on('newListener', (name) => console.log('newListener', name));
e.on('a', function(x) { console.log('first', x, this === e); });
e.prependListener('a', () => console.log('prepended'));
e.once('a', () => console.log('once'));
console.log(e.emit('a', 1), e.emit('a', 2), e.emit('nothing'));
console.log(e.eventNames(), e.listenerCount('a'), e.rawListeners('a').length);
e.on('r', function me() { console.log('r1'); e.removeListener('r', me); });
e.on('r', () => console.log('r2'));
e.emit('r'); e.emit('r');
e.on(errorMonitor, (error) => console.log('monitor', error.message));
try { e.emit('error', new Error('boom')); } catch (error) { console.log('thrown', error.message); }
try { e.emit('error', 'text'); } catch (error) { console.log(error.code, error.message); }
try { e.on('x', 'nope'); } catch (error) { console.log(error.code, error.message); }
once(e, 'later').then(([a, b]) => console.log('later', a, b));
e.emit('later', 1, 2);
