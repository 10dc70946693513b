// Under which property a socket keeps its state: for those who send sockets to other processes.
'use strict';

const { Symbol } = primordials;

exports.kState = Symbol('state symbol');
