// Node: 24
// The name of the zone that the text of a date ends with, and that such texts are read again.
const zones = [
  'UTC', 'Europe/Amsterdam', 'Europe/London', 'Europe/Dublin', 'America/New_York', 'America/St_Johns', 'Asia/Kolkata', 'Asia/Shanghai',
  'Asia/Tokyo', 'Australia/Sydney', 'Africa/Johannesburg', 'Etc/GMT+5',
];
for (const zone of zones) {
  process.env.TZ = zone;
  for (const month of [0, 6]) {
    const date = new Date(2018, month, 14, 12, 34, 56);
    console.log(zone, String(date), '|', date.toTimeString(), '|', date.toDateString(), Date.parse(date) === +date);
  }
}
console.log(String(new Date(NaN)), new Date(NaN).toTimeString(), Date.prototype.toString.length, Date.prototype.toString.name);
process.env.TZ = 'Europe/Berlin';
console.log(/^\w{3} \w{3} \d\d \d{4} \d\d:\d\d:\d\d GMT\+0\d00 \(Central European \w+ Time\)$/.test(Date()));
for (const value of [undefined, {}, 1]) {
  try {
    console.log(Date.prototype.toString.call(value));
  } catch (err) {
    console.log(err.name);
  }
}
