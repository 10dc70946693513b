exports.p=module.parent&&module.parent.filename; exports.id=module.id; exports.loaded=module.loaded; exports.m=module;
