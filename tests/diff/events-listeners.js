// Node: 24
// Who listens: the order of listeners, what comes and goes, and what events tell of that.
'use strict';
const EventEmitter = require('events');
const log = (...a) => console.log(...a);
const e = new EventEmitter();
e.on('newListener', (t, f) => log('new', t, f.name));
e.on('removeListener', (t, f) => log('rem', t, f.name));
function a() { log('a', this === e); } function b(x) { log('b', x); }
e.once('x', a); e.on('x', b); e.prependListener('x', function c() { log('c'); }); e.prependOnceListener('x', function d() { log('d'); });
log(e.listeners('x').map((f) => f.name), e.rawListeners('x').length, e.listenerCount('x'), e.listenerCount('x', a));
e.emit('x', 1); e.emit('x', 2);
e.off('x', b); e.removeAllListeners('x'); log(e.eventNames());
const s = Symbol('s'); e.on(s, b); e.emit(s, 3); e.removeListener(s, b); log(e.eventNames());
try { e.on('y', 5); } catch (err) { log(err.code, err.message); }
try { e.once('y'); } catch (err) { log(err.code, err.message); }
try { e.removeListener('y', null); } catch (err) { log(err.code, err.message); }
const p = {}; EventEmitter.prototype.on.call(p, 'z', b); EventEmitter.prototype.emit.call(p, 'z', 9); log(Object.keys(p));
class Sub extends EventEmitter { on(t, f) { log('on', t); return super.on(t, f); } removeListener(t, f) { log('remove', t, typeof f); return super.removeListener(t, f); } }
const q = new Sub(); q.once('k', b); q.emit('k', 4); q.emit('k', 5);
process.on('warning', (w) => log(w.name, w.count, w.type, w.message));
const r = new EventEmitter(); r.setMaxListeners(2); for (let i = 0; i < 4; i++) r.on('m', () => {}); for (let i = 0; i < 3; i++) r.prependListener('n', () => {});
const o = new EventEmitter(); o.on('a', a); o.on('a', a); o.on('a', b); o.removeListener('a', a); log(o.rawListeners('a').map((f) => f.name)); o.removeListener('a', a); log(typeof o._events.a); o.removeListener('a', b); log(o._eventsCount, Object.keys(o._events));
const w = new EventEmitter(); w.once('once', () => { log('fired'); w.emit('once'); return 5; }); w.emit('once');
const raw = new EventEmitter(); raw.once('l', b); const [f] = raw.rawListeners('l'); log(f.name, f.listener === b, f.length); f(8); log(raw.listenerCount('l'));
log(EventEmitter.prototype.on.name, EventEmitter.prototype.off.name, EventEmitter.prototype.on === EventEmitter.prototype.addListener, EventEmitter.prototype.once.length);
