// `compose`: several streams as one duplex, written at its head and read at its tail.
'use strict';

const { ArrayPrototypeSlice } = primordials;
const { Duplex } = require('stream/core');
const { eos } = require('stream/finished');
const { from } = require('stream/duplexify');
const utils = require('stream/utils');
const { nodeError } = binding('errors');

const { isNodeStream, isReadableStream, isTransformStream, isWebStream, isWritableStream } = utils;

const canRead = (stream) => !!(utils.isReadable(stream) || isReadableStream(stream) || isTransformStream(stream));
const canWrite = (stream) => !!(utils.isWritable(stream) || isWritableStream(stream) || isTransformStream(stream));

exports.compose = function compose(...streams) {
  if (streams.length === 0) throw nodeError('ERR_MISSING_ARGS', 'streams');
  if (streams.length === 1) return from(streams[0]);
  const given = ArrayPrototypeSlice(streams);
  const lastAt = streams.length - 1;
  if (typeof streams[0] === 'function') streams[0] = from(streams[0]);
  if (typeof streams[lastAt] === 'function') streams[lastAt] = from(streams[lastAt]);
  for (let i = 0; i <= lastAt; i++) {
    if (!isNodeStream(streams[i]) && !isWebStream(streams[i])) continue;
    if (i < lastAt && !canRead(streams[i])) throw nodeError('ERR_INVALID_ARG_VALUE', `streams[${i}]`, given[i], 'must be readable');
    if (i > 0 && !canWrite(streams[i])) throw nodeError('ERR_INVALID_ARG_VALUE', `streams[${i}]`, given[i], 'must be writable');
  }

  let ondrain = null;
  let onfinish = null;
  let onreadable = null;
  let onclose; // null as soon as the pipeline is over
  const call = (cb) => {
    if (cb) cb();
  };

  const head = streams[0];
  const tail = require('stream/pipeline').run(streams, utils.once((err) => {
    const cb = onclose;
    onclose = null;
    if (cb) cb(err);
    else if (err) duplex.destroy(err);
    else if (!readable && !writable) duplex.destroy();
  }));
  const writable = canWrite(head);
  const readable = canRead(tail);
  const duplex = new Duplex({
    writableObjectMode: !!head?.writableObjectMode,
    readableObjectMode: !!tail?.readableObjectMode,
    writable,
    readable,
  });

  if (writable) {
    if (isNodeStream(head)) {
      duplex._write = (chunk, encoding, cb) => {
        if (head.write(chunk, encoding)) cb();
        else ondrain = cb;
      };
      duplex._final = (cb) => {
        head.end();
        onfinish = cb;
      };
      head.on('drain', () => {
        const cb = ondrain;
        ondrain = null;
        call(cb);
      });
    } else {
      const writer = (isTransformStream(head) ? head.writable : head).getWriter();
      duplex._write = async (chunk, encoding, cb) => {
        try {
          await writer.ready;
          writer.write(chunk).catch(() => {});
          cb();
        } catch (err) {
          cb(err);
        }
      };
      duplex._final = async (cb) => {
        try {
          await writer.ready;
          writer.close().catch(() => {});
          onfinish = cb;
        } catch (err) {
          cb(err);
        }
      };
    }
    eos(isTransformStream(tail) ? tail.readable : tail, {}, () => {
      const cb = onfinish;
      onfinish = null;
      call(cb);
    });
  }

  if (readable) {
    if (isNodeStream(tail)) {
      tail.on('readable', () => {
        const cb = onreadable;
        onreadable = null;
        call(cb);
      });
      tail.on('end', () => duplex.push(null));
      duplex._read = () => {
        for (;;) {
          const chunk = tail.read();
          if (chunk === null) {
            onreadable = duplex._read;
            return;
          }
          if (!duplex.push(chunk)) return;
        }
      };
    } else {
      const reader = (isTransformStream(tail) ? tail.readable : tail).getReader();
      duplex._read = async () => {
        for (;;) {
          try {
            const { value, done } = await reader.read();
            if (!duplex.push(done ? null : value) || done) return;
          } catch {
            return;
          }
        }
      };
    }
  }

  duplex._destroy = (err, cb) => {
    if (!err && onclose !== null) {
      const { AbortError } = require('errors');
      err = new AbortError();
    }
    onreadable = ondrain = onfinish = null;
    if (isNodeStream(tail)) utils.destroyer(tail, err);
    if (onclose === null) cb(err);
    else onclose = cb;
  };
  return duplex;
};
