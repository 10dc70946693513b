// Rejections handled late, and reported between ticks and the next phase.
process.on('unhandledRejection', (reason) => console.log('unhandled', reason.message));
process.on('rejectionHandled', () => console.log('handled later'));
const late = Promise.reject(new Error('late'));
Promise.reject(new Error('same turn')).catch(() => console.log('caught in time'));
const ticked = Promise.reject(new Error('in tick'));
process.nextTick(() => ticked.catch(() => console.log('caught in tick')));
setTimeout(() => late.catch(() => console.log('caught late')), 5);
