const fs = require('fs'), os = require('os'), path = require('path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-diff-'));
const at = (...names) => path.join(dir, ...names);
const clean = (text) => String(text).replaceAll(dir, 'DIR');
(async () => {
  fs.writeFileSync(at('a'), 'hello');
  fs.appendFileSync(at('a'), ' world');
  console.log(fs.readFileSync(at('a'), 'utf8'), fs.readFileSync(at('a')), fs.existsSync(at('b')), fs.statSync(at('a')).size);
  await new Promise((resolve) => fs.readFile(at('a'), 'latin1', (error, text) => { console.log(error, text); resolve(); }));
  await fs.promises.writeFile(at('b'), Buffer.from([1, 2, 3]));
  console.log(await fs.promises.readFile(at('b')), (await fs.promises.readdir(dir)).sort(), fs.mkdirSync(at('x', 'y'), { recursive: true }) === at('x'));
  for (const act of [() => fs.readFileSync(at('none')), () => fs.mkdirSync(at('a')), () => fs.rmdirSync(at('none')), () => fs.readdirSync(at('a')), () => fs.openSync(at('none', 'b'), 'w'), () => fs.renameSync(at('none'), at('z')), () => fs.readFileSync(dir), () => fs.rmSync(at('x')), () => fs.readFileSync('a\0b'), () => fs.readFileSync({}), () => fs.closeSync(9999), () => fs.readFile(at('a'))]) {
    try { act(); console.log('no error'); } catch (error) { console.log(error.name, error.code, error.errno, error.syscall, clean(error.path), clean(error.dest), clean(error.message)); }
  }
  await fs.promises.stat(at('none')).catch((error) => console.log(error.code, clean(error.message)));
  fs.access(at('none'), (error) => console.log(error.code, error.syscall));
  const fd = fs.openSync(at('c'), 'w+');
  console.log(fs.writeSync(fd, 'abcdef'), fs.writeSync(fd, Buffer.from('XY'), 0, 2, 1), fs.readSync(fd, Buffer.alloc(3), 0, 3, 0), fs.fstatSync(fd).isFile());
  fs.closeSync(fd);
  const handle = await fs.promises.open(at('c'));
  console.log((await handle.read(Buffer.alloc(4), 0, 4, 0)).buffer.toString(), typeof handle.fd);
  await handle.close();
  const entries = fs.readdirSync(dir, { withFileTypes: true }).map((entry) => `${entry.name} ${entry.isDirectory()}`).sort();
  console.log(entries);
  fs.rmSync(dir, { recursive: true });
  console.log(fs.existsSync(dir));
})();
