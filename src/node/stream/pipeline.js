// `pipeline`: joins streams, iterables, generators and functions, and tears all down when one fails.
'use strict';

const {
  ArrayIsArray,
  ArrayPrototypePop,
  ArrayPrototypeShift,
  ObjectDefineProperty,
  Promise,
  PromisePrototypeThen,
  ReflectApply,
  SymbolDispose,
  SymbolFor,
} = primordials;
const { Duplex } = require('stream/core');
const { eos } = require('stream/finished');
const utils = require('stream/utils');
const { nodeError } = binding('errors');
const { iterate } = binding('stream');
const { nextTick } = binding('task_queue');
const { validateAbortSignal, validateFunction } = binding('validators');

const {
  aggregateTwoErrors,
  isIterable,
  isNodeStream,
  isReadable,
  isReadableFinished,
  isReadableNode,
  isReadableStream,
  isTransformStream,
  isWebStream,
} = utils;

const PREMATURE = 'ERR_STREAM_PREMATURE_CLOSE';

/** Watches a stream of the pipeline: how to destroy it, unless it is over; how to stop watching. */
function watch(stream, readable, writable) {
  let over = false;
  stream.on('close', () => {
    over = true;
  });
  const unwatch = eos(stream, { readable, writable }, (err) => {
    over = !err;
  });
  return {
    destroy(err) {
      if (over) return;
      over = true;
      utils.destroyer(stream, err || nodeError('ERR_STREAM_DESTROYED', 'pipe'));
    },
    unwatch,
  };
}

function asIterable(value) {
  if (isIterable(value)) return value;
  if (isReadableNode(value)) return iterateLegacy(value);
  throw nodeError('ERR_INVALID_ARG_TYPE', 'val', ['Readable', 'Iterable', 'AsyncIterable'], value);
}

async function* iterateLegacy(stream) {
  yield* iterate(stream);
}

function pipeline(...streams) {
  const last = streams[streams.length - 1];
  validateFunction(last, 'streams[stream.length - 1]');
  ArrayPrototypePop(streams);
  return run(streams, utils.once(last));
}

/** `pipeline` with `options.signal` and `options.end`; returns the last stream. */
function run(streams, callback, options) {
  if (streams.length === 1 && ArrayIsArray(streams[0])) streams = streams[0];
  if (streams.length < 2) throw nodeError('ERR_MISSING_ARGS', 'streams');

  // Only functions are told of the end by a signal.
  let controller;
  const signalOf = () => {
    if (controller === undefined) {
      const { AbortController } = require('events/abort');
      controller = new AbortController();
    }
    return controller.signal;
  };
  const outer = options?.signal;
  validateAbortSignal(outer, 'options.signal');

  const toDestroy = [];
  const atSuccess = [];
  let running = 0;
  let error;
  let value;

  const abort = () => {
    const { AbortError } = require('errors');
    settle(new AbortError(undefined, { cause: outer?.reason }));
  };
  const abortListener = outer ? require('events/extra').addAbortListener(outer, abort) : undefined;

  // A first real error replaces a premature close, which is only its echo.
  function settle(err, last) {
    if (err && (!error || error.code === PREMATURE)) error = err;
    if (!error && !last) return;
    while (toDestroy.length > 0) ArrayPrototypeShift(toDestroy)(error);
    abortListener?.[SymbolDispose]();
    controller?.abort();
    if (last) {
      for (let i = 0; !error && i < atSuccess.length; i++) atSuccess[i]();
      nextTick(callback, error, value);
    }
  }
  const finish = (err) => settle(err, --running === 0);
  const fail = (err) => settle(err, false);

  let current;
  for (let i = 0; i < streams.length; i++) {
    const stream = streams[i];
    const isLast = i === streams.length - 1;
    const end = !isLast || options?.end !== false;
    // What the caller may go on reading keeps none of our listeners.
    const goesOn = isLast && isNodeStream(stream) && isReadable(stream);

    if (isNodeStream(stream)) {
      if (end) {
        const { destroy, unwatch } = watch(stream, !isLast, i > 0);
        toDestroy[toDestroy.length] = destroy;
        if (goesOn) atSuccess[atSuccess.length] = unwatch;
      }
      // Errors after the pipeline is done must not be thrown either.
      const onerror = (err) => {
        if (err && err.name !== 'AbortError' && err.code !== PREMATURE) fail(err);
      };
      stream.on('error', onerror);
      if (goesOn) atSuccess[atSuccess.length] = () => stream.removeListener('error', onerror);
    }

    if (i === 0) {
      if (typeof stream === 'function') {
        current = stream({ signal: signalOf() });
        if (!isIterable(current)) {
          throw nodeError('ERR_INVALID_RETURN_VALUE', 'Iterable, AsyncIterable or Stream', 'source', current);
        }
      } else if (isIterable(stream) || isReadableNode(stream) || isTransformStream(stream)) {
        current = stream;
      } else {
        current = Duplex.from(stream);
      }
    } else if (typeof stream === 'function') {
      current = stream(asIterable(isTransformStream(current) ? current.readable : current), { signal: signalOf() });
      if (isLast) {
        current = drainResult(current, end);
        const { destroy, unwatch } = watch(current, false, true);
        toDestroy[toDestroy.length] = destroy;
        atSuccess[atSuccess.length] = unwatch;
      } else if (!isIterable(current, true)) {
        throw nodeError('ERR_INVALID_RETURN_VALUE', 'AsyncIterable', `transform[${i - 1}]`, current);
      }
    } else if (isNodeStream(stream)) {
      if (isReadableNode(current)) {
        running += 2;
        const unwatch = join(current, stream, finish, fail, end);
        if (goesOn) atSuccess[atSuccess.length] = unwatch;
      } else if (isTransformStream(current) || isReadableStream(current)) {
        running++;
        pump(current.readable || current, stream, finish, end);
      } else if (isIterable(current)) {
        running++;
        pump(current, stream, finish, end);
      } else {
        throw nodeError('ERR_INVALID_ARG_TYPE', 'val',
                        ['Readable', 'Iterable', 'AsyncIterable', 'ReadableStream', 'TransformStream'], current);
      }
      current = stream;
    } else if (isWebStream(stream)) {
      if (!isReadableNode(current) && !isReadableStream(current) && !isIterable(current) && !isTransformStream(current)) {
        throw nodeError('ERR_INVALID_ARG_TYPE', 'val',
                        ['Readable', 'Iterable', 'AsyncIterable', 'ReadableStream', 'TransformStream'], current);
      }
      running++;
      pumpToWeb(isTransformStream(current) ? current.readable : asIterable(current), stream, finish, end);
      current = stream;
    } else {
      current = Duplex.from(stream);
    }
  }
  if (outer?.aborted) nextTick(abort);
  return current;

  // The last function returned a promise or an iterable: a stream stands for it, so that
  // `pipeline` always returns one.
  function drainResult(result, end) {
    const { PassThrough } = require('stream/transform');
    const through = new PassThrough({ objectMode: true });
    const then = result?.then;
    if (typeof then === 'function') {
      running++;
      ReflectApply(then, result, [(resolved) => {
        value = resolved;
        if (resolved != null) through.write(resolved);
        if (end) through.end();
        nextTick(finish);
      }, (err) => {
        through.destroy(err);
        nextTick(finish, err);
      }]);
    } else if (isIterable(result, true)) {
      running++;
      pump(result, through, finish, end);
    } else if (isReadableStream(result) || isTransformStream(result)) {
      running++;
      pump(result.readable || result, through, finish, end);
    } else {
      throw nodeError('ERR_INVALID_RETURN_VALUE', 'AsyncIterable or Promise', 'destination', result);
    }
    return through;
  }
}

