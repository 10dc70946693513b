process.on('uncaughtException', () => { throw new Error('again'); });
process.on('exit', (code) => console.log('exit', code));
throw new Error('first');
