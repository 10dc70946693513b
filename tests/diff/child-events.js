// What a child tells of itself, and in which order.
'use strict';
const { spawn, exec, execFile } = require('child_process');

const log = (...args) => console.log(...args);

function watch(child, streams) {
  for (const event of ['spawn', 'exit', 'close', 'error']) {
    child.on(event, (...args) => log(event, ...args.map((value) => value?.message ?? value)));
  }
  for (const name of streams) {
    for (const event of ['data', 'end', 'close']) {
      child[name]?.on(event, (chunk) => log(name, event, chunk === undefined || event === 'close' ? '' : `${chunk}`));
    }
  }
  return new Promise((done) => child.on('close', () => setImmediate(done)));
}

async function main() {
  log('# not there');
  let child = spawn('no-such-program', ['a', 'b']);
  log(child.pid, child.exitCode, child.spawnfile, child.spawnargs, child.stdio.length);
  child.on('error', (err) => log(err.code, err.errno, err.syscall, err.path, err.spawnargs));
  await watch(child, ['stdin', 'stdout', 'stderr']);
  log(child.exitCode, child.signalCode, child.killed);

  log('# no streams');
  child = spawn('sh', ['-c', 'exit 5'], { stdio: 'ignore' });
  log(typeof child.pid, child.stdin, child.stdout, child.stderr, child.stdio);
  await watch(child, []);
  log(child.exitCode, child.signalCode, child.kill());

  log('# a signal');
  child = spawn('sleep', ['30'], { stdio: 'ignore' });
  child.on('spawn', () => {
    log(child.kill('SIGINT'), child.killed);
  });
  await watch(child, []);
  log(child.exitCode, child.signalCode);

  log('# output, whose end may come before or after the exit');
  child = spawn('sh', ['-c', 'cat; echo done']);
  child.stdin.end('through\n');
  let text = '';
  const seen = [];
  child.stdout.setEncoding('utf8').on('data', (chunk) => { text += chunk; }).on('end', () => seen.push('end'));
  child.on('exit', () => seen.push('exit'));
  await new Promise((done) => child.on('close', (code) => {
    seen.sort();
    log(text, seen, code, child.stdout.destroyed, child.stdin.destroyed);
    done();
  }));

  log('# gathered');
  await new Promise((done) => exec('echo out; echo err >&2; exit 3', (err, stdout, stderr) => {
    log(err.message, err.code, err.killed, err.signal, err.cmd, [stdout, stderr]);
    done();
  }));
  await new Promise((done) => execFile('printf', ['%s', 'aé'], { encoding: 'buffer' }, (err, stdout) => {
    log(err, stdout);
    done();
  }));
  await new Promise((done) => exec('echo 123456789', { maxBuffer: 4 }, (err, stdout) => {
    log(err.name, err.code, err.message, [stdout]);
    done();
  }));
  await new Promise((done) => exec('sleep 30', { timeout: 50 }, (err, stdout) => {
    log(err.killed, err.code, err.signal, err.cmd, [stdout]);
    done();
  }));

  log('# aborted');
  const controller = new AbortController();
  child = spawn('sleep', ['30'], { stdio: 'ignore', signal: controller.signal });
  const ended = watch(child, []);
  child.on('error', (err) => log(err.name, err.code, err.cause));
  controller.abort('reason');
  await ended;

  log('# a timeout');
  child = spawn('sleep', ['30'], { stdio: 'ignore', timeout: 20, killSignal: 'SIGKILL' });
  await watch(child, []);
}

main();
