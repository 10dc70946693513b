process.on('uncaughtException', (error, origin) => console.log(error.code, error.message.split('\n')[0].length > 20, origin));
Promise.reject(42);
