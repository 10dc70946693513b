// One turn of process.nextTick and one of a promise.
'use strict';

const turns = Number(process.argv[2]);

const tick = () => new Promise((resolve) => process.nextTick(resolve, 1));

async function run() {
  let done = 0;
  while (done < turns) {
    done += await tick();
    await null;
  }
  console.log(`done ${done}`);
}

run();
