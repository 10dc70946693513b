// `stream/promises`.
'use strict';

const { ArrayPrototypePop, Promise } = primordials;
const { isIterable, isNodeStream, isWebStream } = require('stream/utils');

function pipeline(...streams) {
  return new Promise((resolve, reject) => {
    let signal;
    let end;
    const last = streams[streams.length - 1];
    if (last && typeof last === 'object' && !isNodeStream(last) && !isIterable(last) && !isWebStream(last)) {
      const options = ArrayPrototypePop(streams);
      signal = options.signal;
      end = options.end;
    }
    require('stream/pipeline').run(streams, (err, value) => {
      if (err) reject(err);
      else resolve(value);
    }, { signal, end });
  });
}

function finished(stream, options) {
  const given = options ?? {};
  let cleansUp = false;
  if (given.cleanup) {
    binding('validators').validateBoolean(given.cleanup, 'cleanup');
    cleansUp = given.cleanup;
  }
  return new Promise((resolve, reject) => {
    const cleanup = require('stream/finished').finished(stream, given, (err) => {
      if (cleansUp) cleanup();
      if (err) reject(err);
      else resolve();
    });
  });
}

module.exports = { finished, pipeline };