/** Stream to stream: calls `finish` once for each of the two. */
function join(source, sink, finish, fail, end) {
  let ended = false;
  sink.on('close', () => {
    if (!ended) fail(nodeError(PREMATURE));
  });
  // We end the sink ourselves: `pipe` would not after an error.
  source.pipe(sink, { end: false });
  if (end) {
    const endSink = () => {
      ended = true;
      sink.end();
    };
    if (isReadableFinished(source)) nextTick(endSink);
    else source.once('end', endSink);
  } else {
    finish();
  }
  eos(source, { readable: true, writable: false }, (err) => {
    const r = source._readableState;
    if (err?.code === PREMATURE && r?.ended && !r.errored && !r.errorEmitted) {
      // Closed with all its data read in: 'end' is still to come.
      source.once('end', finish);
      source.once('error', finish);
    } else {
      finish(err);
    }
  });
  return eos(sink, { readable: false, writable: true }, finish);
}

async function pump(iterable, sink, finish, end) {
  let error;
  let wake = null;
  const resume = (err) => {
    if (err) error = err;
    if (wake !== null) {
      const call = wake;
      wake = null;
      call();
    }
  };
  const drained = () => new Promise((resolve, reject) => {
    if (error) {
      reject(error);
      return;
    }
    wake = () => {
      if (error) reject(error);
      else resolve();
    };
  });
  sink.on('drain', resume);
  const unwatch = eos(sink, { readable: false }, resume);
  try {
    if (sink.writableNeedDrain) await drained();
    for await (const chunk of iterable) {
      if (!sink.write(chunk)) await drained();
    }
    if (end) {
      sink.end();
      await drained();
    }
    finish();
  } catch (err) {
    finish(error !== err ? aggregateTwoErrors(error, err) : err);
  } finally {
    unwatch();
    sink.removeListener('drain', resume);
  }
}

async function pumpToWeb(iterable, sink, finish, end) {
  if (isTransformStream(sink)) sink = sink.writable;
  const writer = sink.getWriter();
  try {
    for await (const chunk of iterable) {
      await writer.ready;
      PromisePrototypeThen(writer.write(chunk), undefined, () => {});
    }
    await writer.ready;
    if (end) await writer.close();
    finish();
  } catch (err) {
    try {
      await writer.abort(err);
      finish(err);
    } catch (worse) {
      finish(worse);
    }
  }
}

ObjectDefineProperty(pipeline, SymbolFor('nodejs.util.promisify.custom'), {
  __proto__: null,
  enumerable: true,
  get: () => require('stream/promises').pipeline,
});

module.exports = { pipeline, run };
