function inner() {
  throw new RangeError('out of reach');
}
process.on('exit', (code) => console.log('exit', code, process.exitCode));
setTimeout(() => console.log('never'), 1);
inner();
