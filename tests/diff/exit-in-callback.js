process.on('exit', (code) => console.log('exit', code));
setTimeout(() => {
  process.nextTick(() => console.log('never'));
  try {
    process.exit(3);
  } finally {
    console.log('never');
  }
}, 1);
setTimeout(() => console.log('never'), 2);
