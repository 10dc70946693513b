const { Readable, Writable, pipeline, finished } = require('stream');
const w = new Writable({ write(chunk, encoding, done) { done(new Error('bad write')); } });
w.on('error', (error) => console.log('error', error.message, w.destroyed, w.errored === error));
w.on('close', () => console.log('close'));
w.write('a', (error) => console.log('callback', error.message));
const ended = new Writable({ write(c, e, d) { d(); } });
ended.on('error', (error) => console.log(error.code));
ended.end();
ended.write('late', (error) => console.log('late', error.code));
const r = new Readable({ read() { this.destroy(new Error('read failed')); } });
finished(r, (error) => console.log('finished', error.message));
r.on('error', () => {}); r.resume();
pipeline(new Readable({ read() { this.push('x'); this.destroy(); } }), new Writable({ write(c, e, d) { d(); } }), (error) => console.log('pipeline', error.code));
try { new Writable().write(null); } catch (error) { console.log(error.code, error.message); }
(async () => { try { for await (const c of new Readable({ read() { this.push('1'); this.destroy(new Error('mid')); } })); } catch (error) { console.log('iteration', error.message); } })();
