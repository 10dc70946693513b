exports.done=false; const b=require("./b.js"); exports.b=b.done; exports.done=true;
