process.on('uncaughtException', (error, origin) => console.log('handled', error.message, origin));
process.nextTick(() => { throw new Error('in tick'); });
process.nextTick(() => console.log('next tick goes on'));
queueMicrotask(() => { throw new Error('in microtask'); });
queueMicrotask(() => console.log('next microtask goes on'));
setTimeout(() => {
  setTimeout(() => { throw new Error('in timeout'); }, 1);
  setTimeout(() => {
    process.nextTick(() => console.log('tick after timers'));
    console.log('next timer goes on');
    setImmediate(() => { process.nextTick(() => console.log('tick after immediates')); throw new Error('in immediate'); });
    setImmediate(() => console.log('next immediate goes on'));
  }, 1);
}, 20);
