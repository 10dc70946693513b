exports.early = true;
const b = require('./b');
exports.b = b.sawEarly;
exports.late = true;
