// One timer is set and cleared, another is set and fires.
'use strict';

const timers = Number(process.argv[2]);
let fired = 0;

function fire() {
  fired += 1;
  if (fired === timers) console.log(`done ${fired}`);
}

for (let i = 0; i < timers; i++) {
  const cleared = setTimeout(fire, 1000 + (i % 16));
  setTimeout(fire, 1);
  clearTimeout(cleared);
}
