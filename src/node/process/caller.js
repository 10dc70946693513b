'use strict';
// Whether a dependency is to blame: what is deprecated warns of a program's own use only.

const { Error, RegExpPrototypeExec } = primordials;

const FILE = /^ +at (?:.* \()?((?:file:|\/|[A-Za-z]:\\).*):\d+:\d+\)?$/m;

/** Whether the innermost file of a program that is being run is inside of a `node_modules`. */
exports.isDependency = function isDependency() {
  const caller = RegExpPrototypeExec(FILE, `${new Error().stack}`);
  return caller !== null && RegExpPrototypeExec(/[/\\]node_modules[/\\]/, caller[1]) !== null;
};
