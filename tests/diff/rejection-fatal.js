// Nobody handles it: the process ends with code 1.
process.on('exit', (code) => console.log('exit', code));
Promise.reject(new TypeError('nobody cares'));
setTimeout(() => console.log('never'), 10);
