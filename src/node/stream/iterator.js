// What the iterators of streams leave to script, and `await using` of streams.
'use strict';

const { Promise } = primordials;
const { Readable } = require('stream/core');
const { eos } = require('stream/finished');
const { aggregateTwoErrors, destroyer } = require('stream/utils');

exports.aggregate = aggregateTwoErrors;

/** Destroys a stream that is no longer read. */
exports.destroy = (stream) => destroyer(stream, null);

/** Calls `fulfilled` or `rejected` with what comes of a promise or thenable. */
exports.settle = async function(value, fulfilled, rejected) {
  let result;
  try {
    result = await value;
  } catch (error) {
    rejected(error);
    return;
  }
  fulfilled(result);
};

/** Calls `ended` when no more can be read, with the error if there was one; returns what takes the listeners away. */
exports.watch = (stream, ended) => eos(stream, { writable: false }, ended);

/** A stream from before there were iterators as one that has them. */
exports.wrap = (stream) => Readable.wrap(stream, { objectMode: true });

/** `stream[Symbol.asyncDispose]()`. */
exports.dispose = function(stream, complete) {
  let error;
  if (!stream.destroyed) {
    if (!complete) {
      const { AbortError } = require('errors');
      error = new AbortError();
    }
    stream.destroy(error);
  }
  return new Promise((resolve, reject) => {
    eos(stream, {}, (err) => {
      if (err && err !== error) reject(err);
      else resolve(null);
    });
  });
};
