process.on('exit', (code) => console.log('exit', code));
throw { not: 'an error' };
