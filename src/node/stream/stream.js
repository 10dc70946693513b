// `require('stream')`: the oldest Stream with everything else hung on it.
'use strict';

const { define, methods, Stream, Readable, Writable, Duplex } = require('stream/core');

function late(name, id, pick = name) {
  define(Stream, name, {
    enumerable: true,
    get: () => pick ? require(id)[pick] : require(id),
    set(value) {
      define(Stream, name, { value, writable: true, enumerable: true });
    },
  });
}

methods(Stream, 'stream/utils', ['isDestroyed', 'isDisturbed', 'isErrored', 'isReadable', 'isWritable']);
Stream.Readable = Readable;
Stream.Writable = Writable;
Stream.Duplex = Duplex;
late('Transform', 'stream/transform');
late('PassThrough', 'stream/transform');
late('duplexPair', 'stream/duplexify');
late('pipeline', 'stream/pipeline');
late('addAbortSignal', 'stream/abort');
late('finished', 'stream/finished');
methods(Stream, 'stream/utils', ['destroy']);
late('compose', 'stream/compose');
late('setDefaultHighWaterMark', 'stream/state');
late('getDefaultHighWaterMark', 'stream/state');
late('promises', 'stream/promises', '');
Stream.Stream = Stream;
late('_isArrayBufferView', 'stream/utils');
late('_isUint8Array', 'stream/utils');
late('_uint8ArrayToBuffer', 'stream/state', 'toBuffer');

module.exports = Stream;
