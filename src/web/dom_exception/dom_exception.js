'use strict';
// `DOMException`: <https://webidl.spec.whatwg.org/#idl-DOMException>. An instance is an `Error` of the engine, so that it has a
// stack, under the prototype of this class.

const {
  Error, ErrorPrototype, ObjectDefineProperties, ObjectDefineProperty, ObjectSetPrototypeOf, Symbol, SymbolToStringTag,
} = primordials;
const { nodeError } = binding('errors');
const { kClone, kRevive } = binding('structured_clone');

const kName = Symbol('kName');
const kMessage = Symbol('kMessage');

const NAMES = {
  __proto__: null,
  IndexSizeError: ['INDEX_SIZE_ERR', 1],
  _2: ['DOMSTRING_SIZE_ERR', 2],
  HierarchyRequestError: ['HIERARCHY_REQUEST_ERR', 3],
  WrongDocumentError: ['WRONG_DOCUMENT_ERR', 4],
  InvalidCharacterError: ['INVALID_CHARACTER_ERR', 5],
  _6: ['NO_DATA_ALLOWED_ERR', 6],
  NoModificationAllowedError: ['NO_MODIFICATION_ALLOWED_ERR', 7],
  NotFoundError: ['NOT_FOUND_ERR', 8],
  NotSupportedError: ['NOT_SUPPORTED_ERR', 9],
  InUseAttributeError: ['INUSE_ATTRIBUTE_ERR', 10],
  InvalidStateError: ['INVALID_STATE_ERR', 11],
  SyntaxError: ['SYNTAX_ERR', 12],
  InvalidModificationError: ['INVALID_MODIFICATION_ERR', 13],
  NamespaceError: ['NAMESPACE_ERR', 14],
  InvalidAccessError: ['INVALID_ACCESS_ERR', 15],
  _16: ['VALIDATION_ERR', 16],
  TypeMismatchError: ['TYPE_MISMATCH_ERR', 17],
  SecurityError: ['SECURITY_ERR', 18],
  NetworkError: ['NETWORK_ERR', 19],
  AbortError: ['ABORT_ERR', 20],
  URLMismatchError: ['URL_MISMATCH_ERR', 21],
  QuotaExceededError: ['QUOTA_EXCEEDED_ERR', 22],
  TimeoutError: ['TIMEOUT_ERR', 23],
  InvalidNodeTypeError: ['INVALID_NODE_TYPE_ERR', 24],
  DataCloneError: ['DATA_CLONE_ERR', 25],
};

function hidden(object, key, value) {
  ObjectDefineProperty(object, key, { __proto__: null, configurable: true, value });
}

function checked(exception) {
  if (exception === null || typeof exception !== 'object' || exception[kName] === undefined) {
    throw nodeError('ERR_INVALID_THIS', 'DOMException');
  }
  return exception;
}

/** An error of the web platform, told from others by its name. */
class DOMException {
  constructor(message = '', options = 'Error') {
    message = `${message}`;
    let name = options;
    if (options !== null && typeof options === 'object') {
      name = 'name' in options ? options.name : 'Error';
    }
    name = `${name}`;
    const self = new Error(message);
    delete self.message;
    ObjectSetPrototypeOf(self, new.target.prototype);
    hidden(self, kName, name);
    hidden(self, kMessage, message);
    if (options !== null && typeof options === 'object' && 'cause' in options) {
      ObjectDefineProperty(self, 'cause', {
        __proto__: null, configurable: true, writable: true, enumerable: false, value: options.cause,
      });
    }
    Error.captureStackTrace(self, new.target);
    return self;
  }

  get name() {
    return checked(this)[kName];
  }

  get message() {
    return checked(this)[kMessage];
  }

  get code() {
    return NAMES[checked(this)[kName]]?.[1] ?? 0;
  }
}

ObjectSetPrototypeOf(DOMException.prototype, ErrorPrototype);
const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(DOMException.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'DOMException' },
  name: enumerable,
  message: enumerable,
  code: enumerable,
});
for (const name in NAMES) {
  const constant = NAMES[name][0];
  const value = NAMES[name][1];
  const descriptor = { __proto__: null, enumerable: true, value };
  ObjectDefineProperty(DOMException, constant, descriptor);
  ObjectDefineProperty(DOMException.prototype, constant, descriptor);
  if (name[0] === '_') delete NAMES[name];
}

hidden(DOMException.prototype, kClone, function() {
  return {
    deserializeInfo: 'dom_exception:DOMException',
    data: { message: this.message, name: this.name, stack: this.stack },
  };
});
hidden(DOMException, kRevive, ({ message, name, stack }) => {
  const copy = new DOMException(message, name);
  ObjectDefineProperty(copy, 'stack', { __proto__: null, configurable: true, writable: true, value: stack });
  return copy;
});

module.exports = DOMException;
